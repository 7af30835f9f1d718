package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.init.KernelConfig;
import dev.nestor.machine.Topology;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The CPUs of a cpuset and those that a task asks for, as seen on Linux 6.18 with two CPUs. */
class CpusetTest {
    private static final String TOP = "/sys/fs/cgroup/cpuset";
    private static final String GROUP = TOP + "/c";
    private static final long MASK = TestMachine.PAGE + 2048;

    private final TestMachine machine = new TestMachine(new KernelConfig().topology(Topology.plain(2)));
    private final int task = machine.fork(machine.init());
    private final RecordedTasks calls = new RecordedTasks(machine, task);

    private void echo(String text, String file) {
        String answer =
                calls.run(List.of("echo \"" + text + "\" \"" + file + "\"")).getFirst();
        assertThat(answer).as(file).doesNotContain(" = -");
    }

    private long set(int mask) {
        machine.put(task, MASK, new String(new char[] {(char) mask, 0, 0, 0, 0, 0, 0}));
        return machine.call(task, Nr.NR_sched_setaffinity, 0, 8, MASK);
    }

    private int get() {
        assertThat(machine.call(task, Nr.NR_sched_getaffinity, 0, 8, MASK)).isEqualTo(8);
        return machine.intAt(task, MASK);
    }

    @Test
    void task_hasTheCpusOfItsCpusetThatItAskedFor() {
        calls.run(List.of("mkdir \"" + GROUP + "\" 0755"));
        echo("1", GROUP + "/cpuset.cpus");
        echo("0", GROUP + "/cpuset.mems");
        echo("0", GROUP + "/tasks");
        assertThat(get()).isEqualTo(0b10);
        assertThat(set(0b01)).isEqualTo(-Errno.EINVAL);
        assertThat(set(0b11)).isZero();
        assertThat(get()).isEqualTo(0b10);
        echo("0-1", GROUP + "/cpuset.cpus");
        assertThat(get()).isEqualTo(0b11);
        assertThat(set(0b01)).isZero();
        echo("1", GROUP + "/cpuset.cpus");
        assertThat(get()).as("nothing is left of what it asked for").isEqualTo(0b10);
        echo("0-1", GROUP + "/cpuset.cpus");
        assertThat(get()).as("it is remembered").isEqualTo(0b01);
        int child = machine.fork(task);
        assertThat(set(0b10)).isZero();
        echo("0", TOP + "/tasks");
        assertThat(get()).isEqualTo(0b10);
        assertThat(machine.kernel().scheduler().tasks().cpusAllowed(child, 0)).isEqualTo(0b01);
        machine.call(child, Nr.NR_exit_group, 0);
        machine.call(task, Nr.NR_wait4, -1);
        assertThat(calls.run(List.of("rmdir \"" + GROUP + "\"")).getFirst()).endsWith("= 0");
    }
}
