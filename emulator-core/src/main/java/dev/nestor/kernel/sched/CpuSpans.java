package dev.nestor.kernel.sched;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.HotPath;
import dev.nestor.table.Table;

/** The spans that CPUs spend in their phases, and whom they are charged to. */
final class CpuSpans {
    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final EventLoop loop;
    private final Clock clock;
    private final int kind; // event kind

    CpuSpans(SchedTables tables, EventLoop loop, int kind) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.loop = loop;
        this.clock = loop.clock();
        this.kind = kind;
    }

    /** A span from now to a time; without end if that is beyond ENDLESS. */
    @HotPath
    void begin(int rq, long end) {
        assert rqs.spanEvent(rq) == EventQueue.NONE : "a span begins in another";
        rqs.setSpanStart(rq, clock.now());
        rqs.setSpanEnd(rq, end);
        rqs.setSpanStolen(rq, 0);
        if (end < UserMode.ENDLESS) {
            rqs.setSpanEvent(rq, loop.schedule(end, Priority.CPU, kind, rqs.cpu(rq), 0));
        }
    }

    /** An interrupt takes its time from the span, if there is one: a CPU that is idle had nothing better to do. */
    @HotPath
    void steal(int rq, long cycles) {
        if (rqs.curr(rq) != Table.NULL) {
            rqs.setSpanStolen(rq, rqs.spanStolen(rq) + cycles);
            rqs.setSpanEnd(rq, Math.min(rqs.spanEnd(rq) + cycles, Clock.NEVER - 1));
        }
    }

    /** When the event of a span has fired: true if interrupts have made the span longer, and it goes on. */
    @HotPath
    boolean isExtended(int rq) {
        rqs.setSpanEvent(rq, EventQueue.NONE);
        if (rqs.spanEnd(rq) <= clock.now()) {
            return false;
        }
        rqs.setSpanEvent(rq, loop.schedule(rqs.spanEnd(rq), Priority.CPU, kind, rqs.cpu(rq), 0));
        return true;
    }

    /** The span is over: charges the task that runs. */
    @HotPath
    void end(int rq) {
        int task = rqs.curr(rq);
        if (task == Table.NULL) {
            return;
        }
        long cycles = clock.now() - rqs.spanStart(rq);
        long user = rqs.phase(rq) == Cpus.PHASE_USER ? Math.max(cycles - rqs.spanStolen(rq), 0) : 0;
        tasks.setUtime(task, tasks.utime(task) + user);
        tasks.setStime(task, tasks.stime(task) + cycles - user);
    }

    /** account_process_tick(): charges the task for what it has had of the span so far. */
    void charge(int rq) {
        long cycles = clock.now() - rqs.spanStart(rq);
        if (cycles < rqs.spanStolen(rq)) {
            return;
        }
        end(rq);
        int se = tasks.se(rqs.curr(rq));
        if (rqs.phase(rq) == Cpus.PHASE_USER && ses.remaining(se) < UserMode.ENDLESS) {
            ses.setRemaining(se, ses.remaining(se) - (cycles - rqs.spanStolen(rq)));
        }
        rqs.setSpanStart(rq, clock.now());
        rqs.setSpanStolen(rq, 0);
    }

    /** A user span ends before its time: charges the task, and keeps what is left. */
    @HotPath
    void suspend(int rq) {
        loop.cancel(rqs.spanEvent(rq));
        rqs.setSpanEvent(rq, EventQueue.NONE);
        end(rq);
        int se = tasks.se(rqs.curr(rq));
        long done = Math.max(clock.now() - rqs.spanStart(rq) - rqs.spanStolen(rq), 0);
        if (ses.remaining(se) < UserMode.ENDLESS) {
            ses.setRemaining(se, ses.remaining(se) - done);
        }
    }
}
