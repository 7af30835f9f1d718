package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Programs.Program;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Programs about names and ids: uname, hostname, domainname, id, setpriv, renice, chroot, sleep. */
final class IdPrograms {
    private static final int UTS_FIELD = 65;

    private IdPrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("uname", (process, argv) -> show(process, 1));
        programs.put("hostname", (process, argv) -> name(process, argv, 1, Nr.NR_sethostname));
        programs.put("domainname", (process, argv) -> name(process, argv, 5, Nr.NR_setdomainname));
        programs.put("id", IdPrograms::id);
        programs.put("setpriv", IdPrograms::setpriv);
        programs.put("renice", IdPrograms::renice);
        programs.put("chroot", IdPrograms::chroot);
        programs.put("sleep", (process, argv) -> {
            process.sleep(Double.parseDouble(argv.get(1)));
            return 0;
        });
    }

    private static int show(UserProcess process, int field) {
        process.check(process.call(Nr.NR_uname, process.buffer()));
        process.out(process.stringAt(process.buffer() + (long) field * UTS_FIELD, UTS_FIELD) + "\n");
        return 0;
    }

    private static int name(UserProcess process, List<String> argv, int field, int setter) {
        if (argv.size() == 1) {
            return show(process, field);
        }
        String name = argv.get(1);
        long result = process.call(setter, process.text(name), name.length());
        String program = argv.getFirst();
        String what = program.equals("hostname") ? "host name" : "domain name";
        return result == -Errno.EPERM
                ? process.err(program + ": you must be root to change the " + what)
                : result < 0 ? process.err(program + ": " + Errors.text((int) -result)) : 0;
    }

    private static int id(UserProcess process, List<String> argv) {
        int uid = (int) process.call(Nr.NR_getuid);
        int gid = (int) process.call(Nr.NR_getgid);
        List<Integer> groups = new ArrayList<>(List.of(gid));
        long count = process.call(Nr.NR_getgroups, 64, process.buffer());
        for (int i = 0; i < count; i++) {
            int group = process.intAt(process.buffer() + 4L * i);
            if (!groups.contains(group)) {
                groups.add(group);
            }
        }
        String all = groups.stream()
                .map(group -> group + "(" + FileStat.group(group) + ")")
                .collect(Collectors.joining(","));
        process.out("uid=" + uid + "(" + FileStat.user(uid) + ") gid=" + gid + "(" + FileStat.group(gid) + ") groups="
                + all + "\n");
        return 0;
    }

    private static int setpriv(UserProcess process, List<String> argv) {
        Options options = new Options(argv, "", "reuid", "regid");
        long uid = Long.parseLong(options.value("reuid"));
        long gid = Long.parseLong(options.value("regid"));
        process.check(process.call(Nr.NR_setgroups, 0, 0));
        process.check(process.call(Nr.NR_setresgid, gid, gid, gid));
        process.check(process.call(Nr.NR_setresuid, uid, uid, uid));
        return NsPrograms.exec(process, "setpriv", options.rest());
    }

    private static int renice(UserProcess process, List<String> argv) {
        long result = process.call(Nr.NR_setpriority, 0, Long.parseLong(argv.get(3)), Long.parseLong(argv.get(2)));
        return result < 0
                ? process.err("renice: failed to set priority for " + argv.get(3) + " (process ID): "
                        + Errors.text((int) -result))
                : 0;
    }

    private static int chroot(UserProcess process, List<String> argv) {
        String root = argv.get(1);
        long result = process.call(Nr.NR_chroot, process.text(root));
        return result < 0
                ? process.err("chroot: cannot change root directory to '" + root + "': " + Errors.text((int) -result))
                : NsPrograms.exec(process, "chroot", argv.subList(2, argv.size()));
    }
}
