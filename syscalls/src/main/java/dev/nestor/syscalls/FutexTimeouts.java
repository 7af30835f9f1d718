package dev.nestor.syscalls;

import dev.nestor.event.Clock;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Time;

/** When a wait for a futex is given up: futex_init_timeout(), futex_setup_timer(). The restart words keep it. */
final class FutexTimeouts {
    /* Restart words: how the wait ends (0 before it has begun), and when. */
    private static final int HOW = 0;
    private static final int END = 1;

    /** The wait has no end. */
    private static final int NEVER = 1;

    /** END is a time in cycles. */
    private static final int AT_CYCLES = 2;

    /** END is a time of the host's CLOCK_MONOTONIC, in ns. */
    private static final int AT_MONOTONIC = 3;

    /** END is a time of CLOCK_REALTIME, in ns. */
    private static final int AT_REALTIME = 4;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final HrTimers timers;
    private final Timekeeping timekeeping;
    private final NsProxyTable nsproxies;
    private final TimeNamespaces timeNamespaces;
    private final byte[] bytes = new byte[Timespecs.SIZE];

    FutexTimeouts(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.timers = kernel.hrTimers();
        this.timekeeping = kernel.timekeeping();
        this.nsproxies = kernel.nsProxyTable();
        this.timeNamespaces = kernel.timeNamespaces();
    }

    /** Whether the wait of the call has begun. */
    boolean hasBegun(int task) {
        return tasks.restart(task, HOW) != 0;
    }

    /** Whether the wait has an end. */
    boolean isSet(int task) {
        return tasks.restart(task, HOW) != NEVER;
    }

    /** The wait begins and has no end. */
    void beginForEver(int task) {
        tasks.setRestart(task, HOW, NEVER);
    }

    /** The wait begins and lasts so long. 0, EFAULT or EINVAL. */
    long begin(int task, long from) {
        long ns = Timespecs.get(memory, tasks.mm(task), from, bytes);
        if (ns < 0) {
            return ns;
        }
        tasks.setRestart(task, HOW, AT_CYCLES);
        tasks.setRestart(task, END, Timespecs.expiry(timekeeping, ns, slackNs(task)));
        return 0;
    }

    /** The wait begins and ends at a time of CLOCK_MONOTONIC, as the task's time namespace has it, or CLOCK_REALTIME. 0, EFAULT or EINVAL. */
    long beginUntil(int task, int clock, long from) {
        long ns = Timespecs.get(memory, tasks.mm(task), from, bytes);
        if (ns < 0) {
            return ns;
        }
        long host = timeNamespaces.toHost(nsproxies.timeNs(tasks.nsproxy(task)), clock, ns);
        long slackNs = slackNs(task);
        tasks.setRestart(task, HOW, clock == Time.CLOCK_MONOTONIC ? AT_MONOTONIC : AT_REALTIME);
        tasks.setRestart(task, END, host >= Long.MAX_VALUE - slackNs ? Long.MAX_VALUE : host + slackNs);
        return 0;
    }

    boolean isOver(int task) {
        return end(task) <= timekeeping.now();
    }

    /** The task sleeps until it is woken or its time is over: BLOCKED, or ENOMEM without a timer. */
    long sleep(int task) {
        long expires = end(task);
        if (expires != Clock.NEVER && !timers.isSleeping(task) && !timers.sleepUntil(task, expires, base(task))) {
            return -Errno.ENOMEM;
        }
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        return Syscalls.BLOCKED;
    }

    /** The call is over, or is to be made again: its timer goes. */
    long end(int task, long result) {
        timers.cancelSleep(task);
        return result;
    }

    /** When the wait is over as clocks stand now, in cycles. */
    private long end(int task) {
        long end = tasks.restart(task, END);
        return switch ((int) tasks.restart(task, HOW)) {
            case NEVER -> Clock.NEVER;
            case AT_CYCLES -> end;
            case AT_MONOTONIC -> end == Long.MAX_VALUE ? Clock.NEVER : timekeeping.cyclesAt(end);
            default -> end == Long.MAX_VALUE ? Clock.NEVER : timekeeping.cyclesAt(end - timekeeping.realtimeOffsetNs());
        };
    }

    private int base(int task) {
        return switch ((int) tasks.restart(task, HOW)) {
            case AT_CYCLES -> HrTimers.WAIT;
            case AT_MONOTONIC -> HrTimers.MONOTONIC;
            default -> HrTimers.REALTIME;
        };
    }

    private long slackNs(int task) {
        int policy = tasks.policy(task);
        boolean realtime = policy == Sched.SCHED_FIFO || policy == Sched.SCHED_RR || policy == Sched.SCHED_DEADLINE;
        return realtime ? 0 : tasks.timerSlackNs(task);
    }
}
