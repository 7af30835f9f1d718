package dev.nestor.fs;

/** dir_context: takes the entries of a directory one by one. */
public interface DirEmitter {
    int DT_UNKNOWN = 0;
    int DT_FIFO = 1;
    int DT_CHR = 2;
    int DT_DIR = 4;
    int DT_BLK = 6;
    int DT_REG = 8;
    int DT_LNK = 10;
    int DT_SOCK = 12;

    /**
     * Takes an entry; false when there is no room left, and then it is to come first the next time.
     *
     * @param pos the position of this entry; the reader comes back with that of the one after it
     */
    boolean emit(byte[] name, int length, long ino, int type, long pos);

    /** The DT_* of an inode's mode. */
    static int typeOf(int mode) {
        return mode >>> 12 & 15;
    }
}
