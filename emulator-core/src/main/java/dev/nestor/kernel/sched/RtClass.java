package dev.nestor.kernel.sched;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;
import dev.nestor.uapi.Sched;

/** rt_sched_class: SCHED_FIFO and SCHED_RR, of kernel/sched/rt.c. */
final class RtClass implements SchedClass {
    /*
     * Each CPU has a queue for each priority, 0 the highest, and a bitmap of those that are not empty. A task stays on its
     * queue while it runs. The first of the first queue runs; others that wait behind it are offered to CPUs that run less
     * urgent work, by the CPU that has too many (push) and by one that would go on with less urgent work itself (pull).
     */
    static final int MAX_RT_PRIO = 100;

    private static final int NONE = -1;
    static final long RR_TIMESLICE_NS = 100_000_000;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final RtRqTable rtRqs;
    private final RtQueueTable queues;
    private final Chain lists; // of a queue: entities in the order in which they run
    private final RunQueues runQueues;
    private final Timekeeping time;
    private final int timeSlice; // ticks

    RtClass(RunQueues runQueues, SchedTables tables, RtTables rt, Timekeeping time, SchedConfig config) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.rtRqs = rt.rtRqs();
        this.queues = rt.queues();
        this.lists = rt.lists();
        this.runQueues = runQueues;
        this.time = time;
        this.timeSlice = (int) (RR_TIMESLICE_NS / config.tickNs());
    }

    @Override
    @HotPath
    public void enqueueTask(int rq, int task, int flags) {
        int cpu = rqs.cpu(rq);
        int se = tasks.se(task);
        int prio = runQueues.prio(task);
        int queue = queues.of(cpu, prio);
        if ((flags & ENQUEUE_HEAD) == 0) {
            lists.addLast(queue, se);
        } else {
            lists.addFirst(queue, se);
        }
        rtRqs.set(rtRqs.ofCpu(cpu), prio, true);
        rtRqs.addNrRunning(rtRqs.ofCpu(cpu), 1);
        ses.setOnRq(se, true);
    }

    @Override
    @HotPath
    public boolean dequeueTask(int rq, int task, int flags) {
        updateCurr(rq);
        int cpu = rqs.cpu(rq);
        int se = tasks.se(task);
        int queue = lists.owner(se);
        int prio = runQueues.prio(task);
        assert queue == queues.of(cpu, prio) : "on the queue of another priority";
        lists.remove(se);
        if (lists.isEmpty(queue)) {
            rtRqs.set(rtRqs.ofCpu(cpu), prio, false);
        }
        rtRqs.addNrRunning(rtRqs.ofCpu(cpu), -1);
        ses.setOnRq(se, false);
        return true;
    }

    /** yield_task_rt(): to the end of the queue of its priority. */
    @Override
    public void yieldTask(int rq) {
        requeue(tasks.se(rqs.curr(rq)), false);
    }

    /** wakeup_preempt_rt(). */
    @Override
    @HotPath
    public void wakeupPreempt(int rq, int task, int wakeFlags) {
        int curr = rqs.curr(rq);
        int prio = runQueues.prio(task);
        int running = runQueues.prio(curr);
        if (prio < running) {
            rqs.setNeedResched(rq, true);
        } else if (prio == running && !rqs.needResched(rq)) {
            preemptEqual(rq, task, curr);
        }
    }

    /** check_preempt_equal_prio(): a task that can run here alone takes the place of one that can go elsewhere. */
    private void preemptEqual(int rq, int task, int curr) {
        if (!ses.isMovable(tasks.se(curr)) || lowestCpu(curr, rqs.cpu(rq)) == NONE) {
            return;
        }
        if (ses.isMovable(tasks.se(task)) && lowestCpu(task, rqs.cpu(rq)) != NONE) {
            return;
        }
        requeue(tasks.se(task), true);
        rqs.setNeedResched(rq, true);
    }

    /** pick_task_rt(), after balance_rt() when the last task of its urgency, or a deadline task, is off its queue. */
    @Override
    @HotPath
    public int pickTask(int rq) {
        int cpu = rqs.cpu(rq);
        int curr = rqs.curr(rq);
        if (rtRqs.overloaded() > 0 && curr != Table.NULL && lists.owner(tasks.se(curr)) == Table.NULL) {
            int was = runQueues.prio(curr);
            if (was < MAX_RT_PRIO && highest(cpu) > was) {
                pull(rq);
            }
        }
        int prio = highest(cpu);
        return prio == MAX_RT_PRIO ? Table.NULL : ses.task(lists.first(queues.of(cpu, prio)));
    }

    @Override
    @HotPath
    public void putPrevTask(int rq, int task) {
        updateCurr(rq);
    }

    @Override
    @HotPath
    public void setNextTask(int rq, int task) {
        ses.setExecStart(tasks.se(task), time.monotonicNs());
    }

    /** task_tick_rt(): SCHED_RR gives way to its equals when its time slice is over. */
    @Override
    @HotPath
    public void taskTick(int rq, int task) {
        updateCurr(rq);
        int se = tasks.se(task);
        if (tasks.policy(task) != Sched.SCHED_RR) {
            return;
        }
        ses.setTimeSlice(se, ses.timeSlice(se) - 1);
        if (ses.timeSlice(se) > 0) {
            return;
        }
        ses.setTimeSlice(se, timeSlice);
        int queue = lists.owner(se);
        if (lists.first(queue) != lists.last(queue)) {
            requeue(se, false);
            rqs.setNeedResched(rq, true);
        }
    }

    /** select_task_rq_rt(): elsewhere if it would have to wait here, or would drive away one that can only run here. */
    @Override
    @HotPath
    public int selectTaskRq(int task, int prevCpu, int wakeFlags) {
        int se = tasks.se(task);
        int cpu = prevCpu;
        int curr = rqs.curr(rqs.cpuRq(prevCpu));
        int prio = runQueues.prio(task);
        boolean isRt = curr != Table.NULL && runQueues.prio(curr) < MAX_RT_PRIO;
        if (isRt && (!ses.isMovable(tasks.se(curr)) || runQueues.prio(curr) <= prio)) {
            int target = lowestCpu(task, prevCpu);
            if (target != NONE && prio < highest(target)) {
                cpu = target;
            }
        }
        return ses.allowedOr(se, cpu);
    }

    @Override
    public void taskFork(int task) {
        ses.setTimeSlice(tasks.se(task), timeSlice);
    }

    /** prio_changed_rt(). */
    @Override
    public void prioChanged(int rq, int task, int oldPrio) {
        int prio = runQueues.prio(task);
        if (!ses.onRq(tasks.se(task))) {
            return;
        }
        if (rqs.curr(rq) != task) {
            runQueues.wakeupPreempt(rq, task, 0);
            return;
        }
        if (oldPrio < prio) {
            pull(rq);
        }
        if (prio > highest(rqs.cpu(rq))) {
            rqs.setNeedResched(rq, true);
        }
    }

    /** switched_from_rt(): the last of its class here asks others for theirs. */
    @Override
    public void switchedFrom(int rq, int task) {
        if (ses.onRq(tasks.se(task)) && highest(rqs.cpu(rq)) == MAX_RT_PRIO) {
            pull(rq);
        }
    }

    /** switched_to_rt(). */
    @Override
    public void switchedTo(int rq, int task) {
        ses.setTimeSlice(tasks.se(task), timeSlice);
        if (ses.onRq(tasks.se(task)) && rqs.curr(rq) != task) {
            runQueues.wakeupPreempt(rq, task, 0);
            push(rq);
        }
    }

    /** task_woken_rt(): a task that will not run here now is offered to others. */
    @Override
    @HotPath
    public void taskWoken(int rq, int task) {
        int curr = rqs.curr(rq);
        if (curr == Table.NULL || curr == task || rqs.needResched(rq) || runQueues.prio(curr) >= MAX_RT_PRIO) {
            return;
        }
        if (!ses.isMovable(tasks.se(curr)) || runQueues.prio(curr) <= runQueues.prio(task)) {
            push(rq);
        }
    }

    /** push_rt_tasks(), after a switch. */
    @Override
    @HotPath
    public void balanceCallback(int rq) {
        push(rq);
    }

    @Override
    @HotPath
    public void updateCurr(int rq) {
        int curr = rqs.curr(rq);
        if (curr != Table.NULL && ses.schedClass(tasks.se(curr)) == RT) {
            runQueues.updateCurrCommon(tasks.se(curr), time.monotonicNs());
        }
    }

    /** rt_rq->highest_prio.curr. */
    private int highest(int cpu) {
        return rtRqs.first(rtRqs.ofCpu(cpu), 0);
    }

    /** requeue_task_rt(). */
    private void requeue(int se, boolean isHead) {
        int queue = lists.owner(se);
        lists.remove(se);
        if (isHead) {
            lists.addFirst(queue, se);
        } else {
            lists.addLast(queue, se);
        }
    }

    private void push(int rq) {
        boolean isPushed = true;
        while (isPushed && rtRqs.nrRunning(rtRqs.ofCpu(rqs.cpu(rq))) > 1) {
            isPushed = pushOne(rq);
        }
    }

    /** push_rt_task(). */
    private boolean pushOne(int rq) {
        int cpu = rqs.cpu(rq);
        int curr = rqs.curr(rq);
        int se = waiting(cpu, NONE);
        if (se == Table.NULL) {
            return false;
        }
        int task = ses.task(se);
        if (curr == Table.NULL || runQueues.prio(task) < runQueues.prio(curr)) {
            return false;
        }
        int target = lowestCpu(task, cpu);
        if (target == NONE || highest(target) <= runQueues.prio(task)) {
            return false;
        }
        runQueues.moveAndResched(task, target);
        return true;
    }

    /** pull_rt_task(): from each CPU the first that waits there and is more urgent than what there is here. */
    private void pull(int rq) {
        if (rtRqs.overloaded() == 0) {
            return;
        }
        int here = rqs.cpu(rq);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            if (cpu == here || rtRqs.nrRunning(rtRqs.ofCpu(cpu)) < 2) {
                continue;
            }
            int se = waiting(cpu, here);
            if (se == Table.NULL || runQueues.prio(ses.task(se)) >= highest(here)) {
                continue;
            }
            int running = rqs.curr(rqs.cpuRq(cpu));
            if (running != Table.NULL && runQueues.prio(ses.task(se)) >= runQueues.prio(running)) {
                runQueues.move(ses.task(se), here);
            }
        }
    }

    /** pick_next_pushable_task(): the most urgent task that waits here and may run elsewhere, on a CPU if one is given. */
    private int waiting(int cpu, int target) {
        int rtRq = rtRqs.ofCpu(cpu);
        for (int prio = rtRqs.first(rtRq, 0); prio < MAX_RT_PRIO; prio = rtRqs.first(rtRq, prio + 1)) {
            for (int se = lists.first(queues.of(cpu, prio)); se != Table.NULL; se = lists.next(se)) {
                boolean isFit = target == NONE ? ses.isMovable(se) : ses.isAllowed(se, target);
                if (!ses.onCpu(se) && isFit) {
                    return se;
                }
            }
        }
        return Table.NULL;
    }

    /**
     * find_lowest_rq() and cpupri_find(): of the CPUs whose work is the least urgent, less so than the task, the one where
     * it last ran, this one, or the first; NONE if there is none.
     */
    private int lowestCpu(int task, int prev) {
        if (!ses.isMovable(tasks.se(task))) {
            return NONE;
        }
        int se = tasks.se(task);
        int here = runQueues.thisCpu();
        int best = NONE;
        int lowest = runQueues.prio(task);
        for (int cpu = 0; cpu < rqs.size(); cpu++) {
            if (ses.isAllowed(se, cpu)) {
                int level = level(cpu);
                boolean isNearer = cpu == prev || (cpu == here && best != prev);
                if (level > lowest || (best != NONE && level == lowest && isNearer)) {
                    best = cpu;
                    lowest = level;
                }
            }
        }
        return best;
    }

    /** The priority of a CPU, as cpupri has it: all that is not real-time is one level. */
    private int level(int cpu) {
        int curr = rqs.curr(rqs.cpuRq(cpu));
        if (curr != Table.NULL && ses.schedClass(tasks.se(curr)) == DEADLINE) {
            return NONE;
        }
        return highest(cpu);
    }
}
