package dev.nestor.kernel.futex;

/** union futex_key: which futex an address means, whoever calls it what. Filled by {@link FutexKeys}; not part of the state. */
public final class FutexKey {
    /** An address of one address space, said to be private: the owner is an mm_struct. */
    static final int PRIVATE = 1;

    /** An address of one address space that might have been shared: FUT_OFF_MMSHARED. */
    static final int ANONYMOUS = 2;

    /** A place in a file: FUT_OFF_INODE. */
    static final int FILE = 3;

    /** A place in anonymous shared memory. */
    static final int SHMEM = 4;

    /** As PRIVATE, in the table of a node and not in that of the address space: who does not name the node finds it not. */
    static final int PRIVATE_OF_NODE = 5;

    int kind;
    int owner; // mm_struct, inode or shmem object
    long place; // user address, or byte of the object

    /** Filled by FutexKeys only. */
    public FutexKey() {}

    void set(int whose, int ownerHandle, long where) {
        kind = whose;
        owner = ownerHandle;
        place = where;
    }

    boolean equalTo(FutexKey other) {
        return kind == other.kind && owner == other.owner && place == other.place;
    }

    int hash() {
        long mixed = (place >>> 2) * 0x9e3779b97f4a7c15L + (owner * 31L + kind) * 0xc2b2ae3d27d4eb4fL;
        return (int) (mixed >>> 32) ^ (int) (mixed >>> 47);
    }
}
