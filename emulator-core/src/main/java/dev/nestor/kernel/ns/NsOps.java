package dev.nestor.kernel.ns;

/** proc_ns_operations: how one kind of namespace is held, shown and asked about. */
public interface NsOps {
    /** The namespace of this kind that a task has, with a reference for the caller; NULL when it has none. */
    int get(int task);

    /** Takes one more reference. */
    void hold(int ns);

    /** Gives one back; the namespace dies with the last. */
    void put(int ns);

    /** The inode number that nsfs shows. */
    int inum(int ns);

    /** The owning user namespace. */
    int owner(int ns);

    /** The parent of a hierarchical namespace (PID, user), NULL for its root, and for the kinds that have none. */
    int parent(int ns);
}
