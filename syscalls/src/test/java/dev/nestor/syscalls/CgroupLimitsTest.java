package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.init.KernelConfig;
import dev.nestor.init.KernelInvariants;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Limits that bite and tasks that stop. What the pids files say is what those of a hierarchy of version 1 said on Linux 6.18,
 * which count alike; this machine has none, so that the controller is in the default hierarchy.
 */
class CgroupLimitsTest {
    private static final String TOP = "/sys/fs/cgroup/unified";
    private static final String P = TOP + "/p";

    private final TestMachine machine = new TestMachine(new KernelConfig().programCgroups("0::/"));
    private final int init = machine.init();
    private final RecordedTasks calls = new RecordedTasks(machine, init);

    private String run(String line) {
        String answered = calls.run(List.of(line)).getFirst();
        return answered.substring(line.length() + 3);
    }

    private String echo(String text, String file) {
        return run("echo \"" + text + "\" \"" + file + "\"");
    }

    private String cat(String file) {
        return run("cat \"" + file + "\"");
    }

    private String pids() {
        return cat(P + "/pids.max")
                + cat(P + "/pids.current")
                + cat(P + "/pids.peak")
                + cat(P + "/pids.events")
                + cat(P + "/in/pids.current")
                + cat(P + "/in/pids.peak")
                + cat(P + "/in/pids.events");
    }

    private static String quoted(String... values) {
        StringBuilder text = new StringBuilder();
        for (String value : values) {
            text.append('"').append(value).append("\\n\"");
        }
        return text.toString();
    }

    private void makePids() {
        assertThat(echo("+pids", TOP + "/cgroup.subtree_control")).isEqualTo("5");
        run("mkdir \"" + P + "\" 0755");
        run("mkdir \"" + P + "/in\" 0755");
        assertThat(echo("threaded", P + "/in/cgroup.type")).isEqualTo("8");
        assertThat(echo("+pids", P + "/cgroup.subtree_control")).isEqualTo("5");
    }

    private void remove(int task) {
        machine.call(task, Nr.NR_exit_group, 0);
        run("rmdir \"" + P + "/in\"");
        run("rmdir \"" + P + "\"");
        echo("-pids", TOP + "/cgroup.subtree_control");
        KernelInvariants.check(machine.kernel());
    }

    private long kill(int task, int victim, int sig) {
        int ns = machine.kernel().pids().activeNs(task);
        return machine.call(task, Nr.NR_kill, machine.kernel().pids().taskNr(victim, ns), sig);
    }

    @Test
    void pidsMax_takesWhatLinuxTakes() {
        makePids();
        assertThat(pids()).isEqualTo(quoted("max", "0", "0", "max 0", "0", "0", "max 0"));
        assertThat(echo("x", P + "/pids.max")).isEqualTo("-EINVAL");
        assertThat(echo("-1", P + "/pids.max")).isEqualTo("-EINVAL");
        assertThat(echo("4194304", P + "/pids.max")).isEqualTo("7");
        assertThat(echo("4194305", P + "/pids.max")).isEqualTo("-EINVAL");
        assertThat(echo("0", P + "/pids.max")).isEqualTo("1");
        assertThat(echo(" 2\\n", P + "/pids.max")).isEqualTo("3");
        assertThat(echo("2 3", P + "/pids.max")).isEqualTo("-EINVAL");
        assertThat(echo("0x3", P + "/pids.max")).isEqualTo("3");
        assertThat(cat(P + "/pids.max")).isEqualTo(quoted("3"));
        remove(machine.fork(init));
    }

    @Test
    void fork_failsWithEAGAIN_overPidsMax() {
        makePids();
        int task = machine.fork(init);
        int nr = machine.kernel().pids().taskNr(task, machine.kernel().pids().activeNs(init));
        echo("2", P + "/pids.max");
        assertThat(echo(String.valueOf(nr), P + "/cgroup.procs"))
                .startsWith(String.valueOf(nr).length() + "");
        assertThat(pids()).isEqualTo(quoted("2", "1", "1", "max 0", "0", "0", "max 0"));
        int first = machine.fork(task);
        assertThat(first).isPositive();
        assertThat(machine.fork(task)).isEqualTo(-Errno.EAGAIN);
        assertThat(pids()).isEqualTo(quoted("2", "2", "2", "max 1", "0", "0", "max 0"));
        assertThat(machine.fork(task)).isEqualTo(-Errno.EAGAIN);
        assertThat(kill(task, first, Signal.SIGKILL)).isZero();
        assertThat(machine.fork(task)).as("zombies count").isEqualTo(-Errno.EAGAIN);
        assertThat(machine.call(task, Nr.NR_wait4, -1, 0, 0, 0)).isPositive();
        assertThat(pids()).isEqualTo(quoted("2", "1", "2", "max 3", "0", "0", "max 0"));
        int second = machine.fork(task);
        assertThat(second).isPositive();
        int secondNr =
                machine.kernel().pids().taskNr(second, machine.kernel().pids().activeNs(init));
        echo("1", P + "/pids.max");
        assertThat(echo(String.valueOf(secondNr), P + "/in/cgroup.procs")).doesNotStartWith("-");
        assertThat(pids()).isEqualTo(quoted("1", "2", "3", "max 3", "1", "1", "max 0"));
        assertThat(echo(String.valueOf(secondNr), P + "/cgroup.procs")).doesNotStartWith("-");
        assertThat(pids()).isEqualTo(quoted("1", "2", "3", "max 3", "0", "1", "max 0"));
        remove(killAll(task, second));
    }

    private int killAll(int task, int child) {
        kill(task, child, Signal.SIGKILL);
        machine.call(task, Nr.NR_wait4, -1, 0, 0, 0);
        return task;
    }

    @Test
    void aHandler_runsOnceItsTaskIsThawed() {
        run("mkdir \"" + P + "\" 0755");
        int task = machine.fork(init);
        int nr = machine.kernel().pids().taskNr(task, machine.kernel().pids().activeNs(init));
        int mm = machine.kernel().tasks().mm(task);
        byte[] action = new byte[32];
        Bytes.putLong(action, 0, 0x4000);
        machine.kernel().userMemory().copyToUser(mm, TestMachine.PAGE, action, 0, action.length);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, Signal.SIGUSR1, TestMachine.PAGE, 0, 8))
                .isZero();
        echo(String.valueOf(nr), P + "/cgroup.procs");
        echo("1", P + "/cgroup.freeze");

        assertThat(kill(init, task, Signal.SIGUSR1)).isZero();
        assertThat(machine.kernel().signals().delivery().isPending(task, Signal.SIGUSR1))
                .isTrue();
        echo("0", P + "/cgroup.freeze");

        assertThat(machine.kernel().signals().delivery().isPending(task, Signal.SIGUSR1))
                .isFalse();
        machine.call(task, Nr.NR_exit_group, 0);
        run("rmdir \"" + P + "\"");
    }

    @Test
    void aFrozenTask_takesNothing_untilItIsThawed_orKilled() {
        run("mkdir \"" + P + "\" 0755");
        int task = machine.fork(init);
        int nr = machine.kernel().pids().taskNr(task, machine.kernel().pids().activeNs(init));
        assertThat(machine.call(task, Nr.NR_pipe, TestMachine.PAGE)).isZero();
        long readEnd = machine.intAt(task, TestMachine.PAGE);
        assertThat(machine.call(task, Nr.NR_read, readEnd, TestMachine.PAGE, 1)).isEqualTo(Syscalls.BLOCKED);
        echo(String.valueOf(nr), P + "/cgroup.procs");

        echo("1", P + "/cgroup.freeze");
        assertThat(cat(P + "/cgroup.events")).isEqualTo("\"populated 1\\nfrozen 1\\n\"");
        assertThat(machine.resultOf(task)).as("the wait is over").isNegative();
        assertThat(machine.kernel().tasks().state(task)).isEqualTo(TaskTable.TASK_INTERRUPTIBLE);
        assertThat(kill(init, task, Signal.SIGWINCH)).isZero();
        assertThat(machine.kernel().tasks().frozen(task))
                .as("a signal that does not kill")
                .isTrue();
        assertThat(kill(init, task, Signal.SIGTERM)).isZero();
        assertThat(machine.kernel().tasks().isLive(task)).as("one that does").isFalse();
        assertThat(cat(P + "/cgroup.events")).isEqualTo("\"populated 0\\nfrozen 1\\n\"");
        echo("0", P + "/cgroup.freeze");
        run("rmdir \"" + P + "\"");
        KernelInvariants.check(machine.kernel());
    }
}
