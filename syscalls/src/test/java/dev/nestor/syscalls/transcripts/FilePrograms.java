package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Programs.Program;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Programs that look at names and change them: ls, readlink, touch, rm, mknod, chown. */
final class FilePrograms {
    /** Where ls has a date, which is of the day on which the transcripts were made. */
    static final String DATE = "Nov 21 00:00";

    private static final int TAB = 8;

    private FilePrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("ls", FilePrograms::ls);
        programs.put("readlink", FilePrograms::readlink);
        programs.put("touch", FilePrograms::touch);
        programs.put("mkdir", FilePrograms::mkdir);
        programs.put("rm", FilePrograms::rm);
        programs.put("mknod", FilePrograms::mknod);
        programs.put("chown", FilePrograms::chown);
    }

    private record Entry(
            String name, FileStat stat, @Nullable String target) {}

    private static int ls(UserProcess process, List<String> argv) {
        Options options = new Options(argv, "");
        String path = options.rest().isEmpty() ? "." : options.rest().getFirst();
        boolean isLong = options.has('l');
        FileStat stat = FileStat.of(process, path, !isLong || options.has('L'));
        if (stat == null) {
            return process.err("ls: cannot access '" + path + "': " + Errors.text(process.errno())) + 1;
        }
        boolean lists = stat.isDirectory() && !options.has('d');
        List<Entry> entries = new ArrayList<>();
        int failed = 0;
        for (String name : lists ? names(process, path, options.has('a')) : List.of(path)) {
            String full = lists ? path + "/" + name : path;
            FileStat one = isLong ? FileStat.of(process, full, options.has('L')) : stat;
            if (one == null) {
                failed = process.err("ls: cannot access '" + full + "': " + Errors.text(process.errno()));
                continue;
            }
            String target = isLong && one.isLink() ? process.readlink(full) : null;
            if (isLong && one.isLink() && target == null) {
                failed = process.err("ls: cannot read symbolic link '" + full + "': " + Errors.text(process.errno()));
            }
            entries.add(new Entry(name, one, target));
        }
        entries.sort(Comparator.comparing(Entry::name));
        StringBuilder text = new StringBuilder();
        if (isLong && lists) {
            long blocks =
                    entries.stream().mapToLong(entry -> entry.stat.blocks()).sum();
            text.append("total ").append(blocks / 2).append('\n');
        }
        if (!isLong && lists && process.isOnTerminal()) {
            text.append(row(entries)).append('\n');
            entries.clear();
        }
        int[] widths = widths(entries, options);
        for (Entry entry : entries) {
            text.append(options.has('i') ? entry.stat.ino() + " " : "");
            text.append(isLong ? longLine(entry, options, widths) : entry.name).append('\n');
        }
        process.out(text.toString());
        return failed;
    }

    /** All names in one row: the terminal is wide enough. A tab stands where it reaches beyond the next place. */
    private static String row(List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (Entry entry : entries) {
            int end = text.isEmpty() ? 0 : column + 2;
            while (column < end) {
                boolean isTab = end / TAB > (column + 1) / TAB;
                text.append(isTab ? '\t' : ' ');
                column = isTab ? (column / TAB + 1) * TAB : column + 1;
            }
            text.append(entry.name);
            column += entry.name.length();
        }
        return text.toString();
    }

    private static List<String> names(UserProcess process, String path, boolean all) {
        List<String> names = process.names(path);
        if (names == null) {
            process.err("ls: cannot open directory '" + path + "': " + Errors.text(process.errno()));
            return List.of();
        }
        return names.stream().filter(name -> all || !name.startsWith(".")).toList();
    }

    /** Links, user, group and size. */
    private static String[] columns(FileStat stat, Options options) {
        boolean numeric = options.has('n');
        return new String[] {
            String.valueOf(stat.links()),
            numeric ? String.valueOf(stat.uid()) : FileStat.user(stat.uid()),
            numeric ? String.valueOf(stat.gid()) : FileStat.group(stat.gid()),
            String.valueOf(stat.size())
        };
    }

    private static int[] widths(List<Entry> entries, Options options) {
        int[] widths = new int[4];
        for (Entry entry : entries) {
            String[] columns = columns(entry.stat, options);
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], columns[i].length());
            }
        }
        return widths;
    }

    /** Names of users stand left, numbers right. */
    private static String longLine(Entry entry, Options options, int[] widths) {
        String[] columns = columns(entry.stat, options);
        StringBuilder line = new StringBuilder(entry.stat.modeText());
        for (int i = 0; i < widths.length; i++) {
            String blanks = " ".repeat(widths[i] - columns[i].length());
            boolean isName = (i == 1 || i == 2) && !options.has('n');
            line.append(' ').append(isName ? columns[i] + blanks : blanks + columns[i]);
        }
        String arrow = entry.target == null ? "" : " -> '" + entry.target + "'";
        return line + " " + DATE + " " + entry.name + arrow;
    }

    private static int readlink(UserProcess process, List<String> argv) {
        int failed = 0;
        for (String path : argv.subList(1, argv.size())) {
            String target = process.readlink(path);
            if (target == null) {
                failed = 1; // and says nothing
            } else {
                process.out(target + "\n");
            }
        }
        return failed;
    }

    private static int touch(UserProcess process, List<String> argv) {
        long fd = process.open(argv.get(1), Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_NOCTTY | Fcntl.O_NONBLOCK);
        if (fd < 0) {
            return process.err("touch: cannot touch '" + argv.get(1) + "': " + Errors.text((int) -fd));
        }
        process.close(fd);
        return 0;
    }

    /** mkdir -p. */
    private static int mkdir(UserProcess process, List<String> argv) {
        String path = argv.getLast();
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            process.call(Nr.NR_mkdir, process.text(path.substring(0, slash)), 0777);
        }
        long result = process.call(Nr.NR_mkdir, process.text(path), 0777);
        return result < 0 && result != -Errno.EEXIST
                ? process.err("mkdir: cannot create directory '" + path + "': " + Errors.text((int) -result))
                : 0;
    }

    private static int rm(UserProcess process, List<String> argv) {
        String path = argv.getLast();
        long result = process.call(Nr.NR_unlinkat, Fcntl.AT_FDCWD, process.text(path), 0);
        return result < 0 ? process.err("rm: cannot remove '" + path + "': " + Errors.text((int) -result)) : 0;
    }

    private static int mknod(UserProcess process, List<String> argv) {
        int device = Integer.parseInt(argv.get(3)) << 8 | Integer.parseInt(argv.get(4));
        long result = process.call(Nr.NR_mknod, process.text(argv.get(1)), Stat.S_IFCHR | 0666, device);
        return result < 0 ? process.err("mknod: " + argv.get(1) + ": " + Errors.text((int) -result)) : 0;
    }

    private static int chown(UserProcess process, List<String> argv) {
        String path = argv.get(2);
        long uid = Long.parseLong(argv.get(1));
        long result = process.call(Nr.NR_fchownat, Fcntl.AT_FDCWD, process.text(path), uid, 0xffffffffL, 0);
        return result < 0
                ? process.err("chown: changing ownership of '" + path + "': " + Errors.text((int) -result))
                : 0;
    }
}
