package dev.nestor.syscalls;

import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the calls of a cgroup/*.calls file, which are of several tasks; the format is described in cgroup/record.py. */
final class RecordedTasks {
    private static final Pattern ANSWER = Pattern.compile(" = (?=-?[A-Z0-9\"])");
    private static final Pattern OTHER = Pattern.compile("([A-Za-z]\\w*): (.*)");
    private static final Pattern PATHS = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final String MAIN = "main";
    private static final long THREAD = Sched.CLONE_VM
            | Sched.CLONE_FS
            | Sched.CLONE_FILES
            | Sched.CLONE_SIGHAND
            | Sched.CLONE_THREAD
            | Sched.CLONE_SYSVSEM;

    private final TestMachine machine;
    private final Map<String, Integer> tasks = new HashMap<>();

    RecordedTasks(TestMachine machine, int main) {
        this.machine = machine;
        tasks.put(MAIN, main);
    }

    /** The lines with what this machine answers. */
    List<String> run(List<String> lines) {
        List<String> answered = new ArrayList<>();
        for (String line : lines) {
            String call = ANSWER.split(line)[0].stripTrailing();
            answered.add(line.isEmpty() || line.startsWith("#") ? line : call + " = " + answer(call));
        }
        return answered;
    }

    private int task(String name) {
        return Objects.requireNonNull(tasks.get(name), name);
    }

    private String answer(String line) {
        Matcher other = OTHER.matcher(line);
        if (other.matches()) {
            return plain(task(other.group(1)), other.group(2));
        }
        String[] words = line.split(" ");
        int of = task(words.length > 3 && words[2].equals("of") ? words[3] : MAIN);
        return switch (words[0]) {
            case "fork" -> made(words[1], of, machine.call(of, Nr.NR_clone, Signal.SIGCHLD));
            case "thread" -> made(words[1], of, machine.call(of, Nr.NR_clone, THREAD));
            case "newns" -> made(words[1], of, machine.call(of, Nr.NR_clone, Sched.CLONE_NEWCGROUP | Signal.SIGCHLD));
            case "newuser" -> newUser(words[1], of);
            case "into" -> made(words[1], of, into(of, Long.parseLong(words[2])));
            case "exit" -> {
                machine.call(task(words[1]), Nr.NR_exit_group, 0);
                yield "0";
            }
            default -> plain(of, line);
        };
    }

    /** A child in new user and cgroup namespaces, in which its maker maps itself to root. */
    private String newUser(String name, int of) {
        long flags = Sched.CLONE_NEWUSER | Sched.CLONE_NEWCGROUP | Signal.SIGCHLD;
        String made = made(name, of, machine.call(of, Nr.NR_clone, flags));
        String dir = "\"/proc/" + made + "/";
        plain(of, "echo \"deny\" " + dir + "setgroups\"");
        plain(of, "echo \"0 0 1\" " + dir + "uid_map\"");
        plain(of, "echo \"0 0 1\" " + dir + "gid_map\"");
        return made;
    }

    private String made(String name, int maker, long result) {
        if (result > 0) {
            int ns = machine.kernel().pids().activeNs(maker);
            tasks.put(name, machine.kernel().pids().findTaskByVpid(ns, (int) result));
            return String.valueOf(result);
        }
        return new RecordedCalls(machine, maker).errno(result);
    }

    private long into(int task, long fd) {
        byte[] args = new byte[88];
        Bytes.putLong(args, 0, Sched.CLONE_INTO_CGROUP);
        Bytes.putLong(args, 32, Signal.SIGCHLD);
        Bytes.putLong(args, 80, fd);
        int mm = machine.kernel().tasks().mm(task);
        machine.kernel().userMemory().copyToUser(mm, TestMachine.PAGE, args, 0, args.length);
        return machine.call(task, Nr.NR_clone3, TestMachine.PAGE, args.length);
    }

    private String plain(int task, String line) {
        List<String> paths = new ArrayList<>();
        Matcher matcher = PATHS.matcher(line);
        while (matcher.find()) {
            paths.add(matcher.group());
        }
        String[] words = line.split(" ");
        return switch (words[0]) {
            case "cat" -> inFile(task, paths.get(0), "O_RDONLY", "read %s >65536 60000");
            case "echo" ->
                inFile(task, paths.get(1), "O_WRONLY", "write %s " + paths.get(0) + " " + size(paths.get(0)));
            case "ls" -> list(task, paths.get(0));
            case "poll" -> poll(task, words[1] + ":" + words[2]);
            default -> call(task, line);
        };
    }

    private String poll(int task, String asked) {
        String answer = call(task, "poll >poll=" + asked + " 1 0");
        return answer.startsWith("0") ? "0" : answer;
    }

    private String call(int task, String call) {
        String line = new RecordedCalls(machine, task).run(List.of(call)).getFirst();
        return line.substring(call.length() + 3);
    }

    private static int size(String quoted) {
        return quoted.replaceAll("\\\\.", ".").length() - 2;
    }

    /** Opens a file for one call; what that says, without the number of bytes read. */
    private String inFile(int task, String path, String flags, String call) {
        String fd = call(task, "open " + path + " " + flags + " 0");
        if (fd.startsWith("-")) {
            return fd;
        }
        String answer = call(task, call.formatted(fd));
        call(task, "close " + fd);
        int text = answer.indexOf('"');
        return text < 0 ? answer : answer.substring(text);
    }

    private String list(int task, String path) {
        String fd = call(task, "open " + path + " O_RDONLY|O_DIRECTORY 0");
        if (fd.startsWith("-")) {
            return fd;
        }
        StringBuilder names = new StringBuilder("0");
        for (String entry : call(task, "getdents64 " + fd + " >dents 4096").split(" ")) {
            String name = entry.split(":")[0];
            if (entry.contains(":") && !name.equals(".") && !name.equals("..")) {
                names.append(' ').append(name);
            }
        }
        call(task, "close " + fd);
        return names.toString();
    }
}
