package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import java.util.Arrays;

/**
 * A path walk under way (struct nameidata): the text still to be walked, and the place reached, which it holds. One object
 * serves one walk at a time; none of it outlives a call.
 */
public final class Nameidata {
    /** PATH_MAX, the NUL included. */
    public static final int PATH_MAX = 4096;

    public static final int LAST_NORM = 0;
    public static final int LAST_ROOT = 1;
    public static final int LAST_DOT = 2;
    public static final int LAST_DOTDOT = 3;

    private final Mounts mounts;
    private final Dentries dentries;
    byte[] text = new byte[2 * PATH_MAX];
    int at; // where the rest of the path begins
    int end; // of the path
    int task;
    int flags; // LookupFlags
    int links; // symlinks followed
    int rootMnt; // mount above which .. does not lead; not held
    int rootDentry;
    int mnt; // the place reached; held
    int dentry;
    int lastOffset; // the last name, in text
    int lastLength;
    int lastType;
    boolean trailingSlash; // after the last name

    Nameidata(Mounts mounts, Dentries dentries) {
        this.mounts = mounts;
        this.dentries = dentries;
    }

    /** The mount of the place reached. */
    public int mnt() {
        return mnt;
    }

    /** The dentry of the place reached. */
    public int dentry() {
        return dentry;
    }

    public int lastType() {
        return lastType;
    }

    /** Whether the last name ends in a slash, and so has to be that of a directory. */
    public boolean hasTrailingSlash() {
        return trailingSlash;
    }

    public byte[] text() {
        return text;
    }

    public int lastOffset() {
        return lastOffset;
    }

    public int lastLength() {
        return lastLength;
    }

    /** Bytes of the path before the walk. */
    public int length() {
        return end;
    }

    /** A path of our own. */
    public Nameidata set(byte[] path, int offset, int length) {
        reserve(length);
        System.arraycopy(path, offset, text, 0, length);
        end = length;
        return this;
    }

    /** A path of our own, in ASCII. */
    public Nameidata set(String path) {
        reserve(path.length());
        for (int i = 0; i < path.length(); i++) {
            text[i] = (byte) path.charAt(i);
        }
        end = path.length();
        return this;
    }

    /** nd_jump_link(): goes to a place, without a name. Takes its own references. */
    public void jump(int toMnt, int toDentry) {
        mounts.get(toMnt);
        dentries.get(toDentry);
        release();
        mnt = toMnt;
        dentry = toDentry;
    }

    /** Goes to a dentry of the same mount; takes over the reference on it. */
    public void stepTo(int toDentry) {
        int from = dentry;
        dentry = toDentry;
        dentries.put(from);
    }

    /** path_put(). */
    public void release() {
        if (mnt != NULL) {
            int oldMnt = mnt;
            int oldDentry = dentry;
            mnt = NULL;
            dentry = NULL;
            dentries.put(oldDentry);
            mounts.put(oldMnt);
        }
    }

    /** The rest of the path from {@code from} on gets this length of free room before it; the walk goes on there. */
    void prepend(int length, int from) {
        int rest = end - from;
        reserve(length + rest);
        System.arraycopy(text, from, text, length, rest);
        at = 0;
        end = length + rest;
    }

    private void reserve(int length) {
        if (length > text.length) {
            text = Arrays.copyOf(text, Math.max(length, 2 * text.length));
        }
    }
}
