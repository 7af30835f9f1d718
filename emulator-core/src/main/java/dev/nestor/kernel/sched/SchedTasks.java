package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Table;
import dev.nestor.uapi.Sched;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/** A task's scheduling from its birth to its end, and what system calls change about it: kernel/sched/syscalls.c. */
public final class SchedTasks {
    public static final int MIN_NICE = -20;
    public static final int MAX_NICE = 19;

    private final RunQueues runQueues;
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final SchedAvgTable avgs;
    private final RqTable rqs;
    private final IntConsumer releaseDeadline;
    private final TaskGroups groups;
    private final CfsBandwidth bandwidth;
    private final CpumaskTable cpumasks;
    private final int maskWords;
    private IntToLongFunction cpusets = task -> -1;
    private @Nullable Autogroups autogroups;

    /** @param release frees what the deadline class has of a sched_entity */
    SchedTasks(
            RunQueues runQueues,
            SchedTables tables,
            TaskGroups groups,
            CfsBandwidth bandwidth,
            int maskWords,
            IntConsumer release) {
        this.bandwidth = bandwidth;
        this.groups = groups;
        this.releaseDeadline = release;
        this.runQueues = runQueues;
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.avgs = tables.avgs();
        this.cpumasks = tables.cpumasks();
        this.rqs = tables.rqs();
        this.maskWords = maskWords;
    }

    /** The first task, which has no parent: SCHED_NORMAL, nice 0, on CPU 0, allowed everywhere. TASK_NEW; false at the limit. */
    public boolean init(int task) {
        if (!allocEntity(task)) {
            return false;
        }
        groups.join(tasks.se(task), groups.root());
        tasks.setPolicy(task, Sched.SCHED_NORMAL);
        tasks.setStaticPrio(task, LoadWeight.DEFAULT_PRIO);
        tasks.setRtPriority(task, 0);
        ses.setSchedClass(tasks.se(task), runQueues.normalClass());
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            int se = tasks.se(task);
            ses.setCpusMask(se, cpu >> 6, ses.cpusMask(se, cpu >> 6) | 1L << cpu);
        }
        place(task, 0);
        return true;
    }

    /** sched_fork(): a new entity, with the parent's policy, nice and CPUs. TASK_NEW; false at the limit,
     * or of a deadline task. */
    public boolean fork(int parent, int child) {
        int from = tasks.se(parent);
        boolean isDeadline = ses.schedClass(from) == SchedClass.DEADLINE;
        if ((isDeadline && !ses.resetOnFork(from)) || !allocEntity(child)) {
            return false;
        }
        int to = tasks.se(child);
        tasks.setPolicy(child, tasks.policy(parent));
        tasks.setStaticPrio(child, tasks.staticPrio(parent));
        tasks.setRtPriority(child, tasks.rtPriority(parent));
        ses.setSchedClass(to, normalClass(parent, from));
        ses.setCustomSlice(to, ses.customSlice(from));
        ses.setSlice(to, ses.slice(from));
        if (ses.resetOnFork(from)) {
            resetOnFork(child, to);
        }
        ses.copyCpusMask(from, to);
        if (ses.userCpus(from) != Table.NULL && rememberWish(to)) {
            for (int word = 0; word < maskWords; word++) {
                cpumasks.setBits(ses.userCpus(to), word, wish(from, word));
            }
        }
        groups.join(to, ses.taskGroup(from));
        place(child, tasks.cpu(parent));
        return true;
    }

    /** The class of its policy: what a task has been lent is not inherited. */
    private int normalClass(int task, int se) {
        boolean isLent = ses.schedClass(se) == SchedClass.RT && !SchedPolicy.isRt(tasks.policy(task));
        return isLent ? runQueues.normalClass() : ses.schedClass(se);
    }

    /** sched_reset_on_fork: no better than an ordinary task, and the flag has done its duty. */
    private void resetOnFork(int child, int se) {
        if (ses.schedClass(se) < SchedClass.FAIR) {
            tasks.setPolicy(child, Sched.SCHED_NORMAL);
            tasks.setStaticPrio(child, LoadWeight.DEFAULT_PRIO);
            tasks.setRtPriority(child, 0);
            ses.setSchedClass(se, runQueues.normalClass());
        } else {
            tasks.setStaticPrio(child, Math.max(tasks.staticPrio(child), LoadWeight.DEFAULT_PRIO));
        }
        ses.setCustomSlice(se, false);
    }

    /** Once, at boot. */
    public void setAutogroups(Autogroups ofSessions) {
        assert autogroups == null : "there are autogroups already";
        autogroups = ofSessions;
        groups.setAutogroups(ofSessions);
    }

    public Autogroups autogroups() {
        return Objects.requireNonNull(autogroups, "no autogroups");
    }

    /** The entity goes, with the last of the task or with a fork that failed; the task is on no CPU and no queue. */
    public void release(int task) {
        int se = tasks.se(task);
        assert !ses.onCpu(se) && !ses.onRq(se) : "released while it runs";
        runQueues.classOf(task).taskDead(task);
        avgs.free(ses.avg(se));
        releaseDeadline.accept(se);
        tasks.setSe(task, Table.NULL);
        forgetWish(se);
        groups.leave(se);
        ses.free(se);
    }

    /**
     * Whether the task is some CPU's current one. A dead task is, until {@link UserMode#dead}: whoever reaps it sooner leaves
     * {@link #release} and the freeing of its row to that.
     */
    public boolean isOnCpu(int task) {
        int se = tasks.se(task);
        return se != Table.NULL && ses.onCpu(se);
    }

    /** sched_yield(2): the rest of current's request goes to the others. */
    public void schedYield(int task) {
        int rq = runQueues.taskRq(task);
        if (rqs.curr(rq) == task) {
            runQueues.classOf(task).yieldTask(rq);
            rqs.setNeedResched(rq, true);
        }
    }

    /** PRIO_TO_NICE(static_prio). */
    public int nice(int task) {
        return tasks.staticPrio(task) - LoadWeight.DEFAULT_PRIO;
    }

    /** set_user_nice(). */
    public void setNice(int task, int nice) {
        assert nice >= MIN_NICE && nice <= MAX_NICE : nice;
        int old = tasks.staticPrio(task);
        if (nice + LoadWeight.DEFAULT_PRIO != old) {
            tasks.setStaticPrio(task, nice + LoadWeight.DEFAULT_PRIO);
            if (ses.schedClass(tasks.se(task)) >= SchedClass.FAIR) {
                int rq = runQueues.taskRq(task);
                boolean wasAsked = rqs.needResched(rq);
                runQueues.classOf(task).prioChanged(rq, task, old);
                runQueues.notify(rq, wasAsked);
            }
        }
    }

    /** p->prio: -1 of a deadline task, 0 to 98 of real-time ones, 100 to 139 of others. */
    public int prio(int task) {
        return runQueues.prio(task);
    }

    /** One more than the priority that who waits for the task lends it; 0 for none. */
    public int lentPrio(int task) {
        return ses.piPrio(tasks.se(task));
    }

    /** A word of the mask of CPUs that the task may run on, which has {@link #maskWords} of them. */
    public long cpusAllowed(int task, int word) {
        return ses.cpusMask(tasks.se(task), word);
    }

    public int maskWords() {
        return maskWords;
    }

    /** Once, at boot: the first 64 CPUs of a task's cpuset, or -1 for all there are. */
    public void setCpusets(IntToLongFunction ofTasks) {
        cpusets = ofTasks;
    }

    /**
     * __sched_setaffinity(): the task is to have the CPUs of the mask; false if none of them exists and is in its cpuset. It
     * keeps the wish for when its cpuset is another one. A task that waits elsewhere moves at once, one that runs at its next way out of
     * the kernel, one that sleeps when it wakes.
     */
    public boolean setCpusAllowed(int task, long[] mask) {
        long any = 0;
        for (int word = 0; word < maskWords && word < mask.length; word++) {
            any |= mask[word] & inCpuset(task, word);
        }
        int se = tasks.se(task);
        if (any == 0 || !rememberWish(se)) {
            return false;
        }
        for (int word = 0; word < maskWords; word++) {
            cpumasks.setBits(ses.userCpus(se), word, word < mask.length ? mask[word] & existing(word) : 0);
        }
        cpusetChanged(task);
        return true;
    }

    private boolean rememberWish(int se) {
        if (ses.userCpus(se) == Table.NULL) {
            ses.setUserCpus(se, cpumasks.alloc());
        }
        return ses.userCpus(se) != Table.NULL;
    }

    private void forgetWish(int se) {
        if (ses.userCpus(se) != Table.NULL) {
            cpumasks.free(ses.userCpus(se));
            ses.setUserCpus(se, Table.NULL);
        }
    }

    /** cpuset_update_tasks_cpumask(): the CPUs of the task's cpuset that it has asked for, or all of them if none is left. */
    public void cpusetChanged(int task) {
        int se = tasks.se(task);
        long any = 0;
        for (int word = 0; word < maskWords; word++) {
            any |= inCpuset(task, word) & wish(se, word);
        }
        for (int word = 0; word < maskWords; word++) {
            ses.setCpusMask(se, word, inCpuset(task, word) & (any == 0 ? -1 : wish(se, word)));
        }
        if (!ses.isAllowed(se, tasks.cpu(task))) {
            bandwidth.release(se);
        }
        if (!ses.isAllowed(se, tasks.cpu(task)) && ses.onRq(se)) {
            leaveCpu(task, se);
        }
    }

    private long wish(int se, int word) {
        return ses.userCpus(se) == Table.NULL ? -1 : cpumasks.bits(ses.userCpus(se), word);
    }

    private long inCpuset(int task, int word) {
        long bits = cpusets.applyAsLong(task);
        boolean isAll = bits == -1;
        return existing(word) & (isAll ? -1 : word == 0 ? bits : 0);
    }

    /** dl_task_check_affinity(): a deadline task must be able to run on every CPU; false if the mask does not allow it to. */
    public boolean mayHaveCpus(int task, long[] mask) {
        return ses.schedClass(tasks.se(task)) != SchedClass.DEADLINE || isEverywhere(mask);
    }

    private boolean isEverywhere(long[] mask) {
        boolean isAll = mask.length >= maskWords;
        for (int word = 0; word < maskWords && isAll; word++) {
            isAll = (existing(word) & ~mask[word]) == 0;
        }
        return isAll;
    }

    private void leaveCpu(int task, int se) {
        if (ses.onCpu(se)) {
            int rq = runQueues.taskRq(task);
            boolean wasAsked = rqs.needResched(rq);
            rqs.setNeedResched(rq, true);
            runQueues.notify(rq, wasAsked);
        } else if (ses.schedDelayed(se)) {
            runQueues.leave(runQueues.taskRq(task), task, SchedClass.DEQUEUE_SLEEP | SchedClass.DEQUEUE_DELAYED);
        } else {
            runQueues.moveAndResched(task, firstAllowed(se));
        }
    }

    /** The first CPU that the task may run on. */
    int firstAllowed(int se) {
        return ses.firstAllowed(se);
    }

    private long existing(int word) {
        int cpus = rqs.size() - (word << 6);
        return cpus >= Long.SIZE ? -1L : (1L << cpus) - 1;
    }

    private boolean allocEntity(int task) {
        int se = ses.alloc();
        if (se == Table.NULL) {
            return false;
        }
        int avg = avgs.alloc();
        if (avg == Table.NULL) {
            ses.free(se);
            return false;
        }
        ses.setAvg(se, avg);
        ses.setTask(se, task);
        tasks.setSe(task, se);
        return true;
    }

    /** init_entity_runnable_average(): a new task, of whatever class, counts in full, so that nobody heaps new tasks on one CPU. */
    private void initAverage(int se) {
        avgs.setLoadAvg(ses.avg(se), LoadWeight.scaleDown(ses.weight(se)));
    }

    private void place(int task, int cpu) {
        int se = tasks.se(task);
        tasks.setNrMigrations(task, 0);
        runQueues.setTaskRq(task, cpu);
        ses.setWeight(se, LoadWeight.weight(tasks.policy(task), tasks.staticPrio(task)));
        ses.setInvWeight(se, LoadWeight.invWeight(tasks.policy(task), tasks.staticPrio(task)));
        initAverage(se);
        ses.setRecentUsedCpu(se, cpu);
        ses.setTodo(se, Cpus.TODO_LEAVE);
        runQueues.classOf(task).taskFork(task);
        tasks.setState(task, TaskTable.TASK_NEW);
    }
}
