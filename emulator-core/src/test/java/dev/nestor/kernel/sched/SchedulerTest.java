package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.machine.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known of the reference machine: shared/linux/README.md, sched/summary.json. */
class SchedulerTest {
    private static final long SECONDS_5 = 5_000 * MS;

    private final SwitchLog log = new SwitchLog();
    private final SmallScheduler two = new SmallScheduler(Topology.plain(2), log);

    @Test
    void hogs_haveSlicesOfOneTick_andEqualShares() {
        int[] hogs = {two.hog(1), two.hog(1), two.hog(1)};
        two.loop.runUntil(SECONDS_5);
        for (int hog : hogs) {
            assertThat(SwitchLog.median(log.slices(hog))).isBetween(3_990 * US, 4_010 * US);
            assertThat(two.runtime(hog) / 5e7).isCloseTo(33.3, within(0.3));
            assertThat(two.tasks.nvcsw(hog)).isZero();
        }
    }

    @Test
    void shares_followTheWeights() {
        int[] nices = {0, 5, 10, -5};
        long[] weights = {1024, 335, 110, 3121};
        int[] hogs = new int[4];
        for (int i = 0; i < 4; i++) {
            hogs[i] = two.hog(1);
            two.sched.setNice(hogs[i], nices[i]);
        }
        two.loop.runUntil(4 * SECONDS_5);
        for (int i = 0; i < 4; i++) {
            assertThat(two.runtime(hogs[i]) / 2e8).isCloseTo(weights[i] / 45.90, within(0.3));
        }
        assertThat(log.slices(hogs[3]).stream().max(Long::compare).orElseThrow())
                .isBetween(8 * MS, 17 * MS);
    }

    @Test
    void twoHogsOnTwoCpus_neverMigrate() {
        int a = two.hog();
        int b = two.hog();
        two.loop.runUntil(SECONDS_5);
        assertThat(two.tasks.cpu(a)).isNotEqualTo(two.tasks.cpu(b));
        assertThat(log.migrations()).isZero();
        assertThat(two.runtime(a) + two.runtime(b)).isGreaterThan(9_990_000_000L);
    }

    @Test
    void periodicTask_preemptsAHog_whenItWakes() {
        int hog = two.hog(1);
        int periodic = two.periodic(2 * MS, 10 * MS, 1);
        two.loop.runUntil(SECONDS_5);
        List<Long> latencies = log.latencies(periodic);
        assertThat(latencies.size()).isBetween(495, 500);
        assertThat(SwitchLog.median(latencies)).isLessThan(10 * US);
        assertThat(two.runtime(hog) / 5e7).isCloseTo(79.8, within(0.5));
        assertThat(two.runtime(periodic) / 5e7).isCloseTo(20.1, within(0.5));
        System.out.println("periodic preempted " + log.preempted(periodic) + " of 271 on Linux; hog switches "
                + log.slices(hog).size() + " of 795");
    }

    @Test
    void sleepers_leaveAnIdleCpu_withoutATick() {
        two.periodic(1 * MS, 100 * MS, 0);
        two.loop.runUntil(SECONDS_5);
        assertThat(two.cpus.busyCycles(0)).isBetween(50 * MS, 60 * MS);
        assertThat(two.cpus.busyCycles(1)).isZero();
        assertThat(two.loop.fired()).isLessThan(1_000);
    }

    @Test
    void yield_returnsAfterAWholeRound() {
        int a = two.yielder(1, 1);
        int b = two.yielder(1, 1);
        int c = two.yielder(1, 1);
        two.loop.runUntil(100 * MS);
        assertThat(two.rounds(a)).isCloseTo(two.rounds(b), within(3L));
        assertThat(two.rounds(a)).isCloseTo(two.rounds(c), within(3L));
        long cycles = 100 * MS / two.rounds(a) / 3;
        assertThat(cycles).as("Linux: 1 800 to 2 130 a switch").isBetween(1_700L, 2_150L);
    }

    @Test
    void pingPong_costsWhatItCostsOnLinux() {
        two.pingPong(1, 1);
        two.loop.runUntil(200 * MS);
        long sameCpu = 400 * MS / log.switches();
        SwitchLog acrossLog = new SwitchLog();
        SmallScheduler across = new SmallScheduler(Topology.plain(2), acrossLog);
        across.pingPong(0, 1);
        across.loop.runUntil(200 * MS);
        long twoCpus = 400 * MS / (acrossLog.switches() / 2);
        System.out.println("round trip on one CPU " + sameCpu + ", across " + twoCpus);
        assertThat(sameCpu).isBetween(4_000L, 6_500L);
        assertThat(twoCpus).isBetween(20_000L, 30_000L);
    }

    @Test
    void fork_goesToTheIdleCpu_andNewIdlePullsWhenOneDies() {
        int a = two.mortal(20 * MS);
        int b = two.hog();
        int c = two.hog();
        two.loop.runUntil(10 * MS);
        assertThat(two.tasks.cpu(a)).isNotEqualTo(two.tasks.cpu(b));
        two.loop.runUntil(200 * MS);
        assertThat(two.tasks.isLive(a)).isFalse();
        assertThat(two.tasks.cpu(b)).isNotEqualTo(two.tasks.cpu(c));
    }

    @Test
    void affinity_movesARunningTask_andAWaitingOne() {
        int a = two.hog(0);
        int b = two.hog(0);
        two.loop.runUntil(50 * MS);
        two.sched.setCpusAllowed(a, new long[] {2});
        two.loop.runUntil(100 * MS);
        assertThat(two.tasks.cpu(a)).isEqualTo(1);
        assertThat(two.tasks.cpu(b)).isZero();
        assertThat(two.sched.setCpusAllowed(a, new long[] {4})).isFalse();
    }

    @Test
    void idlePolicy_givesWay() {
        int other = two.hog(1);
        int idle = two.hog(1);
        two.setPolicy(idle, dev.nestor.uapi.Sched.SCHED_IDLE, 0);
        two.loop.runUntil(SECONDS_5);
        assertThat(two.runtime(other) / 5e7).isGreaterThan(99);
        assertThat(two.runtime(idle) / 5e7).isBetween(0.0, 1.0);
    }

    @Test
    void run_isTheSame_twice() {
        assertThat(mixture()).isEqualTo(mixture());
    }

    private static long mixture() {
        SmallScheduler machine = new SmallScheduler(Topology.of(2, 2, 2, 2));
        for (int i = 0; i < 60; i++) {
            int task = i % 4 == 0 ? machine.hog() : machine.periodic((i % 7 + 1) * 100L * US, (i % 5 + 2) * MS);
            machine.sched.setNice(task, i % 9 - 4);
        }
        machine.loop.runUntil(1_000 * MS);
        return machine.digest();
    }
}
