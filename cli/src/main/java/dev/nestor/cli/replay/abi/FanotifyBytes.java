package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/**
 * Events of fanotify as a program reads them. What the kernel chooses, ids of mounts and the first eight bytes of handles of
 * files, is compared one to one; which file system a file is on is not, where that is drawn at random.
 */
final class FanotifyBytes {
    private static final int METADATA_SIZE = 24;
    private static final int INFO_TYPE_PIDFD = 4;
    private static final int INFO_TYPE_MNT = 7;
    private static final int MNT_ID = 8; // offset in struct fanotify_event_info_mnt
    private static final int FSID = 4; // offset in struct fanotify_event_info_fid
    private static final int HANDLE = 20; // offset in it of the bytes of the handle
    private static final int MNT_SIZE = 16;

    private FanotifyBytes() {}

    static boolean areRead(@Nullable Value fd) {
        return fd instanceof Value.Fd file && file.target().equals("anon_inode:[fanotify]");
    }

    /** The recorded bytes with the emulator's numbers for its own, where they may stand for each other. */
    static byte[] renamed(View view, byte[] shown, byte[] found) {
        byte[] out = shown.clone();
        int end = Math.min(shown.length, found.length);
        for (int at = 0; at + METADATA_SIZE <= end; ) {
            int size = (int) number(shown, at, Integer.BYTES);
            if (size < METADATA_SIZE || size != (int) number(found, at, Integer.BYTES)) {
                return out;
            }
            int to = Math.min(at + size, end);
            for (int record = at + METADATA_SIZE; record + Integer.BYTES <= to; ) {
                int length = (int) number(shown, record + 2, Short.BYTES);
                if (length < Integer.BYTES || record + length > end) {
                    return out;
                }
                rename(view, shown, found, out, record);
                record += length;
            }
            at += size;
        }
        return out;
    }

    private static void rename(View view, byte[] shown, byte[] found, byte[] out, int record) {
        int type = shown[record];
        if (type == INFO_TYPE_PIDFD) {
            return;
        }
        boolean isMount = type == INFO_TYPE_MNT;
        int at = record + (isMount ? MNT_ID : HANDLE);
        int size = (int) number(shown, record + 2, Short.BYTES);
        if (size < MNT_SIZE || at + Long.BYTES > record + size) {
            return;
        }
        long recorded = number(shown, at, Long.BYTES);
        long emulated = number(found, at, Long.BYTES);
        long apart = isMount ? 0 : HandleCodec.FILES;
        if (view.mounts().matches(recorded ^ apart, emulated ^ apart)) {
            int bytes = isMount ? Long.BYTES : (int) number(shown, record + 12, Integer.BYTES);
            int count = Math.min(bytes, Math.min(out.length, found.length) - at);
            System.arraycopy(found, at, out, at, count);
        }
        if (!isMount && found[record + FSID] == Arena.UNKNOWN) {
            System.arraycopy(found, record + FSID, out, record + FSID, Long.BYTES);
        }
    }

    private static long number(byte[] bytes, int at, int length) {
        long number = 0;
        for (int i = length - 1; i >= 0; i--) {
            number = number << Byte.SIZE | (bytes[at + i] & 0xff);
        }
        return number;
    }
}
