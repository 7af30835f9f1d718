package dev.nestor.kernel.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.machine.Topology;
import dev.nestor.trace.Tracepoints;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Without hrtick slices last to the tick, 4 ms (shared/linux/sched); with it as long as they are asked for. */
class HrTickTest {
    private static final long NS_PER_MS = 1_000_000;

    private final SmallScheduler machine = new SmallScheduler(
            Topology.plain(1), Tracepoints.NONE, new SchedConfig(250, 700_000, 500_000, Preemption.NONE, false, true));

    @Test
    void hogs_takeTurnsOfTheBaseSlice() {
        machine.hog(0);
        machine.hog(0);
        machine.hog(0);

        machine.loop.runUntil(2_000 * SmallScheduler.MS);

        assertThat((double) machine.cpus.nrSwitches(0)).isCloseTo(2_000 / 0.7, Offset.offset(30.0));
    }

    @Test
    void loneHog_isNotInterrupted() {
        machine.hog(0);

        machine.loop.runUntil(100 * SmallScheduler.MS);

        assertThat(machine.cpus.nrSwitches(0)).isEqualTo(1);
    }

    @Test
    void deadlineTask_hasItsRuntime_andNoMore() {
        machine.hog(0);
        int deadline = machine.hog(0);
        assertThat(machine.setDeadline(deadline, 3 * NS_PER_MS, 10 * NS_PER_MS)).isZero();

        machine.loop.runUntil(1_000 * SmallScheduler.MS);

        assertThat((double) machine.runtime(deadline)).isCloseTo(300e6, Offset.offset(5e6));
    }
}
