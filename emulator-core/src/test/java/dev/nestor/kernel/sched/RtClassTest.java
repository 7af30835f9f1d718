package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.machine.Topology;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RtClassTest {
    private final SwitchLog log = new SwitchLog();
    private final SmallScheduler two = new SmallScheduler(Topology.plain(2), log);

    @AfterEach
    void queuesAndCountersAgree() {
        two.scheduler.check();
    }

    @Test
    void roundRobin_hasSlicesOf100ms() {
        int[] tasks = {two.hog(1), two.hog(1), two.hog(1)};
        for (int task : tasks) {
            two.setPolicy(task, Sched.SCHED_RR, 10);
        }
        two.loop.runUntil(3_000 * MS);
        for (int task : tasks) {
            assertThat(SwitchLog.median(log.slices(task))).isBetween(99_900 * US, 100_100 * US);
            assertThat(two.runtime(task) / 3e7).isCloseTo(33.3, within(0.5));
        }
    }

    @Test
    void fifo_keepsTheCpu_fromItsEquals_untilItYields() {
        int first = two.hog(1);
        int second = two.hog(1);
        two.setPolicy(first, Sched.SCHED_FIFO, 10);
        two.setPolicy(second, Sched.SCHED_FIFO, 10);
        two.loop.runUntil(900 * MS);
        assertThat(two.runtime(second)).isZero();
        two.sched.schedYield(first);
        two.loop.runUntil(910 * MS);
        assertThat(two.cpus.curr(1)).isEqualTo(second);
    }

    /** A deadline task that is throttled leaves its CPU to whoever waits elsewhere, as one that sleeps does. */
    @Test
    void cpuWhoseDeadlineTaskIsThrottled_pulls() {
        int deadline = two.hog();
        int high = two.hog();
        int low = two.hog();
        two.setPolicy(high, Sched.SCHED_FIFO, 20);
        two.loop.runUntil(MS);
        assertThat(two.setDeadline(deadline, 20_000_000, 200_000_000)).isZero();
        two.setPolicy(low, Sched.SCHED_FIFO, 10);
        two.loop.runUntil(2 * MS);
        long before = two.runtime(low);
        two.loop.runUntil(10 * MS);
        assertThat(two.runtime(low)).isEqualTo(before);

        two.loop.runUntil(30 * MS);

        assertThat(two.runtime(low) - before).isGreaterThan(5_000_000);
    }

    @Test
    void higherPriority_preemptsAtOnce() {
        int low = two.hog(1);
        int high = two.periodic(2 * MS, 10 * MS, 1);
        two.setPolicy(low, Sched.SCHED_FIFO, 10);
        two.setPolicy(high, Sched.SCHED_FIFO, 11);
        two.loop.runUntil(900 * MS);
        assertThat(log.latencies(high)).hasSizeGreaterThan(80);
        assertThat(log.latencies(high).stream().max(Long::compare).orElseThrow())
                .isLessThan(10 * US);
    }

    @Test
    void wakeup_goesToACpuWithoutRealTimeWork() {
        int fifo = two.hog(0);
        int free = two.periodic(2 * MS, 10 * MS);
        int fair = two.hog(1);
        two.setPolicy(fifo, Sched.SCHED_FIFO, 10);
        two.setPolicy(free, Sched.SCHED_FIFO, 5);
        two.loop.runUntil(500 * MS);
        assertThat(two.tasks.cpu(free)).isEqualTo(1);
        assertThat(two.rounds(free)).isGreaterThan(45);
        assertThat(two.runtime(fair) / 5e6).isCloseTo(80, within(1.5));
    }

    @Test
    void waitingTasks_areSpreadByPriority() {
        int[] tasks = new int[6];
        SmallScheduler four = new SmallScheduler(Topology.plain(4));
        for (int i = 0; i < 6; i++) {
            tasks[i] = four.hog();
            four.setPolicy(tasks[i], Sched.SCHED_FIFO, 10 + i);
        }
        four.loop.runUntil(100 * MS);
        for (int i = 0; i < 6; i++) {
            assertThat(four.scheduler.entities().onCpu(four.se(tasks[i])))
                    .as("priority " + (10 + i))
                    .isEqualTo(i >= 2);
        }
        four.setPolicy(tasks[5], Sched.SCHED_FIFO, 1);
        four.loop.runUntil(110 * MS);
        assertThat(four.scheduler.entities().onCpu(four.se(tasks[5]))).isFalse();
        assertThat(four.scheduler.entities().onCpu(four.se(tasks[1]))).isTrue();
        four.scheduler.check();
    }

    @Test
    void changesOfClass_keepTheCounters() {
        int a = two.hog();
        int b = two.periodic(1 * MS, 3 * MS);
        int c = two.hog();
        for (int i = 0; i < 60; i++) {
            int[] policies = {Sched.SCHED_NORMAL, Sched.SCHED_FIFO, Sched.SCHED_RR, Sched.SCHED_BATCH, Sched.SCHED_IDLE
            };
            for (int task : new int[] {a, b, c}) {
                int policy = policies[(i * 7 + task) % 5];
                two.setPolicy(task, policy, SchedPolicy.isRt(policy) ? 1 + (i * 13 + task) % 99 : 0);
                two.scheduler.check();
                two.loop.runUntil(two.clock.now() + 700 * US);
            }
        }
        two.setPolicy(a, Sched.SCHED_NORMAL, 0);
        two.setPolicy(b, Sched.SCHED_NORMAL, 0);
        two.setPolicy(c, Sched.SCHED_NORMAL, 0);
        long before = two.runtime(a);
        two.loop.runUntil(two.clock.now() + 500 * MS);
        assertThat(two.runtime(a)).isGreaterThan(before);
    }
}
