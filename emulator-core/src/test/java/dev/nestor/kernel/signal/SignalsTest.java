package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Signal.SIGABRT;
import static dev.nestor.uapi.Signal.SIGKILL;
import static dev.nestor.uapi.Signal.SIGSEGV;
import static dev.nestor.uapi.Signal.SIGSTOP;
import static dev.nestor.uapi.Signal.SIGTERM;
import static dev.nestor.uapi.Signal.SIGUSR1;
import static dev.nestor.uapi.Signal.SIGUSR2;
import static dev.nestor.uapi.Signal.SIGWINCH;
import static dev.nestor.uapi.Signal.SI_USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** Sending and queueing. What is expected was seen on Linux 6.18, by C programs that did the same. */
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
    void kill_kicksATask_thatRuns() {
        m.handle(child, SIGUSR1);
        m.kill(shell, child, SIGUSR1);
        assertThat(m.kicked).isEqualTo(child);
    }

    @Test
    void signals_areDropped_whileTheProcessDies() {
        m.kill(shell, child, SIGKILL);
        assertThat(m.kill(shell, child, SIGUSR1)).isZero();
        assertThat(m.isPending(child, SIGUSR1)).isFalse();
    }

    @Test
    void legacySignals_areQueuedOnce_realTimeOnes_inOrder() {
        m.handle(child, SIGUSR1);
        m.handle(child, 34);
        m.block(child, SIGUSR1, 34);
        for (int i = 0; i < 3; i++) {
            m.kill(shell, child, SIGUSR1);
            assertThat(sigqueue(34, i)).isZero();
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

    private int sigqueue(int sig, long value) {
        SigInfo info = new SigInfo().set(sig, Signal.SI_QUEUE);
        info.setPidUid(m.nr(shell), 0);
        info.setValue(value);
        return m.room.signals().doSendSigInfo(shell, sig, info, child, PidType.PIDTYPE_TGID);
    }

    /** With RLIMIT_SIGPENDING 3: the fourth is EAGAIN; kill of a real-time signal and sigqueue of a legacy one say nothing. */
    @Test
    void realTimeSignals_areEAGAIN_atTheLimit_andOthersLoseTheirInfo() {
        m.signalStructs.setRlimCur(m.tasks.signal(child), 11, 3);
        m.block(child, 40, 41, SIGUSR1, SIGUSR2);
        for (int i = 0; i < 3; i++) {
            assertThat(sigqueue(40, i)).isZero();
        }
        assertThat(sigqueue(40, 3)).isEqualTo(-Errno.EAGAIN);
        assertThat(m.kill(shell, child, 41)).isZero();
        assertThat(sigqueue(SIGUSR1, 7)).isZero();
        assertThat(m.kill(shell, child, SIGUSR2)).isZero();
        assertThat(m.room.pending().queuedOf(m.init)).as("SigQ").isEqualTo(4);
        SigInfo info = new SigInfo();
        assertThat(m.room.delivery().dequeueSignal(child, ~SigSets.mask(41), info))
                .isEqualTo(41);
        assertThat(info.code()).isZero();
        assertThat(info.pid()).isZero();
        assertThat(m.room.delivery().dequeueSignal(child, ~SigSets.mask(SIGUSR1), info))
                .isEqualTo(SIGUSR1);
        assertThat(info.code()).isZero();
        assertThat(m.room.delivery().dequeueSignal(child, ~SigSets.mask(SIGUSR2), info))
                .isEqualTo(SIGUSR2);
        assertThat(info.pid()).isEqualTo(m.nr(shell));
        for (int i = 0; i < 3; i++) {
            assertThat(m.room.delivery().dequeueSignal(child, 0, info)).isEqualTo(40);
        }
        assertThat(m.room.pending().queuedOf(m.init)).isZero();
    }

    @Test
    void synchronousSignals_goFirst_thenTheLowest() {
        m.handle(child, SIGSEGV);
        m.handle(child, SIGUSR1);
        m.handle(child, SIGUSR2);
        m.kill(shell, child, SIGUSR2);
        m.kill(shell, child, SIGUSR1);
        m.kill(shell, child, SIGSEGV);
        assertThat(m.room.delivery().peek(child)).isEqualTo(SIGSEGV);
        assertThat(m.getSignal(child)).isEqualTo(SIGSEGV);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR2);
    }

    /** SIGWINCH with the default action is pending while blocked; sigaction takes it away when it ignores, not with a handler. */
    @Test
    void ignoredSignals_arePending_onlyWhileBlocked() {
        m.kill(shell, child, SIGWINCH);
        assertThat(m.isPending(child, SIGWINCH)).isFalse();
        m.block(child, SIGWINCH);
        m.kill(shell, child, SIGWINCH);
        assertThat(m.isPending(child, SIGWINCH)).isTrue();
        m.handle(child, SIGWINCH, 0, 0, 0);
        assertThat(m.isPending(child, SIGWINCH)).isFalse();
        m.kill(shell, child, SIGWINCH);
        m.handle(child, SIGWINCH);
        assertThat(m.isPending(child, SIGWINCH)).isTrue();
        m.ignore(child, SIGWINCH);
        assertThat(m.isPending(child, SIGWINCH)).isFalse();
    }

    @Test
    void ignoredSignals_areQueued_forATracer() {
        m.tasks.setPtrace(child, 1);
        m.kill(shell, child, SIGWINCH);
        assertThat(m.room.delivery().peek(child)).isEqualTo(SIGWINCH);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.NONE);
    }

    /** Main thread first; when it blocks the signal, another; a tgkill stays with its thread, a kill by a tid does not. */
    @Test
    void processSignals_goToAThread_thatWantsThem() {
        int thread = m.thread(child);
        m.handle(child, SIGUSR1);
        m.kill(shell, child, SIGUSR1);
        assertThat(m.tasks.sigpending(child)).isTrue();
        assertThat(m.tasks.sigpending(thread)).isFalse();
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR1);
        assertThat(m.getSignal(thread)).isEqualTo(SignalDelivery.NONE);
        m.kill(shell, child, SIGUSR1);
        assertThat(m.getSignal(thread))
                .as("the handler blocks it in the main thread")
                .isEqualTo(SIGUSR1);
        m.room.frames().pop(child);
        m.room.frames().pop(thread);
        m.block(child, SIGUSR1);
        assertThat(m.room.kill().doTkill(shell, m.nr(child), m.nr(child), SIGUSR1))
                .isZero();
        assertThat(m.getSignal(thread)).isEqualTo(SignalDelivery.NONE);
        assertThat(SigSets.has(m.tasks.pendingSet(child), SIGUSR1)).isTrue();
    }

    @Test
    void pendingSignals_moveOn_whenTheirThreadBlocksThem_orExits() {
        int thread = m.thread(child);
        m.handle(child, SIGUSR1);
        m.kill(shell, child, SIGUSR1);
        m.block(child, SIGUSR1);
        assertThat(m.tasks.sigpending(thread)).isTrue();
        m.room.wakeups().setCurrentBlocked(child, 0);
        m.tasks.setSigpending(thread, false);
        m.room.taskSignals().exitSignals(child);
        assertThat(m.tasks.sigpending(thread)).isTrue();
        assertThat(m.getSignal(thread)).isEqualTo(SIGUSR1);
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

    @Test
    void uninterruptibleSleep_isNotDisturbed() {
        m.tasks.setState(child, TaskTable.TASK_UNINTERRUPTIBLE);
        m.kill(shell, child, SIGKILL);
        assertThat(m.tasks.state(child)).isEqualTo(TaskTable.TASK_UNINTERRUPTIBLE);
    }

    /** raise(SIGQUIT) with RLIMIT_CORE 0: wait status 3, CLD_KILLED; the core's own bit needs a limit. */
    @Test
    void coreSignals_haveTheCoreBit_onlyWithRlimitCore() {
        m.kill(shell, child, SIGABRT);
        assertThat(m.getSignal(child)).isEqualTo(SignalDelivery.EXITED);
        assertThat(m.exitStatus).isEqualTo(SIGABRT);
        int other = m.process(shell);
        m.signalStructs.setRlimCur(m.tasks.signal(other), 4, 1 << 20);
        m.kill(shell, other, SIGABRT);
        assertThat(m.getSignal(other)).isEqualTo(SignalDelivery.EXITED);
        assertThat(m.exitStatus).isEqualTo(SIGABRT | 0x80);
    }

    /** From inside, TERM, KILL, STOP and SEGV answer 0 and do nothing. */
    @Test
    void initOfANamespace_livesOn_whenSignalledFromInside() {
        int ns = m.pidNamespaces.create(m.rootPidNs, m.rootUserNs, 0);
        int init = m.process(shell, ns);
        int inside = m.process(init);
        for (int sig : new int[] {SIGTERM, SIGKILL, SIGSTOP, SIGSEGV}) {
            assertThat(m.room.kill().kill(inside, 1, sig)).isZero();
            assertThat(m.room.kill().kill(init, 1, sig)).as("itself").isZero();
        }
        assertThat(m.getSignal(init)).isEqualTo(SignalDelivery.NONE);
        m.handle(init, SIGUSR1);
        m.room.kill().kill(inside, 1, SIGUSR1);
        assertThat(m.getSignal(init)).isEqualTo(SIGUSR1);
        assertThat(m.info().pid()).isEqualTo(2);
    }

    /** From outside, TERM and ABRT do nothing either, STOP stops, KILL kills; si_pid is 0. */
    @Test
    void initOfANamespace_isStoppedAndKilled_fromOutside() {
        int ns = m.pidNamespaces.create(m.rootPidNs, m.rootUserNs, 0);
        int init = m.process(shell, ns);
        int nr = m.pids.taskNr(init, m.rootPidNs);
        m.room.kill().kill(shell, nr, SIGTERM);
        m.room.kill().kill(shell, nr, SIGABRT);
        assertThat(m.getSignal(init)).isEqualTo(SignalDelivery.NONE);
        m.handle(init, SIGUSR1);
        m.room.kill().kill(shell, nr, SIGUSR1);
        assertThat(m.getSignal(init)).isEqualTo(SIGUSR1);
        assertThat(m.info().pid()).isZero();
        m.room.kill().kill(shell, nr, SIGSTOP);
        assertThat(m.getSignal(init)).isEqualTo(SignalDelivery.STOPPED);
        m.room.kill().kill(shell, nr, SIGKILL);
        assertThat(m.tasks.state(init)).isEqualTo(TaskTable.TASK_RUNNING);
        assertThat(m.getSignal(init)).isEqualTo(SignalDelivery.EXITED);
    }

    /** abort() in an init: the raised SIGABRT does nothing, the fault that follows ends it with SIGSEGV. */
    @Test
    void forcedSignals_endEvenAnInit() {
        int ns = m.pidNamespaces.create(m.rootPidNs, m.rootUserNs, 0);
        int init = m.process(shell, ns);
        m.block(init, SIGSEGV);
        m.ignore(init, SIGSEGV);
        m.room.signals().forceSig(init, SIGSEGV);
        assertThat(m.getSignal(init)).isEqualTo(SignalDelivery.EXITED);
        assertThat(m.exitStatus).isEqualTo(SIGSEGV);
    }

    /** SIGKILL to the machine's own init is dropped, wherever it comes from. */
    @Test
    void firstInit_cannotBeKilled() {
        assertThat(m.kill(shell, m.init, SIGKILL)).isZero();
        m.room.signals().doSendSigInfo(0, SIGKILL, m.room.signals().priv(), m.init, PidType.PIDTYPE_TGID);
        assertThat(m.signalStructs.flags(m.tasks.signal(m.init)) & SignalStructTable.SIGNAL_GROUP_EXIT)
                .isZero();
    }

    @Test
    void releasedTask_isESRCH() {
        m.tasks.setSighand(child, 0);
        assertThat(m.room.signals().sendSig(shell, SIGTERM, child, true)).isEqualTo(-Errno.ESRCH);
    }

    @Test
    void release_leavesNothingBehind() {
        m.block(child, SIGUSR1, 40);
        m.kill(shell, child, SIGUSR1);
        sigqueue(40, 1);
        m.room.kill().doTkill(shell, m.nr(child), m.nr(child), SIGUSR1);
        m.handle(child, SIGUSR2);
        m.kill(shell, child, SIGUSR2);
        assertThat(m.getSignal(child)).isEqualTo(SIGUSR2);
        m.room.taskSignals().release(child, true);
        assertThat(m.room.pending().queuedOf(m.init)).isZero();
        assertThat(m.room.pending().all(child)).isZero();
        assertThat(m.room.frames().depth(child)).isZero();
    }
}
