package dev.nestor.property.sched;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Random;
import dev.nestor.kernel.sched.SchedAttr;
import dev.nestor.kernel.sched.SchedConfig;
import dev.nestor.kernel.sched.SchedMachine;
import dev.nestor.kernel.sched.SchedPolicy;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.sched.Scheduler;
import dev.nestor.kernel.sched.UserMode;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimerTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Work;
import dev.nestor.property.Seeds;
import dev.nestor.property.sched.Actor.Kind;
import dev.nestor.property.sched.Actor.Policy;
import dev.nestor.table.StateHash;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Sched;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine whose tasks are {@link Actor}s: a scheduler without a kernel around it. */
public final class SchedLab implements UserMode {
    private static final int MAX_TASKS = 4_000;
    private static final int MAX_CHILDREN = 6;
    private static final int PR_NICE_0 = 0;

    private final Shape shape;
    private final Clock clock = new Clock();
    private final EventLoop loop = new EventLoop(clock, new EventQueue());
    private final Timekeeping time = new Timekeeping(clock, Timekeeping.DEFAULT_FREQUENCY, 0);
    private final TaskTable tasks = new TaskTable(MAX_TASKS);
    private final HrTimers timers = new HrTimers(loop, tasks, new HrTimerTable(MAX_TASKS));
    private final Wakeups wakeups = new Wakeups(tasks);
    private final Work work = new Work();
    private final Seeds random;
    private final Scheduler scheduler;
    private final SchedTasks sched;
    private final List<Part> parts = new ArrayList<>(); // as they were started, children not
    private final List<@Nullable Part> byRow = new ArrayList<>();
    private final int parent; // task that never runs

    /** What has become of an actor. */
    private static final class Part {
        private final int task;
        private final Actor actor;
        private final @Nullable Part parent;
        private long until; // cycles; the end of its period
        private long remaining; // cycles that are left of a span that was interrupted
        private int children;
        private boolean isDying;
        private boolean isDead;

        Part(int task, Actor actor, @Nullable Part parent) {
            this.task = task;
            this.actor = actor;
            this.parent = parent;
        }
    }

    public SchedLab(Shape shape, SchedConfig config, long seed, Tracepoints trace) {
        this(shape, config, seed, trace, null);
    }

    /** @param ops schedules ordinary tasks; null for the fair class */
    public SchedLab(Shape shape, SchedConfig config, long seed, Tracepoints trace, @Nullable SchedExtOps ops) {
        this.shape = shape;
        this.random = new Seeds(seed);
        SchedMachine machine =
                new SchedMachine(loop, time, shape.topology(), CostModel.standard(), work, trace, new Random(seed));
        scheduler = new Scheduler(machine, config, tasks, MAX_TASKS);
        if (ops != null) {
            scheduler.loadExt(ops, tasks::rowOf);
        }
        sched = scheduler.tasks();
        scheduler.cpus().setUserMode(this);
        wakeups.setDispatcher(scheduler.cpus());
        timers.register(HrTimers.SLEEP, wakeups::timerExpired);
        parent = tasks.alloc();
        sched.init(parent);
    }

    public Shape shape() {
        return shape;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public TaskTable tasks() {
        return tasks;
    }

    public EventLoop loop() {
        return loop;
    }

    public Timekeeping time() {
        return time;
    }

    public long nowNs() {
        return time.cyclesToNs(clock.now());
    }

    /** The task of the actor that was started so many-th; NULL once it is dead. */
    public int task(int actor) {
        Part part = parts.get(actor);
        return part.isDead ? 0 : part.task;
    }

    /** ns on a CPU until now. */
    public long runtime(int task) {
        scheduler.cpus().updateCurr(tasks.cpu(task));
        return scheduler.entities().sumExecRuntime(tasks.se(task));
    }

    /** Starts an actor; its task. */
    public int start(Actor actor) {
        Part part = fork(parent, actor, null);
        parts.add(part);
        setCpus(part.task, actor.cpus());
        wakeups.wakeUpNewTask(part.task);
        set(part.task, actor.policy());
        return part.task;
    }

    private Part fork(int from, Actor actor, @Nullable Part parentPart) {
        int task = tasks.alloc();
        boolean isMade = sched.fork(from, task);
        assert isMade : "no room for a task";
        Part part = new Part(task, actor, parentPart);
        part.until = clock.now();
        int row = tasks.rowOf(task);
        while (byRow.size() <= row) {
            byRow.add(null);
        }
        byRow.set(row, part);
        tasks.setMm(task, row);
        return part;
    }

    /** Does to an actor what is to happen; nothing if it is dead, or if the kernel would refuse it. */
    public void apply(Change change) {
        Part part = parts.get(change.actor());
        if (part.isDead) {
            return;
        }
        switch (change.kind()) {
            case POLICY -> set(part.task, change.policy());
            case NICE -> sched.setNice(part.task, change.policy().nice());
            case AFFINITY -> setCpus(part.task, change.cpus());
            case KILL -> {
                part.isDying = true;
                tasks.setSigpending(part.task, true);
                wakeups.signalWakeUp(part.task, Wakeups.TASK_NORMAL);
            }
        }
    }

    private void setCpus(int task, long cpus) {
        long[] mask = {cpus & shape.all()};
        if (mask[0] != 0 && sched.mayHaveCpus(task, mask)) {
            sched.setCpusAllowed(task, mask);
        }
    }

    private void set(int task, Policy policy) {
        SchedAttr attr = new SchedAttr();
        attr.policy = policy.number();
        attr.nice = SchedPolicy.isFair(policy.number()) ? policy.nice() : PR_NICE_0;
        attr.priority = policy.priority();
        attr.runtimeNs = policy.runtimeUs() * 1_000;
        if (policy.number() == Sched.SCHED_DEADLINE) {
            attr.deadlineNs = policy.periodUs() * 1_000;
            attr.periodNs = attr.deadlineNs;
        }
        scheduler.policy().set(task, attr, false, false);
    }

    /** Whether the task may still fork, die, or be looked at. */
    public boolean isAlive(int task) {
        return tasks.isLive(task);
    }

    public String digest() {
        StateHash hash = new StateHash();
        tasks.digest(hash);
        scheduler.digest(hash);
        timers.digest(hash);
        loop.queue().digest(hash);
        clock.digest(hash);
        return hash.hex();
    }

    private Part part(int task) {
        Part part = byRow.get(tasks.rowOf(task));
        assert part != null : "not an actor's task";
        return part;
    }

    private long cycles(long us) {
        return time.nsToCycles(us * 1_000);
    }

    @Override
    public long nextSpan(int task) {
        Part part = part(task);
        if (part.remaining > 0) {
            long remaining = part.remaining;
            part.remaining = 0;
            return remaining;
        }
        Actor actor = part.actor;
        return switch (actor.kind()) {
            case HOG -> ENDLESS;
            case SPORADIC -> 1 + random.nextInt((int) cycles(actor.runUs()));
            default -> cycles(actor.runUs());
        };
    }

    @Override
    public void enter(int task) {
        work.add(Work.SYSCALL_ENTRY);
        Part part = part(task);
        Actor actor = part.actor;
        if (part.isDying) {
            tasks.setState(task, TaskTable.TASK_DEAD);
            return;
        }
        switch (actor.kind()) {
            case PERIODIC -> {
                part.until += cycles(actor.periodUs());
                sleep(part);
            }
            case SPORADIC -> {
                part.until = clock.now() + random.nextInt((int) cycles(actor.periodUs()));
                sleep(part);
            }
            case YIELDER -> sched.schedYield(task);
            case FORKER -> {
                forkChild(part);
                part.until = clock.now() + cycles(actor.periodUs());
                sleep(part);
            }
            case PINGER -> {
                wakeNext(part);
                part.until = clock.now() + cycles(actor.periodUs());
                sleep(part);
            }
            case CONDUCTOR -> {
                parts.forEach(this::wakePlayer);
                part.until += cycles(actor.periodUs());
                sleep(part);
            }
            case PLAYER -> {
                part.until = Long.MAX_VALUE;
                tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
            }
            case MORTAL -> tasks.setState(task, TaskTable.TASK_DEAD);
            case HOG -> throw new IllegalStateException("a hog makes no calls");
        }
    }

    private void sleep(Part part) {
        if (clock.now() < part.until) {
            timers.sleepUntil(part.task, part.until);
            tasks.setState(part.task, TaskTable.TASK_INTERRUPTIBLE);
        }
    }

    private void forkChild(Part part) {
        boolean isDeadline = tasks.policy(part.task) == Sched.SCHED_DEADLINE;
        if (part.children < MAX_CHILDREN && !isDeadline) {
            work.add(Work.TASK_ALLOC);
            part.children++;
            Actor child = new Actor(Kind.MORTAL, part.actor.runUs(), 0, part.actor.policy(), part.actor.cpus());
            wakeups.wakeUpNewTask(fork(part.task, child, part).task);
        }
    }

    private void wakePlayer(Part part) {
        if (part.actor.kind() == Kind.PLAYER && !part.isDead) {
            part.until = clock.now();
            wakeups.wakeUpProcess(part.task);
        }
    }

    private void wakeNext(Part part) {
        Part next = parts.get((parts.indexOf(part) + 1) % parts.size());
        if (!next.isDead && next != part) {
            next.until = clock.now();
            wakeups.wakeUpProcess(next.task);
        }
    }

    @Override
    public void resume(int task) {
        Part part = part(task);
        if (part.isDying) {
            timers.cancelSleep(task);
            tasks.setState(task, TaskTable.TASK_DEAD);
        } else if (clock.now() < part.until) {
            sleep(part);
        } else {
            timers.cancelSleep(task);
        }
    }

    @Override
    public void leave(int task, long remaining) {
        tasks.setSigpending(task, false);
        Part part = part(task);
        part.remaining = remaining;
        if (part.isDying) {
            tasks.setState(task, TaskTable.TASK_DEAD);
        }
    }

    @Override
    public void dead(int task) {
        Part part = part(task);
        part.isDead = true;
        if (part.parent != null) {
            part.parent.children--;
        }
        timers.cancelSleep(task);
        byRow.set(tasks.rowOf(task), null);
        sched.release(task);
        tasks.free(task);
    }
}
