package dev.nestor.cli.replay;

import dev.nestor.cli.strace.Value;
import dev.nestor.fs.KStat;
import org.jspecify.annotations.Nullable;

/** The attributes of a file as strace shows a struct stat or a struct statx. */
final class StatValues {
    private static final long NS_PER_SEC = 1_000_000_000;

    private StatValues() {}

    /** Null when the value is no such structure or does not show the mode. */
    static @Nullable KStat of(@Nullable Value value) {
        if (!(value instanceof Value.Struct struct)) {
            return null;
        }
        String prefix = struct.field("stx_mode") == null ? "st_" : "stx_";
        if (struct.field(prefix + "mode") == null) {
            return null;
        }
        KStat stat = new KStat();
        stat.mode = (int) number(struct, prefix + "mode", 0);
        stat.nlink = (int) number(struct, prefix + "nlink", 1);
        stat.uid = (int) number(struct, prefix + "uid", 0);
        stat.gid = (int) number(struct, prefix + "gid", 0);
        stat.dev = device(struct, prefix, "dev");
        stat.rdev = device(struct, prefix, "rdev");
        stat.blksize = (int) number(struct, prefix + "blksize", 4096);
        stat.ino = number(struct, prefix + "ino", 0);
        stat.size = number(struct, prefix + "size", 0);
        stat.blocks = number(struct, prefix + "blocks", 0);
        stat.atime = time(struct, prefix + "atime");
        stat.mtime = time(struct, prefix + "mtime");
        stat.ctime = time(struct, prefix + "ctime");
        return stat;
    }

    private static int device(Value.Struct struct, String prefix, String name) {
        if (prefix.equals("st_")) {
            return (int) number(struct, "st_" + name, 0);
        }
        long major = number(struct, "stx_" + name + "_major", 0);
        long minor = number(struct, "stx_" + name + "_minor", 0);
        return (int) ((minor & 0xff) | major << 8 | (minor & ~0xffL) << 12);
    }

    private static long time(Value.Struct struct, String name) {
        Value value = struct.field(name);
        if (value instanceof Value.Struct parts) {
            return number(parts, "tv_sec", 0) * NS_PER_SEC + number(parts, "tv_nsec", 0);
        }
        return number(struct, name, 0) * NS_PER_SEC + number(struct, name + "_nsec", 0);
    }

    private static long number(Value.Struct struct, String name, long otherwise) {
        Value value = struct.field(name);
        return value != null && value.isNumber() ? value.number() : otherwise;
    }
}
