package dev.nestor.kernel.sched;

import dev.nestor.event.EventLoop;
import dev.nestor.event.Priority;
import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** Tasks on their way from the SchedExtOps to a CPU: the dispatch half of kernel/sched/ext.c. */
final class ExtDispatch {
    /** SCX_ENQ_DSQ_PRIQ: by vtime. */
    static final long ENQ_DSQ_PRIQ = 1L << 57;

    private static final long CPU_MASK = 0xffff_ffffL; // SCX_DSQ_LOCAL_CPU_MASK
    private static final int KICKED = 64; // beside KICK_*, so that it is not 0

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final RunQueues runQueues;
    private final ScxEntityTable scxs;
    private final ScxRqTable scxRqs;
    private final DispatchQueues queues;
    private final ExtCalls calls;
    private final EventLoop loop;
    private final int kickKind; // event kind
    private final int deferredKind; // event kind
    private int inserted; // tasks, in the dispatch in progress

    ExtDispatch(
            RunQueues runQueues,
            SchedTables tables,
            ScxTables scx,
            DispatchQueues queues,
            ExtCalls calls,
            EventLoop loop) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.runQueues = runQueues;
        this.scxs = scx.scxs();
        this.scxRqs = scx.scxRqs();
        this.queues = queues;
        this.calls = calls;
        this.loop = loop;
        this.kickKind = loop.register((cpu, datum) -> kicked(cpu));
        this.deferredKind = loop.register((target, datum) -> runDeferred());
    }

    int localDsq(int cpu) {
        return scxRqs.localDsq(scxRqs.ofCpu(cpu));
    }

    /**
     * find_dsq_for_dispatch(): the queue of a number; that it is none, or of the other order, stops the scheduler.
     *
     * @param here the CPU that DSQ_LOCAL means
     */
    @HotPath
    int resolve(long id, int here, boolean isByVtime, int task) {
        boolean isBuiltin = (id & DispatchQueues.BUILTIN) != 0;
        if (isBuiltin && isByVtime) {
            throw calls.error("cannot use vtime ordering for built-in DSQs");
        }
        if (isLocalOn(id)) {
            long cpu = id & CPU_MASK;
            if (cpu >= rqs.size() || (id & ~CPU_MASK) != Scx.DSQ_LOCAL_ON) {
                throw calls.error("invalid CPU " + cpu + " in SCX_DSQ_LOCAL_ON for " + calls.nameOf(task));
            }
            return localDsq((int) cpu);
        }
        int dsq = named(id, here);
        if (dsq == Table.NULL) {
            throw calls.error("non-existent DSQ " + Long.toUnsignedString(id) + " for " + calls.nameOf(task));
        }
        if (!isBuiltin && queues.first(dsq) != Table.NULL && queues.isByVtime(dsq) != isByVtime) {
            String order = isByVtime ? "FIFO" : "PRIQ";
            throw calls.error("DSQ " + Long.toUnsignedString(id) + " already had " + order + "-enqueued tasks");
        }
        return dsq;
    }

    private int named(long id, int here) {
        return id == Scx.DSQ_LOCAL ? localDsq(here) : id == Scx.DSQ_GLOBAL ? queues.global() : queues.find(id);
    }

    /** As {@link #resolve}, to look at or to take from. */
    int find(long id, int here) {
        boolean isOn = isLocalOn(id) && (id & CPU_MASK) < rqs.size();
        int dsq = isOn ? localDsq((int) (id & CPU_MASK)) : named(id, here);
        if (dsq == Table.NULL) {
            throw calls.error("non-existent DSQ " + Long.toUnsignedString(id));
        }
        return dsq;
    }

    /** ops.dispatch() is about to be called. */
    void beginDispatch() {
        inserted = 0;
    }

    /** Whether it has inserted or moved anything. */
    boolean hasInserted() {
        return inserted > 0;
    }

    private static boolean isLocalOn(long id) {
        return (id & Scx.DSQ_LOCAL_ON) == Scx.DSQ_LOCAL_ON;
    }

    /** The CPU that a task inserted into a queue goes to at once, or -1. */
    private static int targetCpu(long id, int here) {
        return isLocalOn(id) ? (int) (id & CPU_MASK) : id == Scx.DSQ_LOCAL ? here : RunQueues.NO_CPU;
    }

    /** mark_direct_dispatch(): remembers where the task, which is being enqueued, is to go. */
    void mark(int task, int scx, long id, long enqFlags) {
        if (task != calls.task()) {
            throw calls.error("scheduling for " + calls.nameOf(calls.task()) + " but trying to direct-dispatch "
                    + calls.nameOf(task));
        }
        if (scxs.marked(scx)) {
            throw calls.error(calls.nameOf(task) + " already direct-dispatched");
        }
        resolve(id, tasks.cpu(task), (enqFlags & ENQ_DSQ_PRIQ) != 0, task);
        if (isLocalOn(id) && !ses.isAllowed(tasks.se(task), (int) (id & CPU_MASK))) {
            throw calls.error(notAllowed(task, (int) (id & CPU_MASK)));
        }
        scxs.setMarked(scx, true);
        scxs.setDdspDsqId(scx, id);
        scxs.setDdspEnqFlags(scx, enqFlags);
    }

    /** direct_dispatch(): to where the task was marked for. */
    @HotPath
    void direct(int task, int scx, long enqFlags) {
        int here = tasks.cpu(task);
        long id = scxs.ddspDsqId(scx);
        long flags = scxs.ddspEnqFlags(scx) | enqFlags;
        int target = targetCpu(id, here);
        if (target != RunQueues.NO_CPU && target != here) {
            if (queues.first(queues.deferred()) == Table.NULL) {
                loop.schedule(loop.clock().now(), Priority.IPI, deferredKind, 0, 0);
            }
            queues.insert(queues.deferred(), scx, false);
            return;
        }
        unmark(scx);
        if (target == here) {
            insertLocal(here, task, scx, flags);
        } else {
            insert(id == Scx.DSQ_GLOBAL ? queues.global() : queues.find(id), scx, flags);
        }
    }

    /** Forgets where the task was to go. */
    void unmark(int scx) {
        scxs.setMarked(scx, false);
        scxs.setDdspDsqId(scx, 0);
        scxs.setDdspEnqFlags(scx, 0);
    }

    /** process_ddsp_deferred_locals(). */
    private void runDeferred() {
        for (int scx = queues.first(queues.deferred()); scx != Table.NULL; scx = queues.first(queues.deferred())) {
            int task = scxs.task(scx);
            int cpu = targetCpu(scxs.ddspDsqId(scx), 0);
            long flags = scxs.ddspEnqFlags(scx);
            queues.remove(scx);
            unmark(scx);
            moveTo(cpu, task, scx, flags);
        }
    }

    private String notAllowed(int task, int cpu) {
        return "SCX_DSQ_LOCAL[_ON] target CPU " + cpu + " not allowed for " + calls.nameOf(task);
    }

    /** finish_dispatch(): inserts a task that the SchedExtOps has kept; false if that is to be ignored. */
    @HotPath
    boolean dispatch(int task, int scx, long id, long enqFlags) {
        int dsq = resolve(id, calls.cpu(), (enqFlags & ENQ_DSQ_PRIQ) != 0, task);
        if (scxs.opsState(scx) != ScxEntityTable.OPSS_QUEUED) {
            refuse(task, scx);
            return false;
        }
        int target = targetCpu(id, calls.cpu());
        if (target != RunQueues.NO_CPU && !ses.isAllowed(tasks.se(task), target)) {
            throw calls.error(notAllowed(task, target));
        }
        scxs.setOpsState(scx, ScxEntityTable.OPSS_NONE);
        inserted++;
        if (target == RunQueues.NO_CPU) {
            insert(dsq, scx, enqFlags);
        } else {
            moveTo(target, task, scx, enqFlags);
        }
        return true;
    }

    /**
     * A task that is not the SchedExtOps's to insert: twice inserted, unless it was taken back before. In the kernel, where callbacks race,
     * nobody minds; here it is a mistake.
     */
    private void refuse(int task, int scx) {
        if (scxs.takenBack(scx) > 0) {
            scxs.setTakenBack(scx, scxs.takenBack(scx) - 1);
            return;
        }
        int se = tasks.se(task);
        String where = ses.onCpu(se)
                ? "it runs on CPU " + tasks.cpu(task)
                : ses.onRq(se) ? "it is in a dispatch queue already" : "it sleeps";
        throw calls.error(calls.nameOf(task) + " dispatched twice: " + where);
    }

    private void insert(int dsq, int scx, long enqFlags) {
        if ((enqFlags & ENQ_DSQ_PRIQ) != 0) {
            queues.insertByVtime(dsq, scx);
        } else {
            queues.insert(dsq, scx, (enqFlags & (Scx.ENQ_HEAD | Scx.ENQ_PREEMPT)) != 0);
        }
    }

    /** dispatch_enqueue() into the local queue of the CPU that the task is on, which looks at need_resched by itself. */
    @HotPath
    void insertLocal(int cpu, int task, int scx, long enqFlags) {
        queues.insert(localDsq(cpu), scx, (enqFlags & (Scx.ENQ_HEAD | Scx.ENQ_PREEMPT)) != 0);
        if (preempts(cpu, task, enqFlags)) {
            rqs.setNeedResched(rqs.cpuRq(cpu), true);
        }
    }

    /** dispatch_to_local_dsq(): the task goes to a CPU, and if that is another, or does nothing, it is told. */
    @HotPath
    private void moveTo(int cpu, int task, int scx, long enqFlags) {
        migrate(task, cpu);
        queues.insert(localDsq(cpu), scx, (enqFlags & (Scx.ENQ_HEAD | Scx.ENQ_PREEMPT)) != 0);
        if (preempts(cpu, task, enqFlags)) {
            kick(cpu, 0);
        }
    }

    /** Whether a CPU is to be rescheduled for a task in its local queue; the slice of its current one is over then. */
    private boolean preempts(int cpu, int task, long enqFlags) {
        int curr = rqs.curr(rqs.cpuRq(cpu));
        if (curr == Table.NULL) {
            return true;
        }
        boolean isOver = (enqFlags & Scx.ENQ_PREEMPT) != 0 && curr != task && isExt(curr);
        if (isOver) {
            scxs.setSlice(ses.scx(tasks.se(curr)), 0);
        }
        return isOver;
    }

    boolean isExt(int task) {
        return ses.schedClass(tasks.se(task)) == SchedClass.EXT;
    }

    /** consume_dispatch_q(): the first of a queue that may run on a CPU goes to its local queue; false if there is none. */
    @HotPath
    boolean consume(int cpu, int dsq) {
        for (int scx = queues.first(dsq); scx != Table.NULL; scx = queues.next(scx)) {
            int task = scxs.task(scx);
            if (ses.isAllowed(tasks.se(task), cpu)) {
                queues.remove(scx);
                migrate(task, cpu);
                queues.insert(localDsq(cpu), scx, false);
                inserted++;
                return true;
            }
        }
        return false;
    }

    /** move_remote_task_to_local_dsq(): a task that waits becomes another CPU's. Nobody is asked. */
    private void migrate(int task, int cpu) {
        int from = tasks.cpu(task);
        if (from == cpu) {
            return;
        }
        int se = tasks.se(task);
        assert !ses.onCpu(se) : "moved while it runs";
        count(from, -1);
        ses.setOnRq(se, false);
        runQueues.setTaskCpu(task, cpu);
        ses.setOnRq(se, true);
        count(cpu, 1);
    }

    private void count(int cpu, int more) {
        rqs.addNrRunning(rqs.cpuRq(cpu), more);
        scxRqs.setNrRunning(scxRqs.ofCpu(cpu), scxRqs.nrRunning(scxRqs.ofCpu(cpu)) + more);
    }

    /** scx_kick_cpu(): when the callback is over. */
    @HotPath
    void kick(int cpu, long flags) {
        int scxRq = scxRqs.ofCpu(cpu);
        int before = scxRqs.kicks(scxRq);
        boolean isIfIdle = (flags & Scx.KICK_IDLE) != 0 && (before == 0 || (before & Scx.KICK_IDLE) != 0);
        int preempt = (int) ((before | flags) & Scx.KICK_PREEMPT);
        scxRqs.setKicks(scxRq, KICKED | preempt | (isIfIdle ? (int) Scx.KICK_IDLE : 0));
        if (before == 0) {
            loop.schedule(loop.clock().now(), Priority.IPI, kickKind, cpu, 0);
        }
    }

    /** kick_cpus_irq_workfn(), of one CPU. */
    private void kicked(int cpu) {
        int scxRq = scxRqs.ofCpu(cpu);
        int kicks = scxRqs.kicks(scxRq);
        scxRqs.setKicks(scxRq, 0);
        int rq = rqs.cpuRq(cpu);
        int curr = rqs.curr(rq);
        if (curr != Table.NULL && (kicks & Scx.KICK_IDLE) != 0) {
            return;
        }
        if (curr != Table.NULL && (kicks & Scx.KICK_PREEMPT) != 0 && isExt(curr)) {
            scxs.setSlice(ses.scx(tasks.se(curr)), 0);
        }
        boolean wasAsked = rqs.needResched(rq);
        rqs.setNeedResched(rq, true);
        runQueues.notify(rq, wasAsked);
    }
}
