package dev.nestor.kernel.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Topology;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.Test;

class SchedTasksTest {
    private final SmallScheduler machine = new SmallScheduler(Topology.plain(4));
    private final int parent = machine.tasks.alloc();
    private final int child = machine.tasks.alloc();

    @Test
    void fork_inheritsPolicyNiceAndCpus() {
        machine.sched.init(parent);
        machine.sched.setNice(parent, 7);
        machine.setPolicy(parent, Sched.SCHED_BATCH, 0);
        machine.sched.setCpusAllowed(parent, new long[] {0b0110});
        assertThat(machine.sched.fork(parent, child)).isTrue();
        assertThat(machine.tasks.state(child)).isEqualTo(TaskTable.TASK_NEW);
        assertThat(machine.sched.nice(child)).isEqualTo(7);
        assertThat(machine.tasks.policy(child)).isEqualTo(Sched.SCHED_BATCH);
        assertThat(machine.sched.cpusAllowed(child, 0)).isEqualTo(0b0110);
        assertThat(machine.scheduler.entities().weight(machine.se(child))).isEqualTo(215 << 10);
        machine.wakeups.wakeUpNewTask(child);
        assertThat(machine.tasks.cpu(child)).isBetween(1, 2);
    }

    @Test
    void release_freesTheEntity() {
        machine.sched.init(parent);
        machine.sched.fork(parent, child);
        machine.sched.release(child);
        assertThat(machine.tasks.se(child)).isZero();
        assertThat(machine.scheduler.entities().size()).isEqualTo(1);
        machine.tasks.free(child);
    }

    @Test
    void cpusAllowed_areThoseThatExist() {
        machine.sched.init(parent);
        assertThat(machine.sched.cpusAllowed(parent, 0)).isEqualTo(0b1111);
        assertThat(machine.sched.setCpusAllowed(parent, new long[] {0xf0})).isFalse();
        assertThat(machine.sched.setCpusAllowed(parent, new long[] {0xf8})).isTrue();
        assertThat(machine.sched.cpusAllowed(parent, 0)).isEqualTo(0b1000);
    }
}
