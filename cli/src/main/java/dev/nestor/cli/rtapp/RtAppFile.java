package dev.nestor.cli.rtapp;

import dev.nestor.cli.rtapp.JsonText.Node;
import dev.nestor.cli.strace.LogException;
import dev.nestor.uapi.Sched;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads rt-app's JSON: its doc/tutorial.txt. An event is known by how its key begins, as there: "run", "run1", "run_a" are all
 * run. What is known and can't be played is refused; what has no meaning here is listed.
 */
public final class RtAppFile {
    private static final int MAX_THREADS = 100_000;
    private static final int MAX_CPU = 8191;
    private static final int MIN_NICE = -20;
    private static final int MAX_NICE = 19;

    /** Of the global section, what says where rt-app writes and how it measures. */
    private static final Set<String> WITHOUT_MEANING = Set.of(
            "calibration",
            "logdir",
            "log_basename",
            "log_size",
            "log_stats",
            "ftrace",
            "gnuplot",
            "lock_pages",
            "frag",
            "cumulative_slack",
            "pi_enabled");

    /** Those of threads that say how they are scheduled; all others are phases or events. */
    private static final Set<String> OF_THREADS = Set.of(
            "instance",
            "delay",
            "loop",
            "phases",
            "cpus",
            "policy",
            "priority",
            "dl-runtime",
            "dl-deadline",
            "dl-period",
            "taskgroup",
            "nodes_membind",
            "util_min",
            "util_max");

    private static final int MAX_PATH = 1024;
    private static final long MEM_BUFFER = 4 << 20; // bytes
    private static final long MAX_MEM_BUFFER = 1L << 30;

    private final JsonText text;
    private final String file;
    private static final Pattern TASKGROUP = Pattern.compile("/|(?:/[\\w.-]+)+");

    private final List<String> ignored = new ArrayList<>();
    private final List<Workload.ThreadSpec> threads = new ArrayList<>();
    private final Map<String, Workload.ThreadSpec> specs = new HashMap<>(); // by their names
    private final Map<String, Integer> barriers = new HashMap<>(); // threads that meet there

    private RtAppFile(Path path) {
        this.text = new JsonText(path);
        this.file = path.toString();
    }

    /** A workload; a complaint names file, line and key. */
    public static Workload read(Path path) throws LogException {
        return new RtAppFile(path).workload();
    }

    private Workload workload() throws LogException {
        Node root = text.read();
        long duration = -1;
        int policy = Sched.SCHED_NORMAL;
        long memBuffer = MEM_BUFFER;
        String ioDevice = "/dev/null";
        Node tasks = root.members().get("tasks");
        if (tasks == null || tasks.members().isEmpty()) {
            throw text.fault(root.line(), "\"tasks\" is missing or empty");
        }
        for (Map.Entry<String, Node> member : root.members().entrySet()) {
            switch (member.getKey()) {
                case "tasks", "global" -> {}
                case "resources" -> ignore(member);
                default -> throw text.fault(member.getValue().line(), "\"" + member.getKey() + "\" is not a section");
            }
        }
        Node global = root.members().get("global");
        if (global != null) {
            for (Map.Entry<String, Node> member : global.members().entrySet()) {
                switch (member.getKey()) {
                    case "duration" -> duration = whole(member, -1, Integer.MAX_VALUE);
                    case "default_policy" -> policy = policy(member);
                    case "mem_buffer_size" -> memBuffer = whole(member, 1, MAX_MEM_BUFFER);
                    case "io_device" -> ioDevice = device(member);
                    default -> ignoreGlobal(member);
                }
            }
        }
        for (Map.Entry<String, Node> task : tasks.members().entrySet()) {
            add(task.getKey(), task.getValue(), policy);
        }
        for (Map.Entry<String, Node> task : tasks.members().entrySet()) {
            checkForks(task.getValue());
        }
        return new Workload(duration, List.copyOf(threads), specs, barriers, List.copyOf(ignored), memBuffer, ioDevice);
    }

    private String device(Map.Entry<String, Node> member) throws LogException {
        if (!(member.getValue().value() instanceof String path) || path.isEmpty() || path.length() > MAX_PATH) {
            throw text.fault(member.getValue().line(), "\"io_device\" is not a path");
        }
        return path;
    }

    private void ignoreGlobal(Map.Entry<String, Node> member) throws LogException {
        if (!WITHOUT_MEANING.contains(member.getKey())) {
            throw text.fault(member.getValue().line(), "\"" + member.getKey() + "\" is unknown in \"global\"");
        }
        boolean isOn = member.getKey().equals("pi_enabled")
                && Boolean.TRUE.equals(member.getValue().value());
        if (isOn) {
            ignore(member);
        }
    }

    private void ignore(Map.Entry<String, Node> member) {
        ignored.add(file + ":" + member.getValue().line() + ": \"" + member.getKey() + "\"");
    }

    private void add(String name, Node node, int defaultPolicy) throws LogException {
        Map<String, Node> members = node.members();
        int instances = (int) number(members, "instance", 1, 0, MAX_THREADS);
        int policy = defaultPolicy;
        for (Map.Entry<String, Node> member : members.entrySet()) {
            switch (member.getKey()) {
                case "policy" -> policy = policy(member);
                case "nodes_membind", "util_min", "util_max" -> ignore(member);
                default -> {}
            }
        }
        boolean isFair = policy == Sched.SCHED_NORMAL || policy == Sched.SCHED_BATCH || policy == Sched.SCHED_IDLE;
        boolean isDeadline = policy == Sched.SCHED_DEADLINE;
        int priority = (int)
                (isFair || isDeadline
                        ? number(members, "priority", 0, MIN_NICE, MAX_NICE)
                        : number(members, "priority", 10, 0, 99));
        long runtime = number(members, "dl-runtime", 0, 0, Long.MAX_VALUE);
        long period = number(members, "dl-period", runtime, 0, Long.MAX_VALUE);
        long deadline = number(members, "dl-deadline", period, 0, Long.MAX_VALUE);
        List<Workload.Phase> phases = phases(name, node);
        long usual = isDeadline && runtime == 0 ? usual(phases) : 0;
        if (usual > 0) {
            runtime = usual;
            period = period == 0 ? periodOf(phases) : period;
            deadline = deadline == 0 ? period : deadline;
            String taken = "\"dl-runtime\" is missing: " + runtime + " us in " + period + " taken, from its events";
            ignored.add(file + ":" + node.line() + ": " + taken);
        }
        Workload.ThreadSpec spec = new Workload.ThreadSpec(
                node.line(),
                name,
                number(members, "delay", 0, 0, Long.MAX_VALUE / 1000),
                number(members, "loop", -1, -1, Integer.MAX_VALUE),
                cpus(members.get("cpus")),
                taskgroup(members.get("taskgroup")),
                policy,
                priority,
                runtime,
                deadline,
                period,
                phases);
        specs.put(name, spec);
        new LockCheck(text).check(name, node, spec.phases());
        for (Workload.Phase phase : spec.phases()) {
            for (Workload.Event event : phase.events()) {
                if (event instanceof Workload.Barrier barrier) {
                    barriers.merge(barrier.name(), instances, Integer::sum);
                }
            }
        }
        for (int i = 0; i < instances; i++) {
            threads.add(spec);
        }
        if (threads.size() > MAX_THREADS) {
            throw new LogException(LogException.Kind.LIMIT, file, node.line(), "more than " + MAX_THREADS + " threads");
        }
    }

    /** rt-app's paths begin with a slash. */
    private String taskgroup(@Nullable Node node) throws LogException {
        if (node == null) {
            return "";
        }
        if (!(node.value() instanceof String path) || !TASKGROUP.matcher(path).matches()) {
            throw text.fault(node.line(), "\"taskgroup\" is not a path like \"/A/B\"");
        }
        return path.equals("/") ? "" : path;
    }

    /** What a deadline task needs whose runtime the file does not say: what it computes in a period, and a twentieth more; or 0. */
    private static long usual(List<Workload.Phase> phases) {
        long micros = 0;
        for (Workload.Event event : phases.getFirst().events()) {
            micros += event instanceof Workload.Run run ? run.micros() : 0;
        }
        return periodOf(phases) == 0 ? 0 : micros + micros / 20;
    }

    private static long periodOf(List<Workload.Phase> phases) {
        for (Workload.Event event : phases.getFirst().events()) {
            if (event instanceof Workload.Timer timer) {
                return timer.periodMicros();
            }
        }
        return 0;
    }

    private List<Workload.Phase> phases(String name, Node task) throws LogException {
        Node phases = task.members().get("phases");
        List<Workload.Phase> list = new ArrayList<>();
        if (phases == null) {
            list.add(new Workload.Phase(1, events(name, task)));
        } else {
            for (Node phase : phases.members().values()) {
                int loops = (int) number(phase.members(), "loop", 1, 0, Integer.MAX_VALUE);
                list.add(new Workload.Phase(loops, events(name, phase)));
            }
        }
        boolean isEmpty = list.stream().allMatch(phase -> phase.events().isEmpty());
        if (isEmpty) {
            throw text.fault(task.line(), "a task without an event");
        }
        return list;
    }

    private List<Workload.Event> events(String name, Node node) throws LogException {
        List<Workload.Event> events = new ArrayList<>();
        for (Map.Entry<String, Node> member : node.members().entrySet()) {
            if (!OF_THREADS.contains(member.getKey())) {
                events.add(event(name, member));
            }
        }
        return events;
    }

    /** The longer of two names that a key may begin with comes first. */
    private Workload.Event event(String task, Map.Entry<String, Node> member) throws LogException {
        String key = member.getKey();
        if (key.startsWith("runtime")) {
            return new Workload.Spin(whole(member, 0, Long.MAX_VALUE / 1000));
        }
        if (key.startsWith("run")) {
            return new Workload.Run(whole(member, 0, Long.MAX_VALUE / 1000));
        }
        if (key.startsWith("sleep")) {
            return new Workload.Sleep(whole(member, 0, Long.MAX_VALUE / 1000));
        }
        if (key.startsWith("timer")) {
            return timer(member);
        }
        if (key.startsWith("mem")) {
            return new Workload.Mem(whole(member, 0, Integer.MAX_VALUE));
        }
        if (key.startsWith("iorun")) {
            return new Workload.IoRun(whole(member, 0, Integer.MAX_VALUE));
        }
        if (key.startsWith("yield")) {
            return new Workload.Yield();
        }
        Workload.Event event = SyncEvents.read(text, task, member);
        if (event != null) {
            return event;
        }
        throw text.fault(member.getValue().line(), "\"" + key + "\" is not an event");
    }

    /** A fork names a task of the file. */
    private void checkForks(Node task) throws LogException {
        for (Map.Entry<String, Node> member : task.members().entrySet()) {
            if (member.getKey().equals("phases")) {
                for (Node phase : member.getValue().members().values()) {
                    checkForks(phase);
                }
            } else if (member.getKey().startsWith("fork")
                    && !specs.containsKey(String.valueOf(member.getValue().value()))) {
                throw text.fault(
                        member.getValue().line(),
                        "\"" + member.getKey() + "\" names no task: "
                                + member.getValue().value());
            }
        }
    }

    private Workload.Timer timer(Map.Entry<String, Node> member) throws LogException {
        Map<String, Node> of = member.getValue().members();
        Node ref = of.get("ref");
        if (ref == null || !(ref.value() instanceof String name)) {
            throw text.fault(member.getValue().line(), "\"" + member.getKey() + "\" has no \"ref\"");
        }
        Node mode = of.get("mode");
        boolean isAbsolute = mode != null && "absolute".equals(mode.value());
        if (mode != null && !isAbsolute && !"relative".equals(mode.value())) {
            throw text.fault(mode.line(), "\"mode\" is neither absolute nor relative");
        }
        long period = number(of, "period", -1, 1, Long.MAX_VALUE / 1000);
        if (period < 0) {
            throw text.fault(member.getValue().line(), "\"" + member.getKey() + "\" has no \"period\"");
        }
        boolean isUnique = member.getKey().startsWith("timer-unique") || name.startsWith("unique");
        return new Workload.Timer(name, isUnique, period, isAbsolute);
    }

    private List<Integer> cpus(@Nullable Node node) throws LogException {
        List<Integer> cpus = new ArrayList<>();
        if (node != null) {
            for (Node element : node.elements()) {
                cpus.add((int) whole(Map.entry("cpus", element), 0, MAX_CPU));
            }
            if (cpus.isEmpty()) {
                throw text.fault(node.line(), "\"cpus\" is not a list of numbers, or empty");
            }
        }
        return cpus;
    }

    private int policy(Map.Entry<String, Node> member) throws LogException {
        return switch (String.valueOf(member.getValue().value())) {
            case "SCHED_OTHER" -> Sched.SCHED_NORMAL;
            case "SCHED_BATCH" -> Sched.SCHED_BATCH;
            case "SCHED_IDLE" -> Sched.SCHED_IDLE;
            case "SCHED_FIFO" -> Sched.SCHED_FIFO;
            case "SCHED_RR" -> Sched.SCHED_RR;
            case "SCHED_DEADLINE" -> Sched.SCHED_DEADLINE;
            default -> throw text.fault(member.getValue().line(), "\"" + member.getKey() + "\" is not a policy");
        };
    }

    private long number(Map<String, Node> members, String key, long otherwise, long least, long most)
            throws LogException {
        Node node = members.get(key);
        return node == null ? otherwise : whole(Map.entry(key, node), least, most);
    }

    private long whole(Map.Entry<String, Node> member, long least, long most) throws LogException {
        Node node = member.getValue();
        if (node.value() instanceof BigDecimal number) {
            try {
                long value = number.longValueExact();
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (ArithmeticException e) {
                throw text.fault(node.line(), "\"" + member.getKey() + "\" is not a whole number");
            }
        }
        throw text.fault(node.line(), "\"" + member.getKey() + "\" is not a number from " + least + " to " + most);
    }
}
