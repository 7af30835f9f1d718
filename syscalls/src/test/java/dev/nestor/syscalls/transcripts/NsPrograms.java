package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Programs.Program;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** unshare(1) and nsenter(1) of util-linux 2.38.1: the same calls in the same order. */
final class NsPrograms {
    private static final int MS_BIND = 0x1000;
    private static final int MS_REC = 0x4000;
    private static final int MS_PRIVATE = 0x40000;
    private static final int MS_SLAVE = 0x80000;
    private static final int MS_SHARED = 0x100000;
    private static final int MS_NOSUID_NODEV_NOEXEC = 2 | 4 | 8;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int CLOCK_BOOTTIME = 7;
    private static final int SIG_UNBLOCK = 1;

    /** One kind of namespace: the letter and the name of its option, its file, its flag; in the order nsenter joins them. */
    private record Kind(char letter, String option, String file, long flag) {}

    private static final List<Kind> KINDS = List.of(
            new Kind('U', "user", "user", Sched.CLONE_NEWUSER),
            new Kind('C', "cgroup", "cgroup", Sched.CLONE_NEWCGROUP),
            new Kind('i', "ipc", "ipc", Sched.CLONE_NEWIPC),
            new Kind('u', "uts", "uts", Sched.CLONE_NEWUTS),
            new Kind('n', "net", "net", Sched.CLONE_NEWNET),
            new Kind('p', "pid", "pid", Sched.CLONE_NEWPID),
            new Kind('m', "mount", "mnt", Sched.CLONE_NEWNS),
            new Kind('T', "time", "time", Sched.CLONE_NEWTIME));

    private NsPrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("unshare", NsPrograms::unshare);
        programs.put("nsenter", NsPrograms::nsenter);
    }

    /** execvp(3); returns only when that fails. */
    static int exec(UserProcess process, String program, List<String> argv) {
        int errno = process.exec(argv);
        return process.err(program + ": failed to execute " + argv.getFirst() + ": " + Errors.text(errno));
    }

    private static int unshare(UserProcess process, List<String> argv) {
        Options options = new Options(argv, "", "boottime", "monotonic", "propagation");
        long flags = options.has("mount-proc") ? Sched.CLONE_NEWNS : 0;
        List<Kind> kept = new ArrayList<>();
        for (Kind kind : KINDS) {
            flags |= options.has(kind.letter) || options.has(kind.option) ? kind.flag : 0;
            if (!options.value(kind.option).isEmpty()) {
                kept.add(kind);
            }
        }
        boolean maps = options.has('r');
        flags |= maps ? Sched.CLONE_NEWUSER : 0;
        long uid = process.call(Nr.NR_geteuid);
        long gid = process.call(Nr.NR_getegid);
        process.signal(Signal.SIGCHLD, 0);
        long result = process.call(Nr.NR_unshare, flags);
        if (result < 0) {
            return process.err("unshare: unshare failed: " + Errors.text((int) -result));
        }
        setOffset(process, options.value("boottime"), CLOCK_BOOTTIME);
        setOffset(process, options.value("monotonic"), CLOCK_MONOTONIC);
        if (options.has('f')) {
            process.mask(0, Signal.SIGINT, Signal.SIGTERM);
            int child;
            long joined = flags;
            try {
                child = process.fork(inside -> {
                            inside.mask(SIG_UNBLOCK, Signal.SIGINT, Signal.SIGTERM);
                            inside.exit(enter(inside, options, joined, maps, uid, gid));
                        })
                        .number();
            } catch (UserProcess.ForkFailed e) {
                return process.err("unshare: fork failed: " + Errors.text(e.errno()));
            }
            bind(process, kept, options, "_for_children");
            return await(process, child);
        }
        bind(process, kept, options, "");
        return enter(process, options, flags, maps, uid, gid);
    }

    /** settime(). */
    private static void setOffset(UserProcess process, String seconds, int clock) {
        if (!seconds.isEmpty()) {
            long fd = process.open("/proc/self/timens_offsets", Fcntl.O_WRONLY);
            process.check(process.write(fd, clock + " " + seconds + " 0"));
            process.close(fd);
        }
    }

    /** bind_ns_files(). */
    private static void bind(UserProcess process, List<Kind> kept, Options options, String suffix) {
        for (Kind kind : kept) {
            String source = "/proc/" + process.pid() + "/ns/" + kind.file + (kind.letter == 'p' ? suffix : "");
            long target = process.text(options.value(kind.option));
            process.check(process.call(Nr.NR_mount, process.text(source), target, 0, MS_BIND, 0));
        }
    }

    /** The parent of a forked program: it ends as its child has, and stumbles over a SIGKILL. */
    private static int await(UserProcess process, int child) {
        process.waitPid(child, 0);
        int sig = process.waitStatus() & 0x7f;
        if (sig == 0) {
            return UserProcess.exitCode(process.waitStatus());
        }
        long result = process.call(Nr.NR_rt_sigaction, sig, process.longs(0, 0x14000000L, 0x5000, 0), 0, 8);
        if (result < 0) {
            return process.err("unshare: sigprocmask unblock failed: " + Errors.text((int) -result));
        }
        process.mask(SIG_UNBLOCK, sig);
        process.kill(process.pid(), sig);
        return process.err("unshare: child exit failed");
    }

    private static int enter(UserProcess process, Options options, long flags, boolean maps, long uid, long gid) {
        if (maps) {
            String failed = map(process, "/proc/self/uid_map", "0 " + uid + " 1");
            failed = failed == null ? map(process, "/proc/self/setgroups", "deny") : failed;
            failed = failed == null ? map(process, "/proc/self/gid_map", "0 " + gid + " 1") : failed;
            if (failed != null) {
                return process.err(failed);
            }
        }
        if ((flags & Sched.CLONE_NEWNS) != 0) {
            propagate(process, options.value("propagation"));
        }
        if (options.has("mount-proc")) {
            long proc = process.text("proc");
            long place = process.text("/proc");
            long result = process.call(Nr.NR_mount, proc, place, proc, MS_NOSUID_NODEV_NOEXEC, 0);
            if (result < 0) {
                return process.err("unshare: mount /proc failed: " + Errors.text((int) -result));
            }
        }
        return exec(process, "unshare", options.rest());
    }

    /** set_propagation(). */
    private static void propagate(UserProcess process, String how) {
        int type = how.isEmpty() ? MS_PRIVATE : how.equals("slave") ? MS_SLAVE : how.equals("shared") ? MS_SHARED : 0;
        if (type != 0) {
            long root = process.text("/");
            process.check(process.call(Nr.NR_mount, process.text("none"), root, 0, MS_REC | type, 0));
        }
    }

    private static @Nullable String map(UserProcess process, String path, String text) {
        long fd = process.open(path, Fcntl.O_WRONLY);
        long result = fd < 0 ? fd : process.write(fd, text);
        process.close(fd);
        return result < 0 ? "unshare: write failed " + path + ": " + Errors.text((int) -result) : null;
    }

    private static int nsenter(UserProcess process, List<String> argv) {
        Options options = new Options(argv, "t");
        String target = options.value("t");
        List<Kind> joined = new ArrayList<>();
        List<Long> fds = new ArrayList<>();
        for (Kind kind : KINDS) {
            String named = options.value(kind.option);
            String path = named.isEmpty() ? "/proc/" + target + "/ns/" + kind.file : named;
            boolean wanted = options.has(kind.letter)
                    || options.has(kind.option)
                    || (options.has('a') && !isOwn(process, path, kind.file));
            if (!wanted) {
                continue;
            }
            long fd = process.open(path, Fcntl.O_RDONLY);
            if (fd < 0) {
                return process.err("nsenter: cannot open " + path + ": " + Errors.text((int) -fd));
            }
            joined.add(kind);
            fds.add(fd);
        }
        boolean forks = false;
        for (int i = 0; i < fds.size(); i++) {
            Kind kind = joined.get(i);
            long result = process.call(Nr.NR_setns, fds.get(i), kind.flag);
            if (result < 0) {
                return process.err("nsenter: reassociate to namespace 'ns/" + kind.file + "' failed: "
                        + Errors.text((int) -result));
            }
            process.close(fds.get(i));
            forks |= kind.letter == 'p';
        }
        return forks ? forkAndExec(process, options.rest()) : exec(process, "nsenter", options.rest());
    }

    /** is_same_namespace(). */
    private static boolean isOwn(UserProcess process, String path, String file) {
        FileStat there = FileStat.of(process, path, true);
        FileStat here = FileStat.of(process, "/proc/self/ns/" + file, true);
        return there != null && here != null && there.ino() == here.ino();
    }

    private static int forkAndExec(UserProcess process, List<String> argv) {
        try {
            int child = process.fork(inside -> inside.exit(exec(inside, "nsenter", argv)))
                    .number();
            process.waitPid(child, 0);
            return UserProcess.exitCode(process.waitStatus());
        } catch (UserProcess.ForkFailed e) {
            return process.err("nsenter: fork failed: " + Errors.text(e.errno()));
        }
    }
}
