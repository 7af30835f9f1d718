package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the calls of an .ipc file; the format is described in ipc/record-ipc.py, which wrote their answers. */
final class IpcScript {
    private static final Pattern TOKEN =
            Pattern.compile("[<>]\\w+:\\S*?\"(?:[^\"\\\\]|\\\\.)*\"|\"(?:[^\"\\\\]|\\\\.)*\"|\\S+");
    private static final Pattern ANSWER = Pattern.compile(" = (?=-?[A-Z0-9\"]|blocked|ptr|ended)");
    private static final Pattern TIME = Pattern.compile("\\b1[6-9]\\d{8}\\b");
    private static final long BOOT_NS = 1_795_000_000_000_000_000L;
    private static final long TENTH_NS = 100_000_000;
    private static final long FILE_BUFFER = TestMachine.PAGE + 4096;

    private final TestMachine machine = new TestMachine(new KernelConfig().bootRealtimeNs(BOOT_NS));
    private final Kernel kernel = machine.kernel();
    private final UserMemory memory = kernel.userMemory();
    private final IpcStructures structures = new IpcStructures(this::number);
    private final Map<String, Actor> actors = new HashMap<>();
    private final Map<String, Long> names = new HashMap<>();
    private final Map<Integer, String> errnos = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** A task of the script, and what its program remembers. */
    private static final class Actor {
        final int task;
        final Map<String, Long> kept = new HashMap<>();
        List<Out> outs = List.of();
        String keep = "";
        long file = -1;

        Actor(int task) {
            this.task = task;
        }
    }

    private record Out(String kind, long address, int size) {}

    IpcScript() {
        actors.put(
                "a",
                new Actor(machine.clone(machine.init(), Sched.CLONE_NEWPID | Sched.CLONE_NEWIPC | Sched.CLONE_NEWNS)));
        for (String name : List.of("Ipc", "Sched", "Mman", "Signal", "Fcntl", "Time")) {
            for (Field field : fields(name)) {
                names.put(field.getName(), valueOf(field));
            }
        }
        for (Field field : fields("Errno")) {
            if (!List.of("EWOULDBLOCK", "EDEADLOCK").contains(field.getName())) {
                errnos.put((int) valueOf(field), field.getName());
            }
        }
        for (Field field : fields("Nr")) {
            numbers.put(field.getName().substring(3), (int) valueOf(field));
        }
    }

    private static Field[] fields(String name) {
        try {
            return Class.forName("dev.nestor.uapi." + name).getFields();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long valueOf(Field field) {
        try {
            return ((Number) field.get(null)).longValue();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> lines(String file) {
        try (InputStream in = Objects.requireNonNull(IpcScript.class.getResourceAsStream("ipc/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestMachine machine() {
        return machine;
    }

    int task(String actor) {
        return actor(actor).task;
    }

    private Actor actor(String name) {
        return Objects.requireNonNull(actors.get(name), name);
    }

    /** The lines with what this machine answers. */
    List<String> run(List<String> lines) {
        List<String> answered = new ArrayList<>();
        for (String line : lines) {
            if (line.isEmpty() || line.startsWith("#")) {
                answered.add(line);
                continue;
            }
            String call = ANSWER.split(line)[0].stripTrailing();
            int colon = call.indexOf(": ");
            answered.add(call + " = " + answer(actor(call.substring(0, colon)), call.substring(colon + 2)));
        }
        return answered;
    }

    private String answer(Actor actor, String text) {
        Matcher keeping = Pattern.compile("(\\w+):= ").matcher(text);
        boolean keeps = keeping.lookingAt();
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(keeps ? text.substring(keeping.end()) : text);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        List<String> args = tokens.subList(1, tokens.size());
        return switch (tokens.getFirst()) {
            case "clone" -> clone(actor, number(args.get(0)), args.get(1));
            case "exit" -> exit(actor);
            case "result" -> {
                machine.advance(TENTH_NS);
                yield finished(actor, machine.resultOf(actor.task));
            }
            case "handle" -> handle(actor, number(args.get(0)));
            case "poke" -> poke(actor, address(actor, args.get(0)), IpcStructures.unescape(args.get(1)));
            case "peek" -> peek(actor, address(actor, args.get(0)), (int) number(args.get(1)));
            case "cat" -> cat(actor, args.get(0));
            case "echo" -> echo(actor, args.get(0), IpcStructures.unescape(args.get(1)));
            case "openfile" -> {
                actor.file = open(actor, args.get(0), Fcntl.O_RDONLY);
                yield "0";
            }
            case "readfile" -> {
                long length = call(actor, Nr.NR_pread64, actor.file, FILE_BUFFER, 4096, 0);
                yield untimed(peek(actor, FILE_BUFFER, (int) length));
            }
            default -> {
                actor.keep = keeps ? keeping.group(1) : "";
                yield make(actor, tokens.getFirst(), args);
            }
        };
    }

    private long call(Actor actor, int nr, long... args) {
        return machine.call(actor.task, nr, args);
    }

    private String clone(Actor actor, long flags, String name) {
        long nr = call(actor, Nr.NR_clone, flags | Signal.SIGCHLD);
        int child = kernel.pids().findTaskByVpid(kernel.pids().activeNs(actor.task), (int) nr);
        Actor made = new Actor(child);
        made.kept.putAll(actor.kept);
        made.file = actor.file;
        actors.put(name, made);
        return String.valueOf(nr);
    }

    private String exit(Actor actor) {
        call(actor, Nr.NR_exit_group, 0);
        return "ended";
    }

    private String handle(Actor actor, long signal) {
        byte[] action = new byte[32];
        Bytes.putLong(action, 0, TestMachine.PAGE);
        Bytes.putLong(action, 8, Signal.SA_NODEFER); // the handler is never left
        poke(actor, TestMachine.PAGE, action);
        return String.valueOf(call(actor, Nr.NR_rt_sigaction, signal, TestMachine.PAGE, 0, 8));
    }

    private int mm(Actor actor) {
        return kernel.tasks().mm(actor.task);
    }

    private String poke(Actor actor, long address, byte[] bytes) {
        return String.valueOf(memory.copyToUser(mm(actor), address, bytes, 0, bytes.length));
    }

    private String peek(Actor actor, long address, int length) {
        byte[] bytes = new byte[length];
        int error = memory.copyFromUser(mm(actor), address, bytes, 0, length);
        return error == 0 ? IpcStructures.escape(bytes, 0, length) : String.valueOf(error);
    }

    private long open(Actor actor, String path, int flags) {
        return call(actor, Nr.NR_open, machine.put(actor.task, TestMachine.PAGE, path), flags);
    }

    private String cat(Actor actor, String path) {
        long fd = open(actor, path, Fcntl.O_RDONLY);
        if (fd < 0) {
            return error(fd);
        }
        StringBuilder text = new StringBuilder("\"");
        for (long read = call(actor, Nr.NR_read, fd, FILE_BUFFER, 4096);
                read > 0;
                read = call(actor, Nr.NR_read, fd, FILE_BUFFER, 4096)) {
            String part = peek(actor, FILE_BUFFER, (int) read);
            text.append(part, 1, part.length() - 1);
        }
        call(actor, Nr.NR_close, fd);
        return untimed(text.append('"').toString());
    }

    private String echo(Actor actor, String path, byte[] text) {
        long fd = open(actor, path, Fcntl.O_WRONLY);
        if (fd < 0) {
            return error(fd);
        }
        poke(actor, FILE_BUFFER, text);
        long written = call(actor, Nr.NR_write, fd, FILE_BUFFER, text.length);
        call(actor, Nr.NR_close, fd);
        return written < 0 ? error(written) : String.valueOf(written);
    }

    private static String untimed(String text) {
        return TIME.matcher(text).replaceAll("TTTTTTTTTT");
    }

    private String error(long result) {
        boolean interrupted = result == -Errno.ERESTARTNOHAND || result == -Errno.ERESTARTSYS;
        int errno = interrupted ? Errno.EINTR : (int) -result;
        return "-" + errnos.getOrDefault(errno, String.valueOf(errno));
    }

    private String make(Actor actor, String name, List<String> args) {
        long next = TestMachine.PAGE;
        long[] registers = new long[6];
        List<Out> outs = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String token = args.get(i);
            if (token.charAt(0) != '<' && token.charAt(0) != '>') {
                registers[i] = address(actor, token);
                continue;
            }
            byte[] bytes = structures.memory(token, kernel.timekeeping().realtimeNs());
            memory.copyToUser(mm(actor), next, bytes, 0, bytes.length);
            registers[i] = next;
            if (token.charAt(0) == '>') {
                outs.add(new Out(token.substring(1), next, bytes.length));
            }
            next += (bytes.length + 31) & -16;
        }
        actor.outs = outs;
        long result = call(actor, Objects.requireNonNull(numbers.get(name), name), registers);
        if (result == Syscalls.BLOCKED) {
            machine.advance(TENTH_NS);
            result = machine.resultOf(actor.task);
        }
        return finished(actor, result);
    }

    private String finished(Actor actor, long result) {
        boolean isGone = !kernel.tasks().isLive(actor.task) || kernel.tasks().exitState(actor.task) != 0;
        if (result == Syscalls.BLOCKED || isGone) {
            return "blocked";
        }
        if (result < 0 && result > -4096) {
            return error(result);
        }
        if (!actor.keep.isEmpty()) {
            actor.kept.put(actor.keep, result);
            return "ptr";
        }
        StringBuilder text = new StringBuilder().append(result);
        for (Out out : actor.outs) {
            byte[] raw = new byte[out.size];
            memory.copyFromUser(mm(actor), out.address, raw, 0, raw.length);
            text.append(' ').append(structures.shown(out.kind, raw, (int) result));
        }
        return text.toString();
    }

    private long address(Actor actor, String token) {
        if (token.equals("NULL")) {
            return 0;
        }
        if (token.equals("@bad")) {
            return 8;
        }
        if (token.charAt(0) != '$') {
            return number(token);
        }
        String[] both = token.substring(1).split("\\+");
        return Objects.requireNonNull(actor.kept.get(both[0]), token) + (both.length > 1 ? number(both[1]) : 0);
    }

    private long number(String token) {
        long value = 0;
        for (String part : token.split("\\|")) {
            Long known = names.get(part);
            if (known != null) {
                value |= known;
            } else if (part.startsWith("0x")) {
                value |= Long.parseUnsignedLong(part.substring(2), 16);
            } else {
                value |= part.matches("0[0-7]+") ? Long.parseLong(part, 8) : Long.parseLong(part);
            }
        }
        return value;
    }
}
