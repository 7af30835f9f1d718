package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.machine.Topology;
import dev.nestor.testsupport.Allocations;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.Test;

class SchedAllocationTest {
    private static final int OPERATIONS = 200_000;

    @Test
    void switchesWakeupsTicksAndTimers_allocateNothing() {
        SmallScheduler machine = new SmallScheduler(Topology.of(1, 2, 2, 2));
        for (int i = 0; i < 50; i++) {
            machine.periodic((i % 5 + 1) * 50L * US, (i % 3 + 1) * MS);
        }
        machine.hog();
        machine.yielder(10 * US);
        machine.yielder(10 * US);
        machine.pingPong(0, 5);
        machine.loop.runEvents(2L * OPERATIONS);
        assertThat(Allocations.leastOf(() -> machine.loop.runEvents(OPERATIONS)))
                .isZero();
    }

    @Test
    void realTimeAndDeadlineTasks_allocateNothing() {
        SmallScheduler machine = new SmallScheduler(Topology.of(1, 2, 2, 2));
        int[] tasks = new int[40];
        for (int i = 0; i < 40; i++) {
            tasks[i] = machine.periodic((i % 5 + 1) * 50L * US, (i % 3 + 1) * MS);
        }
        machine.hog();
        for (int i = 0; i < 20; i++) {
            machine.setPolicy(tasks[i], i % 2 == 0 ? Sched.SCHED_FIFO : Sched.SCHED_RR, 10 + i % 7);
            machine.setDeadline(tasks[i + 20], 400 * 1_000, 4_000 * 1_000);
        }
        machine.loop.runEvents(2L * OPERATIONS);
        assertThat(Allocations.leastOf(() -> machine.loop.runEvents(OPERATIONS)))
                .isZero();
        machine.scheduler.check();
    }
}
