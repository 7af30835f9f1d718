package dev.nestor.mm;

/** The files that stand behind mappings, seen from below: a room above implements this, and init sets it once. */
public interface VmFile {
    /** A vma refers to the file from now on. */
    void hold(int file);

    /** A vma no longer refers to the file. */
    void release(int file);

    /**
     * The frame with a page of the file, which the file goes on holding; the address space takes a holder of its own.
     *
     * @param write whether a shared mapping is about to write it
     * @return a frame; NULL when nothing is known of the contents, which then read as zeros; a negative errno beyond the
     *     end of the file, where a task gets SIGBUS
     */
    int frame(int file, long pageIndex, boolean write);
}
