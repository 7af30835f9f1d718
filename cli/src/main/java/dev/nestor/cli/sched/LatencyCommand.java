package dev.nestor.cli.sched;

import dev.nestor.cli.ftrace.SchedEvents;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * perf sched latency: how long tasks waited for a CPU, those that waited longest on average first; one row for all of one name. Unlike
 * perf's, a task that is preempted in the kernel (R+) counts as waiting.
 */
@Command(
        name = "latency",
        description =
                "For each name: CPU time, how often tasks of it came to a CPU, and how long they had waited for one.",
        mixinStandardHelpOptions = true)
public final class LatencyCommand implements Callable<Integer> {
    private static final String RULE = " " + "-".repeat(139);
    private static final int NAME_WIDTH = 24;

    @Mixin
    private final TraceFile trace = new TraceFile();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /** What is known of a task, or of all of one name. Times are ns. */
    private static final class Wait {
        private String name = "";
        private int pid;
        private int tasks = 1;
        private long runtime;
        private long count;
        private long total;
        private long max;
        private long maxEnd;
        private long readySince = -1;
        private long runningSince = -1;
        private boolean isKnown; // heard of before

        /** perf counts a first arrival as one without delay, and none after a sleep whose end it has not seen. */
        private void arrive(long ns) {
            if (readySince >= 0 || !isKnown) {
                long waited = readySince < 0 ? 0 : ns - readySince;
                count++;
                total += waited;
                if (waited > max) {
                    max = waited;
                    maxEnd = ns;
                }
            }
            isKnown = true;
            readySince = -1;
            runningSince = ns;
        }

        private void leave(long ns, boolean isRunnable) {
            isKnown = true;
            runtime += runningSince < 0 ? 0 : ns - runningSince;
            runningSince = -1;
            readySince = isRunnable ? ns : -1;
        }

        private void add(Wait other) {
            tasks++;
            runtime += other.runtime;
            count += other.count;
            total += other.total;
            if (other.max > max) {
                max = other.max;
                maxEnd = other.maxEnd;
            }
        }

        private double average() {
            return count == 0 ? 0 : (double) total / count;
        }

        private String label() {
            return name + ":" + (tasks == 1 ? String.valueOf(pid) : "(" + tasks + ")");
        }
    }

    /** Adds up. */
    private static final class Waits implements SchedEvents {
        private final Map<Integer, Wait> byPid = new LinkedHashMap<>();

        private Wait of(TracedTask task) {
            Wait wait = byPid.computeIfAbsent(task.pid(), pid -> new Wait());
            wait.name = task.comm();
            wait.pid = task.pid();
            return wait;
        }

        @Override
        public void schedSwitch(long ns, int cpu, TracedTask prev, String prevState, TracedTask next) {
            if (prev.pid() != IDLE) {
                of(prev).leave(ns, prevState.startsWith("R"));
            }
            if (next.pid() != IDLE) {
                of(next).arrive(ns);
            }
        }

        @Override
        public void schedWakeup(long ns, TracedTask task, int targetCpu) {
            Wait wait = of(task);
            if (wait.runningSince < 0 && wait.readySince < 0) {
                wait.isKnown = true;
                wait.readySince = ns;
            }
        }

        private List<Wait> byName() {
            Map<String, Wait> names = new LinkedHashMap<>();
            for (Wait wait : byPid.values()) {
                if (wait.count > 0) {
                    Wait known = names.putIfAbsent(wait.name, wait);
                    if (known != null) {
                        known.add(wait);
                    }
                }
            }
            List<Wait> rows = new ArrayList<>(names.values());
            rows.sort(Comparator.comparingDouble(Wait::average).reversed());
            return rows;
        }
    }

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        Waits waits = new Waits();
        return trace.read(line, waits, () -> print(line.getOut(), waits.byName()));
    }

    private static void print(PrintWriter out, List<Wait> rows) {
        out.println();
        out.println(RULE);
        out.println("  Task                  |   Runtime ms  | Switches | Avg delay ms    | Max delay ms    |"
                + " Max delay start           | Max delay end          |");
        out.println(RULE);
        long runtime = 0;
        long count = 0;
        for (Wait row : rows) {
            runtime += row.runtime;
            count += row.count;
            String label = "  " + row.label() + " ";
            out.printf(
                    Locale.ROOT,
                    "%s|%11.3f ms |%9d | avg:%8.3f ms | max:%8.3f ms | max start: %12.6f s | max end: %12.6f s%n",
                    label + " ".repeat(Math.max(0, NAME_WIDTH - label.length())),
                    row.runtime / 1e6,
                    row.count,
                    row.average() / 1e6,
                    row.max / 1e6,
                    (row.maxEnd - row.max) / 1e9,
                    row.maxEnd / 1e9);
        }
        out.println(" " + "-".repeat(113));
        out.printf(Locale.ROOT, "  TOTAL:                |%11.3f ms |%9d |%n", runtime / 1e6, count);
        out.println(" " + "-".repeat(51));
        out.println();
    }
}
