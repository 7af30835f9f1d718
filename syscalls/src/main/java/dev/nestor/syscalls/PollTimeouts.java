package dev.nestor.syscalls;

import dev.nestor.event.Clock;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.SignalWakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;

/**
 * What poll(2), select(2), epoll_wait(2) and their kin have in common when they wait: a mask of signals while they do, and a
 * time at which they give up, in cycles, which restart word 0 keeps.
 */
final class PollTimeouts {
    private static final int EXPIRES = 0; // restart word

    private final TaskTable tasks;
    private final UserMemory memory;
    private final WaitQueues waitQueues;
    private final HrTimers timers;
    private final Timekeeping timekeeping;
    private final SignalWakeups signals;

    PollTimeouts(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.waitQueues = kernel.waitQueues();
        this.timers = kernel.hrTimers();
        this.timekeeping = kernel.timekeeping();
        this.signals = kernel.signals().wakeups();
    }

    /** set_user_sigmask(), at the first entry: 0, EINVAL, EFAULT. */
    long setSigmask(int task, long address, long size) {
        if (address == 0 || tasks.restart(task, EXPIRES) != 0) {
            return 0;
        }
        if (size != Long.BYTES) {
            return -Errno.EINVAL;
        }
        long mask = memory.getLong(tasks.mm(task), address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        signals.setUserSigmask(task, mask);
        return 0;
    }

    /** poll_select_set_timeout() at the first entry: whether the call is to give up now. */
    boolean isExpired(int task, long timeoutNs) {
        if (tasks.restart(task, EXPIRES) == 0) {
            long expires = timeoutNs == Long.MAX_VALUE
                    ? Clock.NEVER
                    : Timespecs.expiry(timekeeping, timeoutNs, timeoutNs == 0 ? 0 : tasks.timerSlackNs(task));
            tasks.setRestart(task, EXPIRES, Math.max(expires, 1));
        }
        return timeoutNs == 0 || tasks.restart(task, EXPIRES) <= timekeeping.now();
    }

    /** What is left of the time, in ns; 0 when it is over. */
    long leftNs(int task) {
        return timekeeping.cyclesToNs(Math.max(0, tasks.restart(task, EXPIRES) - timekeeping.now()));
    }

    /** A task that is on its queues sleeps until it is woken or its time is over: BLOCKED, or ENOMEM without a timer. */
    long sleep(int task) {
        long expires = tasks.restart(task, EXPIRES);
        if (expires != Clock.NEVER && !timers.isSleeping(task) && !timers.sleepUntil(task, expires)) {
            waitQueues.finishWait(task);
            return end(task, -Errno.ENOMEM);
        }
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        return Syscalls.BLOCKED;
    }

    /** The call is over: its timer goes. */
    long end(int task, long result) {
        timers.cancelSleep(task);
        return result;
    }
}
