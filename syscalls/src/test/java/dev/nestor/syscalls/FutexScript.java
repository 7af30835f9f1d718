package dev.nestor.syscalls;

import dev.nestor.kernel.signal.Restart;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Mman;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the calls of a futex/*.futex file; the format is described in futex/record.py, which wrote their answers. */
final class FutexScript {
    private static final Pattern LINE = Pattern.compile("(?:([A-Z]): )?(.*)");
    private static final Pattern WORD = Pattern.compile("([psfgcrq])(\\d)(?:\\+(\\d+))?");
    private static final String AREAS = "psfgcrq";
    private static final long BASE = TestMachine.PAGE + 0x10000000;
    private static final long AREA = 0x10000;
    private static final int ROOM = 4096; // of a thread's arguments
    private static final long PATIENCE_NS = 100_000_000;
    private static final long NSEC_PER_SEC = 1_000_000_000;
    private static final long THREAD = Sched.CLONE_VM
            | Sched.CLONE_FS
            | Sched.CLONE_FILES
            | Sched.CLONE_SIGHAND
            | Sched.CLONE_THREAD
            | Sched.CLONE_SYSVSEM;
    private static final Map<String, Long> NAMES = names(
            "WAIT_REQUEUE_PI 11 CMP_REQUEUE_PI 12 LOCK_PI2 13 WAIT 0 WAKE 1 FD 2 REQUEUE 3 CMP_REQUEUE 4 WAKE_OP 5 LOCK_PI 6"
                    + " UNLOCK_PI 7 TRYLOCK_PI 8 WAIT_BITSET 9 WAKE_BITSET 10 PRIVATE 128 REALTIME 256 ANY 0xffffffff"
                    + " U8 0 U16 1 U32 2 U64 3 NUMA 4 MPOL 8 NULL 0");

    private final TestMachine machine;
    private final UserMemory memory;
    private final Map<String, Integer> threads = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>(); // of threads, gone ones too
    private final TreeSet<String> blocked = new TreeSet<>();
    private final Map<Integer, String> errnos = new HashMap<>();
    private long next; // free memory for arguments
    private int task; // that makes the call
    private boolean holdNumbers; // whether words are threads' numbers

    FutexScript(TestMachine machine, int task) {
        this.machine = machine;
        this.memory = machine.kernel().userMemory();
        this.task = task;
        add("A", task);
        for (Field field : Errno.class.getFields()) {
            try {
                errnos.putIfAbsent(((Number) field.get(null)).intValue(), field.getName());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        map();
        memory.putLong(mm(task), TestMachine.PAGE, 0x400000);
        memory.putLong(mm(task), TestMachine.PAGE + 8, Signal.SA_RESTORER | Signal.SA_NODEFER);
        memory.putLong(mm(task), TestMachine.PAGE + 16, 0x400100);
        memory.putLong(mm(task), TestMachine.PAGE + 24, 0);
        machine.call(task, Nr.NR_rt_sigaction, Signal.SIGUSR1, TestMachine.PAGE, 0, 8);
    }

    private static Map<String, Long> names(String text) {
        Map<String, Long> names = new HashMap<>();
        String[] words = text.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            names.put(words[i], Long.decode(words[i + 1]));
        }
        return names;
    }

    private void map() {
        machine.put(task, TestMachine.PAGE, "words");
        long fd = machine.call(task, Nr.NR_memfd_create, TestMachine.PAGE, 0);
        machine.call(task, Nr.NR_ftruncate, fd, 4096);
        int both = Mman.PROT_READ | Mman.PROT_WRITE;
        int anonymous = Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
        map('p', both, Mman.MAP_PRIVATE | anonymous, -1);
        map('s', both, Mman.MAP_SHARED | anonymous, -1);
        map('f', both, Mman.MAP_SHARED | Mman.MAP_FIXED, fd);
        map('g', both, Mman.MAP_SHARED | Mman.MAP_FIXED, fd);
        map('c', both, Mman.MAP_PRIVATE | Mman.MAP_FIXED, fd);
        map('r', Mman.PROT_READ, Mman.MAP_PRIVATE | anonymous, -1);
        map('q', Mman.PROT_READ, Mman.MAP_PRIVATE | Mman.MAP_FIXED, fd);
    }

    private void map(char area, int prot, int flags, long fd) {
        long at = BASE + AREA * AREAS.indexOf(area);
        if (machine.call(task, Nr.NR_mmap, at, 4096, prot, flags, fd, 0) != at) {
            throw new IllegalStateException("not mapped: " + area);
        }
    }

    private int mm(int of) {
        return machine.kernel().tasks().mm(of);
    }

    private void add(String name, int made) {
        threads.put(name, made);
        int ns = machine.kernel().pids().activeNs(made);
        numbers.put(name, (long) machine.kernel().pids().taskNr(made, ns));
    }

    private int thread(String name) {
        return Objects.requireNonNull(threads.get(name), name);
    }

    /** The lines with what this machine answers. */
    List<String> run(List<String> lines) {
        List<String> answered = new ArrayList<>();
        for (String line : lines) {
            if (line.isEmpty() || line.startsWith("#")) {
                answered.add(line);
                continue;
            }
            String call = line.split(" = ")[0];
            List<String> before = List.copyOf(blocked);
            StringBuilder answer = new StringBuilder(answer(call));
            for (String name : before) {
                long result = machine.resultOf(thread(name));
                if (result != Syscalls.BLOCKED) {
                    blocked.remove(name);
                    answer.append(' ').append(name).append(':').append(told(result));
                }
            }
            answered.add(call + " = " + answer);
        }
        return answered;
    }

    private String answer(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException(line);
        }
        String who = parts.group(1) == null ? "A" : parts.group(1);
        String[] words = parts.group(2).split(" ");
        task = thread(who);
        return switch (words[0]) {
            case "thread" -> made(words[1], THREAD);
            case "fork" -> made(words[1], Signal.SIGCHLD);
            case "set", "setlong" -> {
                holdNumbers |= words[2].contains("=");
                yield set(words[0].equals("set"), address(words[1]), number(words[2]));
            }
            case "get" -> get(address(words[1]));
            case "sleep" -> {
                machine.advance(Long.parseLong(words[1]) * 1_000_000);
                yield "0";
            }
            case "signal" -> {
                int tgid = machine.kernel().tasks().groupLeader(thread(words[1]));
                int ns = machine.kernel().pids().activeNs(task);
                long leader = machine.kernel().pids().taskNr(tgid, ns);
                yield told(machine.call(task, Nr.NR_tgkill, leader, number("=" + words[1]), Signal.SIGUSR1));
            }
            case "exit" -> {
                machine.call(thread(words[1]), Nr.NR_exit, 0);
                yield "0";
            }
            default -> call(who, words);
        };
    }

    private String made(String name, long flags) {
        long nr = machine.call(task, Nr.NR_clone, flags);
        add(name, machine.kernel().pids().findTaskByVpid(machine.kernel().pids().activeNs(task), (int) nr));
        return nr > 0 ? "0" : told(nr);
    }

    private String set(boolean isInt, long at, long value) {
        int error = isInt ? memory.putInt(mm(task), at, (int) value) : memory.putLong(mm(task), at, value);
        return String.valueOf(error);
    }

    private String get(long at) {
        int value = memory.getInt(mm(task), at);
        for (Map.Entry<String, Long> known : numbers.entrySet()) {
            if (holdNumbers && (value & 0x3fffffff) == known.getValue()) {
                return "0x" + Integer.toHexString(value & 0xc0000000) + "|" + known.getKey();
            }
        }
        return "0x" + Integer.toHexString(value);
    }

    private String call(String who, String[] words) {
        holdNumbers |= words.length > 2 && words[2].contains("_PI");
        next = TestMachine.PAGE + (long) ROOM * (1 + who.charAt(0) - 'A');
        long[] args = new long[6];
        for (int i = 1; i < words.length; i++) {
            args[i - 1] = argument(words[i]);
        }
        int nr =
                switch (words[0]) {
                    case "futex" -> Nr.NR_futex;
                    case "futex_wait" -> Nr.NR_futex_wait;
                    case "futex_wake" -> Nr.NR_futex_wake;
                    case "futex_waitv" -> Nr.NR_futex_waitv;
                    case "futex_requeue" -> Nr.NR_futex_requeue;
                    case "set_robust_list" -> Nr.NR_set_robust_list;
                    case "get_robust_list" -> Nr.NR_get_robust_list;
                    case "set_tid_address" -> Nr.NR_set_tid_address;
                    case "munmap" -> Nr.NR_munmap;
                    default -> throw new IllegalArgumentException(words[0]);
                };
        long result = machine.call(task, nr, args);
        if (result == Syscalls.BLOCKED) {
            machine.advance(PATIENCE_NS);
            result = machine.resultOf(task);
        }
        if (result == Syscalls.BLOCKED) {
            blocked.add(who);
            return "BLOCKED";
        }
        return nr == Nr.NR_set_tid_address ? "=" + who : told(result);
    }

    private String told(long result) {
        if (Restart.isInterrupted(result)) {
            return "-EINTR"; // the handler has no SA_RESTART
        }
        return result < 0 ? "-" + errnos.getOrDefault((int) -result, String.valueOf(-result)) : String.valueOf(result);
    }

    private static long address(String text) {
        Matcher word = WORD.matcher(text);
        if (!word.matches()) {
            return 0;
        }
        long offset = word.group(3) == null ? 0 : Long.parseLong(word.group(3));
        return BASE + AREA * AREAS.indexOf(word.group(1)) + 64 * Long.parseLong(word.group(2)) + offset;
    }

    private long number(String text) {
        long total = 0;
        for (String part : text.split("\\|")) {
            if (part.startsWith("&")) {
                total |= address(part.substring(1));
            } else if (part.startsWith("=")) {
                total |= Objects.requireNonNull(numbers.get(part.substring(1)), part);
            } else {
                Long named = NAMES.get(part);
                total |= named == null ? Long.decode(part) : named;
            }
        }
        return total;
    }

    private long argument(String text) {
        if (text.equals("@bad")) {
            return 8;
        }
        if (text.equals("@high")) {
            return 0xffff800000000000L;
        }
        if (address(text) != 0) {
            return address(text);
        }
        String[] both = text.split("=", 2);
        if (both.length < 2 || text.startsWith("=")) {
            return number(text);
        }
        return switch (both[0]) {
            case "rel" -> time(0, both[1]);
            case "mono" -> time(machine.kernel().timekeeping().monotonicNs(), both[1]);
            case "real" -> time(machine.kernel().timekeeping().realtimeNs(), both[1]);
            case "ts" -> {
                String[] parts = both[1].split(",");
                yield place(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
            }
            default -> vector(both[1]);
        };
    }

    private long time(long nowNs, String seconds) {
        long at = nowNs + Math.round(Double.parseDouble(seconds) * NSEC_PER_SEC);
        if (at < 0) {
            at = 0; // the machine has not run for that long
        }
        return place(at / NSEC_PER_SEC, at % NSEC_PER_SEC);
    }

    private long vector(String text) {
        long first = 0;
        for (String one : text.split(";")) {
            String[] parts = one.split(",");
            long at = place(number(parts[1]), argument(parts[0]), number(parts[2]));
            first = first == 0 ? at : first;
        }
        return first;
    }

    private long place(long... values) {
        long at = next;
        for (long value : values) {
            memory.putLong(mm(task), next, value);
            next += 8;
        }
        return at;
    }
}
