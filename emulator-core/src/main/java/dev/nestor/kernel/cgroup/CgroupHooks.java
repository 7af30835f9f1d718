package dev.nestor.kernel.cgroup;

/** What rooms that this one does not know are told. */
public interface CgroupHooks {
    /** cgroup_file_notify(): cgroup.events says something new. */
    void eventsChanged(int cgroup);

    /** Controllers of a cgroup have come or gone: its directory is to show them. */
    void controllersChanged(int cgroup);

    /** Nobody refers to a removed cgroup any more: its directory can go. */
    void released(int cgroup);

    /** signal_wake_up(): the task is to look at its jobctl. */
    void signalWakeUp(int task);

    /** wake_up_process(). */
    void wakeUpProcess(int task);
}
