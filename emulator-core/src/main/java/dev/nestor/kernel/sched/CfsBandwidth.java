package dev.nestor.kernel.sched;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.event.Random;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;

/** cpu.max: a group's tasks have so much CPU time in each period and wait for the next when that is used up; of kernel/sched/fair.c. */
final class CfsBandwidth {
    /*
     * A group's runtime is filled up by its period's timer. Queues take it in slices of 5 ms; one that has none left, and gets none,
     * is throttled, with the queues of all groups below. Its tasks are not stopped at once: each goes on until it would
     * return to user mode, where it leaves the queue for its limbo list. When there is runtime again, all of them are queued.
     *
     * A throttled task whose policy, CPUs or group change is queued first, and throttled again when it is next picked.
     */
    static final long RUNTIME_INF = Long.MAX_VALUE;

    private static final long SLICE_NS = 5_000_000; // sysctl_sched_cfs_bandwidth_slice
    private static final long MIN_RUNTIME_NS = 1_000_000; // min_cfs_rq_runtime: kept when a queue is empty
    private static final long SLACK_PERIOD_NS = 5_000_000; // cfs_bandwidth_slack_period
    private static final long MIN_EXPIRATION_NS = 2_000_000; // min_bandwidth_expiration
    private static final long NSEC_PER_USEC = 1000;
    private static final long DEFAULT_PERIOD_NS = 100_000_000;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final TaskGroupTable groups;
    private final RunQueues runQueues;
    private final Timekeeping time;
    private final EventLoop loop;
    private final Random random;
    private final Chain limbo; // throttled_limbo_list of a cfs_rq: entities of tasks
    private final Chain throttled; // throttled_cfs_rq of a task_group
    private final int periodKind; // event kind
    private final int slackKind; // event kind

    CfsBandwidth(RunQueues runQueues, SchedTables tables, SchedMachine machine) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.groups = tables.groups();
        this.runQueues = runQueues;
        this.time = machine.time();
        this.loop = machine.loop();
        this.random = machine.random();
        this.limbo = new Chain(cfsRqs, ses);
        this.throttled = new Chain(groups, cfsRqs);
        this.periodKind = loop.register(this::periodOver);
        this.slackKind = loop.register(this::slackOver);
    }

    /** init_cfs_bandwidth(): a new group has no limit. */
    void init(int group) {
        groups.setQuota(group, RUNTIME_INF);
        groups.setRuntime(group, RUNTIME_INF);
        groups.setPeriod(group, DEFAULT_PERIOD_NS);
    }

    /** destroy_cfs_bandwidth(). */
    void destroy(int group) {
        cancel(groups.periodTimer(group));
        cancel(groups.slackTimer(group));
    }

    private void cancel(long timer) {
        if (timer != EventQueue.NONE) {
            loop.cancel(timer);
        }
    }

    /** A queue of a new group: throttled if the group above is there. sync_throttle(). */
    void initQueue(int cfsRq, int above) {
        cfsRqs.setThrottleCount(cfsRq, cfsRqs.throttleCount(above));
    }

    /** A queue goes that has no tasks. */
    void leave(int cfsRq) {
        if (cfsRqs.throttled(cfsRq)) {
            throttled.remove(cfsRq);
        }
    }

    /** tg_set_cfs_bandwidth(): us. */
    void set(int group, long quotaUs, long periodUs, long burstUs) {
        boolean isLimited = quotaUs != RUNTIME_INF;
        groups.setPeriod(group, periodUs * NSEC_PER_USEC);
        groups.setQuota(group, isLimited ? quotaUs * NSEC_PER_USEC : RUNTIME_INF);
        groups.setBurst(group, burstUs * NSEC_PER_USEC);
        refill(group);
        if (isLimited) {
            start(group);
        }
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            int cfsRq = groups.cfsRq(group, cpu);
            cfsRqs.setRuntimeEnabled(cfsRq, isLimited);
            cfsRqs.setRuntimeRemaining(cfsRq, 1);
            if (cfsRqs.throttled(cfsRq)) {
                unthrottle(cfsRq);
            }
        }
    }

    /** __refill_cfs_bandwidth_runtime(). */
    private void refill(int group) {
        long quota = groups.quota(group);
        if (quota == RUNTIME_INF) {
            return;
        }
        long left = groups.runtime(group);
        long filled = left == RUNTIME_INF ? quota : left + quota;
        long beyond = groups.runtimeSnap(group) - (left == RUNTIME_INF ? 0 : filled);
        if (beyond > 0) {
            groups.setBurstTime(group, groups.burstTime(group) + beyond);
            groups.setNrBurst(group, groups.nrBurst(group) + 1);
        }
        groups.setRuntime(group, Math.min(filled, quota + groups.burst(group)));
        groups.setRuntimeSnap(group, groups.runtime(group));
    }

    /** start_cfs_bandwidth(): the timer's phase is a random one, as periods of groups are not to end together. */
    private void start(int group) {
        if (groups.periodTimer(group) == EventQueue.NONE) {
            long first = 1 + (long) random.nextInt((int) groups.period(group));
            arm(group, first);
        }
    }

    private void arm(int group, long afterNs) {
        long at = loop.clock().now() + time.nsToCycles(afterNs);
        groups.setPeriodEnd(group, at);
        groups.setPeriodTimer(group, loop.schedule(at, Priority.TIMER, periodKind, group, 0));
    }

    /** account_cfs_rq_runtime(): the queue's current entity has run. */
    @HotPath
    void account(int cfsRq, long deltaNs) {
        if (!cfsRqs.runtimeEnabled(cfsRq)) {
            return;
        }
        cfsRqs.setRuntimeRemaining(cfsRq, cfsRqs.runtimeRemaining(cfsRq) - deltaNs);
        if (cfsRqs.runtimeRemaining(cfsRq) > 0 || cfsRqs.throttled(cfsRq)) {
            return;
        }
        if (!assign(cfsRq, SLICE_NS) && cfsRqs.curr(cfsRq) != NULL) {
            rqs.setNeedResched(cfsRqs.rq(cfsRq), true);
        }
    }

    /** __assign_cfs_rq_runtime(): true if the queue has runtime now. */
    private boolean assign(int cfsRq, long target) {
        int group = cfsRqs.taskGroup(cfsRq);
        long wanted = target - cfsRqs.runtimeRemaining(cfsRq);
        long amount = wanted;
        if (groups.quota(group) != RUNTIME_INF) {
            start(group);
            amount = Math.min(groups.runtime(group), wanted);
            if (groups.runtime(group) > 0) {
                groups.setRuntime(group, groups.runtime(group) - amount);
                groups.setBandwidthIdle(group, false);
            }
        }
        cfsRqs.setRuntimeRemaining(cfsRq, cfsRqs.runtimeRemaining(cfsRq) + amount);
        return cfsRqs.runtimeRemaining(cfsRq) > 0;
    }

    /** check_cfs_rq_runtime(): before a pick. True if the queue is throttled, or is now. */
    @HotPath
    boolean check(int cfsRq) {
        if (!cfsRqs.runtimeEnabled(cfsRq) || cfsRqs.runtimeRemaining(cfsRq) > 0) {
            return false;
        }
        return cfsRqs.throttled(cfsRq) || throttle(cfsRq);
    }

    /** check_enqueue_throttle(): a queue that was empty has somebody. */
    @HotPath
    void checkEnqueue(int cfsRq) {
        if (!cfsRqs.runtimeEnabled(cfsRq) || cfsRqs.curr(cfsRq) != NULL || cfsRqs.throttled(cfsRq)) {
            return;
        }
        account(cfsRq, 0);
        if (cfsRqs.runtimeRemaining(cfsRq) <= 0) {
            throttle(cfsRq);
        }
    }

    /** return_cfs_rq_runtime(): a queue that is empty gives back what it does not need. */
    @HotPath
    void dequeued(int cfsRq) {
        if (!cfsRqs.runtimeEnabled(cfsRq) || cfsRqs.nrQueued(cfsRq) > 0) {
            return;
        }
        long slack = cfsRqs.runtimeRemaining(cfsRq) - MIN_RUNTIME_NS;
        if (slack <= 0) {
            return;
        }
        int group = cfsRqs.taskGroup(cfsRq);
        if (groups.quota(group) != RUNTIME_INF) {
            groups.setRuntime(group, groups.runtime(group) + slack);
            if (groups.runtime(group) > SLICE_NS && !throttled.isEmpty(group)) {
                startSlack(group);
            }
        }
        cfsRqs.setRuntimeRemaining(cfsRq, cfsRqs.runtimeRemaining(cfsRq) - slack);
    }

    /** start_cfs_slack_bandwidth(): unless the period is about to end anyway. */
    private void startSlack(int group) {
        boolean isRunning = groups.slackTimer(group) != EventQueue.NONE;
        if (!isRunning && !refreshesWithin(group, SLACK_PERIOD_NS + MIN_EXPIRATION_NS)) {
            long at = loop.clock().now() + time.nsToCycles(SLACK_PERIOD_NS);
            groups.setSlackTimer(group, loop.schedule(at, Priority.TIMER, slackKind, group, 0));
        }
    }

    /** runtime_refresh_within(). */
    private boolean refreshesWithin(int group, long ns) {
        boolean isRunning = groups.periodTimer(group) != EventQueue.NONE;
        return isRunning && groups.periodEnd(group) - loop.clock().now() < time.nsToCycles(ns);
    }

    /** throttle_cfs_rq(): false if there was runtime after all. */
    private boolean throttle(int cfsRq) {
        if (assign(cfsRq, 1)) {
            return false;
        }
        throttled.addLast(cfsRqs.taskGroup(cfsRq), cfsRq);
        cfsRqs.setThrottled(cfsRq, true);
        walkDown(cfsRq, true);
        return true;
    }

    /** walk_tg_tree_from(): the queues of a CPU that are its group's and of those below are throttled, or are so no more. */
    private void walkDown(int cfsRq, boolean throttles) {
        int cpu = rqs.cpu(cfsRqs.rq(cfsRq));
        for (int row = 1; row < groups.rows(); row++) {
            int group = groups.handleInRow(row);
            if (group == NULL || !isBelow(group, cfsRqs.taskGroup(cfsRq))) {
                continue;
            }
            if (throttles) {
                throttleDown(groups.cfsRq(group, cpu));
            } else {
                unthrottleUp(groups.cfsRq(group, cpu));
            }
        }
    }

    /** Whether a group is another, or below it. */
    private boolean isBelow(int group, int top) {
        int at = group;
        while (at != NULL && at != top) {
            at = groups.parent(at);
        }
        return at == top;
    }

    /** tg_throttle_down(). */
    private void throttleDown(int cfsRq) {
        cfsRqs.setThrottleCount(cfsRq, cfsRqs.throttleCount(cfsRq) + 1);
        if (cfsRqs.throttleCount(cfsRq) == 1 && cfsRqs.nrQueued(cfsRq) == 0) {
            stopClock(cfsRq);
        }
    }

    /** The averages of a queue stand still while its tasks wait for runtime. */
    void stopClock(int cfsRq) {
        if (cfsRqs.throttleCount(cfsRq) > 0 && !cfsRqs.peltClockThrottled(cfsRq)) {
            cfsRqs.setThrottledClockPelt(cfsRq, time.monotonicNs());
            cfsRqs.setPeltClockThrottled(cfsRq, true);
        }
    }

    /** They go on. */
    void startClock(int cfsRq) {
        if (cfsRqs.peltClockThrottled(cfsRq)) {
            long stood = time.monotonicNs() - cfsRqs.throttledClockPelt(cfsRq);
            cfsRqs.setThrottledClockPeltTime(cfsRq, cfsRqs.throttledClockPeltTime(cfsRq) + stood);
            cfsRqs.setPeltClockThrottled(cfsRq, false);
        }
    }

    /** task_throttle_setup_work(): the task that was picked from a throttled queue. */
    @HotPath
    void setupWork(int se) {
        if (!tasks.hasFlag(ses.task(se), TaskTable.PF_EXITING | TaskTable.PF_KTHREAD)) {
            ses.setThrottleWork(se, true);
        }
    }

    /** throttle_cfs_rq_work(), up to the dequeueing: whether the task, on its way to user mode, is to wait for runtime. */
    @HotPath
    boolean takesWork(int se) {
        if (!ses.throttleWork(se)) {
            return false;
        }
        ses.setThrottleWork(se, false);
        return ses.schedClass(se) == SchedClass.FAIR && cfsRqs.throttleCount(ses.cfsRq(se)) > 0;
    }

    /** The rest of it: the task has left its queue. */
    void putInLimbo(int se) {
        int cfsRq = ses.cfsRq(se);
        limbo.addFirst(cfsRq, se);
        long now = time.monotonicNs();
        for (int at = cfsRq; at != NULL; at = above(at)) {
            if (cfsRqs.throttled(at) && cfsRqs.throttledClock(at) == 0) {
                cfsRqs.setThrottledClock(at, now);
            }
            if (cfsRqs.throttleCount(at) > 0 && cfsRqs.throttledClockSelf(at) == 0) {
                cfsRqs.setThrottledClockSelf(at, now);
            }
        }
    }

    private int above(int cfsRq) {
        int se = cfsRqs.se(cfsRq);
        return se == NULL ? NULL : ses.cfsRq(se);
    }

    /** A task that waits for runtime is queued, so that what is to be changed about it can be. */
    void release(int se) {
        if (limbo.owner(se) != NULL) {
            limbo.remove(se);
            requeue(ses.cfsRq(se), se);
        }
    }

    private void requeue(int cfsRq, int se) {
        int rq = cfsRqs.rq(cfsRq);
        rqs.addNrRunning(rq, 1);
        runQueues.classOf(ses.task(se)).enqueueTask(rq, ses.task(se), SchedClass.ENQUEUE_WAKEUP);
        runQueues.enqueued(rq);
    }

    /** unthrottle_cfs_rq(). */
    private void unthrottle(int cfsRq) {
        int group = cfsRqs.taskGroup(cfsRq);
        cfsRqs.setThrottled(cfsRq, false);
        throttled.remove(cfsRq);
        if (cfsRqs.throttledClock(cfsRq) != 0) {
            long waited = time.monotonicNs() - cfsRqs.throttledClock(cfsRq);
            groups.setThrottledTime(group, groups.throttledTime(group) + waited);
            cfsRqs.setThrottledClock(cfsRq, 0);
        }
        int rq = cfsRqs.rq(cfsRq);
        boolean wasAsked = rqs.needResched(rq);
        walkDown(cfsRq, false);
        if (rqs.curr(rq) == NULL && rqs.nrRunning(rq) > 0) {
            rqs.setNeedResched(rq, true);
            runQueues.notify(rq, wasAsked);
        }
    }

    /** tg_unthrottle_up(). */
    private void unthrottleUp(int cfsRq) {
        cfsRqs.setThrottleCount(cfsRq, cfsRqs.throttleCount(cfsRq) - 1);
        if (cfsRqs.throttleCount(cfsRq) > 0) {
            return;
        }
        startClock(cfsRq);
        if (cfsRqs.throttledClockSelf(cfsRq) != 0) {
            int group = cfsRqs.taskGroup(cfsRq);
            long waited = time.monotonicNs() - cfsRqs.throttledClockSelf(cfsRq);
            groups.setThrottledSelfTime(group, groups.throttledSelfTime(group) + waited);
            cfsRqs.setThrottledClockSelf(cfsRq, 0);
        }
        for (int se = limbo.first(cfsRq); se != NULL; se = limbo.first(cfsRq)) {
            limbo.remove(se);
            requeue(cfsRq, se);
        }
    }

    /** do_sched_cfs_period_timer(). */
    private void periodOver(int group, long datum) {
        groups.setPeriodTimer(group, EventQueue.NONE);
        if (groups.quota(group) == RUNTIME_INF) {
            return;
        }
        boolean anyThrottled = !throttled.isEmpty(group);
        groups.setNrPeriods(group, groups.nrPeriods(group) + 1);
        refill(group);
        if (groups.bandwidthIdle(group) && !anyThrottled) {
            return;
        }
        arm(group, groups.period(group));
        groups.setBandwidthIdle(group, !anyThrottled);
        if (anyThrottled) {
            groups.setNrThrottled(group, groups.nrThrottled(group) + 1);
            distribute(group);
        }
    }

    /** do_sched_cfs_slack_timer(). */
    private void slackOver(int group, long datum) {
        groups.setSlackTimer(group, EventQueue.NONE);
        boolean isWorth = groups.quota(group) != RUNTIME_INF && groups.runtime(group) > SLICE_NS;
        if (isWorth && !refreshesWithin(group, MIN_EXPIRATION_NS)) {
            distribute(group);
        }
    }

    /** distribute_cfs_runtime(): to those that have waited longest first, as much as they owe. */
    private void distribute(int group) {
        int next;
        for (int cfsRq = throttled.first(group); cfsRq != NULL && groups.runtime(group) > 0; cfsRq = next) {
            next = throttled.next(cfsRq);
            long owed = Math.min(1 - cfsRqs.runtimeRemaining(cfsRq), groups.runtime(group));
            groups.setRuntime(group, groups.runtime(group) - owed);
            cfsRqs.setRuntimeRemaining(cfsRq, cfsRqs.runtimeRemaining(cfsRq) + owed);
            if (cfsRqs.runtimeRemaining(cfsRq) > 0) {
                unthrottle(cfsRq);
            }
        }
    }
}
