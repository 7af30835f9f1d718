package dev.nestor.kernel.sched;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.HotPath;
import java.util.function.IntConsumer;

/** When a CPU that is in the kernel is taken from its task: preempt_schedule() and preempt_schedule_irq(), by the model chosen. */
final class KernelPreemption {
    /*
     * What a call does it has done at the beginning of its span; what is left of the span when its task is preempted is kept,
     * and spent when the task runs again. Until then it stays queued, even if it is about to sleep.
     *
     * No part of a call is taken to disable preemption, but for the end of a task. Where a call might sleep is not known
     * either: its span is cut into as many pieces as it has reported units of work, and it gives way between two of them.
     */
    private static final int BYTES_PER_POINT = 4_096; // a page copied
    private static final int CYCLES_PER_POINT = 10_000; // of what is not emulated

    private final TaskTable tasks;
    private final SchedEntityTable ses;
    private final RqTable rqs;
    private final EventLoop loop;
    private final Clock clock;
    private final int model; // Preemption.*
    private final int kind; // event kind

    /** @param preempted takes the CPU of a rq from its task */
    KernelPreemption(SchedTables tables, EventLoop loop, int model, IntConsumer preempted) {
        this.tasks = tables.tasks();
        this.ses = tables.ses();
        this.rqs = tables.rqs();
        this.loop = loop;
        this.clock = loop.clock();
        this.model = model;
        this.kind = loop.register((cpu, datum) -> {
            int rq = rqs.cpuRq(cpu);
            if (isDue(rq)) {
                preempted.accept(rq);
            }
        });
        rqs.setLazy(model == Preemption.LAZY);
    }

    boolean isOn() {
        return model != Preemption.NONE;
    }

    /** The call in progress on a CPU asks for its own task to be rescheduled, so many cycles after it began. */
    @HotPath
    void askedByItself(int rq, long at) {
        rqs.setAskedAt(rq, at);
    }

    /** A span in the kernel has begun. */
    @HotPath
    void spanBegun(int rq, Work work) {
        if (model == Preemption.VOLUNTARY) {
            long cycles = rqs.spanEnd(rq) - clock.now();
            rqs.setGrain(rq, Math.max(1, cycles / Math.max(1, work.points(BYTES_PER_POINT, CYCLES_PER_POINT))));
        }
        if (isOn() && rqs.needResched(rq)) {
            arm(rq, Math.max(rqs.askedAt(rq), clock.now()));
        }
    }

    /** The CPU, which is in the kernel, is asked to reschedule at a time. */
    @HotPath
    void arm(int rq, long at) {
        long when = at;
        if (model == Preemption.VOLUNTARY) {
            long begun = rqs.spanStart(rq);
            long grain = rqs.grain(rq);
            when = begun + (at - begun + grain - 1) / grain * grain;
        }
        if (when < rqs.spanEnd(rq)) {
            loop.schedule(when, Priority.IPI, kind, rqs.cpu(rq), 0);
        }
    }

    private boolean isDue(int rq) {
        return rqs.phase(rq) == Cpus.PHASE_KERNEL
                && rqs.needResched(rq)
                && rqs.spanEnd(rq) > clock.now()
                && tasks.state(rqs.curr(rq)) != TaskTable.TASK_DEAD;
    }

    /** What is left of the span in the kernel is kept. */
    void suspend(int rq, CpuSpans spans) {
        loop.cancel(rqs.spanEvent(rq));
        rqs.setSpanEvent(rq, EventQueue.NONE);
        spans.end(rq);
        ses.setKernelLeft(tasks.se(rqs.curr(rq)), rqs.spanEnd(rq) - clock.now());
    }
}
