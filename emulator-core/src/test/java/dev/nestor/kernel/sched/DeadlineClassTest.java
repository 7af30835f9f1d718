package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.machine.Topology;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineClassTest {
    private final SwitchLog log = new SwitchLog();
    private final SmallScheduler one = new SmallScheduler(Topology.plain(1), log);

    @AfterEach
    void queuesAndCountersAgree() {
        one.scheduler.check();
    }

    private static int set(SmallScheduler machine, int task, long runtimeMs, long periodMs) {
        return machine.setDeadline(task, runtimeMs * 1_000_000, periodMs * 1_000_000);
    }

    @Test
    void overrun_lastsToTheTick_andIsPaidLater() {
        int hog = one.hog();
        int deadline = one.hog();
        assertThat(set(one, deadline, 10, 100)).isZero();
        one.loop.runUntil(5_000 * MS);
        assertThat(one.runtime(deadline) / 5e7).isCloseTo(10, within(0.3));
        assertThat(one.runtime(hog) / 5e7).isCloseTo(90, within(0.3));
        for (long slice : log.slices(deadline)) {
            assertThat(slice).isLessThan(14_100 * US);
        }
    }

    @Test
    void earliestDeadline_runsFirst_andAllAreMet() {
        one.hog();
        int[] tasks = new int[3];
        long[] periods = {10, 20, 40};
        for (int i = 0; i < 3; i++) {
            tasks[i] = one.periodic(periods[i] * MS / 5, periods[i] * MS);
            assertThat(set(one, tasks[i], periods[i] / 4, periods[i])).isZero();
        }
        one.loop.runUntil(4_000 * MS);
        for (int i = 0; i < 3; i++) {
            assertThat(one.rounds(tasks[i])).isGreaterThanOrEqualTo(4_000 / periods[i] - 2);
        }
        List<Long> waits = log.latencies(tasks[0]);
        assertThat(waits.stream().max(Long::compare).orElseThrow()).isLessThan(100 * US);
    }

    @Test
    void admission_leavesFivePercent_andTheServersFive() {
        SmallScheduler two = new SmallScheduler(Topology.plain(2));
        int last = two.hog();
        int pinned = two.hog(1);
        for (int i = 0; i < 18; i++) {
            assertThat(set(two, two.hog(), 10, 100)).as("task " + i).isZero();
        }
        assertThat(set(two, last, 10, 100)).isEqualTo(-Errno.EBUSY);
        assertThat(set(two, pinned, 1, 1000)).isEqualTo(-Errno.EPERM);
        two.loop.runUntil(500 * MS);
        two.scheduler.check();
        long total = two.runtime(last);
        assertThat(total / 5e6).isBetween(1.0, 30.0);
    }

    @Test
    void yield_waitsForTheNextPeriod() {
        one.hog();
        int yielder = one.yielder(MS);
        set(one, yielder, 20, 100);
        one.loop.runUntil(1_050 * MS);
        assertThat(one.rounds(yielder)).isBetween(10L, 12L);
    }

    @Test
    void deadlineTasks_areSpread() {
        SmallScheduler four = new SmallScheduler(Topology.plain(4));
        int[] tasks = new int[4];
        four.hog();
        for (int i = 0; i < 4; i++) {
            tasks[i] = four.hog();
            four.hog();
            assertThat(set(four, tasks[i], 80, 100)).isZero();
        }
        four.loop.runUntil(2_000 * MS);
        four.scheduler.check();
        for (int task : tasks) {
            assertThat(four.runtime(task) / 2e7).isCloseTo(80, within(2.0));
        }
    }

    @Test
    void fairTasks_haveABurst_950msAfterTheLast() {
        int fair = one.hog();
        int fifo = one.hog();
        one.setPolicy(fifo, Sched.SCHED_FIFO, 50);
        one.loop.runUntil(4_200 * MS);
        List<Long> bursts = log.slices(fair);
        assertThat(bursts).hasSizeBetween(4, 5);
        for (long burst : bursts.subList(0, 4)) {
            assertThat(burst).as("Linux: 51.7 to 54.0 ms").isBetween(49_900 * US, 54_100 * US);
        }
        List<Long> between = log.slices(fifo);
        assertThat(between.get(1)).as("Linux: 950.0 ms").isBetween(949_900 * US, 950_100 * US);
    }

    @Test
    void changesOfClass_keepTheCounters() {
        SmallScheduler two = new SmallScheduler(Topology.plain(2));
        int[] tasks = {two.hog(), two.periodic(MS, 3 * MS), two.hog(), two.mortal(60 * MS), two.hog()};
        for (int i = 0; i < 90; i++) {
            for (int task : tasks) {
                if (!two.tasks.isLive(task)) {
                    continue;
                }
                switch ((i * 7 + task) % 4) {
                    case 0 -> two.setPolicy(task, Sched.SCHED_NORMAL, 0);
                    case 1 -> two.setPolicy(task, Sched.SCHED_RR, 1 + (i * 13 + task) % 99);
                    default -> set(two, task, 1 + i % 3, 5 + i % 5);
                }
                two.scheduler.check();
                two.loop.runUntil(two.clock.now() + 700 * US);
                two.scheduler.check();
            }
        }
        assertThat(two.tasks.isLive(tasks[3])).isFalse();
    }
}
