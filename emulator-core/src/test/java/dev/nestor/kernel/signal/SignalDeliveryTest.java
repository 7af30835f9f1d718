package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Signal.SIGCHLD;
import static dev.nestor.uapi.Signal.SIGCONT;
import static dev.nestor.uapi.Signal.SIGHUP;
import static dev.nestor.uapi.Signal.SIGKILL;
import static dev.nestor.uapi.Signal.SIGSTOP;
import static dev.nestor.uapi.Signal.SIGTERM;
import static dev.nestor.uapi.Signal.SIGTSTP;
import static dev.nestor.uapi.Signal.SIGUSR1;
import static dev.nestor.uapi.Signal.SIGUSR2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** Handlers, masks and job control. What is expected was seen on Linux 6.18, by C programs that did the same. */
class SignalDeliveryTest {
    private final SmallMachine m = new SmallMachine();
    private final int shell = m.process(m.init);
    private final int child = m.process(shell);

    @Test
    void handler_runsWithItsMask_andSigreturnBringsBackTheOld() {
        m.handle(child, SIGUSR1, 0x401000, 0, SigSets.mask(SIGHUP));
        m.kill(shell, child, SIGUSR1);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        assertThat(m.ksignal.action().handler()).isEqualTo(0x401000);
        assertThat(m.tasks.blocked(child)).isEqualTo(SigSets.mask(SIGUSR1) | SigSets.mask(SIGHUP));
        m.room.frames().pop(child);
        assertThat(m.tasks.blocked(child)).isZero();
    }

    @Test
    void nodefer_leavesItUnblocked_resethand_forgetsTheHandler_butNotTheFlags() {
        long flags = Signal.SA_NODEFER | Signal.SA_RESETHAND;
        m.handle(child, SIGUSR1, 0x401000, flags, SigSets.mask(3));
        m.kill(shell, child, SIGUSR1);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        assertThat(m.tasks.blocked(child)).isEqualTo(SigSets.mask(3));
        assertThat(m.room.sighands().handler(child, SIGUSR1)).isZero();
        assertThat(m.room.sighands().saFlags(child, SIGUSR1)).isEqualTo(flags);
    }

    /** Blocked USR1|USR2, USR1 pending, sigsuspend(QUIT), handler with HUP: 0x205 in it, 0xa00 after it. */
    @Test
    void sigsuspendsMask_isRestored_afterTheHandler() {
        m.handle(child, SIGUSR1, 0x401000, 0, SigSets.mask(SIGHUP));
        m.block(child, SIGUSR1, SIGUSR2);
        m.kill(shell, child, SIGUSR1);
        m.room.wakeups().setUserSigmask(child, SigSets.mask(3));
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        assertThat(m.tasks.blocked(child)).isEqualTo(0x205);
        m.room.frames().pop(child);
        assertThat(m.tasks.blocked(child)).isEqualTo(0xa00);
    }

    @Test
    void sigsuspendsMask_isRestored_withoutAHandlerToo() {
        m.block(child, SIGUSR1);
        m.room.wakeups().setUserSigmask(child, 0);
        m.tasks.setSigpending(child, true);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.NONE);
        assertThat(m.tasks.blocked(child)).isEqualTo(SigSets.mask(SIGUSR1));
    }

    /** rt_sigreturn of a handler with SA_RESTART that came into read: rax is read's number; without: -EINTR. */
    @Test
    void frame_keepsCallAndArguments_thatAreMadeAgain() {
        m.handle(child, SIGUSR1, 0x401000, Signal.SA_RESTART, 0);
        m.tasks.setSyscallNr(child, Nr.NR_wait4);
        m.tasks.setArgs(child, 0, 77);
        m.kill(shell, child, SIGUSR1);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        m.room.frames().saveInterrupted(child, -512, m.ksignal.action().flags());
        m.tasks.setArgs(child, 0, 1);
        assertThat(m.room.frames().nrToRestart(child)).isEqualTo(61);
        assertThat(m.room.frames().pop(child)).isEqualTo(61);
        assertThat(m.tasks.args(child, 0)).isEqualTo(77);
        m.handle(child, SIGUSR1, 0x401000, 0, 0);
        m.kill(shell, child, SIGUSR1);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        m.room.frames().saveInterrupted(child, -512, m.ksignal.action().flags());
        assertThat(m.room.frames().nrToRestart(child)).isEqualTo(-1);
        assertThat(m.room.frames().pop(child)).isEqualTo(-4);
    }

    @Test
    void frames_ofHandlersLeftByLongjmp_areForgottenInTime() {
        m.handle(child, SIGUSR1, 0x401000, Signal.SA_NODEFER, 0);
        for (int i = 0; i < 1000; i++) {
            m.kill(shell, child, SIGUSR1);
            assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        }
        assertThat(m.room.frames().depth(child)).isEqualTo(64);
    }

    @Test
    void frames_areAChildsToo() {
        m.handle(shell, SIGUSR1);
        m.kill(child, shell, SIGUSR1);
        assertThat(m.getSignal(shell)).isEqualTo(SIGUSR1);
        int forked = m.process(shell);
        m.room.taskSignals().copy(shell, forked, 0);
        assertThat(m.tasks.blocked(forked)).isEqualTo(SigSets.mask(SIGUSR1));
        m.room.frames().pop(forked);
        assertThat(m.tasks.blocked(forked)).isZero();
        m.room.taskSignals().exec(shell);
        assertThat(m.room.frames().isEmpty(shell)).isTrue();
    }

    @Test
    void stop_tellsTheParent_andSigcontGoesOn() {
        m.handle(shell, SIGCHLD);
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_STOPPED);
        assertChild(Signal.CLD_STOPPED, SIGSTOP);
        m.kill(shell, child, SIGCONT);
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.NONE);
        assertChild(Signal.CLD_CONTINUED, SIGCONT);
        m.kill(shell, child, SIGCONT);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.NONE);
        assertThat(m.isPending(shell, SIGCHLD)).as("CONT while running").isFalse();
    }

    private void assertChild(int code, int status) {
        assertThat(m.getSignal(shell)).isEqualTo(SIGCHLD);
        assertThat(m.info().code()).isEqualTo(code);
        assertThat(m.info().status()).isEqualTo(status);
        assertThat(m.info().pid()).isEqualTo(m.nr(child));
        m.room.frames().pop(shell);
    }

    /** One SIGCHLD when the second thread has stopped; none for TSTP while stopped; TERM waits for CONT. */
    @Test
    void stop_isToldOnce_byTheLastThread() {
        int thread = m.thread(child);
        m.tasks.setState(thread, TaskTable.TASK_INTERRUPTIBLE);
        m.handle(shell, SIGCHLD);
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        assertThat(m.isPending(shell, SIGCHLD)).isFalse();
        assertThat(m.tasks.state(thread)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.getSignal(thread)).isEqualTo(SignalDelivery.STOPPED);
        assertChild(Signal.CLD_STOPPED, SIGSTOP);
        m.kill(shell, child, SIGTSTP);
        m.kill(shell, child, SIGTERM);
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_STOPPED);
        m.kill(shell, child, SIGCONT);
        assertThat(m.getSignal(thread)).isEqualTo(SignalDelivery.EXITED);
        assertChild(Signal.CLD_CONTINUED, SIGCONT);
    }

    @Test
    void stop_isComplete_whenTheThreadItWaitedForExits() {
        int thread = m.thread(child);
        m.handle(shell, SIGCHLD);
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        m.room.taskSignals().exitSignals(thread);
        assertChild(Signal.CLD_STOPPED, SIGSTOP);
    }

    @Test
    void nocldstop_wantsNoSignal() {
        m.handle(shell, SIGCHLD, 0x401000, Signal.SA_NOCLDSTOP, 0);
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        assertThat(m.isPending(shell, SIGCHLD)).isFalse();
    }

    @Test
    void sigkill_endsAStoppedTask() {
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        m.kill(shell, child, SIGKILL);
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.EXITED);
    }

    /** TSTP and CONT take each other out of the queue. */
    @Test
    void stopAndContinue_cancelEachOther() {
        m.block(child, SIGTSTP, SIGCONT);
        m.kill(shell, child, SIGTSTP);
        m.kill(shell, child, SIGCONT);
        assertThat(m.isPending(child, SIGTSTP)).isFalse();
        assertThat(m.isPending(child, SIGCONT)).isTrue();
        m.kill(shell, child, SIGTSTP);
        assertThat(m.isPending(child, SIGTSTP)).isTrue();
        assertThat(m.isPending(child, SIGCONT)).isFalse();
    }

    /** In an orphaned group TSTP does nothing, STOP stops; with a parent in another group of the session TSTP stops. */
    @Test
    void tstp_doesNothing_inAnOrphanedGroup() {
        m.setsid(child);
        m.kill(shell, child, SIGTSTP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.NONE);
        m.kill(shell, child, SIGSTOP);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.STOPPED);
        m.setsid(shell);
        int job = m.process(shell);
        m.setpgid(job);
        m.kill(shell, job, SIGTSTP);
        assertThat(m.getSignal(job)).isEqualTo(SignalDelivery.STOPPED);
        assertThat(m.room.orphans().hasStoppedJobs(m.pids.pgrp(job))).isTrue();
        assertThat(m.room.orphans().willBecomeOrphaned(m.pids.pgrp(job), job)).isTrue();
    }
}
