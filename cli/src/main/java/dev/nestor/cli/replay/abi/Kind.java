package dev.nestor.cli.replay.abi;

/** What an argument register holds. */
public enum Kind {
    INT,
    LONG,
    SIZE,
    FD,
    /** A process, thread, group or session in the caller's PID namespace; negative and 0 as the call knows them. */
    PID,
    UID,
    GID,
    FLAGS,
    /** An address that is passed as it is and that nothing is looked up at. */
    ADDRESS,
    /** An address of the program's own that the kernel reads or writes, now or later; the log never shows what is there. */
    PLACE,
    /** A number, or a pointer of which only the program knows where to. */
    ANY,
    /** Points to what the kernel reads. */
    IN,
    /** As IN, and the kernel goes on to use it after the call. */
    KEPT,
    /** Points to room for what the kernel writes. */
    OUT,
    /** Points to what the kernel reads and then writes. */
    INOUT;

    boolean isWritten() {
        return this == OUT || this == INOUT;
    }
}
