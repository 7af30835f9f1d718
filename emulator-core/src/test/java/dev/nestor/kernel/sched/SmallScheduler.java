package dev.nestor.kernel.sched;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Random;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimerTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Topology;
import dev.nestor.machine.Work;
import dev.nestor.table.StateHash;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Sched;
import java.util.Arrays;

/** A machine whose tasks do nothing but compute, sleep, yield and wake each other. */
final class SmallScheduler implements UserMode {
    static final long MS = 2_000_000; // cycles
    static final long US = 2_000; // cycles

    private static final int HOG = 0;
    private static final int PERIODIC = 1;
    private static final int YIELDER = 2;
    private static final int MORTAL = 3;
    private static final int PING = 4;
    private static final int DIGGER = 5;

    final Clock clock = new Clock();
    final EventLoop loop = new EventLoop(clock, new EventQueue());
    final Timekeeping time = new Timekeeping(clock, Timekeeping.DEFAULT_FREQUENCY, 0);
    final TaskTable tasks = new TaskTable(4_000);
    final HrTimers timers = new HrTimers(loop, tasks, new HrTimerTable(4_000));
    final Wakeups wakeups = new Wakeups(tasks);
    final Work work = new Work();
    final WaitQueues queues = new WaitQueues(tasks, new WaitQueueTable(100), new WaitEntryTable(4_000), wakeups);
    final Scheduler scheduler;
    final Cpus cpus;
    final SchedTasks sched;
    private int[] kind = new int[16]; // by row of the task
    private long[] span = new long[16];
    private long[] period = new long[16];
    private long[] until = new long[16];
    private long[] units = new long[16]; // of Work.GRACE_PERIOD, in each call
    private int[] peer = new int[16];
    private long[] rounds = new long[16];
    private int root;

    SmallScheduler(Topology topology) {
        this(topology, Tracepoints.NONE);
    }

    /** Whose tasks a class of one's own schedules. */
    SmallScheduler(Topology topology, Tracepoints trace, SchedExtOps ops) {
        this(topology, trace);
        scheduler.loadExt(ops, tasks::rowOf);
    }

    SmallScheduler(Topology topology, Tracepoints trace) {
        this(topology, trace, SchedConfig.standard());
    }

    SmallScheduler(Topology topology, Tracepoints trace, SchedConfig config) {
        SchedMachine machine = new SchedMachine(loop, time, topology, CostModel.standard(), work, trace, new Random(1));
        scheduler = new Scheduler(machine, config, tasks, 4_000);
        cpus = scheduler.cpus();
        sched = scheduler.tasks();
        cpus.setUserMode(this);
        wakeups.setDispatcher(cpus);
        timers.register(HrTimers.SLEEP, wakeups::timerExpired);
    }

    int hog(int... onCpus) {
        return start(HOG, ENDLESS, 0, 0, onCpus);
    }

    /** Uses run cycles once a period from now on, as rt-app's absolute timers do. */
    int periodic(long run, long periodCycles, int... onCpus) {
        return start(PERIODIC, run, periodCycles, 0, onCpus);
    }

    int yielder(long run, int... onCpus) {
        return start(YIELDER, run, 0, 0, onCpus);
    }

    int mortal(long run, int... onCpus) {
        return start(MORTAL, run, 0, 0, onCpus);
    }

    /** Makes calls of so many units of 24 000 cycles, each once a period if that is not 0. */
    int digger(long unitsOfCall, long periodCycles, int... onCpus) {
        int task = start(DIGGER, US, periodCycles, 0, onCpus);
        units[tasks.rowOf(task)] = unitsOfCall;
        return task;
    }

    /** A task that sleeps until it is woken, again and again. */
    int sleeper(int... onCpus) {
        return start(PING, 100, 0, 0, onCpus);
    }

    /** A task's calls wake another one before they do anything else. */
    void wakes(int task, int other) {
        peer[tasks.rowOf(task)] = other;
    }

    /** One of two that wake each other in turn; the first waits for the second. */
    void pingPong(int cpuA, int cpuB) {
        int a = start(PING, 100, 0, 0, cpuA);
        int b = start(PING, 100, 0, 0, cpuB);
        peer[tasks.rowOf(a)] = b;
        peer[tasks.rowOf(b)] = a;
    }

    long rounds(int task) {
        return rounds[tasks.rowOf(task)];
    }

    /** ns on a CPU until now. */
    long runtime(int task) {
        cpus.updateCurr(tasks.cpu(task));
        return scheduler.entities().sumExecRuntime(tasks.se(task));
    }

    /** Keeps the task's nice level. */
    void setPolicy(int task, int policy, int priority) {
        SchedAttr attr = new SchedAttr();
        attr.policy = policy;
        attr.priority = priority;
        attr.nice = sched.nice(task);
        scheduler.policy().set(task, attr, false, false);
    }

    /** 0, or an error. */
    int setDeadline(int task, long runtimeNs, long periodNs) {
        SchedAttr attr = new SchedAttr();
        attr.policy = Sched.SCHED_DEADLINE;
        attr.runtimeNs = runtimeNs;
        attr.deadlineNs = periodNs;
        attr.periodNs = periodNs;
        return scheduler.policy().set(task, attr, false, false);
    }

    int se(int task) {
        return tasks.se(task);
    }

    long digest() {
        StateHash hash = new StateHash();
        tasks.digest(hash);
        scheduler.digest(hash);
        timers.digest(hash);
        queues.digest(hash);
        loop.queue().digest(hash);
        clock.digest(hash);
        return hash.value();
    }

    private int start(int kindOf, long run, long periodCycles, int peerOf, int... onCpus) {
        int task = tasks.alloc();
        if (root == 0) {
            root = task;
            sched.init(task);
        } else {
            sched.fork(root, task);
        }
        int row = tasks.rowOf(task);
        if (row >= kind.length) {
            kind = Arrays.copyOf(kind, 2 * row);
            span = Arrays.copyOf(span, 2 * row);
            period = Arrays.copyOf(period, 2 * row);
            until = Arrays.copyOf(until, 2 * row);
            units = Arrays.copyOf(units, 2 * row);
            peer = Arrays.copyOf(peer, 2 * row);
            rounds = Arrays.copyOf(rounds, 2 * row);
        }
        kind[row] = kindOf;
        span[row] = run;
        period[row] = periodCycles;
        until[row] = clock.now();
        units[row] = 0;
        peer[row] = peerOf;
        rounds[row] = 0;
        tasks.setMm(task, row);
        if (onCpus.length > 0) {
            long[] mask = new long[sched.maskWords()];
            for (int cpu : onCpus) {
                mask[cpu >> 6] |= 1L << cpu;
            }
            sched.setCpusAllowed(task, mask);
        } else {
            long[] mask = new long[sched.maskWords()];
            Arrays.fill(mask, -1);
            sched.setCpusAllowed(task, mask);
        }
        wakeups.wakeUpNewTask(task);
        return task;
    }

    @Override
    public long nextSpan(int task) {
        return span[tasks.rowOf(task)];
    }

    @Override
    public void enter(int task) {
        int row = tasks.rowOf(task);
        work.add(Work.SYSCALL_ENTRY);
        rounds[row]++;
        switch (kind[row]) {
            case PERIODIC -> {
                until[row] += period[row];
                resume(task);
            }
            case DIGGER -> {
                if (peer[row] != 0) {
                    wakeups.wakeUpProcess(peer[row]);
                }
                work.add(Work.GRACE_PERIOD, units[row]);
                until[row] += period[row];
                resume(task);
            }
            case YIELDER -> sched.schedYield(task);
            case MORTAL -> tasks.setState(task, TaskTable.TASK_DEAD);
            case PING -> {
                if (peer[row] != 0) {
                    work.add(Work.FILE_IO, 2);
                    wakeups.wakeUpProcess(peer[row]);
                }
                tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
            }
            default -> throw new IllegalStateException("a hog makes no calls");
        }
    }

    @Override
    public void resume(int task) {
        int row = tasks.rowOf(task);
        boolean isTimed = kind[row] == PERIODIC || (kind[row] == DIGGER && period[row] > 0);
        if (isTimed && clock.now() < until[row]) {
            timers.sleepUntil(task, until[row]);
            tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        }
    }

    @Override
    public void leave(int task, long remaining) {
        tasks.setSigpending(task, false);
        if (remaining > 0) {
            span[tasks.rowOf(task)] = remaining;
        }
    }

    @Override
    public void dead(int task) {
        sched.release(task);
        tasks.free(task);
    }
}
