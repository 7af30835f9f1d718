package dev.nestor.syscalls.transcripts;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The programs that stand in /usr/bin of the emulated machine: each is what it does in system calls, and what it prints. */
final class Programs {
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
        ALL.put("lsns", LsNs::run);
        ALL.put("perl", SetnsDemo::run);
        ALL.put("demo_uts_namespaces", UtsDemo::run);
    }

    private Programs() {}

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
