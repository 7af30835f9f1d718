package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** setns_demo.pl of transcript 11, call for call. */
final class SetnsDemo {
    private static final long ALL = 0x7e020080L;
    private static final Map<String, Long> FLAGS = new LinkedHashMap<>();

    static {
        FLAGS.put("uts", (long) Sched.CLONE_NEWUTS);
        FLAGS.put("ipc", (long) Sched.CLONE_NEWIPC);
        FLAGS.put("net", (long) Sched.CLONE_NEWNET);
        FLAGS.put("mnt", (long) Sched.CLONE_NEWNS);
        FLAGS.put("pid", (long) Sched.CLONE_NEWPID);
        FLAGS.put("cgroup", (long) Sched.CLONE_NEWCGROUP);
        FLAGS.put("time", (long) Sched.CLONE_NEWTIME);
        FLAGS.put("user", (long) Sched.CLONE_NEWUSER);
    }

    private final UserProcess process;

    private SetnsDemo(UserProcess process) {
        this.process = process;
    }

    static int run(UserProcess process, List<String> argv) {
        return new SetnsDemo(process).run();
    }

    private int run() {
        int other = process.fork(child -> {
                    child.call(
                            Nr.NR_unshare,
                            Sched.CLONE_NEWUTS
                                    | Sched.CLONE_NEWIPC
                                    | Sched.CLONE_NEWNET
                                    | Sched.CLONE_NEWNS
                                    | Sched.CLONE_NEWCGROUP
                                    | Sched.CLONE_NEWPID);
                    child.sleep(4);
                })
                .number();
        process.sleep(0.2);
        for (String who : new String[] {"self", String.valueOf(other)}) {
            for (String name : FLAGS.keySet()) {
                long right = flag(name);
                long wrong = flag(name.equals("uts") ? "ipc" : "uts");
                enter(who, name, "0", 0);
                enter(who, name, "right", right);
                enter(who, name, "wrong", wrong);
                enter(who, name, "all-ns bits", ALL);
                enter(who, name, "garbage 1", 1);
            }
        }
        child(child -> badDescriptors(child, other));
        pidfds(other);
        child(child -> {
            long pidfd = child.call(Nr.NR_pidfd_open, other, 0);
            child.kill(other, Signal.SIGKILL);
            child.sleep(0.3);
            child.out("(target killed, not reaped by us) setns(pidfd dead, UTS) = " + setns(child, pidfd, flag("uts"))
                    + "\n");
        });
        process.waitPid(other, 0);
        child(SetnsDemo::asNobody);
        return 0;
    }

    private void child(Consumer<UserProcess> body) {
        process.waitPid(process.fork(body).number(), 0);
    }

    private static long flag(String name) {
        return Objects.requireNonNull(FLAGS.get(name));
    }

    private static String setns(UserProcess process, long fd, long type) {
        long result = process.call(Nr.NR_setns, fd, type);
        return result == 0 ? " 0 ok" : "-1 errno=" + -result + " " + Errors.text((int) -result);
    }

    private void enter(String who, String name, String mode, long type) {
        child(child -> {
            String path = "/proc/" + who + "/ns/" + name;
            long fd = child.open(path, Fcntl.O_RDONLY);
            if (fd < 0) {
                child.out("%-18s open: %s\n".formatted(path, Errors.text((int) -fd)));
                return;
            }
            String before = child.readlink("/proc/self/ns/" + name);
            String result = setns(child, fd, type);
            String after = child.readlink("/proc/self/ns/" + name);
            child.out("setns(%-6s of %-5s, nstype %-11s 0x%08x) = %-40s %s -> %s\n"
                    .formatted(name, who.equals("self") ? "self" : "other", mode, type, result, before, after));
        });
    }

    private static void badDescriptors(UserProcess child, int other) {
        child.out("setns(-1,0) = " + setns(child, -1, 0) + "\n");
        child.out("setns(999,0) = " + setns(child, 999, 0) + "\n");
        child.out("setns(-1,garbage) = " + setns(child, -1, 1) + "\n");
        long passwd = child.open("/etc/passwd", Fcntl.O_RDONLY);
        child.out("setns(/etc/passwd,0) = " + setns(child, passwd, 0) + "\n");
        child.out("setns(/etc/passwd,UTS) = " + setns(child, passwd, flag("uts")) + "\n");
        child.out("setns(/etc/passwd,garbage) = " + setns(child, passwd, 1) + "\n");
        long folder = child.open("/proc/" + other + "/ns", Fcntl.O_RDONLY | Fcntl.O_DIRECTORY);
        child.out("setns(/proc/PID/ns dir,0) = " + setns(child, folder, 0) + "\n");
    }

    private void pidfds(int other) {
        Map<String, Long> modes = new LinkedHashMap<>();
        modes.put("0", 0L);
        modes.put("UTS", flag("uts"));
        modes.put("UTS|IPC|NET", flag("uts") | flag("ipc") | flag("net"));
        modes.put("PID", flag("pid"));
        modes.put("USER", flag("user"));
        modes.put("TIME", flag("time"));
        modes.put("all", ALL);
        modes.put("garbage 1", 1L);
        modes.put("UTS|garbage", flag("uts") | 1);
        modes.forEach((mode, type) -> child(child -> {
            long pidfd = child.call(Nr.NR_pidfd_open, other, 0);
            child.out("pidfd_open=" + (pidfd >= 0 ? "ok" : Errors.text((int) -pidfd)) + " ");
            String result = setns(child, pidfd, type);
            child.out("setns(pidfd, %-12s 0x%08x) = %s  uts now %s\n"
                    .formatted(mode, type, result, child.readlink("/proc/self/ns/uts")));
        }));
    }

    private static void asNobody(UserProcess child) {
        child.check(child.call(Nr.NR_setuid, 65534));
        for (String name : FLAGS.keySet()) {
            long fd = child.open("/proc/self/ns/" + name, Fcntl.O_RDONLY);
            if (fd < 0) {
                child.out("nobody open " + name + ": " + Errors.text((int) -fd) + "\n");
                continue;
            }
            child.out("nobody: setns(own %-6s,0) = %s\n".formatted(name, setns(child, fd, 0)));
            child.out("nobody: setns(own %-6s,wrong) = %s\n".formatted(name, setns(child, fd, 1)));
        }
    }
}
