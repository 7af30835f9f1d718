package dev.nestor.kernel.sched;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cgroup.CpuController;
import dev.nestor.kernel.task.TaskTable;
import org.jspecify.annotations.Nullable;

/**
 * task_group: tasks that share their CPUs as one entity among others. On each CPU a group has a queue of its own and an entity that
 * stands for it in the queue of the group above. Every task is in one; in the root if nobody said otherwise.
 */
public final class TaskGroups implements CpuController {
    /** MIN_SHARES and MAX_SHARES, as cpu.shares counts them. */
    private static final long MIN_SHARES = 2;

    private static final long MAX_SHARES = 1 << 18;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final SchedAvgTable avgs;
    private final CfsRqTable cfsRqs;
    private final RqTable rqs;
    private final RunQueues runQueues;
    private final TaskGroupTable groups;
    private final FairEntities entities;
    private final Pelt pelt;
    private final CfsBandwidth bandwidth;
    private final int root; // task_group
    private @Nullable Autogroups autogroups;

    TaskGroups(
            RunQueues runQueues,
            SchedTables tables,
            FairEntities entities,
            Pelt pelt,
            CfsBandwidth bandwidth,
            int root) {
        this.bandwidth = bandwidth;
        this.runQueues = runQueues;
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.avgs = tables.avgs();
        this.cfsRqs = tables.cfsRqs();
        this.rqs = tables.rqs();
        this.groups = tables.groups();
        this.entities = entities;
        this.pelt = pelt;
        this.root = root;
    }

    /** root_task_group, made at boot: its queues are the CPUs' own. */
    static int createRoot(SchedTables tables) {
        TaskGroupTable groups = tables.groups();
        RqTable rqs = tables.rqs();
        int root = groups.alloc();
        groups.setShares(root, LoadWeight.NICE_0_LOAD);
        groups.setQuota(root, CfsBandwidth.RUNTIME_INF);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            int cfsRq = tables.cfsRqs().alloc();
            tables.cfsRqs().setRq(cfsRq, rqs.cpuRq(cpu));
            tables.cfsRqs().setAvg(cfsRq, tables.avgs().alloc());
            tables.cfsRqs().setTaskGroup(cfsRq, root);
            rqs.setCfs(rqs.cpuRq(cpu), cfsRq);
            groups.setCfsRq(root, cpu, cfsRq);
        }
        return root;
    }

    /** Once, at boot, of a machine with autogroups. */
    public void setAutogroups(Autogroups ofSessions) {
        assert autogroups == null : "there are autogroups already";
        autogroups = ofSessions;
    }

    public TaskGroupTable table() {
        return groups;
    }

    /** root_task_group. */
    @Override
    public int root() {
        return root;
    }

    /** sched_create_group(): below another, with the shares of weight 100. NULL at the limit. */
    @Override
    public int create(int parent) {
        int group = groups.alloc();
        if (group == NULL) {
            return NULL;
        }
        groups.setParent(group, parent);
        groups.addMembers(parent, 1);
        groups.setShares(group, LoadWeight.NICE_0_LOAD);
        bandwidth.init(group);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            if (!initCpu(group, parent, cpu)) {
                destroy(group);
                return NULL;
            }
        }
        return group;
    }

    /** init_tg_cfs_entry(). */
    private boolean initCpu(int group, int parent, int cpu) {
        int cfsRq = cfsRqs.alloc();
        int se = ses.alloc();
        int queueAvg = avgs.alloc();
        int avg = avgs.alloc();
        if (cfsRq == NULL || se == NULL || queueAvg == NULL || avg == NULL) {
            freeUnless(cfsRq, se, queueAvg, avg);
            return false;
        }
        int above = groups.cfsRq(parent, cpu);
        cfsRqs.setRq(cfsRq, rqs.cpuRq(cpu));
        cfsRqs.setAvg(cfsRq, queueAvg);
        cfsRqs.setTaskGroup(cfsRq, group);
        cfsRqs.setSe(cfsRq, se);
        groups.setCfsRq(group, cpu, cfsRq);
        bandwidth.initQueue(cfsRq, above);
        ses.setAvg(se, avg);
        ses.setMyQ(se, cfsRq);
        ses.setCfsRq(se, above);
        ses.setParent(se, cfsRqs.se(above));
        ses.setDepth(se, cfsRqs.se(above) == NULL ? 0 : ses.depth(cfsRqs.se(above)) + 1);
        ses.setWeight(se, LoadWeight.NICE_0_LOAD);
        ses.setInvWeight(se, LoadWeight.inverse(LoadWeight.NICE_0_LOAD));
        return true;
    }

    private void freeUnless(int cfsRq, int se, int queueAvg, int avg) {
        if (cfsRq != NULL) {
            cfsRqs.free(cfsRq);
        }
        if (se != NULL) {
            ses.free(se);
        }
        if (queueAvg != NULL) {
            avgs.free(queueAvg);
        }
        if (avg != NULL) {
            avgs.free(avg);
        }
    }

    /** sched_destroy_group(): at once, or when the last of its dead tasks and of the groups below it has gone. */
    @Override
    public void destroy(int group) {
        groups.setDying(group);
        if (groups.members(group) == 0) {
            free(group);
        }
    }

    private void free(int group) {
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            int cfsRq = groups.cfsRq(group, cpu);
            if (cfsRq == NULL) {
                continue;
            }
            int se = cfsRqs.se(cfsRq);
            if (ses.onRq(se)) {
                entities.removeDelayedGroup(se);
            }
            pelt.detach(ses.cfsRq(se), se);
            pelt.leave(cfsRq);
            bandwidth.leave(cfsRq);
            avgs.free(ses.avg(se));
            avgs.free(cfsRqs.avg(cfsRq));
            ses.free(se);
            cfsRqs.free(cfsRq);
        }
        bandwidth.destroy(group);
        int parent = groups.parent(group);
        groups.free(group);
        put(parent);
    }

    /** A member more. */
    void hold(int group) {
        groups.addMembers(group, 1);
    }

    /** A member less. */
    void put(int group) {
        groups.addMembers(group, -1);
        if (groups.isDying(group) && groups.members(group) == 0) {
            free(group);
        }
    }

    /** sched_group_set_shares(): 1024 for weight 100. Not for the root, nor for a group that is idle. */
    @Override
    public void setShares(int group, long shares) {
        setScaledShares(group, Math.clamp(shares, MIN_SHARES, MAX_SHARES) << LoadWeight.FIXEDPOINT_SHIFT);
    }

    private void setScaledShares(int group, long scaled) {
        groups.setShares(group, scaled);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            for (int se = cfsRqs.se(groups.cfsRq(group, cpu)); se != NULL; se = ses.parent(se)) {
                pelt.updateTg(ses.cfsRq(se), se);
                entities.updateGroup(se);
            }
        }
    }

    /** sched_group_set_idle(): the group's tasks run when nobody else wants to, or are ordinary again. */
    @Override
    public void setIdle(int group, boolean idle) {
        groups.setIdle(group, idle);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            int cfsRq = groups.cfsRq(group, cpu);
            boolean wasIdle = cfsRqs.isIdle(cfsRq);
            cfsRqs.setIdle(cfsRq, idle);
            int se = cfsRqs.se(cfsRq);
            if (wasIdle != idle && ses.onRq(se)) {
                int more = cfsRqs.hNrQueued(cfsRq) - cfsRqs.hNrIdle(cfsRq);
                propagateIdle(se, idle ? more : -more);
            }
        }
        setScaledShares(
                group,
                idle ? (long) LoadWeight.WEIGHT_IDLEPRIO << LoadWeight.FIXEDPOINT_SHIFT : LoadWeight.NICE_0_LOAD);
    }

    @Override
    public void setBandwidth(int group, long quotaUs, long periodUs, long burstUs) {
        bandwidth.set(group, quotaUs, periodUs, burstUs);
    }

    @Override
    public long nrPeriods(int group) {
        return groups.nrPeriods(group);
    }

    @Override
    public long nrThrottled(int group) {
        return groups.nrThrottled(group);
    }

    @Override
    public long throttledNs(int group) {
        return groups.throttledTime(group);
    }

    @Override
    public long throttledSelfNs(int group) {
        return groups.throttledSelfTime(group);
    }

    @Override
    public long nrBursts(int group) {
        return groups.nrBurst(group);
    }

    @Override
    public long burstNs(int group) {
        return groups.burstTime(group);
    }

    private void propagateIdle(int groupSe, int more) {
        boolean isCounted = false; // further up
        for (int se = groupSe; se != NULL && ses.onRq(se) && !isCounted; se = ses.parent(se)) {
            cfsRqs.addHNrIdle(ses.cfsRq(se), more);
            isCounted = cfsRqs.isIdle(ses.cfsRq(se));
        }
    }

    /** set_task_rq(): the queue that the task belongs to on a CPU. */
    void setTaskRq(int se, int cpu) {
        int cfsRq = groups.cfsRq(ses.taskGroup(se), cpu);
        int above = cfsRqs.se(cfsRq);
        ses.setCfsRq(se, cfsRq);
        ses.setParent(se, above);
        ses.setDepth(se, above == NULL ? 0 : ses.depth(above) + 1);
    }

    /** The task, which is new, is a member of its group from now on. */
    void join(int se, int group) {
        ses.setTaskGroup(se, group);
        groups.addMembers(group, 1);
    }

    void leave(int se) {
        int group = ses.taskGroup(se);
        ses.setTaskGroup(se, NULL);
        put(group);
    }

    /** sched_move_task(): to another group, wherever it is and whatever it does. */
    @Override
    public void move(int task, int wanted) {
        int group = wanted == root && autogroups != null ? autogroups.groupOf(task) : wanted;
        int se = tasks.se(task);
        if (se == NULL || ses.taskGroup(se) == group) {
            return;
        }
        bandwidth.release(se);
        int rq = runQueues.taskRq(task);
        boolean wasAsked = rqs.needResched(rq);
        int was = runQueues.beginChange(rq, task);
        changeGroup(task, se, group);
        runQueues.endChange(rq, task, was, 0);
        if ((was & RunQueues.WAS_CURRENT) != 0) {
            rqs.setNeedResched(rq, true);
        }
        runQueues.notify(rq, wasAsked);
    }

    /** task_change_group_fair(). */
    private void changeGroup(int task, int se, int group) {
        boolean isNew = tasks.state(task) == TaskTable.TASK_NEW;
        if (!isNew && !ses.onRq(se)) {
            entities.detached(ses.cfsRq(se), se);
        }
        if (!isNew) {
            pelt.detach(ses.cfsRq(se), se);
        }
        groups.addMembers(group, 1);
        leave(se);
        ses.setTaskGroup(se, group);
        setTaskRq(se, tasks.cpu(task));
        if (!isNew && ses.schedClass(se) == SchedClass.FAIR) {
            pelt.attachTask(ses.cfsRq(se), se);
        }
    }
}
