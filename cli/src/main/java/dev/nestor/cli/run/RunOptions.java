package dev.nestor.cli.run;

import dev.nestor.cli.plugin.SchedulerChoice;
import dev.nestor.cli.replay.ReplayOptions;
import dev.nestor.init.Kernel;
import dev.nestor.machine.Topology;
import java.util.function.Consumer;

/**
 * The machine that a log runs on, and what it may ask for.
 *
 * @param hz ticks a second
 * @param tscHz cycles a second
 * @param preemption Preemption.*
 * @param hrtick whether slices end by a timer of their own
 * @param scheduler of ordinary tasks
 * @param onKernel is given the machine before anything runs on it
 * @param replay what a log may ask for in either order
 * @param maxSeconds simulated seconds after which a run is given up
 * @param maxEvents events after which it is
 */
public record RunOptions(
        Topology topology,
        int hz,
        long tscHz,
        long seed,
        int preemption,
        boolean hrtick,
        SchedulerChoice scheduler,
        Consumer<Kernel> onKernel,
        ReplayOptions replay,
        long maxSeconds,
        long maxEvents) {}
