package dev.nestor.kernel.sched;

import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** The functions scx_bpf_*() for one SchedExtOps: checks what it is given, and does it. */
final class ExtKernel implements Scx {
    private static final long ENQ_FLAGS = ENQ_WAKEUP | ENQ_HEAD | ENQ_PREEMPT | ENQ_LAST;

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final ScxEntityTable scxs;
    private final ScxDispatchQueueTable dsqs;
    private final DispatchQueues queues;
    private final ExtCalls calls;
    private final ExtDispatch dispatch;
    private final ExtIdle idle;
    private final Timekeeping time;

    ExtKernel(
            SchedTables tables,
            DispatchQueues queues,
            ExtCalls calls,
            ExtDispatch dispatch,
            ExtIdle idle,
            Timekeeping time) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.scxs = queues.scxs;
        this.dsqs = queues.dsqs;
        this.queues = queues;
        this.calls = calls;
        this.dispatch = dispatch;
        this.idle = idle;
        this.time = time;
    }

    /** The sched_ext_entity of a task; a handle of none stops the scheduler. */
    @HotPath
    private int entity(int task) {
        calls.enterKernel();
        int se = tasks.isLive(task) ? tasks.se(task) : Table.NULL;
        int scx = se == Table.NULL ? Table.NULL : ses.scx(se);
        if (scx == Table.NULL) {
            throw calls.error("there is no task " + Integer.toHexString(task));
        }
        return scx;
    }

    private int se(int task) {
        return tasks.se(task);
    }

    private void checkCpu(int cpu) {
        if (cpu < 0 || cpu >= rqs.size()) {
            throw calls.error("invalid CPU " + cpu);
        }
    }

    private long left(long value) {
        calls.leaveKernel();
        return value;
    }

    private int left(int value) {
        calls.leaveKernel();
        return value;
    }

    private boolean left(boolean value) {
        calls.leaveKernel();
        return value;
    }

    @Override
    public void createDsq(long dsq) {
        calls.enterKernel();
        if ((dsq & DispatchQueues.BUILTIN) != 0) {
            throw calls.error("a DSQ's number is below 2^63, not " + Long.toUnsignedString(dsq));
        }
        if (queues.find(dsq) != Table.NULL) {
            throw calls.error("there is a DSQ " + dsq + " already");
        }
        if (!queues.create(dsq)) {
            throw calls.error("too many DSQs: there can be " + dsqs.limit());
        }
        calls.leaveKernel();
    }

    @Override
    public void destroyDsq(long dsq) {
        calls.enterKernel();
        int found = queues.find(dsq);
        if (found == Table.NULL || dsqs.nr(found) > 0) {
            throw calls.error(
                    found == Table.NULL ? "non-existent DSQ " + dsq : "attempting to destroy in-use DSQ " + dsq);
        }
        queues.destroy(dsq);
        calls.leaveKernel();
    }

    private int queue(long dsq) {
        calls.enterKernel();
        int here = calls.callback() == ExtCalls.DISPATCH ? calls.cpu() : 0;
        if (dsq == DSQ_LOCAL && calls.callback() != ExtCalls.DISPATCH) {
            if (calls.task() == Table.NULL) {
                throw calls.error("SCX_DSQ_LOCAL is of no CPU here");
            }
            here = tasks.cpu(calls.task());
        }
        return dispatch.find(dsq, here);
    }

    @Override
    public int dsqNrQueued(long dsq) {
        return left(dsqs.nr(queue(dsq)));
    }

    @Override
    public int dsqFirst(long dsq) {
        int first = queues.first(queue(dsq));
        return left(first == Table.NULL ? 0 : scxs.task(first));
    }

    @Override
    public int dsqNext(int task) {
        int scx = entity(task);
        int next = queues.of(scx) == Table.NULL ? Table.NULL : queues.next(scx);
        return left(next == Table.NULL ? 0 : scxs.task(next));
    }

    @Override
    @HotPath
    public void dsqInsert(int task, long dsq, long slice, long enqFlags) {
        int scx = entity(task);
        insert(task, scx, dsq, slice, enqFlags);
    }

    @Override
    @HotPath
    public void dsqInsertVtime(int task, long dsq, long slice, long vtime, long enqFlags) {
        int scx = entity(task);
        if (queues.of(scx) == Table.NULL) {
            scxs.setDsqVtime(scx, vtime);
        }
        insert(task, scx, dsq, slice, enqFlags | ExtDispatch.ENQ_DSQ_PRIQ);
    }

    private void insert(int task, int scx, long dsq, long slice, long enqFlags) {
        if ((enqFlags & ~(ENQ_FLAGS | ExtDispatch.ENQ_DSQ_PRIQ)) != 0) {
            throw calls.error("invalid enq_flags 0x" + Long.toHexString(enqFlags));
        }
        checkSlice(slice);
        int callback = calls.callback();
        long ns = slice != 0 ? slice : scxs.slice(scx) != 0 ? scxs.slice(scx) : 1;
        if (callback == ExtCalls.DISPATCH) {
            if (dispatch.dispatch(task, scx, dsq, enqFlags)) {
                scxs.setSlice(scx, ns);
            }
        } else if (callback == ExtCalls.SELECT_CPU || callback == ExtCalls.ENQUEUE) {
            dispatch.mark(task, scx, dsq, enqFlags);
            scxs.setSlice(scx, ns);
        } else {
            throw calls.error("dsqInsert is for selectCpu, enqueue and dispatch");
        }
        calls.leaveKernel();
    }

    private void checkSlice(long ns) {
        if (ns < SLICE_INF) {
            throw calls.error("invalid slice " + ns);
        }
    }

    @Override
    @HotPath
    public boolean dsqMoveToLocal(long dsq) {
        calls.enterKernel();
        if (calls.callback() != ExtCalls.DISPATCH) {
            throw calls.error("dsqMoveToLocal is for dispatch");
        }
        if (dsq == DSQ_LOCAL || (dsq & DSQ_LOCAL_ON) == DSQ_LOCAL_ON) {
            throw calls.error("a local DSQ is nothing to move tasks from");
        }
        return left(dispatch.consume(calls.cpu(), dispatch.find(dsq, calls.cpu())));
    }

    @Override
    public void kickCpu(int cpu, long flags) {
        calls.enterKernel();
        checkCpu(cpu);
        if ((flags & ~(KICK_IDLE | KICK_PREEMPT)) != 0 || flags == (KICK_IDLE | KICK_PREEMPT)) {
            throw calls.error("invalid flags of a kick: 0x" + Long.toHexString(flags));
        }
        dispatch.kick(cpu, flags);
        calls.leaveKernel();
    }

    @Override
    @HotPath
    public int selectCpuDfl(int task, int prevCpu, long wakeFlags) {
        entity(task);
        checkCpu(prevCpu);
        return left(idle.select(se(task), prevCpu));
    }

    @Override
    public int pickIdleCpu(int task) {
        entity(task);
        return left(idle.pick(se(task)));
    }

    @Override
    public boolean testAndClearCpuIdle(int cpu) {
        calls.enterKernel();
        checkCpu(cpu);
        return left(idle.claim(cpu));
    }

    @Override
    public int nrCpus() {
        return rqs.size();
    }

    @Override
    public long now() {
        return time.monotonicNs();
    }

    @Override
    public int cpuCurr(int cpu) {
        calls.enterKernel();
        checkCpu(cpu);
        int curr = rqs.curr(rqs.cpuRq(cpu));
        return left(curr != Table.NULL && dispatch.isExt(curr) ? curr : 0);
    }

    @Override
    public int taskCpu(int task) {
        entity(task);
        return left(tasks.cpu(task));
    }

    @Override
    public boolean taskRunning(int task) {
        entity(task);
        return left(ses.onCpu(se(task)));
    }

    @Override
    public boolean taskQueued(int task) {
        entity(task);
        return left(ses.onRq(se(task)));
    }

    @Override
    public int pid(int task) {
        entity(task);
        return left(calls.pidOf(task));
    }

    @Override
    public String comm(int task) {
        entity(task);
        calls.leaveKernel();
        return calls.commOf(task);
    }

    @Override
    @HotPath
    public int weight(int task) {
        return left(scxs.weight(entity(task)));
    }

    @Override
    public int policy(int task) {
        entity(task);
        return left(tasks.policy(task));
    }

    @Override
    public boolean isAllowed(int task, int cpu) {
        entity(task);
        checkCpu(cpu);
        return left(ses.isAllowed(se(task), cpu));
    }

    @Override
    public int nrCpusAllowed(int task) {
        entity(task);
        int count = 0;
        for (int word = 0; word < rqs.words(); word++) {
            count += Long.bitCount(ses.cpusMask(se(task), word));
        }
        return left(count);
    }

    @Override
    public long sumExecRuntime(int task) {
        entity(task);
        return left(ses.sumExecRuntime(se(task)));
    }

    @Override
    @HotPath
    public long slice(int task) {
        return left(scxs.slice(entity(task)));
    }

    @Override
    @HotPath
    public void setSlice(int task, long ns) {
        int scx = entity(task);
        checkSlice(ns);
        scxs.setSlice(scx, ns);
        calls.leaveKernel();
    }

    @Override
    @HotPath
    public long vtime(int task) {
        return left(scxs.dsqVtime(entity(task)));
    }

    @Override
    @HotPath
    public void setVtime(int task, long vtime) {
        int scx = entity(task);
        if (queues.of(scx) != Table.NULL) {
            throw calls.error(calls.nameOf(task) + " is in a DSQ: its vtime can't be changed there");
        }
        scxs.setDsqVtime(scx, vtime);
        calls.leaveKernel();
    }

    @Override
    public long scratch(int task) {
        return left(scxs.scratch(entity(task)));
    }

    @Override
    public void setScratch(int task, long value) {
        scxs.setScratch(entity(task), value);
        calls.leaveKernel();
    }

    @Override
    public RuntimeException error(String message) {
        calls.enterKernel();
        throw calls.error("gives up: " + message);
    }
}
