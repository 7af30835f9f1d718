package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a file, which is the kernel's to choose and which programs give back: its first eight bytes, an inode's number
 * or a namespace's id, are compared one to one; so is the number of a namespace's inode, which is at the end of a longer one.
 */
final class HandleCodec extends Codec {
    static final long FILES = 0x5a5a_0000_0000_0000L; // apart from ids of mounts in the renaming
    private static final long NAMESPACES = 0x6b6b_0000_0000_0000L;
    private static final int NSFS_SIZE = 16; // bytes: struct nsfs_file_handle
    private static final int NSFS_INUM = 12;

    private final int size; // bytes

    HandleCodec(int size) {
        this.size = size;
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return size;
    }

    @Override
    int fixedSize() {
        return size;
    }

    @Override
    int alignment() {
        return 1;
    }

    private static long number(byte[] bytes, int at, int length) {
        long number = 0;
        for (int i = Math.min(length, bytes.length - at) - 1; i >= 0; i--) {
            number = number << Byte.SIZE | (bytes[at + i] & 0xff);
        }
        return number;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value instanceof Value.Str text)) {
            return false;
        }
        byte[] bytes = text.bytes();
        int shown = Math.min(bytes.length, size);
        arena.put(at, bytes, shown);
        if (shown >= Long.BYTES) {
            arena.put(at, Long.BYTES, arena.mounts().emulated(number(bytes, 0, Long.BYTES) ^ FILES) ^ FILES);
        }
        if (shown == NSFS_SIZE) {
            long inum = number(bytes, NSFS_INUM, Integer.BYTES);
            long emulated = inum == 0 ? 0 : arena.mounts().emulated(inum ^ NAMESPACES) ^ NAMESPACES;
            arena.put(at + NSFS_INUM, Integer.BYTES, emulated);
        }
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!(value instanceof Value.Str text) || text.bytes().length < Long.BYTES) {
            return true;
        }
        byte[] shown = text.bytes();
        byte[] found = view.bytes(at, shown.length);
        if (found == null) {
            return true;
        }
        long recorded = number(shown, 0, Long.BYTES);
        long emulated = number(found, 0, Long.BYTES);
        if (!view.mounts().matches(recorded ^ FILES, emulated ^ FILES)) {
            return view.differ(recorded, emulated);
        }
        if (shown.length != NSFS_SIZE) {
            return true;
        }
        long recordedInum = number(shown, NSFS_INUM, Integer.BYTES);
        long inum = number(found, NSFS_INUM, Integer.BYTES);
        return view.mounts().matches(recordedInum ^ NAMESPACES, inum ^ NAMESPACES) || view.differ(recordedInum, inum);
    }
}
