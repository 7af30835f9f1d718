package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.init.Census;
import dev.nestor.init.KernelConfig;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.Test;

/**
 * Whatever a task does meets a limit with its errno, and nothing stays of it: the checks after each test find what is left.
 * The errnos were seen on Linux 6.18.
 */
class HostileTaskTest {
    private static final int MILLION = 1_000_000;
    private static final int PID_MAX = 32_768;
    private static final long PAGE = TestMachine.PAGE;
    private static final long CALLS = Sched.CLONE_NEWUTS | Sched.CLONE_NEWIPC | Sched.CLONE_NEWNET | Sched.CLONE_NEWNS;

    private final TestMachine machine = new TestMachine(new KernelConfig().pidMax(PID_MAX));

    @Test
    void millionClones_endAtPidMax() {
        int born = 0;
        for (int i = 0; i < MILLION; i++) {
            long nr = machine.call(machine.init(), Nr.NR_clone, 17);
            born += nr > 0 ? 1 : 0;
            if (nr <= 0) {
                assertThat(nr).isEqualTo(-Errno.EAGAIN);
            }
        }
        assertThat(born).isBetween(PID_MAX - 310, PID_MAX); // the first 300 numbers are given out once only
    }

    @Test
    void millionNamespaces_oneAfterTheOther_takeNoRoom() {
        int task = machine.fork(machine.init());
        for (int i = 0; i < MILLION / 10; i++) {
            assertThat(machine.call(task, Nr.NR_unshare, CALLS)).isZero();
        }
    }

    @Test
    void pidNamespaces_areNested32Deep() {
        int task = machine.init();
        for (int level = 1; level <= 32; level++) {
            task = machine.newPidNs(task);
        }
        assertThat(machine.call(task, Nr.NR_clone, Sched.CLONE_NEWPID | 17)).isEqualTo(-Errno.ENOSPC);
        assertThat(machine.call(task, Nr.NR_unshare, Sched.CLONE_NEWPID)).isEqualTo(-Errno.ENOSPC);
    }

    @Test
    void userNamespaces_areNested33Deep() {
        int task = machine.init();
        for (int level = 1; level <= 33; level++) {
            task = machine.clone(task, Sched.CLONE_NEWUSER);
            map(task, "uid_map");
            map(task, "gid_map");
        }
        assertThat(machine.call(task, Nr.NR_unshare, Sched.CLONE_NEWUSER)).isEqualTo(-Errno.ENOSPC);
    }

    /** What the first task calls another. */
    private int number(int task) {
        return machine.kernel().pids().taskNr(task, machine.kernel().pids().activeNs(machine.init()));
    }

    /** From outside, where all ids are mapped. */
    private void map(int task, String name) {
        int nr = number(task);
        long path = machine.put(machine.init(), PAGE, "/proc/" + nr + "/" + name);
        long fd = machine.call(machine.init(), Nr.NR_open, path, Fcntl.O_WRONLY);
        long text = machine.put(machine.init(), PAGE + 1024, "0 0 4294967295");
        assertThat(machine.call(machine.init(), Nr.NR_write, fd, text, 14)).isEqualTo(14);
        machine.call(machine.init(), Nr.NR_close, fd);
    }

    /** Each holds a descriptor of a namespace that is held by a task that holds one of the other's. */
    @Test
    void namespacesHeldInACircle_dieWithTheirHolders() {
        Census before = Census.of(machine.kernel());
        int one = machine.clone(machine.init(), CALLS);
        int other = machine.clone(machine.init(), CALLS);
        hold(one, other);
        hold(other, one);
        hold(one, one);
        machine.call(one, Nr.NR_exit_group, 0);
        machine.call(other, Nr.NR_exit_group, 0);
        before.checkNothingLeft(machine.kernel());
    }

    private void hold(int task, int owner) {
        int nr = number(owner);
        for (String kind : new String[] {"uts", "ipc", "net", "mnt"}) {
            long path = machine.put(task, PAGE, "/proc/" + nr + "/ns/" + kind);
            assertThat(machine.call(task, Nr.NR_open, path, Fcntl.O_RDONLY)).isNotNegative();
        }
    }

    @Test
    void messageQueues_endAtMsgmni() {
        int task = machine.clone(machine.init(), Sched.CLONE_NEWIPC);
        int made = 0;
        long result = 0;
        while (result >= 0 && made <= Ipc.MSGMNI) {
            result = machine.call(task, Nr.NR_msgget, Ipc.IPC_PRIVATE, 0600);
            made += result >= 0 ? 1 : 0;
        }
        assertThat(result).isEqualTo(-Errno.ENOSPC);
        assertThat(made).isEqualTo(Ipc.MSGMNI);
    }

    @Test
    void semaphores_endAtSemmni() {
        int task = machine.clone(machine.init(), Sched.CLONE_NEWIPC);
        long result = 0;
        int made = 0;
        while (result >= 0 && made <= Ipc.SEMMNI) {
            result = machine.call(task, Nr.NR_semget, Ipc.IPC_PRIVATE, 2, 0600);
            made += result >= 0 ? 1 : 0;
        }
        assertThat(result).isEqualTo(-Errno.ENOSPC);
        assertThat(made).isEqualTo(Ipc.SEMMNI);
        assertThat(machine.call(task, Nr.NR_semget, Ipc.IPC_PRIVATE, Ipc.SEMMSL + 1, 0600))
                .isEqualTo(-Errno.EINVAL);
    }

    @Test
    void posixQueues_endAtTheLimitOnTheirBytes() {
        int task = machine.clone(machine.init(), Sched.CLONE_NEWIPC);
        long result = 0;
        int made = 0;
        while (result >= 0 && made <= 300) {
            long name = machine.put(task, PAGE, "q" + made);
            result = machine.call(task, Nr.NR_mq_open, name, Fcntl.O_CREAT | Fcntl.O_RDWR, 0600, 0);
            made += result >= 0 ? 1 : 0;
            machine.call(task, Nr.NR_close, Math.max(0, result));
        }
        assertThat(result).isEqualTo(-Errno.EMFILE);
        assertThat(made).isEqualTo(9);
    }
}
