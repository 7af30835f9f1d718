package dev.nestor.kernel.cgroup;

/** The values that controllers keep, by their index in {@link CssTable#values}; each controller has its own. */
public final class Css {
    /** Values of a row. */
    public static final int COUNT = 10;

    /** No limit: PIDS_MAX, PAGE_COUNTER_MAX, RUNTIME_INF. */
    public static final long MAX = Long.MAX_VALUE;

    // pids_cgroup
    public static final int PIDS_LIMIT = 0;
    public static final int PIDS_WATERMARK = 1;
    public static final int PIDS_EVENTS_MAX = 2; // forks that a limit here or below has refused
    public static final int PIDS_EVENTS_LOCAL_MAX = 3; // forks that the limit here has refused

    public static final int PIDS_EVENTS_FORKFAIL = 4; // forks from here that were refused, in the first version

    // cpuset
    public static final int CPUSET_CPUS = 0; // as bits
    public static final int CPUSET_MEMS = 1; // as bits
    public static final int CPUSET_FLAGS = 2; // the files that say 0 or 1, as bits
    public static final int CPUSET_RELAX_DOMAIN_LEVEL = 3;

    /** The bit of cpuset.sched_load_balance. */
    public static final int CPUSET_SCHED_LOAD_BALANCE = 1;

    // freezer
    public static final int FREEZER_SELF = 0; // 1 when freezer.state was written FROZEN

    // dev_cgroup
    public static final int DEVICES_DENY = 0; // 1 when all are denied

    // blkcg
    public static final int BFQ_WEIGHT = 0;

    // task_group
    public static final int CPU_SHARES = 0; // 1024 for weight 100
    public static final int CPU_IDLE = 1; // 0 or 1
    public static final int CPU_QUOTA = 2; // us, or MAX
    public static final int CPU_PERIOD = 3; // us
    public static final int CPU_BURST = 4; // us
    public static final int CPU_GROUP = 5; // task_group of the scheduler; NULL of the root

    // mem_cgroup
    public static final int MEMORY_MIN = 0; // pages, as all of these
    public static final int MEMORY_LOW = 1;
    public static final int MEMORY_HIGH = 2;
    public static final int MEMORY_MAX = 3;
    public static final int MEMORY_PEAK = 4;
    public static final int MEMORY_OOM_GROUP = 5; // 0 or 1

    public static final int MEMORY_SOFT_LIMIT = 6; // of the first version, as those that follow
    public static final int MEMORY_SWAPPINESS = 7;
    public static final int MEMORY_OOM_KILL_DISABLE = 8; // 0 or 1
    public static final int MEMORY_MEMSW_MAX = 9; // pages

    // hugetlb_cgroup, by size of page: limit and reservation limit, pages
    public static final int HUGETLB_LIMIT = 0;
    public static final int HUGETLB_RSVD_LIMIT = 1;

    private Css() {}

    /** css_alloc(): what a new one of a controller says. */
    static void init(CssTable table, int css, int ssid) {
        switch (ssid) {
            case CgroupSubsys.PIDS -> table.setValues(css, PIDS_LIMIT, MAX);
            case CgroupSubsys.CPUSET -> {
                table.setValues(css, CPUSET_FLAGS, CPUSET_SCHED_LOAD_BALANCE);
                table.setValues(css, CPUSET_RELAX_DOMAIN_LEVEL, -1);
            }
            case CgroupSubsys.IO -> table.setValues(css, BFQ_WEIGHT, 100);
            case CgroupSubsys.CPU -> {
                table.setValues(css, CPU_SHARES, 1024);
                table.setValues(css, CPU_QUOTA, MAX);
                table.setValues(css, CPU_PERIOD, 100_000);
            }
            case CgroupSubsys.MEMORY -> {
                table.setValues(css, MEMORY_HIGH, MAX);
                table.setValues(css, MEMORY_MAX, MAX);
                table.setValues(css, MEMORY_SOFT_LIMIT, MAX);
                table.setValues(css, MEMORY_MEMSW_MAX, MAX);
                table.setValues(css, MEMORY_SWAPPINESS, 60);
            }
            case CgroupSubsys.HUGETLB -> {
                for (int i = 0; i < 4; i++) {
                    table.setValues(css, i, MAX);
                }
            }
            default -> {}
        }
    }
}
