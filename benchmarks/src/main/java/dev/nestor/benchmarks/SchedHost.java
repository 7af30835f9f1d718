package dev.nestor.benchmarks;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Random;
import dev.nestor.kernel.sched.SchedConfig;
import dev.nestor.kernel.sched.SchedMachine;
import dev.nestor.kernel.sched.Scheduler;
import dev.nestor.kernel.sched.UserMode;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimerTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Topology;
import dev.nestor.machine.Work;
import dev.nestor.trace.Tracepoints;

/** A scheduler without a kernel around it, whose tasks compute and sleep; it counts switches, wake-ups and ticks. */
final class SchedHost implements UserMode, Tracepoints {
    static final long US = 2_000; // cycles
    static final long MS = 1_000 * US;

    private final Clock clock = new Clock();
    private final EventLoop loop = new EventLoop(clock, new EventQueue());
    private final TaskTable tasks;
    private final HrTimers timers;
    private final Wakeups wakeups;
    private final Work work = new Work();
    private final Scheduler scheduler;
    private final long[] run; // cycles, by row of the task
    private final long[] period; // cycles; 0 for one that never sleeps, negative for one that yields
    private final long[] until; // cycles
    private final int parent; // task that never runs
    private long switches;
    private long wakes;

    SchedHost(Topology topology, int most) {
        tasks = new TaskTable(most + 2);
        timers = new HrTimers(loop, tasks, new HrTimerTable(most + 2));
        wakeups = new Wakeups(tasks);
        Timekeeping time = new Timekeeping(clock, Timekeeping.DEFAULT_FREQUENCY, 0);
        SchedMachine machine = new SchedMachine(loop, time, topology, CostModel.standard(), work, this, new Random(1));
        scheduler = new Scheduler(machine, SchedConfig.standard(), tasks, most + 2);
        scheduler.cpus().setUserMode(this);
        wakeups.setDispatcher(scheduler.cpus());
        timers.register(HrTimers.SLEEP, wakeups::timerExpired);
        run = new long[most + 3];
        period = new long[most + 3];
        until = new long[most + 3];
        parent = tasks.alloc();
        scheduler.tasks().init(parent);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    EventLoop loop() {
        return loop;
    }

    Wakeups wakeups() {
        return wakeups;
    }

    TaskTable tasks() {
        return tasks;
    }

    /** Switches and wake-ups so far. */
    long counted() {
        return switches + wakes;
    }

    /** A task that computes for ever. */
    int hog() {
        return start(ENDLESS, 0);
    }

    /** A task that computes and yields. */
    int yielder(long cycles) {
        return start(cycles, -1);
    }

    /** A task that computes once a period. */
    int periodic(long cycles, long each) {
        return start(cycles, each);
    }

    private int start(long cycles, long each) {
        int task = tasks.alloc();
        scheduler.tasks().fork(parent, task);
        int row = tasks.rowOf(task);
        run[row] = cycles;
        period[row] = each;
        until[row] = clock.now();
        tasks.setMm(task, row);
        wakeups.wakeUpNewTask(task);
        return task;
    }

    /** Lets a task that sleeps run on one CPU only. */
    void pin(int task, int cpu) {
        long[] mask = new long[scheduler.tasks().maskWords()];
        mask[cpu >> 6] = 1L << cpu;
        scheduler.tasks().setCpusAllowed(task, mask);
    }

    @Override
    public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
        switches++;
    }

    @Override
    public void schedWakeup(long now, int cpu, int task, int targetCpu) {
        wakes++;
    }

    @Override
    public long nextSpan(int task) {
        return run[tasks.rowOf(task)];
    }

    @Override
    public void enter(int task) {
        work.add(Work.SYSCALL_ENTRY);
        int row = tasks.rowOf(task);
        if (period[row] < 0) {
            scheduler.tasks().schedYield(task);
        } else {
            until[row] += period[row];
            resume(task);
        }
    }

    @Override
    public void resume(int task) {
        long end = until[tasks.rowOf(task)];
        if (clock.now() < end) {
            timers.sleepUntil(task, end);
            tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        }
    }

    @Override
    public void leave(int task, long remaining) {
        tasks.setSigpending(task, false);
    }

    @Override
    public void dead(int task) {
        throw new IllegalStateException("nobody dies here");
    }
}
