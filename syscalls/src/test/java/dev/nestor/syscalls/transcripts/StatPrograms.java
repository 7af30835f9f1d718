package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.Programs.Program;
import dev.nestor.uapi.Nr;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** stat(1), of files and of file systems. */
final class StatPrograms {
    private static final Map<Long, String> TYPES =
            Map.of(0x6e736673L, "nsfs", 0x9fa0L, "proc", 0x01021994L, "tmpfs", 0xef53L, "ext2/ext3");

    private StatPrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("stat", StatPrograms::stat);
    }

    private static int stat(UserProcess process, List<String> argv) {
        Options options = new Options(argv, "c");
        String path = options.rest().getFirst();
        if (options.has('f')) {
            return statFs(process, path, options);
        }
        FileStat stat = FileStat.of(process, path, options.has('L'));
        if (stat == null) {
            return process.err("stat: cannot stat '" + path + "': " + Errors.text(process.errno()));
        }
        process.out(options.has('c') ? formatted(options.value("c"), path, stat) + "\n" : whole(path, stat));
        return 0;
    }

    private static String formatted(String format, String path, FileStat stat) {
        Map<String, Object> values = Map.of(
                "%n", path,
                "%d", stat.major() << 8 | stat.minor(),
                "%i", stat.ino(),
                "%h", stat.links(),
                "%u", stat.uid(),
                "%g", stat.gid(),
                "%f", Integer.toHexString(stat.mode()),
                "%s", stat.size());
        String text = format;
        for (Map.Entry<String, Object> value : values.entrySet()) {
            text = text.replace(value.getKey(), value.getValue().toString());
        }
        return text;
    }

    private static String whole(String path, FileStat stat) {
        return "  File: " + path
                + "\n  Size: %-10d\tBlocks: %-10d IO Block: %-6d %s\n"
                        .formatted(stat.size(), stat.blocks(), stat.blockSize(), kind(stat))
                + "Device: %d,%d\tInode: %-10d  Links: %d\n"
                        .formatted(stat.major(), stat.minor(), stat.ino(), stat.links())
                + "Access: (%04o/%s)  Uid: (%5d/%8s)   Gid: (%5d/%8s)\n"
                        .formatted(
                                stat.mode() & 07777,
                                stat.modeText(),
                                stat.uid(),
                                FileStat.user(stat.uid()),
                                stat.gid(),
                                FileStat.group(stat.gid()))
                + "Access: " + stat.times().get(0) + "\nModify: " + stat.times().get(1) + "\nChange: "
                + stat.times().get(2)
                + "\n Birth: " + stat.times().get(3) + "\n";
    }

    private static String kind(FileStat stat) {
        return stat.isDirectory()
                ? "directory"
                : stat.isLink() ? "symbolic link" : stat.size() == 0 ? "regular empty file" : "regular file";
    }

    private static int statFs(UserProcess process, String path, Options options) {
        long at = process.buffer();
        long result = process.call(Nr.NR_statfs, process.text(path), at);
        if (result < 0) {
            return process.err(
                    "stat: cannot read file system information for '" + path + "': " + Errors.text((int) -result));
        }
        String type = Objects.requireNonNullElse(TYPES.get(process.longAt(at)), "UNKNOWN");
        if (options.has('c')) {
            process.out(type + "\n");
            return 0;
        }
        long fsid = (process.longAt(at + 56) & 0xffffffffL) << 32 | process.longAt(at + 56) >>> 32;
        process.out("  File: \"" + path + "\"\n    ID: " + Long.toHexString(fsid) + " Namelen: "
                + process.longAt(at + 64) + "     Type: " + type + "\nBlock size: "
                + "%-10d Fundamental block size: %d\n".formatted(process.longAt(at + 8), process.longAt(at + 72))
                + "Blocks: Total: %-10d Free: %-10d Available: %d\n"
                        .formatted(process.longAt(at + 16), process.longAt(at + 24), process.longAt(at + 32))
                + "Inodes: Total: %-10d Free: %d\n".formatted(process.longAt(at + 40), process.longAt(at + 48)));
        return 0;
    }
}
