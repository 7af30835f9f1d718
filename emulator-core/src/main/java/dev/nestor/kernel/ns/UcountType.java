package dev.nestor.kernel.ns;

/** What is counted for each user of each user namespace: enum ucount_type of include/linux/user_namespace.h. */
public final class UcountType {
    public static final int USER_NAMESPACES = 0;
    public static final int PID_NAMESPACES = 1;
    public static final int UTS_NAMESPACES = 2;
    public static final int IPC_NAMESPACES = 3;
    public static final int NET_NAMESPACES = 4;
    public static final int MNT_NAMESPACES = 5;
    public static final int CGROUP_NAMESPACES = 6;
    public static final int TIME_NAMESPACES = 7;
    public static final int INOTIFY_INSTANCES = 8;
    public static final int INOTIFY_WATCHES = 9;
    public static final int FANOTIFY_GROUPS = 10;
    public static final int FANOTIFY_MARKS = 11;

    public static final int COUNT = 12;

    private static final String[] NAMES = {
        "max_user_namespaces",
        "max_pid_namespaces",
        "max_uts_namespaces",
        "max_ipc_namespaces",
        "max_net_namespaces",
        "max_mnt_namespaces",
        "max_cgroup_namespaces",
        "max_time_namespaces",
        "max_inotify_instances",
        "max_inotify_watches",
        "max_fanotify_groups",
        "max_fanotify_marks"
    };

    private UcountType() {}

    /** The limit's file in /proc/sys/user. */
    public static String sysctl(int type) {
        return NAMES[type];
    }
}
