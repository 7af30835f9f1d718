package dev.nestor.kernel.fork;

/** struct kernel_clone_args: what a task is to be made like. One is reused for all calls. */
public final class CloneArgs {
    /** Levels at which clone3 can ask for a number. */
    public static final int MAX_SET_TID = 32;

    long flags; // CLONE_*
    int exitSignal;
    long stack; // user address; 0 for the parent's
    long tls;
    long pidfd; // user address of an int
    long parentTid; // user address of an int
    long childTid; // user address of an int
    int cgroup; // descriptor of a cgroup's directory, with CLONE_INTO_CGROUP
    final int[] setTid = new int[MAX_SET_TID]; // wished numbers, the innermost namespace's first
    int setTidSize;

    public CloneArgs reset(long wantedFlags, int wantedExitSignal) {
        flags = wantedFlags;
        exitSignal = wantedExitSignal;
        stack = 0;
        tls = 0;
        pidfd = 0;
        parentTid = 0;
        childTid = 0;
        cgroup = 0;
        setTidSize = 0;
        return this;
    }

    public CloneArgs stack(long address) {
        stack = address;
        return this;
    }

    public CloneArgs tls(long address) {
        tls = address;
        return this;
    }

    public CloneArgs pidfd(long address) {
        pidfd = address;
        return this;
    }

    public CloneArgs parentTid(long address) {
        parentTid = address;
        return this;
    }

    public CloneArgs childTid(long address) {
        childTid = address;
        return this;
    }

    public CloneArgs cgroup(int fd) {
        cgroup = fd;
        return this;
    }

    public void addSetTid(int nr) {
        setTid[setTidSize++] = nr;
    }

    public long flags() {
        return flags;
    }
}
