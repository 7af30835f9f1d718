package dev.nestor.machine;

import dev.nestor.table.HotPath;

/**
 * The work that a handler has done, in the kernel's own units, to be priced by a {@link CostModel}.
 *
 * <p>Handlers report what they do as they do it: the unit that names it best, and no other beside it for the same
 * thing. A unit's price holds all that always comes with it, so that TASK_ALLOC needs no OBJECT_ALLOC for the
 * task_struct and NS_ALLOC_NET none for what a struct net hangs together from.
 */
public final class Work {
    // Going in and out.

    /** A system call: into the kernel, through the table, and out again. */
    public static final int SYSCALL_ENTRY = 0;

    /** One check of permissions or capabilities, with the security hooks behind it. */
    public static final int PERMISSION = 1;

    /** One copy_from_user or copy_to_user, whatever its length. */
    public static final int USER_COPY = 2;

    /** A byte moved between two places in memory, user memory included. */
    public static final int BYTES_COPIED = 3;

    // Finding and keeping.

    /** A thing found, or not, by number or name: idr, hash table, radix tree, file descriptor. */
    public static final int LOOKUP = 4;

    /** One step from a namespace to its parent, or from a pid's number at one level to the next. */
    public static final int LEVEL_WALK = 5;

    /** An entry of a list or table passed by: of a dump, a chain, a group of tasks. */
    public static final int LIST_STEP = 6;

    /** A number given out at one level of one namespace, and its pid's room there. */
    public static final int ID_ALLOC = 7;

    /** A number given back at one level. */
    public static final int ID_FREE = 8;

    /** An object from a slab cache, of less than a page. */
    public static final int OBJECT_ALLOC = 9;

    public static final int OBJECT_FREE = 10;

    /** A cache line touched that is likely to be cold. */
    public static final int LINE_TOUCH = 11;

    /** A lock taken and released that nobody else holds. */
    public static final int LOCK = 12;

    /** Waiting for all CPUs to have passed through a quiet state: synchronize_rcu_expedited() and its kind. */
    public static final int GRACE_PERIOD = 13;

    // Tasks.

    /** A task_struct with its stack: dup_task_struct(), sched_fork() and all of copy_process() that always happens. */
    public static final int TASK_ALLOC = 14;

    /** The last of a task: release_task() and the freeing of its stack. */
    public static final int TASK_FREE = 15;

    /** do_exit() of a task, apart from what it gives up. */
    public static final int TASK_EXIT = 16;

    /** A wait call that found a child to report. */
    public static final int TASK_REAP = 17;

    /** A signal_struct and sighand_struct of its own: no CLONE_THREAD, no CLONE_SIGHAND. */
    public static final int SIGNAL_DUP = 18;

    /** A files_struct of its own; LIST_STEP for each open file. */
    public static final int FILES_DUP = 19;

    /** An fs_struct of its own. */
    public static final int FS_DUP = 20;

    /** begin_new_exec() and the loading of an image, apart from its pages and its path. */
    public static final int EXEC = 21;

    // Memory.

    /** An address space copied: dup_mm(), with the areas of a small process; PAGE_COPY for its pages. */
    public static final int MM_DUP = 22;

    /** An address space torn down: exit_mmap() of a small process; PAGE_FREE for its pages. */
    public static final int MM_FREE = 23;

    /** A page table entry copied at fork. */
    public static final int PAGE_COPY = 24;

    /** A page unmapped and freed. */
    public static final int PAGE_FREE = 25;

    /** A fault that brings in a page: entry, a zeroed or copied page, and the way out. */
    public static final int PAGE_FAULT = 26;

    /** An area mapped, unmapped, split, merged or changed. */
    public static final int VMA_CHANGE = 27;

    /** Translations thrown away on this CPU. */
    public static final int TLB_FLUSH = 28;

    // Files.

    /** A path walk begun and ended: getname(), path_init(), terminate_walk(). */
    public static final int PATH_WALK = 29;

    /** A name of a path found in its directory. */
    public static final int PATH_COMPONENT = 30;

    /** A mount point crossed on the way. */
    public static final int MOUNT_CROSSING = 31;

    /** A struct file opened: alloc_empty_file(), do_dentry_open(), a descriptor. */
    public static final int FILE_OPEN = 32;

    /** The last reference to a struct file dropped: __fput(). */
    public static final int FILE_CLOSE = 33;

    /** An inode and its dentry made. */
    public static final int INODE_ALLOC = 34;

    public static final int INODE_FREE = 35;

    /** A read or write: vfs_read(), vfs_write(), with their checks and the notification of watchers. */
    public static final int FILE_IO = 36;

    /** A struct mount made and attached. */
    public static final int MOUNT_ATTACH = 37;

    /** A struct mount taken away. */
    public static final int MOUNT_DETACH = 38;

    /** A mount copied into another namespace, peer or slave. */
    public static final int MOUNT_COPY = 39;

    /** A child mount looked at when a tree is copied or locked. */
    public static final int MOUNT_STEP = 40;

    // Scheduling. The scheduler reports these itself.

    /** __schedule() to another task and back to what that was doing, in one address space. */
    public static final int CONTEXT_SWITCH = 41;

    /** What a change of address space adds to it. */
    public static final int MM_SWITCH = 42;

    /** __schedule() that picks the task it has. */
    public static final int SCHEDULE = 43;

    /** try_to_wake_up() of a task that sleeps. */
    public static final int WAKEUP = 44;

    /** A wake-up sent to another CPU. */
    public static final int WAKEUP_REMOTE = 45;

    /** The taking of an interrupt that brings a wake-up. */
    public static final int IPI_RECEIVE = 46;

    /** A tick: interrupt, accounting, update of the current entity. */
    public static final int TICK = 47;

    /** A task moved between two run queues by balancing. */
    public static final int MIGRATION = 48;

    /** A task put on a wait queue and taken off. */
    public static final int WAIT = 49;

    // Signals and timers.

    /** A signal put into a queue. */
    public static final int SIGNAL_SEND = 50;

    /** A handler's frame built, and sigreturn(2) from it. */
    public static final int SIGNAL_DELIVER = 51;

    /** A timer started or stopped. */
    public static final int TIMER_ARM = 52;

    /** A timer's interrupt. */
    public static final int TIMER_EXPIRE = 53;

    // Namespaces. A namespace made and what is made with it, and its end.

    public static final int NSPROXY_ALLOC = 54;
    public static final int NS_ALLOC_UTS = 55;
    public static final int NS_ALLOC_TIME = 56;
    public static final int NS_ALLOC_PID = 57;
    public static final int NS_ALLOC_CGROUP = 58;
    public static final int NS_ALLOC_USER = 59;
    public static final int NS_ALLOC_IPC = 60;

    /** Apart from its mounts: MOUNT_COPY. */
    public static final int NS_ALLOC_MNT = 61;

    public static final int NS_ALLOC_NET = 62;
    public static final int NS_FREE_UTS = 63;
    public static final int NS_FREE_TIME = 64;
    public static final int NS_FREE_PID = 65;
    public static final int NS_FREE_CGROUP = 66;
    public static final int NS_FREE_USER = 67;
    public static final int NS_FREE_IPC = 68;
    public static final int NS_FREE_MNT = 69;
    public static final int NS_FREE_NET = 70;

    /** switch_task_namespaces() to namespaces that exist: setns(2). */
    public static final int NS_SWITCH = 71;

    // Sockets, IPC, futexes.

    public static final int SOCKET_ALLOC = 72;
    public static final int SOCKET_FREE = 73;

    /** A packet or message queued from one socket to another. */
    public static final int SOCKET_XMIT = 74;

    /** A device written into a dump of all. */
    public static final int NETDEV_DUMP = 75;

    /** A futex hashed and its bucket locked. */
    public static final int FUTEX_HASH = 76;

    /** A System V or POSIX IPC object found, checked and locked. */
    public static final int IPC_OBTAIN = 77;

    /** A superblock made and filled. */
    public static final int SUPERBLOCK_ALLOC = 78;

    /** A cycle in the kernel for something that is not emulated, and whose length is known from elsewhere. */
    public static final int OUTSIDE_CYCLE = 79;

    /** How many units there are. */
    public static final int UNITS = 80;

    private final long[] counts = new long[UNITS];
    private long low; // which of the units 0 to 63 may be other than zero
    private long high; // the same of the others

    @HotPath
    public void add(int unit) {
        counts[unit]++;
        note(unit);
    }

    @HotPath
    public void add(int unit, long n) {
        assert n >= 0 : n;
        counts[unit] += n;
        note(unit);
    }

    /**
     * How many things have been done, where they are counted one by one: those that come in bytes or cycles count once for so many of
     * them.
     */
    @HotPath
    public long points(int bytes, int cycles) {
        long points = 0;
        for (int unit = next(0); unit < UNITS; unit = next(unit + 1)) {
            int size = unit == BYTES_COPIED ? bytes : unit == OUTSIDE_CYCLE ? cycles : 1;
            points += (counts[unit] + size - 1) / size;
        }
        return points;
    }

    @HotPath
    public void clear() {
        for (int unit = next(0); unit < UNITS; unit = next(unit + 1)) {
            counts[unit] = 0;
        }
        low = 0;
        high = 0;
    }

    public long count(int unit) {
        return counts[unit];
    }

    /** The first unit from this one on that has been reported since {@link #clear}, or UNITS. */
    @HotPath
    public int next(int unit) {
        if (unit < Long.SIZE) {
            long rest = low & (-1L << unit);
            if (rest != 0) {
                return Long.numberOfTrailingZeros(rest);
            }
        }
        long rest = unit <= Long.SIZE ? high : unit < 2 * Long.SIZE ? high & (-1L << unit) : 0;
        return rest != 0 ? Long.SIZE + Long.numberOfTrailingZeros(rest) : UNITS;
    }

    private void note(int unit) {
        if (unit < Long.SIZE) {
            low |= 1L << unit;
        } else {
            high |= 1L << unit;
        }
    }
}
