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

    /** The initial namespaces' ids, as the reference machine's kernel has given them. */
    private static final long[] INITIAL_IDS = {4, 3, 2, 5, 4100, 4099, 1, 4098}; // by inode number, from mnt to ipc

    private static final long LAST_RESERVED_ID = 4100;

    private final int base;
    private long[] taken = new long[4]; // bitmap from base on
    private long[] ids = new long[4 * Long.SIZE]; // ns_id, by number from base on
    private long lastId = LAST_RESERVED_ID;

    /** @param base the first free number, an unsigned int: 4026532177 on the reference machine */
    public NsInums(int base) {
        this.base = base;
    }

    /** ns_tree_gen_id(): a number that no namespace of any kind has had before. */
    public long nextId() {
        return ++lastId;
    }

    /** An inode number for a namespace with a new id. */
    public int alloc() {
        return alloc(nextId());
    }

    /** An inode number for a namespace with this id. */
    public int alloc(long id) {
        int word = 0;
        while (word < taken.length && taken[word] == -1L) {
            word++;
        }
        if (word == taken.length) {
            taken = Arrays.copyOf(taken, 2 * word);
            ids = Arrays.copyOf(ids, 2 * word * Long.SIZE);
        }
        int bit = Long.numberOfTrailingZeros(~taken[word]);
        taken[word] |= 1L << bit;
        ids[word * Long.SIZE + bit] = id;
        return base + word * Long.SIZE + bit;
    }

    /** ns->ns_id: the id of the namespace with an inode number. */
    public long id(int inum) {
        int at = inum - base;
        return at >= 0 ? ids[at] : INITIAL_IDS[inum - MNT_NS_INIT_INO];
    }

    /** Frees a number; one of the fixed ones stays. */
    public void free(int inum) {
        int bit = inum - base;
        if (bit >= 0) {
            assert (taken[bit >>> 6] & 1L << bit) != 0 : "inum is not taken";
            taken[bit >>> 6] &= ~(1L << bit);
            ids[bit] = 0;
        }
    }

    public void digest(StateHash hash) {
        hash.add(taken, taken.length);
        hash.add(ids, ids.length);
        hash.add(lastId);
    }
}
