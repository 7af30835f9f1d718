package dev.nestor.kernel.cgroup;

/** cpu_cgrp_subsys: what the cpu controller has done by the scheduler. Handles are of task_groups. */
public interface CpuController {
    /** The group of all tasks that are in no other. */
    int root();

    /** cpu_cgroup_css_alloc(): NULL at the limit. */
    int create(int parent);

    /** cpu_cgroup_css_free(): the group is of no cgroup any more. */
    void destroy(int group);

    /** cpu_cgroup_attach(): the task is of that group from now on. */
    void move(int task, int group);

    /** sched_group_set_shares(): 1024 for weight 100. */
    void setShares(int group, long shares);

    /** sched_group_set_idle(). */
    void setIdle(int group, boolean idle);

    /**
     * tg_set_cfs_bandwidth().
     *
     * @param quotaUs {@link Css#MAX} for no limit
     */
    void setBandwidth(int group, long quotaUs, long periodUs, long burstUs);

    /** cfs_bandwidth.nr_periods. */
    long nrPeriods(int group);

    /** cfs_bandwidth.nr_throttled. */
    long nrThrottled(int group);

    /** cfs_bandwidth.throttled_time: ns, summed over the CPUs. */
    long throttledNs(int group);

    /** throttled_clock_self_time: ns that tasks waited for their own group's runtime or that of a group above. */
    long throttledSelfNs(int group);

    /** cfs_bandwidth.nr_burst. */
    long nrBursts(int group);

    /** cfs_bandwidth.burst_time: ns. */
    long burstNs(int group);
}
