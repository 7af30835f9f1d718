package dev.nestor.kernel.sched;

import dev.nestor.event.EventLoop;
import dev.nestor.event.Random;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Topology;
import dev.nestor.machine.Work;
import dev.nestor.trace.Tracepoints;

/**
 * The machine that tasks are scheduled on.
 *
 * @param work what the call in progress has done so far; one for the whole machine
 */
public record SchedMachine(
        EventLoop loop,
        Timekeeping time,
        Topology topology,
        CostModel costs,
        Work work,
        Tracepoints trace,
        Random random) {}
