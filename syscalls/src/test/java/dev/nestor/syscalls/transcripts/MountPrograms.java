package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Programs.Program;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** mount, umount, chroot, pivot_root and findmnt. */
final class MountPrograms {
    private static final int MS_BIND = 0x1000;
    private static final int MS_REC = 0x4000;
    private static final int MS_PRIVATE = 0x40000;
    private static final int MS_SHARED = 0x100000;
    private static final int MNT_DETACH = 2;

    private MountPrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("mount", MountPrograms::mount);
        programs.put("umount", MountPrograms::umount);
        programs.put("chroot", MountPrograms::chroot);
        programs.put("pivot_root", MountPrograms::pivotRoot);
        programs.put("findmnt", MountPrograms::findmnt);
    }

    /** A line of mountinfo: its fields before the dash, and the three behind it. */
    private record Mount(String place, String options, String type, String source, String superOptions) {
        static Mount of(String line) {
            String[] halves = line.split(" - ", -1);
            String[] before = halves[0].split(" ", -1);
            String[] behind = halves[1].split(" ", -1);
            return new Mount(before[4], before[5], behind[0], behind[1], behind[2]);
        }

        /** mnt_fs_strdup_options(): those of the mount, and what the file system adds. */
        String allOptions() {
            StringBuilder all = new StringBuilder(options);
            for (String option : superOptions.split(",", -1)) {
                if (!List.of(options.split(",", -1)).contains(option)) {
                    all.append(',').append(option);
                }
            }
            return all.toString();
        }
    }

    private static List<Mount> mounts(UserProcess process) {
        return Objects.requireNonNull(process.readFile("/proc/self/mountinfo"))
                .lines()
                .map(Mount::of)
                .toList();
    }

    private static int mount(UserProcess process, List<String> argv) {
        if (argv.size() == 1) {
            for (Mount mount : mounts(process)) {
                process.out(mount.source + " on " + mount.place + " type " + mount.type + " (" + mount.allOptions()
                        + ")\n");
            }
            return 0;
        }
        String place = argv.getLast();
        boolean isRoot = process.call(Nr.NR_geteuid) == 0;
        long source = process.text(argv.get(argv.size() - 2));
        long target = process.text(place);
        long result =
                switch (argv.get(1)) {
                    case "-t" -> process.call(Nr.NR_mount, source, target, process.text(argv.get(2)), 0, 0);
                    case "--bind" -> process.call(Nr.NR_mount, source, target, 0, MS_BIND, 0);
                    case "--make-rprivate" ->
                        process.call(Nr.NR_mount, process.text("none"), target, 0, MS_REC | MS_PRIVATE, 0);
                    case "--make-rshared" ->
                        process.call(Nr.NR_mount, process.text("none"), target, 0, MS_REC | MS_SHARED, 0);
                    default -> throw new IllegalArgumentException(argv.get(1));
                };
        if (result >= 0) {
            return 0;
        }
        String why = result != -Errno.EPERM
                ? Errors.text((int) -result)
                : isRoot ? "permission denied." : "must be superuser to use mount.";
        process.err("mount: " + place + ": " + why);
        return process.err("       dmesg(1) may have more information after failed mount system call.");
    }

    private static int umount(UserProcess process, List<String> argv) {
        String place = argv.getLast();
        int flags = argv.get(1).equals("-l") ? MNT_DETACH : 0;
        long result = process.call(Nr.NR_umount2, process.text(place), flags);
        String why = result == -Errno.EINVAL ? "not mounted." : Errors.text((int) -result);
        return result < 0 ? process.err("umount: " + place + ": " + why) : 0;
    }

    private static int chroot(UserProcess process, List<String> argv) {
        long result = process.call(Nr.NR_chroot, process.text(argv.get(1)));
        if (result < 0) {
            String why = Errors.text((int) -result);
            return process.err("chroot: cannot change root directory to '" + argv.get(1) + "': " + why);
        }
        process.check(process.call(Nr.NR_chdir, process.text("/")));
        return NsPrograms.exec(process, "chroot", argv.subList(2, argv.size()));
    }

    private static int pivotRoot(UserProcess process, List<String> argv) {
        process.check(process.call(Nr.NR_pivot_root, process.text(argv.get(1)), process.text(argv.get(2))));
        return 0;
    }

    private static int findmnt(UserProcess process, List<String> argv) {
        for (Mount mount : mounts(process)) {
            if (mount.place.equals(argv.get(1))) {
                process.out("TARGET SOURCE FSTYPE OPTIONS\n%-6s %-6s %-6s %s\n"
                        .formatted(mount.place, mount.source, mount.type, mount.allOptions()));
                return 0;
            }
        }
        return 1;
    }
}
