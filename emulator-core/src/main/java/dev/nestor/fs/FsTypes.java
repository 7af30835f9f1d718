package dev.nestor.fs;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The file systems that there are, by index: fs/filesystems.c. */
public final class FsTypes {
    private FsType[] types = new FsType[0];

    /** register_filesystem(): the index that super blocks keep. */
    public int register(FsType type) {
        types = Arrays.copyOf(types, types.length + 1);
        types[types.length - 1] = type;
        return types.length - 1;
    }

    public FsType get(int index) {
        return types[index];
    }

    /** The index of the file system of this name, or -1. */
    public int find(String name) {
        for (int i = 0; i < types.length; i++) {
            if (types[i].name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The same of bytes. */
    public int find(byte[] text, int length) {
        for (int i = 0; i < types.length; i++) {
            if (isEqual(types[i].name(), text, length)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isEqual(String name, byte[] text, int length) {
        int same = name.length() == length ? 0 : -1;
        while (same >= 0 && same < length && name.charAt(same) == (text[same] & 0xff)) {
            same++;
        }
        return same == length;
    }

    @Nullable
    FsType byName(String name) {
        int index = find(name);
        return index < 0 ? null : types[index];
    }
}
