package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Signal.SIGCHLD;
import static dev.nestor.uapi.Signal.SIGKILL;
import static dev.nestor.uapi.Signal.SIGSTOP;
import static dev.nestor.uapi.Signal.SIGUSR1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** SIGCHLD. What is expected was seen on Linux 6.18, by C programs that did the same. */
class ParentNotifierTest {
    private final SmallMachine m = new SmallMachine();
    private final int shell = m.process(m.init);
    private final int child = m.process(shell);
    private final SigInfo info = new SigInfo();

    private boolean exit(int status) {
        m.tasks.setExitCode(child, status);
        return m.room.parents().doNotifyParent(child, SIGCHLD);
    }

    private boolean dequeue() {
        return m.room.delivery().dequeueSignal(shell, 0, info) == SIGCHLD;
    }

    @Test
    void exit_saysHowAndHowLong() {
        m.block(shell, SIGCHLD);
        m.tasks.setUtime(child, 3 * 2_000_000_000L);
        assertThat(exit(5 << 8)).isFalse();
        assertThat(dequeue()).isTrue();
        assertThat(info.code()).isEqualTo(Signal.CLD_EXITED);
        assertThat(info.status()).isEqualTo(5);
        assertThat(info.pid()).isEqualTo(m.nr(child));
        assertThat(info.utime()).as("ticks").isEqualTo(300);
        exit(SIGKILL);
        assertThat(dequeue()).isTrue();
        assertThat(info.code()).isEqualTo(Signal.CLD_KILLED);
        assertThat(info.status()).isEqualTo(SIGKILL);
        exit(6 | 0x80);
        assertThat(dequeue()).isTrue();
        assertThat(info.code()).isEqualTo(Signal.CLD_DUMPED);
        assertThat(info.status()).isEqualTo(6);
    }

    /** SIG_IGN: reaped, and no signal even when it is blocked. SA_NOCLDWAIT alone: reaped, but told. */
    @Test
    void exit_isReapedAtOnce_whenTheParentDoesNotCare() {
        m.block(shell, SIGCHLD);
        m.ignore(shell, SIGCHLD);
        assertThat(exit(0)).isTrue();
        assertThat(dequeue()).isFalse();
        m.handle(shell, SIGCHLD, 0, Signal.SA_NOCLDWAIT, 0);
        assertThat(exit(0)).isTrue();
        assertThat(dequeue()).isTrue();
    }

    @Test
    void exit_withAnotherSignal_isNeverReapedAtOnce() {
        m.ignore(shell, SIGCHLD);
        m.handle(shell, SIGUSR1);
        assertThat(m.room.parents().doNotifyParent(child, SIGUSR1)).isFalse();
        assertThat(m.room.parents().doNotifyParent(child, 0)).isFalse();
        assertThat(m.getSignal(shell)).isEqualTo(SIGUSR1);
    }

    @Test
    void exit_wakesWhoWaits() {
        int queue = m.signalStructs.waitChldexit(m.tasks.signal(shell));
        m.waitQueues.prepareToWait(queue, shell, TaskTable.TASK_INTERRUPTIBLE);
        exit(0);
        assertThat(m.tasks.state(shell)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.tasks.sigpending(shell))
                .as("SIGCHLD is ignored by default")
                .isFalse();
    }

    /** uid 1000 in a user namespace with the map "0 1000 1": 65534 for stop and continue, 1000 for the exit. */
    @Test
    void uid_isTranslatedTwice_forStops() {
        m.block(shell, SIGCHLD);
        m.setUid(child, 1000);
        int ns = m.unshareUser(child);
        m.userNamespaces.setMap(ns, UserNamespaces.UID, 0, 1000, 1);
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        assertThat(dequeue()).isTrue();
        assertThat(info.uid()).isEqualTo(65534);
        exit(0);
        assertThat(dequeue()).isTrue();
        assertThat(info.uid()).isEqualTo(1000);
    }

    /** A parent in an outer PID namespace sees its own number of the child's. */
    @Test
    void pid_isTheParentsNumberOfIt() {
        int init = m.process(shell, m.pidNamespaces.create(m.rootPidNs, m.rootUserNs, 0));
        m.block(shell, SIGCHLD);
        m.room.parents().doNotifyParent(init, SIGCHLD);
        assertThat(dequeue()).isTrue();
        assertThat(info.pid()).isEqualTo(m.pids.taskNr(init, m.rootPidNs)).isNotEqualTo(1);
    }
}
