package dev.nestor.fs.proc;

/** What becomes of a number that is written to a sysctl. */
@FunctionalInterface
public interface ProcSet {
    /** 0, or a negative errno. */
    int set(ProcRequest request, int value);
}
