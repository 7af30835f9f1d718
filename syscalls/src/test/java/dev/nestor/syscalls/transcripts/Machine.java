package dev.nestor.syscalls.transcripts;

import dev.nestor.init.KernelConfig;
import dev.nestor.syscalls.TestMachine;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.List;

/** The machine of the transcripts: its files, and a shell on its terminal. Everything is made by calls of its first process. */
final class Machine {
    /** Processes of the session have numbers from here on. */
    static final int FIRST_PID = 20_000;

    static final int RESERVED_PIDS = 300;
    private static final long BOOT_SECONDS = 1_795_293_900L; // 2026-11-21 20:45
    private static final int PID_MAX = 32_768;
    private static final int KDEVTMPFS = 25;
    private static final int RUNC = 774;
    private static final int PR_SET_NAME = 15;
    private static final String FOLDER = "/opt/linux/testsuite/tmp/tr";
    private static final String DEMO = "/opt/linux/testsuite/src/tlpi-dist/namespaces/demo_uts_namespaces";
    private static final String UNIFIED = "/sys/fs/cgroup/unified";
    private static final int NOBODY = 65_534;

    private final Session session;
    private String cgroup = "";
    private final UserProcess init;

    Machine() {
        this(0);
    }

    /** @param others how many processes the machine has beside its first one, the session's own not among them */
    Machine(int others) {
        session = new Session(new TestMachine(new KernelConfig().bootRealtimeNs(BOOT_SECONDS * 1_000_000_000L)));
        init = session.init();
        for (String name : Programs.names()) {
            program("/usr/bin/" + name);
        }
        program("/bin/true");
        program(DEMO);
        file("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n", 0644);
        file(FOLDER + "/setns_demo.pl", "#!/usr/bin/perl\n", 0644);
        folder(FOLDER + "/m");
        init.check(init.call(Nr.NR_chmod, init.text(FOLDER), 0777));
        folder("/mnt");
        folder("/run/netns");
        folder("/var");
        init.check(init.call(Nr.NR_symlink, init.text("/run"), init.text("/var/run")));
        init.check(init.call(Nr.NR_chdir, init.text(FOLDER)));
        session.openTerminal();
        rename(init, "init-system");
        if (others > 0) {
            startOthers(others);
        }
        nextPid(FIRST_PID);
    }

    static boolean isOuterPid(long number) {
        return number >= FIRST_PID && number < PID_MAX;
    }

    private void program(String path) {
        file(path, "\u007fELF", 0755);
    }

    private void file(String path, String text, int mode) {
        folder(path.substring(0, path.lastIndexOf('/')));
        long fd = init.open(path, Fcntl.O_WRONLY | Fcntl.O_CREAT);
        init.check(init.write(fd, text));
        init.check(init.call(Nr.NR_fchmod, fd, mode));
        init.close(fd);
    }

    private void folder(String path) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            init.call(Nr.NR_mkdir, init.text(path.substring(0, slash)), 0755);
        }
        init.call(Nr.NR_mkdir, init.text(path), 0755);
    }

    /** The next process that the first one makes has this number. */
    Machine nextPid(int number) {
        write("/proc/sys/kernel/ns_last_pid", String.valueOf(number - 1));
        return this;
    }

    /** Writes to a file of /proc/sys. */
    Machine sysctl(String name, String value) {
        write("/proc/sys/" + name, value);
        return this;
    }

    private void write(String path, String text) {
        long fd = init.open(path, Fcntl.O_WRONLY);
        init.check(fd);
        init.check(init.write(fd, text));
        init.close(fd);
    }

    /** kthreadd, kdevtmpfs in a mount namespace of its own, and a container's first process among others of no name. */
    private void startOthers(int others) {
        UserProcess kthreadd = init.forkIdle(0);
        rename(kthreadd, "kthreadd");
        nextPid(KDEVTMPFS);
        UserProcess kdevtmpfs = kthreadd.forkIdle(0);
        rename(kdevtmpfs, "kdevtmpfs");
        kdevtmpfs.check(kdevtmpfs.call(Nr.NR_unshare, Sched.CLONE_NEWNS));
        for (int i = 3; i < others; i++) {
            init.forkIdle(0);
        }
        UserProcess starter = init.forkIdle(0);
        int flags =
                Sched.CLONE_NEWNS | Sched.CLONE_NEWUTS | Sched.CLONE_NEWIPC | Sched.CLONE_NEWPID | Sched.CLONE_NEWNET;
        starter.check(starter.call(Nr.NR_unshare, flags));
        nextPid(RUNC);
        UserProcess runc = starter.forkIdle(0);
        program("/usr/bin/runc");
        runc.start(List.of("runc", "init"));
        init.kill(starter.number(), Signal.SIGKILL);
        init.waitPid(starter.number(), 0);
    }

    /** Has another folder with programs of its own below it, as a root to change to. */
    Machine root(String path) {
        for (String name : List.of("/bin/sh", "/bin/cat", "/usr/bin/cat", "/usr/bin/umount", "/usr/bin/chroot")) {
            program(path + name);
        }
        folder(path + "/proc");
        folder(path + "/old");
        return this;
    }

    /** Lets the clock go on. */
    void advance(double seconds) {
        session.machine().advance(Math.round(seconds * 1e9));
    }

    /** Makes a cgroup of the unified tree, which the shell will be in. */
    void shellCgroup(String path) {
        String folder = UNIFIED + "/" + path;
        folder(folder);
        cgroup = folder + "/cgroup.procs";
    }

    private static void rename(UserProcess process, String name) {
        process.check(process.call(Nr.NR_prctl, PR_SET_NAME, process.text(name)));
    }

    Session session() {
        return session;
    }

    /** Types what was typed in the transcript to a shell of root; what each line shows. */
    List<String> asRoot(Transcript transcript) {
        List<String> shown = session.run(transcript.commands(), this::login);
        removeCgroup();
        init.call(Nr.NR_umount2, init.text("/run/netns"), 0); // as ip has left it
        return shown;
    }

    private void removeCgroup() {
        String path = cgroup;
        while (path.length() > UNIFIED.length()) {
            path = path.substring(0, path.lastIndexOf('/'));
            init.call(Nr.NR_rmdir, init.text(path));
        }
    }

    /** The same as user nobody. */
    List<String> asNobody(Transcript transcript) {
        return session.run(transcript.commands(), shell -> {
            shell.check(shell.call(Nr.NR_setgroups, 0, 0));
            shell.check(shell.call(Nr.NR_setresgid, NOBODY, NOBODY, NOBODY));
            shell.check(shell.call(Nr.NR_setresuid, NOBODY, NOBODY, NOBODY));
            login(shell);
        });
    }

    private void login(UserProcess shell) {
        session.machine().enterLegacyCgroups(shell.task());
        if (!cgroup.isEmpty()) {
            long fd = shell.open(cgroup, Fcntl.O_WRONLY);
            shell.check(shell.write(fd, "0"));
            shell.close(fd);
        }
        shell.check(shell.call(Nr.NR_setsid));
        shell.check(-shell.exec(List.of("bash")));
    }
}
