package dev.nestor.fs;

import java.util.Arrays;

/** The FileOps by index. The numbers below are fixed; other rooms get the next ones. */
public final class FileKinds {
    /** An O_PATH file: empty_fops. */
    public static final int PATH = 1;

    /** A directory whose entries are its dentries. */
    public static final int DIRECTORY = 2;

    /** A file of pages. */
    public static final int REGULAR = 3;

    /** One whose behaviour is not known here. */
    public static final int OUTSIDE = 4;

    public static final int PIPE = 5;
    public static final int PROC = 6;
    public static final int PROC_DIRECTORY = 7;
    public static final int NSFS = 8;
    public static final int PIDFD = 9;
    /** An inode that can't be opened: a socket's name. */
    public static final int NONE = 10;

    /** An attribute in sysfs. */
    public static final int SYSFS = 11;

    private static final int FIRST_FREE = 16;

    private static final FileOps MISSING = new FileOps() {};

    private FileOps[] kinds = new FileOps[FIRST_FREE];
    private int next = FIRST_FREE;

    public FileKinds() {
        Arrays.fill(kinds, MISSING);
    }

    /** Sets the operations of one of the fixed kinds. */
    public void set(int kind, FileOps ops) {
        kinds[kind] = ops;
    }

    /** Registers a kind of another room and returns its index. */
    public int add(FileOps ops) {
        kinds = Arrays.copyOf(kinds, next + 1);
        kinds[next] = ops;
        return next++;
    }

    public FileOps ops(int kind) {
        return kinds[kind];
    }
}
