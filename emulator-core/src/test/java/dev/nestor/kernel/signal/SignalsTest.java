package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Signal.SIGCHLD;
import static dev.nestor.uapi.Signal.SIGCONT;
import static dev.nestor.uapi.Signal.SIGKILL;
import static dev.nestor.uapi.Signal.SIGSEGV;
import static dev.nestor.uapi.Signal.SIGSTOP;
import static dev.nestor.uapi.Signal.SIGTERM;
import static dev.nestor.uapi.Signal.SIGUSR1;
import static dev.nestor.uapi.Signal.SIGUSR2;
import static dev.nestor.uapi.Signal.SI_USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

class SignalsTest {
    private final SmallMachine m = new SmallMachine();
    private final int shell = m.process(m.init);
    private final int child = m.process(shell);

    @Test
    void kill_endsAProcess_thatHasNoHandler() {
        m.tasks.setState(child, TaskTable.TASK_INTERRUPTIBLE);
        assertThat(m.kill(shell, child, SIGTERM)).isZero();
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.EXITED);
        assertThat(m.exited).isEqualTo(child);
        assertThat(m.signalStructs.groupExitCode(m.tasks.signal(child))).isEqualTo(SIGTERM);
    }

    @Test
    void kill_isDelivered_withPidAndUidOfTheSender() {
        m.handle(child, SIGUSR1);
        m.kill(shell, child, SIGUSR1);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        assertThat(m.info().code()).isEqualTo(SI_USER);
        assertThat(m.info().pid()).isEqualTo(m.nr(shell));
        assertThat(m.info().uid()).isZero();
    }

    @Test
    void legacySignals_areQueuedOnce_realTimeOnes_inOrder() {
        m.handle(child, SIGUSR1);
        m.handle(child, 34);
        m.block(child, SIGUSR1, 34);
        for (int i = 0; i < 3; i++) {
            m.kill(shell, child, SIGUSR1);
            SigInfo info = new SigInfo().set(34, Signal.SI_QUEUE);
            info.setValue(i);
            m.room.signals().doSendSigInfo(shell, 34, info, child, PidType.PIDTYPE_TGID);
        }
        m.room.wakeups().setCurrentBlocked(child, 0);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        for (int i = 0; i < 3; i++) {
            assertThat(m.getSignal(child)).isEqualTo(34);
            assertThat(m.info().value()).isEqualTo(i);
            m.room.frames().pop(child);
        }
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.NONE);
    }

    @Test
    void synchronousSignals_goFirst_thenTheLowest() {
        m.handle(child, SIGSEGV);
        m.handle(child, SIGUSR1);
        m.handle(child, SIGUSR2);
        m.kill(shell, child, SIGUSR2);
        m.kill(shell, child, SIGUSR1);
        m.kill(shell, child, SIGSEGV);
        assertThat(m.getSignal(child)).isEqualTo(SIGSEGV);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR2);
    }

    @Test
    void stop_tellsTheParent_andSigcontGoesOn() {
        m.handle(shell, SIGCHLD);
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_STOPPED);
        assertThat(m.getSignal(shell)).isEqualTo(SIGCHLD);
        assertThat(m.info().code()).isEqualTo(Signal.CLD_STOPPED);
        assertThat(m.info().status()).isEqualTo(SIGSTOP);
        m.room.frames().pop(shell);
        m.kill(shell, child, SIGCONT);
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.NONE);
        assertThat(m.getSignal(shell)).isEqualTo(SIGCHLD);
        assertThat(m.info().code()).isEqualTo(Signal.CLD_CONTINUED);
        assertThat(m.info().status()).isEqualTo(SIGCONT);
    }

    @Test
    void sigkill_endsAllThreads() {
        int thread = m.thread(child);
        m.tasks.setState(thread, TaskTable.TASK_KILLABLE);
        m.kill(shell, child, SIGKILL);
        assertThat(m.tasks.state(thread)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.getSignal(thread)).isEqualTo(SignalDelivery.EXITED);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.EXITED);
    }
}
