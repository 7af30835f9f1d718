package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The programs that stand in /usr/bin of the emulated machine: each is what it does in system calls, and what it prints. */
final class Programs {
    private static final int HANDLER = 0x4000; // of a signal: any address
    private static final int TIMED_OUT = 124;
    private static final int NOT_FOUND = 127;
    private static final Map<String, Program> ALL = new HashMap<>();

    /** A program, which ends with this exit code. */
    interface Program {
        int run(UserProcess process, List<String> argv);
    }

    static {
        ALL.put("bash", Shell::interactive);
        ALL.put("sh", Shell::script);
        ALL.put("true", (process, argv) -> 0);
        TextPrograms.register(ALL);
        FilePrograms.register(ALL);
        StatPrograms.register(ALL);
        IdPrograms.register(ALL);
        NsPrograms.register(ALL);
        ProcPrograms.register(ALL);
        MountPrograms.register(ALL);
        IpcPrograms.register(ALL);
        ALL.put("ip", IpProgram::run);
        ALL.put("ping", PingProgram::run);
        ALL.put("ss", SsProgram::run);
        ALL.put("timeout", Programs::timeout);
        ALL.put("lsns", LsNs::run);
        ALL.put("perl", SetnsDemo::run);
        ALL.put("demo_uts_namespaces", UtsDemo::run);
    }

    private Programs() {}

    /** timeout SECONDS COMMAND: of which the command is left to its end, or ended. */
    private static int timeout(UserProcess process, List<String> argv) {
        int child = process.fork(inside -> {
                    NsPrograms.exec(inside, "timeout", argv.subList(2, argv.size()));
                    inside.exit(NOT_FOUND);
                })
                .number();
        process.signal(Signal.SIGALRM, HANDLER);
        process.call(Nr.NR_alarm, Long.parseLong(argv.get(1)));
        if (process.waitPid(child, 0) == child) {
            return UserProcess.exitCode(process.waitStatus());
        }
        process.kill(child, Signal.SIGTERM);
        process.waitPid(child, 0);
        return TIMED_OUT;
    }

    static Set<String> names() {
        return ALL.keySet();
    }

    static boolean has(String path) {
        return ALL.containsKey(path.substring(path.lastIndexOf('/') + 1));
    }

    static int run(String name, UserProcess process, List<String> argv) {
        Program program = ALL.get(name);
        if (program == null) {
            throw new IllegalArgumentException("no program " + name);
        }
        return program.run(process, argv);
    }
}
