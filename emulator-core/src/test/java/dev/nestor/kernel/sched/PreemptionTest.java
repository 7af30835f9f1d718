package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.machine.Topology;
import dev.nestor.testsupport.Allocations;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Sched;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a task that wakes waits for a CPU whose task is in a call of 3.6 ms. */
class PreemptionTest {
    private static final long UNITS = 300; // 3.6 ms
    private static final long SECOND = 1_000 * MS;

    private final SwitchLog log = new SwitchLog();
    private SmallScheduler machine = new SmallScheduler(Topology.plain(1));

    private void boot(int model) {
        machine =
                new SmallScheduler(Topology.plain(1), log, new SchedConfig(250, 700_000, 500_000, model, false, false));
    }

    private void run() {
        long until = machine.clock.now() + 5 * SECOND;
        while (machine.clock.now() < until) {
            machine.loop.runUntil(machine.clock.now() + 13 * MS);
            machine.scheduler.check();
        }
    }

    /** Latencies, rising, of a task that wakes each 10.3 ms, of a real-time one or of a fair one. */
    private List<Long> latencies(int model, boolean isRealTime) {
        boot(model);
        int digger = machine.digger(UNITS, 0);
        int waking = machine.periodic(100 * US, 10_300 * US);
        if (isRealTime) {
            machine.setPolicy(waking, Sched.SCHED_FIFO, 50);
        }
        run();
        long spent = machine.tasks.utime(digger) + machine.tasks.stime(digger);
        spent += machine.tasks.utime(waking) + machine.tasks.stime(waking);
        assertThat((double) spent / machine.clock.now()).isCloseTo(1, within(0.005));
        double calls = machine.tasks.stime(digger) / (UNITS * 24_000.0);
        assertThat(machine.rounds(digger) / calls).as("calls are paid in full").isCloseTo(1, within(0.02));
        List<Long> all = log.latencies(waking);
        assertThat(all.size()).isGreaterThan(400);
        Collections.sort(all);
        return all;
    }

    private static long median(List<Long> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    @Test
    void none_waitsForTheEndOfTheCall() {
        List<Long> all = latencies(Preemption.NONE, true);
        assertThat(median(all)).isBetween(1_500 * US, 2_100 * US);
        assertThat(all.getLast()).isBetween(3_300 * US, 3_800 * US);
    }

    @Test
    void full_preemptsAtOnce() {
        List<Long> all = latencies(Preemption.FULL, true);
        assertThat(all.getLast()).isLessThan(10 * US);
    }

    @Test
    void voluntary_waitsForTheNextUnitOfWork() {
        List<Long> all = latencies(Preemption.VOLUNTARY, true);
        assertThat(all.getFirst()).isLessThan(8 * US);
        assertThat(median(all)).isBetween(6 * US, 16 * US);
        assertThat(all.getLast()).isBetween(12 * US, 30 * US);
    }

    @Test
    void lazy_isFullForRealTimeTasks() {
        assertThat(latencies(Preemption.LAZY, true).getLast()).isLessThan(10 * US);
    }

    @Test
    void full_preemptsForFairTasksToo() {
        List<Long> all = latencies(Preemption.FULL, false);
        assertThat(median(all)).isLessThan(10 * US);
    }

    /** A fair task gets the CPU at the end of the call, or at the second tick: the first makes its request urgent. */
    @Test
    void lazy_isNoneForFairTasks_butForTheTick() {
        List<Long> all = latencies(Preemption.LAZY, false);
        assertThat(median(all)).isBetween(500 * US, 2_200 * US);
        assertThat(all.getLast()).isLessThan(4_100 * US);
        long longestCall = 20 * MS;
        boot(Preemption.LAZY);
        machine.digger(longestCall / 24_000, 0);
        int waking = machine.periodic(100 * US, 10_300 * US);
        run();
        Collections.sort(log.latencies(waking));
        assertThat(log.latencies(waking).getLast()).isBetween(3_900 * US, 4_100 * US);
    }

    @ParameterizedTest
    @ValueSource(ints = {Preemption.NONE, Preemption.VOLUNTARY, Preemption.FULL, Preemption.LAZY})
    void aCallThatWakesAMoreUrgentTask_givesWayInItsMiddle_orAtItsEnd(int model) {
        boot(model);
        int digger = machine.digger(UNITS, 0);
        int sleeper = machine.sleeper();
        machine.setPolicy(sleeper, Sched.SCHED_FIFO, 50);
        machine.wakes(digger, sleeper);
        run();
        long median = SwitchLog.median(log.latencies(sleeper));
        if (model == Preemption.NONE) {
            assertThat(median).isBetween(3_500 * US, 3_800 * US);
        } else {
            assertThat(median).isLessThan(model == Preemption.VOLUNTARY ? 14 * US : 3 * US);
        }
    }

    /** The task is about to sleep, and may be woken before it does. */
    @ParameterizedTest
    @ValueSource(ints = {Preemption.VOLUNTARY, Preemption.FULL, Preemption.LAZY})
    void aTaskThatIsPreemptedOnItsWayToSleep_sleepsAndWakesAsAnyOther(int model) {
        boot(model);
        int digger = machine.digger(UNITS, 5 * MS);
        int hasty = machine.digger(UNITS / 3, MS);
        machine.sched.setNice(hasty, 10);
        int waking = machine.periodic(100 * US, 1_030 * US);
        machine.setPolicy(waking, Sched.SCHED_FIFO, 50);
        run();
        assertThat(machine.rounds(digger)).isBetween(990L, 1_001L);
        assertThat(machine.rounds(hasty)).isPositive();
        assertThat(log.latencies(waking).stream().max(Long::compare).orElseThrow())
                .isLessThan(30 * US);
        assertThat(log.preempted(digger)).isGreaterThan(1_000);
    }

    @Test
    void preemption_allocatesNothing() {
        machine = new SmallScheduler(
                Topology.of(1, 2, 2, 2),
                Tracepoints.NONE,
                new SchedConfig(250, 700_000, 500_000, Preemption.VOLUNTARY, false, false));
        for (int i = 0; i < 30; i++) {
            int task = machine.periodic((i % 5 + 1) * 20L * US, (i % 3 + 1) * MS);
            machine.setPolicy(task, Sched.SCHED_FIFO, 10 + i);
            machine.digger(i + 1, i % 2 == 0 ? 0 : 3 * MS);
        }
        machine.loop.runEvents(200_000);
        assertThat(Allocations.leastOf(() -> machine.loop.runEvents(200_000))).isZero();
        machine.scheduler.check();
    }
}
