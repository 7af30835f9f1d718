package dev.nestor.kernel.ns;

import dev.nestor.uapi.Sched;

/**
 * The kinds of namespace by number. Each room that has one registers its operations here; PID and time namespaces have
 * two names each, for /proc/PID/ns also shows the one that children will get.
 */
public final class NsTypes {
    public static final int CGROUP = 0;
    public static final int IPC = 1;
    public static final int MNT = 2;
    public static final int NET = 3;
    public static final int PID = 4;
    public static final int PID_FOR_CHILDREN = 5;
    public static final int TIME = 6;
    public static final int TIME_FOR_CHILDREN = 7;
    public static final int USER = 8;
    public static final int UTS = 9;

    /** The names in /proc/PID/ns, in the order in which it lists them. */
    public static final int COUNT = 10;

    private static final String[] NAMES = {
        "cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts"
    };
    private static final String[] REAL_NAMES = {
        "cgroup", "ipc", "mnt", "net", "pid", "pid", "time", "time", "user", "uts"
    };
    private static final int[] CLONE_FLAGS = {
        Sched.CLONE_NEWCGROUP,
        Sched.CLONE_NEWIPC,
        Sched.CLONE_NEWNS,
        Sched.CLONE_NEWNET,
        Sched.CLONE_NEWPID,
        Sched.CLONE_NEWPID,
        Sched.CLONE_NEWTIME,
        Sched.CLONE_NEWTIME,
        Sched.CLONE_NEWUSER,
        Sched.CLONE_NEWUTS
    };

    private final NsOps[] ops = new NsOps[COUNT];

    public void register(int type, NsOps operations) {
        ops[type] = operations;
    }

    public NsOps ops(int type) {
        return ops[type];
    }

    /** The file name in /proc/PID/ns. */
    public static String name(int type) {
        return NAMES[type];
    }

    /** What the link says before the inode number. */
    public static String realName(int type) {
        return REAL_NAMES[type];
    }

    /** The CLONE_NEW* flag of the kind: what ioctl NS_GET_NSTYPE answers. */
    public static int cloneFlag(int type) {
        return CLONE_FLAGS[type];
    }
}
