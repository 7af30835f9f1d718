package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What statx(2) tells of a file, and its texts. */
record FileStat(
        int mode,
        int links,
        int uid,
        int gid,
        long ino,
        long size,
        long blocks,
        int blockSize,
        int major,
        int minor,
        List<String> times) {
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.nnnnnnnnn +0000", Locale.ROOT);

    static @Nullable FileStat of(UserProcess process, String path, boolean follow) {
        long at = process.buffer();
        int flags = follow ? 0 : Fcntl.AT_SYMLINK_NOFOLLOW;
        int mask = STATX_BASIC_STATS | STATX_BTIME;
        long result = process.call(Nr.NR_statx, Fcntl.AT_FDCWD, process.text(path), flags, mask, at);
        if (result < 0) {
            process.setErrno((int) -result);
            return null;
        }
        boolean hasBirth = (process.intAt(at) & STATX_BTIME) != 0;
        List<String> times = List.of(
                time(process, at + 64),
                time(process, at + 112),
                time(process, at + 96),
                hasBirth ? time(process, at + 80) : "-");
        return new FileStat(
                process.unsignedShortAt(at + 28),
                process.intAt(at + 16),
                process.intAt(at + 20),
                process.intAt(at + 24),
                process.longAt(at + 32),
                process.longAt(at + 40),
                process.longAt(at + 48),
                process.intAt(at + 4),
                process.intAt(at + 136),
                process.intAt(at + 140),
                times);
    }

    private static String time(UserProcess process, long at) {
        return TIME.format(
                Instant.ofEpochSecond(process.longAt(at), process.intAt(at + 8)).atOffset(ZoneOffset.UTC));
    }

    boolean isLink() {
        return (mode & Stat.S_IFMT) == Stat.S_IFLNK;
    }

    boolean isDirectory() {
        return (mode & Stat.S_IFMT) == Stat.S_IFDIR;
    }

    /** drwxr-xr-x. */
    String modeText() {
        char type = isLink() ? 'l' : isDirectory() ? 'd' : (mode & Stat.S_IFMT) == Stat.S_IFREG ? '-' : '?';
        StringBuilder text = new StringBuilder().append(type);
        for (int bit = 8; bit >= 0; bit--) {
            text.append((mode & 1 << bit) != 0 ? "xwr".charAt(bit % 3) : '-');
        }
        if ((mode & Stat.S_ISVTX) != 0) {
            text.setCharAt(9, (mode & 1) != 0 ? 't' : 'T');
        }
        return text.toString();
    }

    static String user(int uid) {
        return uid == 0 ? "root" : uid == 65534 ? "nobody" : String.valueOf(uid);
    }

    static String group(int gid) {
        return gid == 0 ? "root" : gid == 65534 ? "nogroup" : String.valueOf(gid);
    }
}
