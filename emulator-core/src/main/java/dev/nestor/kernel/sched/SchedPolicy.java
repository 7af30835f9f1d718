package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Table;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;
import org.jspecify.annotations.Nullable;

/** Which class a task is in, and how it stands there: what __sched_setscheduler() does once all checks are past. */
public final class SchedPolicy {
    static final long DL_FLAGS = Sched.SCHED_FLAG_RECLAIM | Sched.SCHED_FLAG_DL_OVERRUN;

    private static final int MAX_PRIO = 140;
    private static final long SLICE_MIN_NS = 100_000;
    private static final long SLICE_MAX_NS = 100_000_000;
    private static final long DL_RUNTIME_MIN_NS = 1 << 10; // 1 << DL_SCALE
    private static final long DL_PERIOD_MIN_NS = 100_000; // sysctl_sched_dl_period_min
    private static final long DL_PERIOD_MAX_NS = 1_000L << 22; // sysctl_sched_dl_period_max
    private static final long DEFAULT_TIMER_SLACK_NS = 50_000;

    private final RunQueues runQueues;
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final FairEntities entities;
    private final DeadlineClass deadline;
    private final DlQueues deadlines;
    private final long sliceNs;
    private final long tickNs;

    SchedPolicy(
            RunQueues runQueues,
            SchedTables tables,
            FairEntities entities,
            DeadlineClass deadline,
            DlQueues deadlines,
            SchedConfig config) {
        this.deadline = deadline;
        this.deadlines = deadlines;
        this.runQueues = runQueues;
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.entities = entities;
        this.sliceNs = config.sliceNs(rqs.size());
        this.tickNs = config.tickNs();
    }

    /** fair_policy(). */
    public static boolean isFair(int policy) {
        return policy == Sched.SCHED_NORMAL || policy == Sched.SCHED_BATCH || policy == Sched.SCHED_IDLE;
    }

    /** rt_policy(). */
    public static boolean isRt(int policy) {
        return policy == Sched.SCHED_FIFO || policy == Sched.SCHED_RR;
    }

    /** __checkparam_dl(). */
    public static boolean isDeadlineValid(SchedAttr attr) {
        long period = attr.periodNs == 0 ? attr.deadlineNs : attr.periodNs;
        return attr.deadlineNs > 0
                && attr.periodNs >= 0
                && Long.compareUnsigned(attr.runtimeNs, DL_RUNTIME_MIN_NS) >= 0
                && Long.compareUnsigned(attr.runtimeNs, attr.deadlineNs) <= 0
                && attr.deadlineNs <= period
                && period >= DL_PERIOD_MIN_NS
                && period <= DL_PERIOD_MAX_NS;
    }

    public boolean resetOnFork(int task) {
        return ses.resetOnFork(tasks.se(task));
    }

    /** get_params(): what sched_getattr(2) tells, but for policy and flags. */
    public void get(int task, SchedAttr attr) {
        if (isFair(tasks.policy(task))) {
            attr.nice = tasks.staticPrio(task) - LoadWeight.DEFAULT_PRIO;
            attr.runtimeNs = slice(task);
            return;
        }
        attr.priority = tasks.rtPriority(task);
        int dl = ses.dl(tasks.se(task));
        if (dl != Table.NULL) {
            SchedDlEntityTable dls = deadlines.dls();
            attr.runtimeNs = dls.dlRuntime(dl);
            attr.deadlineNs = dls.dlDeadline(dl);
            attr.periodNs = dls.dlPeriod(dl);
            attr.flags = (attr.flags & ~DL_FLAGS) | dls.flags(dl);
        }
    }

    /** The slice that a fair task asked for, or 0. */
    public long customSlice(int task) {
        return ses.customSlice(tasks.se(task)) ? slice(task) : 0;
    }

    /** se.slice. */
    private long slice(int task) {
        int se = tasks.se(task);
        return ses.customSlice(se) ? ses.slice(se) : sliceNs;
    }

    /** get_rr_interval() of the task's class, in ns: whole ticks. */
    public long rrInterval(int task) {
        int policy = tasks.policy(task);
        if (policy == Sched.SCHED_RR) {
            return RtClass.RR_TIMESLICE_NS / tickNs * tickNs;
        }
        return isFair(policy) ? slice(task) / tickNs * tickNs : 0;
    }

    /**
     * Gives a task a policy and its parameters, both of them valid and allowed; 0 or an error.
     *
     * @param isKept SCHED_FLAG_KEEP_PARAMS
     */
    public int set(int task, SchedAttr attr, boolean resetOnFork, boolean isKept) {
        int se = tasks.se(task);
        if (isSame(task, attr)) {
            ses.setResetOnFork(se, resetOnFork);
            return 0;
        }
        int error = attr.policy == Sched.SCHED_DEADLINE ? admit(se, attr) : 0;
        if (error != 0) {
            return error;
        }
        ses.setResetOnFork(se, resetOnFork);
        return isKept ? 0 : change(task, se, attr, 0);
    }

    /** What takes a deadline task may not have: fewer CPUs than there are, or more of them than is left. */
    private int admit(int se, SchedAttr attr) {
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            if (!ses.isAllowed(se, cpu)) {
                return -Errno.EPERM;
            }
        }
        long period = attr.periodNs == 0 ? attr.deadlineNs : attr.periodNs;
        long old = ses.dl(se) == Table.NULL ? 0 : deadlines.dls().dlBw(ses.dl(se));
        return deadlines.isTooMuch(DlQueues.ratio(period, attr.runtimeNs) - old) ? -Errno.EBUSY : 0;
    }

    /** scx_disable_workfn(), of one task: it stays as it is, but goes to the class that is its policy's now. */
    void reclass(int task) {
        SchedAttr attr = new SchedAttr();
        attr.policy = tasks.policy(task);
        get(task, attr);
        attr.runtimeNs = customSlice(task);
        change(task, tasks.se(task), attr, 0);
    }

    /**
     * rt_mutex_setprio(): the priority that the first of those who wait for a task lends it, which may be that of another class.
     *
     * @param prio theirs; more than any for none. What a deadline task lends is the highest real-time priority.
     */
    public void lend(int task, int prio) {
        int lent = prio >= MAX_PRIO ? 0 : Math.max(prio, 0) + 1;
        int se = tasks.se(task);
        int was = ses.piPrio(se);
        if (lent == was) {
            return;
        }
        int old = runQueues.prio(task);
        ses.setPiPrio(se, lent);
        int now = runQueues.prio(task);
        if (old != now && (old < RtClass.MAX_RT_PRIO || now < RtClass.MAX_RT_PRIO)) {
            ses.setPiPrio(se, was);
            change(task, se, null, lent);
        }
    }

    private int change(int task, int se, @Nullable SchedAttr attr, int lent) {
        entities.bandwidth().release(se);
        int rq = runQueues.taskRq(task);
        boolean wasAsked = rqs.needResched(rq);
        int oldPrio = runQueues.prio(task);
        int oldClass = ses.schedClass(se);
        int was = runQueues.beginChange(rq, task);
        if (attr == null) {
            ses.setPiPrio(se, lent);
            ses.setSchedClass(se, classNumber(task));
            reweigh(task, se);
        } else {
            setParams(task, se, attr);
        }
        int prio = runQueues.prio(task);
        runQueues.endChange(rq, task, was, oldPrio < prio ? SchedClass.ENQUEUE_HEAD : 0);
        if (oldClass != ses.schedClass(se)) {
            runQueues.schedClass(oldClass).switchedFrom(rq, task);
            runQueues.classOf(task).switchedTo(rq, task);
        } else {
            runQueues.classOf(task).prioChanged(rq, task, oldPrio);
        }
        runQueues.notify(rq, wasAsked);
        return 0;
    }

    private boolean isSame(int task, SchedAttr attr) {
        if (attr.policy != tasks.policy(task)) {
            return false;
        }
        if (isFair(attr.policy)) {
            return attr.nice + LoadWeight.DEFAULT_PRIO == tasks.staticPrio(task) && attr.runtimeNs == slice(task);
        }
        if (attr.policy == Sched.SCHED_DEADLINE) {
            return isSameDeadline(ses.dl(tasks.se(task)), attr);
        }
        return attr.priority == tasks.rtPriority(task);
    }

    /** dl_param_changed(), the other way round. */
    private boolean isSameDeadline(int dl, SchedAttr attr) {
        SchedDlEntityTable dls = deadlines.dls();
        return dls.dlRuntime(dl) == attr.runtimeNs
                && dls.dlDeadline(dl) == attr.deadlineNs
                && dls.dlPeriod(dl) == attr.periodNs
                && dls.flags(dl) == (attr.flags & DL_FLAGS);
    }

    /** __setscheduler_params(). */
    private void setParams(int task, int se, SchedAttr attr) {
        tasks.setPolicy(task, attr.policy);
        tasks.setRtPriority(task, attr.priority);
        if (isFair(attr.policy)) {
            tasks.setStaticPrio(task, attr.nice + LoadWeight.DEFAULT_PRIO);
            ses.setCustomSlice(se, attr.runtimeNs != 0);
            ses.setSlice(se, attr.runtimeNs == 0 ? sliceNs : clampSlice(attr.runtimeNs));
            deadline.release(se);
            ses.setSchedClass(se, runQueues.normalClass());
            tasks.setTimerSlackNs(
                    task, tasks.timerSlackNs(task) == 0 ? DEFAULT_TIMER_SLACK_NS : tasks.timerSlackNs(task));
        } else {
            boolean isDeadline = attr.policy == Sched.SCHED_DEADLINE;
            ses.setSchedClass(se, isDeadline ? SchedClass.DEADLINE : SchedClass.RT);
            if (isDeadline) {
                deadline.setParams(se, attr);
            } else {
                deadline.release(se);
            }
            tasks.setTimerSlackNs(task, 0);
        }
        if (ses.piPrio(se) != 0) {
            ses.setSchedClass(se, classNumber(task));
        }
        reweigh(task, se);
    }

    /** The class that a task's policy, and what it has been lent, put it into. */
    private int classNumber(int task) {
        int prio = runQueues.prio(task);
        if (prio < 0) {
            return SchedClass.DEADLINE;
        }
        return prio < RtClass.MAX_RT_PRIO ? SchedClass.RT : runQueues.normalClass();
    }

    private void reweigh(int task, int se) {
        int policy = tasks.policy(task);
        long weight = LoadWeight.weight(policy, tasks.staticPrio(task));
        if (weight != ses.weight(se)) {
            entities.reweight(ses.cfsRq(se), se, weight, LoadWeight.invWeight(policy, tasks.staticPrio(task)));
        }
    }

    private static long clampSlice(long ns) {
        return Long.compareUnsigned(ns, SLICE_MAX_NS) > 0 ? SLICE_MAX_NS : Math.max(ns, SLICE_MIN_NS);
    }
}
