package dev.nestor.kernel.ns;

import dev.nestor.table.StateHash;
import java.util.Arrays;

/**
 * Inode numbers of namespaces, proc_alloc_inum(): the lowest free one above those that the kernel's own entries have
 * taken by the time it is up; a freed number is given out again at once.
 */
public final class NsInums {
    /** Fixed numbers of the initial namespaces, include/uapi/linux/nsfs.h. */
    public static final int IPC_NS_INIT_INO = 0xEFFFFFFF;

    public static final int UTS_NS_INIT_INO = 0xEFFFFFFE;
    public static final int USER_NS_INIT_INO = 0xEFFFFFFD;
    public static final int PID_NS_INIT_INO = 0xEFFFFFFC;
    public static final int CGROUP_NS_INIT_INO = 0xEFFFFFFB;
    public static final int TIME_NS_INIT_INO = 0xEFFFFFFA;
    public static final int NET_NS_INIT_INO = 0xEFFFFFF9;
    public static final int MNT_NS_INIT_INO = 0xEFFFFFF8;

    private final int base;
    private long[] taken = new long[4]; // bitmap from base on

    /** @param base the first free number, an unsigned int: 4026532177 on the reference machine */
    public NsInums(int base) {
        this.base = base;
    }

    public int alloc() {
        int word = 0;
        while (word < taken.length && taken[word] == -1L) {
            word++;
        }
        if (word == taken.length) {
            taken = Arrays.copyOf(taken, 2 * word);
        }
        int bit = Long.numberOfTrailingZeros(~taken[word]);
        taken[word] |= 1L << bit;
        return base + word * Long.SIZE + bit;
    }

    /** Frees a number; one of the fixed ones stays. */
    public void free(int inum) {
        int bit = inum - base;
        if (bit >= 0) {
            assert (taken[bit >>> 6] & 1L << bit) != 0 : "inum is not taken";
            taken[bit >>> 6] &= ~(1L << bit);
        }
    }

    public void digest(StateHash hash) {
        hash.add(taken, taken.length);
    }
}
