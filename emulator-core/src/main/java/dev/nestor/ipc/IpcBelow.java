package dev.nestor.ipc;

import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;

/** The rooms below that System V objects stand on. */
public record IpcBelow(
        TaskTable tasks,
        Pids pids,
        AddressSpaces spaces,
        Wakeups wakeups,
        HrTimers timers,
        Timekeeping time,
        Work work) {

    private static final long NSEC_PER_SEC = 1_000_000_000L;

    /** ktime_get_real_seconds(). */
    long realSeconds() {
        return Math.floorDiv(time.realtimeNs(), NSEC_PER_SEC);
    }

    /** ipc_update_pid(): gives back what was kept and keeps the other; returns that. */
    int updatePid(int kept, int pid) {
        if (kept != pid) {
            pids.getPid(pid);
            pids.putPid(kept);
        }
        return pid;
    }

    /** The task goes to sleep until it is woken or a signal comes. */
    void sleep(int task) {
        work.add(Work.WAIT);
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
    }
}
