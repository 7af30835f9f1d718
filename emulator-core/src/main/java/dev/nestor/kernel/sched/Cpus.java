package dev.nestor.kernel.sched;

import static dev.nestor.kernel.task.TaskTable.TASK_DEAD;
import static dev.nestor.kernel.task.TaskTable.TASK_RUNNING;
import static dev.nestor.kernel.task.TaskTable.TASK_STOPPED;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import dev.nestor.trace.Tracepoints;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The emulated CPUs: what each is doing, when that ends, and what interrupts it. */
public final class Cpus implements Dispatcher {
    /*
     *            wake-up                          span over
     *  IDLE ------------> LEAVING_IDLE ----+    +----------- SWITCHING <----+
     *    ^                                 |    |                           |
     *    |                                 v    v                           |
     *    +----- nothing to run ------- schedule()  --- another task --------+
     *                                   ^      ^
     *                sleeps, or          |      |   preempted: tick, wake-up
     *                need_resched        |      |
     *                              KERNEL <---> USER
     *                                 enter, resume, leave
     *
     * A CPU is in one of these phases, each but IDLE a span with an end, which is an event. What a call does to the
     * kernel's tables it does at the beginning of its span; its cost is the length. need_resched is honoured on the way back to
     * user mode, and before where KernelPreemption says so.
     *
     * An interrupt takes its time from the span that it falls into: the span ends later. Its event stays where it is, and
     * when it fires early it is scheduled anew, so that interrupts cost nothing in the queue.
     */
    static final int PHASE_IDLE = 0;
    static final int PHASE_LEAVING_IDLE = 1;
    static final int PHASE_SWITCHING = 2;
    static final int PHASE_KERNEL = 3;
    static final int PHASE_USER = 4;

    /** Ask for the next span. */
    static final int TODO_SPAN = 0;

    /** Compute what remains of the span, then enter the next call. */
    static final int TODO_USER = 1;

    /** Leave the kernel: signals first. */
    static final int TODO_LEAVE = 2;

    /** Enter the call again that it waits in. */
    static final int TODO_RESUME = 3;

    private static final int NOWHERE = -1;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final RunQueues runQueues;
    private final CpuSpans spans;
    private final KernelPreemption preemption;
    private final EventLoop loop;
    private final Clock clock;
    private final Work work;
    private final CostModel costs;
    private final Tracepoints trace;
    private final SchedTasks schedTasks;
    private final LoadBalance loadBalance;
    private final HrTick hrTick;
    private final long tickCycles;
    private final int spanKind; // event kind
    private final int tickKind; // event kind
    private final int ipiKind; // event kind
    private @Nullable UserMode userMode;
    private @Nullable TickHook tickHook;

    /** run_posix_cpu_timers(): what runs by the CPU time of the task that a tick interrupts. */
    public interface TickHook {
        /** Whether there is anything to look at. */
        boolean isWatched(int task);

        /** The task's CPU time is up to date. */
        void tick(int task);
    }

    /** What the CPUs work with. */
    record Parts(RunQueues runQueues, SchedTasks schedTasks, LoadBalance loadBalance, HrTick hrTick) {}

    Cpus(Parts parts, SchedTables tables, SchedMachine machine, SchedConfig config) {
        this.loadBalance = parts.loadBalance();
        this.hrTick = parts.hrTick();
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.runQueues = parts.runQueues();
        this.schedTasks = parts.schedTasks();
        this.loop = machine.loop();
        this.clock = machine.loop().clock();
        this.work = machine.work();
        this.costs = machine.costs();
        this.trace = machine.trace();
        this.tickCycles = machine.time().nsToCycles(config.tickNs());
        this.spanKind = loop.register(this::spanOver);
        this.tickKind = loop.register(this::tick);
        this.hrTick.setKind(loop.register(this::hrtick));
        this.ipiKind = loop.register(this::rescheduleIpi);
        this.spans = new CpuSpans(tables, loop, spanKind);
        this.preemption = new KernelPreemption(tables, loop, config.preemption(), this::preempt);
        runQueues.setRescheduler(this::notify);
    }

    /** Once, before the first task runs. */
    public void setUserMode(UserMode userMode) {
        assert this.userMode == null : "there is a user mode already";
        this.userMode = userMode;
    }

    /** Once, at boot. */
    public void setTickHook(TickHook hook) {
        assert tickHook == null : "there is a tick hook already";
        tickHook = hook;
    }

    /** The CPU whose call is in progress, or -1: what tracepoints of system calls tell. */
    public int thisCpu() {
        return runQueues.thisCpu();
    }

    /** Cycles that a CPU has been idle. */
    public long idleCycles(int cpu) {
        int rq = rqs.cpuRq(cpu);
        boolean isIdle = rqs.phase(rq) == PHASE_IDLE || rqs.phase(rq) == PHASE_LEAVING_IDLE;
        return rqs.idleCycles(rq) + (isIdle ? clock.now() - rqs.idleStamp(rq) : 0);
    }

    /** Cycles that a CPU has been anything but idle. */
    public long busyCycles(int cpu) {
        return clock.now() - idleCycles(cpu);
    }

    /** The task that a CPU runs, or NULL. */
    public int curr(int cpu) {
        return rqs.curr(rqs.cpuRq(cpu));
    }

    /** Context switches of a CPU. */
    public long nrSwitches(int cpu) {
        return rqs.nrSwitches(rqs.cpuRq(cpu));
    }

    /** Brings the accounts of the task that a CPU runs up to now, before they are read. */
    public void updateCurr(int cpu) {
        int task = curr(cpu);
        if (task != Table.NULL) {
            int rq = rqs.cpuRq(cpu);
            boolean wasAsked = rqs.needResched(rq);
            runQueues.classOf(task).updateCurr(rq);
            notify(rq, wasAsked);
        }
    }

    @Override
    @HotPath
    public void activate(int task) {
        trace.schedWaking(clock.now(), runQueues.thisCpu(), task);
        reportWakeup(task);
        int se = tasks.se(task);
        int rq = runQueues.taskRq(task);
        boolean wasAsked = rqs.needResched(rq);
        if (ses.onRq(se)) {
            if (ses.schedDelayed(se)) {
                runQueues.activate(rq, task, SchedClass.ENQUEUE_DELAYED);
            }
            if (!ses.onCpu(se)) {
                runQueues.wakeupPreempt(rq, task, SchedClass.WF_TTWU);
            }
        } else {
            int from = tasks.cpu(task);
            int cpu = runQueues.classOf(task).selectTaskRq(task, from, SchedClass.WF_TTWU);
            runQueues.setTaskCpu(task, cpu);
            rq = rqs.cpuRq(cpu);
            wasAsked = rqs.needResched(rq);
            int migrated = cpu == from ? 0 : SchedClass.ENQUEUE_MIGRATED;
            runQueues.activate(rq, task, SchedClass.ENQUEUE_WAKEUP | migrated);
            runQueues.wakeupPreempt(rq, task, SchedClass.WF_TTWU);
        }
        trace.schedWakeup(clock.now(), runQueues.thisCpu(), task, rqs.cpu(rq));
        hrTick.update(rq);
        notify(rq, wasAsked);
        runQueues.classOf(task).taskWoken(rq, task);
    }

    @Override
    @HotPath
    public void activateNew(int task) {
        reportWakeup(task);
        int cpu = runQueues.classOf(task).selectTaskRq(task, tasks.cpu(task), SchedClass.WF_FORK);
        int rq = rqs.cpuRq(cpu);
        runQueues.setTaskRq(task, cpu);
        boolean wasAsked = rqs.needResched(rq);
        runQueues.activate(rq, task, SchedClass.ENQUEUE_INITIAL);
        trace.schedWakeupNew(clock.now(), runQueues.thisCpu(), task, cpu);
        runQueues.wakeupPreempt(rq, task, SchedClass.WF_FORK);
        hrTick.update(rq);
        notify(rq, wasAsked);
        runQueues.classOf(task).taskWoken(rq, task);
    }

    @Override
    public void kick(int task) {
        if (schedTasks.isOnCpu(task)) {
            interruptUser(runQueues.taskRq(task));
        }
    }

    /** What a call or an interrupt pays for waking somebody. */
    private void reportWakeup(int task) {
        if (runQueues.thisCpu() != RunQueues.NO_CPU) {
            work.add(Work.WAKEUP);
        } else {
            spans.steal(runQueues.taskRq(task), timerCycles());
        }
    }

    /** hrtimer_interrupt() with a task to wake: the CPU that it interrupts is rescheduled when it is over. */
    private long timerCycles() {
        return costs.cycles(Work.TIMER_EXPIRE) + costs.cycles(Work.WAKEUP);
    }

    /** resched_curr() of what has been asked for, and the end of idleness. */
    private void notify(int rq, boolean wasAsked) {
        if (rqs.phase(rq) == PHASE_IDLE) {
            long begin = begin(rq);
            rqs.setPhase(rq, PHASE_LEAVING_IDLE);
            spans.begin(rq, begin + costs.idleExitCycles(begin - rqs.idleStamp(rq)));
        } else if ((rqs.needResched(rq) && !wasAsked) || isLazyInInterrupt(rq)) {
            interruptUser(rq);
        }
    }

    /** No CPU is told of a lazy request; but the one that a timer interrupts sees it when it goes back to user mode. */
    private boolean isLazyInInterrupt(int rq) {
        return rqs.needReschedLazy(rq) && runQueues.thisCpu() == RunQueues.NO_CPU;
    }

    /** Interrupts a CPU that is in user mode; one in the kernel will look by itself, or may be preempted there. */
    private void interruptUser(int rq) {
        boolean isPreemptible = preemption.isOn() && rqs.needResched(rq);
        if (isPreemptible && runQueues.thisCpu() == rqs.cpu(rq)) {
            preemption.askedByItself(rq, begin(rq));
            return;
        }
        boolean isTimer = runQueues.thisCpu() == RunQueues.NO_CPU;
        long cycles = isTimer ? timerCycles() : costs.cycles(Work.IPI_RECEIVE);
        if (rqs.phase(rq) == PHASE_USER) {
            loop.schedule(begin(rq) + cycles, Priority.IPI, ipiKind, rqs.cpu(rq), 0);
        } else if (rqs.phase(rq) == PHASE_KERNEL && isPreemptible) {
            preemption.arm(rq, begin(rq) + cycles);
        }
    }

    /** preempt_schedule(): the task loses its CPU in the middle of a call. */
    private void preempt(int rq) {
        preemption.suspend(rq, spans);
        schedule(rq, 0, true);
    }

    /** When an interrupt sets out for a CPU: when the call in progress has come that far, if one is. */
    private long begin(int rq) {
        if (runQueues.thisCpu() == RunQueues.NO_CPU) {
            return clock.now();
        }
        if (runQueues.thisCpu() != rqs.cpu(rq)) {
            work.add(Work.WAKEUP_REMOTE);
        }
        return clock.now() + costs.cycles(work);
    }

    @HotPath
    private void spanOver(int cpu, long datum) {
        int rq = rqs.cpuRq(cpu);
        if (spans.isExtended(rq)) {
            return;
        }
        int phase = rqs.phase(rq);
        spans.end(rq);
        if (phase == PHASE_LEAVING_IDLE) {
            schedule(rq, 0);
            return;
        }
        int task = rqs.curr(rq);
        int se = tasks.se(task);
        if (phase == PHASE_SWITCHING) {
            goOn(rq, task, se);
        } else if (phase == PHASE_USER) {
            enter(rq, task, se);
        } else if (ses.todo(se) == TODO_RESUME || tasks.state(task) != TASK_RUNNING) {
            schedule(rq, 0);
        } else {
            returnToUser(rq, task, se);
        }
    }

    @HotPath
    private void tick(int cpu, long datum) {
        int rq = rqs.cpuRq(cpu);
        int task = rqs.curr(rq);
        if (task == Table.NULL) {
            rqs.setTickEvent(rq, 0);
            return;
        }
        startTick(rq);
        if (rqs.needReschedLazy(rq)) {
            rqs.setNeedResched(rq, true);
        }
        runQueues.classOf(task).taskTick(rq, task);
        if (tickHook != null && tasks.signal(task) != Table.NULL && tickHook.isWatched(task)) {
            spans.charge(rq);
            tickHook.tick(task);
        }
        balance(rq);
        endTick(rq, task, costs.cycles(Work.TICK));
    }

    /** hrtick(): current's slice or runtime is over. */
    private void hrtick(int cpu, long datum) {
        int rq = rqs.cpuRq(cpu);
        int task = rqs.curr(rq);
        rqs.setHrtickEvent(rq, EventQueue.NONE);
        runQueues.classOf(task).updateCurr(rq);
        if (ses.schedClass(tasks.se(task)) == SchedClass.FAIR) {
            rqs.setNeedReschedLazy(rq);
        }
        endTick(rq, task, costs.cycles(Work.TIMER_EXPIRE));
    }

    /** An interrupt's end: in user mode the CPU is rescheduled if that is due, and in the kernel if it may be. */
    private void endTick(int rq, int task, long cycles) {
        if (rqs.phase(rq) == PHASE_USER && rqs.isReschedDue(rq)) {
            suspendUser(rq, task);
            schedule(rq, cycles);
            return;
        }
        spans.steal(rq, cycles);
        if (rqs.phase(rq) == PHASE_KERNEL && rqs.needResched(rq) && preemption.isOn()) {
            preemption.arm(rq, clock.now() + cycles);
        }
    }

    /**
     * sched_balance_trigger(), and the softirq that it raises: this CPU pulls; and where more than one task waits here, those that
     * are idle, whose ticks have stopped, are balanced on behalf of (nohz_balancer_kick()).
     */
    private void balance(int rq) {
        if (runQueues.normalClass() != SchedClass.FAIR) {
            return;
        }
        long jiffies = clock.now() / tickCycles;
        loadBalance.balance(rqs.cpu(rq), jiffies, false);
        if (rqs.nrRunning(rq) < 2) {
            return;
        }
        for (int word = 0; word < rqs.words(); word++) {
            for (long idle = rqs.idleMask(word); idle != 0; idle &= idle - 1) {
                int cpu = (word << 6) + Long.numberOfTrailingZeros(idle);
                int other = rqs.cpuRq(cpu);
                boolean wasAsked = rqs.needResched(other);
                if (loadBalance.balance(cpu, jiffies, true) > 0) {
                    notify(other, wasAsked);
                }
            }
        }
    }

    /** tick_nohz_restart(): the ticks of all CPUs are at the same times, the multiples of the period. */
    private void startTick(int rq) {
        long next = (clock.now() / tickCycles + 1) * tickCycles;
        rqs.setTickEvent(rq, loop.schedule(next, Priority.TICK, tickKind, rqs.cpu(rq), 0));
    }

    private void rescheduleIpi(int cpu, long datum) {
        int rq = rqs.cpuRq(cpu);
        int task = rqs.curr(rq);
        if (rqs.phase(rq) == PHASE_USER && (rqs.isReschedDue(rq) || tasks.sigpending(task))) {
            suspendUser(rq, task);
            returnToUser(rq, task, tasks.se(task));
        }
    }

    /** The task stops computing; what is left of its span is kept. */
    private void suspendUser(int rq, int task) {
        spans.suspend(rq);
        ses.setTodo(tasks.se(task), TODO_USER);
    }

    /** The task has its CPU: it does what it was about to do. */
    private void goOn(int rq, int task, int se) {
        if (ses.kernelLeft(se) > 0) {
            goOnInKernel(rq, se);
        } else if (ses.todo(se) == TODO_RESUME) {
            beginCall(rq);
            user().resume(task);
            endCall(rq, task, se, TODO_LEAVE, TODO_RESUME);
        } else {
            returnToUser(rq, task, se);
        }
    }

    /** The task was preempted in a call: it spends what is left of it, if nobody else is to run already. */
    private void goOnInKernel(int rq, int se) {
        if (rqs.needResched(rq)) {
            schedule(rq, 0, true);
            return;
        }
        rqs.setPhase(rq, PHASE_KERNEL);
        spans.begin(rq, clock.now() + ses.kernelLeft(se));
        ses.setKernelLeft(se, 0);
    }

    private void enter(int rq, int task, int se) {
        beginCall(rq);
        user().enter(task);
        endCall(rq, task, se, TODO_LEAVE, TODO_RESUME);
    }

    /** exit_to_user_mode_loop(): reschedules if asked to, looks at signals, and computes. */
    private void returnToUser(int rq, int task, int se) {
        if (rqs.isReschedDue(rq)) {
            schedule(rq, 0);
            return;
        }
        if (ses.todo(se) == TODO_LEAVE || tasks.sigpending(task)) {
            long remaining = ses.todo(se) == TODO_USER ? ses.remaining(se) : 0;
            beginCall(rq);
            user().leave(task, remaining);
            if (work.next(0) != Work.UNITS || tasks.state(task) != TASK_RUNNING || rqs.isReschedDue(rq)) {
                endCall(rq, task, se, TODO_SPAN, TODO_LEAVE);
                return;
            }
            runQueues.setThisCpu(RunQueues.NO_CPU);
            ses.setTodo(se, TODO_SPAN);
        }
        if (runQueues.classOf(task).throttleWork(rq, task)) {
            schedule(rq, 0);
            return;
        }
        compute(rq, task, se);
    }

    private void compute(int rq, int task, int se) {
        if (ses.todo(se) != TODO_USER) {
            ses.setRemaining(se, Math.min(user().nextSpan(task), UserMode.ENDLESS));
        }
        ses.setTodo(se, TODO_USER);
        if (ses.remaining(se) == 0) {
            enter(rq, task, se);
            return;
        }
        rqs.setPhase(rq, PHASE_USER);
        spans.begin(rq, clock.now() + ses.remaining(se));
    }

    private void beginCall(int rq) {
        work.clear();
        runQueues.setThisCpu(rqs.cpu(rq));
    }

    /** Spends what the call has done; then the task goes on, or sleeps and is to do something else when it wakes. */
    private void endCall(int rq, int task, int se, int goesOn, int sleeps) {
        runQueues.setThisCpu(RunQueues.NO_CPU);
        ses.setTodo(se, tasks.state(task) == TASK_RUNNING ? goesOn : sleeps);
        rqs.setPhase(rq, PHASE_KERNEL);
        spans.begin(rq, clock.now() + costs.cycles(work));
        preemption.spanBegun(rq, work);
    }

    /**
     * __schedule(): takes current off the queue if it sleeps, picks the next, and switches to it.
     *
     * @param extra cycles that the CPU spends before, on the interrupt that brought it here
     */
    @HotPath
    private void schedule(int rq, long extra) {
        schedule(rq, extra, false);
    }

    /** @param isPreempted SM_PREEMPT: current stays queued, whatever its state */
    @HotPath
    private void schedule(int rq, long extra, boolean isPreempted) {
        int prev = rqs.curr(rq);
        int state = prev == Table.NULL || isPreempted ? TASK_RUNNING : tasks.state(prev);
        if (state != TASK_RUNNING) {
            boolean isSpecial = state == TASK_DEAD || state == TASK_STOPPED;
            int special = isSpecial ? SchedClass.DEQUEUE_SPECIAL : 0;
            runQueues.deactivate(rq, prev, SchedClass.DEQUEUE_SLEEP | special);
        }
        int moveTo = destination(rq, prev, state);
        if (moveTo != NOWHERE) {
            runQueues.deactivate(rq, prev, 0);
        }
        int next = runQueues.pickNext(rq);
        rqs.setNeedResched(rq, false);
        if (next == prev) {
            keep(rq, prev, extra);
            return;
        }
        runQueues.putPrevSetNext(rq, prev, next);
        contextSwitch(rq, prev, state, next, extra);
        runQueues.balanceCallbacks(rq);
        if (moveTo != NOWHERE) {
            moveTo(prev, moveTo);
        }
        if (state == TASK_DEAD) {
            user().dead(prev);
        }
    }

    /**
     * Where current is to go, which is runnable: it may not run here any more, or is pushed away (active_load_balance_cpu_stop()).
     * NOWHERE for one that stays.
     */
    private int destination(int rq, int prev, int state) {
        int push = rqs.pushCpu(rq);
        rqs.setPushCpu(rq, NOWHERE);
        if (prev == Table.NULL || state != TASK_RUNNING || !ses.onRq(tasks.se(prev))) {
            return NOWHERE;
        }
        int se = tasks.se(prev);
        if (!ses.isAllowed(se, rqs.cpu(rq))) {
            return schedTasks.firstAllowed(se);
        }
        boolean isPushed = push != NOWHERE && ses.schedClass(se) == SchedClass.FAIR && ses.isAllowed(se, push);
        return isPushed ? push : NOWHERE;
    }

    private void keep(int rq, int task, long extra) {
        if (task == Table.NULL) {
            rqs.setPhase(rq, PHASE_IDLE);
        } else {
            rqs.setPhase(rq, PHASE_SWITCHING);
            spans.begin(rq, clock.now() + extra + costs.cycles(Work.SCHEDULE));
        }
    }

    /** migration_cpu_stop(): of a task that has just left the CPU that it may no longer run on. */
    private void moveTo(int task, int cpu) {
        int rq = rqs.cpuRq(cpu);
        boolean wasAsked = rqs.needResched(rq);
        runQueues.setTaskCpu(task, cpu);
        runQueues.activate(rq, task, SchedClass.ENQUEUE_MIGRATED);
        runQueues.wakeupPreempt(rq, task, 0);
        notify(rq, wasAsked);
    }

    private void contextSwitch(int rq, int prev, int state, int next, long extra) {
        long now = clock.now();
        rqs.setNrSwitches(rq, rqs.nrSwitches(rq) + 1);
        trace.schedSwitch(now, rqs.cpu(rq), prev, state, next);
        rqs.setCurr(rq, next);
        if (prev == Table.NULL) {
            rqs.setIdleCycles(rq, rqs.idleCycles(rq) + now - rqs.idleStamp(rq));
        } else {
            leaveCpu(prev, state, now);
        }
        hrTick.update(rq);
        if (next == Table.NULL) {
            rqs.setIdleStamp(rq, now);
            rqs.setPhase(rq, PHASE_IDLE);
        } else {
            arrive(rq, next, now, extra);
        }
    }

    private void leaveCpu(int prev, int state, long now) {
        int se = tasks.se(prev);
        ses.setOnCpu(se, false);
        if (state == TASK_RUNNING) {
            tasks.setNivcsw(prev, tasks.nivcsw(prev) + 1);
            ses.setLastQueued(se, now);
        } else {
            tasks.setNvcsw(prev, tasks.nvcsw(prev) + 1);
        }
    }

    private void arrive(int rq, int next, long now, long extra) {
        int se = tasks.se(next);
        ses.setOnCpu(se, true);
        ses.setRunDelay(se, ses.runDelay(se) + now - ses.lastQueued(se));
        ses.setPcount(se, ses.pcount(se) + 1);
        long cycles = extra + costs.cycles(Work.CONTEXT_SWITCH);
        int mm = tasks.mm(next);
        if (mm != Table.NULL && mm != rqs.activeMm(rq)) {
            cycles += costs.cycles(Work.MM_SWITCH);
            rqs.setActiveMm(rq, mm);
        }
        rqs.setPhase(rq, PHASE_SWITCHING);
        spans.begin(rq, now + cycles);
        if (rqs.tickEvent(rq) == 0) {
            startTick(rq);
        }
    }

    private UserMode user() {
        return Objects.requireNonNull(userMode, "no user mode");
    }
}
