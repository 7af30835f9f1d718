package dev.nestor.kernel.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.event.Random;
import dev.nestor.machine.Topology;
import dev.nestor.trace.Tracepoints;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The rules of kernel/sched/fair.c of 6.5, and Documentation/scheduler/sched-design-CFS.rst. */
class CfsTest {
    private static final SchedConfig CFS = new SchedConfig(1000, 700_000, 500_000, Preemption.NONE, true, false);

    private static void run(SmallScheduler machine, long ms) {
        machine.loop.runUntil(machine.clock.now() + ms * SmallScheduler.MS);
    }

    private static SmallScheduler machine(int cpus) {
        return new SmallScheduler(Topology.plain(cpus), Tracepoints.NONE, CFS);
    }

    private static double share(SmallScheduler machine, long ms, int task) {
        return 100.0 * machine.runtime(task) / (ms * 1e6);
    }

    /** Weights 1024, 335, 110 and 3121: sched_prio_to_weight. */
    @Test
    void sharesFollowTheWeights() {
        SmallScheduler machine = machine(1);
        int[] nices = {0, 5, 10, -5};
        double[] weights = {1024, 335, 110, 3121};
        int[] tasks = new int[4];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = machine.hog(0);
        }
        for (int i = 0; i < tasks.length; i++) {
            machine.sched.setNice(tasks[i], nices[i]);
        }

        run(machine, 20_000);

        for (int i = 0; i < tasks.length; i++) {
            assertThat(share(machine, 20_000, tasks[i]))
                    .isCloseTo(100 * weights[i] / (1024 + 335 + 110 + 3121), Offset.offset(0.5));
        }
        machine.scheduler.check();
    }

    /** One CPU: a latency of 6 ms is divided by three. */
    @Test
    void threeHogs_takeTurnsOf2Ms() {
        SmallScheduler machine = machine(1);
        machine.hog(0);
        machine.hog(0);
        machine.hog(0);

        run(machine, 3_000);

        assertThat((double) machine.cpus.nrSwitches(0)).isCloseTo(3_000 / 2.0, Offset.offset(60.0));
    }

    /** Ten hogs: the period is as long as everybody's least granularity of 0.75 ms, seen at ticks of 1 ms. */
    @Test
    void tenHogs_takeTurnsOfTheLeastGranularity() {
        SmallScheduler machine = machine(1);
        for (int i = 0; i < 10; i++) {
            machine.hog(0);
        }

        run(machine, 2_000);

        assertThat((double) machine.cpus.nrSwitches(0)).isCloseTo(2_000, Offset.offset(100.0));
    }

    /** A sleeper is placed half a latency before a hog and preempts it, each time. */
    @Test
    void sleeper_preemptsAHogAtOnce() {
        SmallScheduler machine = machine(1);
        machine.hog(0);
        int sleeper = machine.periodic(SmallScheduler.MS, 10 * SmallScheduler.MS, 0);

        run(machine, 2_000);

        assertThat(machine.rounds(sleeper)).isGreaterThanOrEqualTo(198);
        long delay = machine.scheduler.entities().runDelay(machine.se(sleeper)) / machine.rounds(sleeper);
        assertThat(delay).as("cycles waited each time").isLessThan(20 * SmallScheduler.US);
    }

    /** Whatever happens: counters agree, and virtual runtimes of a queue stay together. */
    @Test
    void invariantsHold_overRandomOperations() {
        long seed = Long.getLong("seed", 20_261_124);
        System.out.println("CfsTest seed " + seed);
        Random random = new Random(seed);
        SmallScheduler machine = machine(3);
        TaskGroups groups = machine.scheduler.groups();
        int[] all = new int[8];
        all[0] = groups.root();
        for (int i = 1; i < all.length; i++) {
            all[i] = groups.create(all[random.nextInt(i)]);
        }
        int[] tasks = new int[24];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = switch (random.nextInt(4)) {
                case 0 -> machine.hog();
                case 1 -> machine.yielder(SmallScheduler.MS);
                default ->
                    machine.periodic(
                            (1 + random.nextInt(5)) * SmallScheduler.MS, (6 + random.nextInt(30)) * SmallScheduler.MS);
            };
        }
        for (int i = 0; i < 2_000; i++) {
            run(machine, 1 + random.nextInt(8));
            int task = tasks[random.nextInt(tasks.length)];
            switch (random.nextInt(4)) {
                case 0 -> machine.sched.setNice(task, random.nextInt(40) - 20);
                case 1 -> groups.setShares(all[1 + random.nextInt(all.length - 1)], 2 + random.nextInt(5000));
                case 2 -> {
                    boolean isRealTime = random.nextInt(4) == 0;
                    machine.setPolicy(task, isRealTime ? 2 : 0, isRealTime ? 1 : 0);
                }
                default -> groups.move(task, all[random.nextInt(all.length)]);
            }
            machine.scheduler.check();
        }
    }
}
