package dev.nestor.cli.replay.abi;

import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;

/**
 * Which number of the emulator's stands for which of the log's, one to one: inodes of namespaces, pipes and sockets, and
 * ports that a kernel hands out as it likes. One for each log that is replayed.
 */
public final class Renaming {
    /*
     * Numbers of namespaces come back: a new one takes the lowest that is free, in the log and in the emulator each by its
     * own history. The log says when one is made; from then on its number may stand for any but an initial namespace,
     * and whatever the two stood for before is gone.
     */

    private static final long FIRST_INITIAL = 4026531832L; // MNT_NS_INIT_INO
    private static final long LAST_INITIAL = 4026531839L; // IPC_NS_INIT_INO; the other initial namespaces are between

    private static final long NOTHING = 1L << 40;
    private static final long LEAST_AWAITED = 1L << 31; // unique ids of mounts are larger

    private final Long2LongOpenHashMap emulatedOf = new Long2LongOpenHashMap();
    private final Long2LongOpenHashMap recordedOf = new Long2LongOpenHashMap();
    private long awaited; // emulated; 0 for none
    private final LongOpenHashSet made = new LongOpenHashSet(); // recorded, not seen since

    public Renaming() {
        for (long inode = FIRST_INITIAL; inode <= LAST_INITIAL; inode++) {
            bind(inode, inode);
        }
    }

    private static boolean isInitial(long inode) {
        return inode >= FIRST_INITIAL && inode <= LAST_INITIAL;
    }

    /** Whether the two may stand for each other; if neither has a partner yet, they do from now on. */
    public boolean matches(long recorded, long emulated) {
        boolean isBound = emulatedOf.containsKey(recorded);
        if (isBound && emulatedOf.get(recorded) == emulated) {
            made.remove(recorded);
            return true;
        }
        if (isInitial(emulated) || !(made.remove(recorded) || (!isBound && !recordedOf.containsKey(emulated)))) {
            return false;
        }
        bind(recorded, emulated);
        return true;
    }

    /** The log's kernel has made a namespace of this number. */
    void make(long recorded) {
        if (!isInitial(recorded)) {
            made.add(recorded);
        }
    }

    /** A program has been given a number of the emulator's, and the log does not show which one of its own. */
    void await(long emulated) {
        awaited = recordedOf.containsKey(emulated) ? 0 : emulated;
    }

    /** What stands for a recorded number: what is awaited, itself where neither has a partner, else a number of nothing. */
    long emulated(long recorded) {
        if (awaited != 0 && recorded > LEAST_AWAITED && !emulatedOf.containsKey(recorded)) {
            bind(recorded, awaited);
            awaited = 0;
        }
        long otherwise = recordedOf.containsKey(recorded) ? recorded | NOTHING : recorded;
        return emulatedOf.getOrDefault(recorded, otherwise);
    }

    private void bind(long recorded, long emulated) {
        if (emulatedOf.containsKey(recorded)) {
            recordedOf.remove(emulatedOf.get(recorded));
        }
        if (recordedOf.containsKey(emulated)) {
            emulatedOf.remove(recordedOf.get(emulated));
        }
        emulatedOf.put(recorded, emulated);
        recordedOf.put(emulated, recorded);
    }
}
