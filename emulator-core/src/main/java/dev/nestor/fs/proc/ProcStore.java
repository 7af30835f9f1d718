package dev.nestor.fs.proc;

/** What becomes of what is written to an entry of /proc. */
@FunctionalInterface
public interface ProcStore {
    /**
     * Takes a write.
     *
     * @param text what was written; it may be changed, and has a byte of room behind it
     * @return the bytes taken, or a negative errno
     */
    long store(ProcRequest request, byte[] text, int length);
}
