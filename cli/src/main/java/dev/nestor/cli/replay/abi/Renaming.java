package dev.nestor.cli.replay.abi;

import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;

/**
 * Which number of the emulator's stands for which of the log's, one to one: inodes of namespaces, pipes and sockets, and
 * ports that a kernel hands out as it likes. One for each log that is replayed.
 */
public final class Renaming {

    private static final long FIRST_NAMESPACE = 4026531832L; // PROC_IPC_INIT_INO
    private static final long LAST_NAMESPACE = 4026531839L; // PROC_CGROUP_INIT_INO and MNT_NS_INIT_INO among them

    private final Long2LongOpenHashMap emulatedOf = new Long2LongOpenHashMap();
    private final Long2LongOpenHashMap recordedOf = new Long2LongOpenHashMap();

    public Renaming() {
        for (long inode = FIRST_NAMESPACE; inode <= LAST_NAMESPACE; inode++) {
            bind(inode, inode);
        }
    }

    /** Whether the two may stand for each other; if neither has a partner yet, they do from now on. */
    public boolean matches(long recorded, long emulated) {
        boolean isBound = emulatedOf.containsKey(recorded);
        if (!isBound && !recordedOf.containsKey(emulated)) {
            bind(recorded, emulated);
            return true;
        }
        return isBound && emulatedOf.get(recorded) == emulated;
    }

    /** A new object has the log's number, or the emulator's, from now on: what these stood for is gone. */
    public void renew(long recorded, long emulated) {
        if (recorded < FIRST_NAMESPACE || recorded > LAST_NAMESPACE) {
            recordedOf.remove(emulatedOf.remove(recorded));
        }
        if (emulated < FIRST_NAMESPACE || emulated > LAST_NAMESPACE) {
            emulatedOf.remove(recordedOf.remove(emulated));
        }
        bind(recorded, emulated);
    }

    private void bind(long recorded, long emulated) {
        emulatedOf.put(recorded, emulated);
        recordedOf.put(emulated, recorded);
    }
}
