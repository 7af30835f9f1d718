package dev.nestor.kernel.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.machine.Topology;
import dev.nestor.uapi.Sched;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Averages against their definition: a geometric series in which 32 periods of 1.024 ms are worth a half. */
class PeltTest {
    private static final double PERIOD_MS = 1.048576; // 1024 units of 1024 ns

    private static long load(SmallScheduler machine, int task) {
        return machine.scheduler.avgs().loadAvg(machine.scheduler.entities().avg(machine.se(task)));
    }

    private static long util(SmallScheduler machine, int task) {
        return machine.scheduler.avgs().utilAvg(machine.scheduler.entities().avg(machine.se(task)));
    }

    private static long queueLoad(SmallScheduler machine, int cpu) {
        return machine.scheduler.avgs().loadAvg(machine.scheduler.cfsRqs().avg(cfsRq(machine, cpu)));
    }

    private static int cfsRq(SmallScheduler machine, int cpu) {
        return machine.scheduler.rqs().cfs(machine.scheduler.rqs().cpuRq(cpu));
    }

    private static void run(SmallScheduler machine, long ms) {
        machine.loop.runUntil(machine.clock.now() + ms * SmallScheduler.MS);
    }

    @Test
    void hog_loadsByItsWeight_andUsesItsCpu() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        int hog = machine.hog(0);

        run(machine, 1000);

        assertThat(load(machine, hog)).isBetween(1022L, 1024L);
        assertThat(util(machine, hog)).isBetween(1018L, 1024L);
        assertThat(queueLoad(machine, 0)).isBetween(1022L, 1024L);
    }

    @Test
    void niceHog_loadsByItsWeight() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        machine.hog(0);
        int nice = machine.hog(0);
        machine.sched.setNice(nice, 5);

        run(machine, 1000);

        assertThat(load(machine, nice)).isBetween(333L, 335L);
        assertThat(queueLoad(machine, 0)).isBetween(1354L, 1360L);
    }

    /** Two hogs share a CPU: each is runnable all the time and has it half of the time. */
    @Test
    void twoHogs_areWhollyRunnable_andUseHalf() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        int first = machine.hog(0);
        machine.hog(0);

        run(machine, 2000);

        assertThat(load(machine, first)).isBetween(1022L, 1024L);
        assertThat((double) util(machine, first)).isCloseTo(512, Offset.offset(60.0));
    }

    /** A child inherits the class, and is fair later. */
    @Test
    void taskForkedAsRealTime_countsInFullOnceItIsFair() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(2));
        int parent = machine.hog(0);
        machine.setPolicy(parent, Sched.SCHED_FIFO, 1);
        int child = machine.hog(1);
        machine.setPolicy(child, Sched.SCHED_NORMAL, 0);

        run(machine, 2);

        assertThat(load(machine, child)).isBetween(1000L, 1024L);
    }

    /** What a new task that runs has used after so many ms: 1 - y^(t / period) of a CPU, and as much less of what it was given. */
    @Test
    void util_growsAsTheSeriesDoes() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        int hog = machine.hog(0);
        run(machine, 1);
        double start = util(machine, hog);

        run(machine, 100);

        double left = Math.pow(0.5, 100 / PERIOD_MS / 32);
        assertThat((double) util(machine, hog)).isCloseTo(1024 - (1024 - start) * left, Offset.offset(20.0));
    }

    /** Whatever tasks come, sleep and move, a queue's load is that of the entities it counts. */
    @Test
    void queue_countsItsEntities() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        SmallScheduler machine = new SmallScheduler(Topology.plain(4));
        int[] tasks = new int[24];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = random.nextInt(3) == 0
                    ? machine.hog()
                    : machine.periodic(
                            (1 + random.nextInt(5)) * SmallScheduler.MS, (6 + random.nextInt(30)) * SmallScheduler.MS);
            machine.sched.setNice(tasks[i], random.nextInt(10) - 5);
        }
        for (int round = 0; round < 50; round++) {
            run(machine, 1 + random.nextInt(40));
            for (int cpu = 0; cpu < 4; cpu++) {
                long sum = 0;
                for (int task : tasks) {
                    int se = machine.se(task);
                    boolean counts = machine.scheduler.entities().cfsRq(se) == cfsRq(machine, cpu);
                    machine.scheduler.pelt().update(machine.scheduler.entities().cfsRq(se), se);
                    sum += counts ? load(machine, task) : 0;
                }
                machine.scheduler.pelt().updateBlocked(machine.scheduler.rqs().cpuRq(cpu), cfsRq(machine, cpu));
                assertThat((double) queueLoad(machine, cpu))
                        .as("seed " + seed + ", round " + round + ", CPU " + cpu)
                        .isCloseTo((double) sum, Offset.offset(24 + 0.02 * sum));
            }
        }
    }
}
