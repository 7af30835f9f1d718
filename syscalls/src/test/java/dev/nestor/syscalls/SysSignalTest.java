package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** Every expectation is what a C program making the same calls was answered by Linux 6.18. */
class SysSignalTest {
    private static final long BAD = 1;
    private static final long AT = TestMachine.PAGE;
    private static final long OLD = AT + 256;
    private static final long USR1 = 1L << (Signal.SIGUSR1 - 1);

    private final TestMachine machine = new TestMachine();
    private final UserMemory memory = machine.kernel().userMemory();
    private final int task = machine.fork(machine.init()); // 2
    private final int other = machine.fork(task); // 3
    private final int mm = machine.kernel().tasks().mm(task);

    private void put(long... words) {
        for (int i = 0; i < words.length; i++) {
            memory.putLong(mm, AT + 8L * i, words[i]);
        }
    }

    private long old(int index) {
        return memory.getLong(mm, OLD + 8L * index);
    }

    @Test
    void sigaction_hasItsOrderOfErrors() {
        put(1, 0, 0, 0);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 10, 0, 0, 4)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 65, 0, 0, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 65, BAD, 0, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 0, 0, 0, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 9, 0, OLD, 8)).isZero();
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 9, AT, 0, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 10, 0, BAD, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 65, 0, BAD, 8)).isEqualTo(-Errno.EINVAL);
    }

    /** All flags set: dc000807 are kept; SIGKILL and SIGSTOP leave the mask. */
    @Test
    void sigaction_forgetsUnknownFlags() {
        put(0x1234, -1, 0x5678, -1);
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 12, AT, 0, 8)).isZero();
        assertThat(machine.call(task, Nr.NR_rt_sigaction, 12, 0, OLD, 8)).isZero();
        assertThat(old(0)).isEqualTo(0x1234);
        assertThat(old(1)).isEqualTo(0xdc000807L);
        assertThat(old(2)).isEqualTo(0x5678);
        assertThat(old(3)).isEqualTo(0xfffffffffffbfeffL);
    }

    /** The old mask is copied out last: after EFAULT the new one is in force. */
    @Test
    void sigprocmask_hasItsOrderOfErrors() {
        put(-1);
        assertThat(machine.call(task, Nr.NR_rt_sigprocmask, 0, 0, 0, 4)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigprocmask, 99, 0, OLD, 8)).isZero();
        assertThat(machine.call(task, Nr.NR_rt_sigprocmask, 99, AT, 0, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigprocmask, 99, BAD, 0, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigprocmask, 2, AT, BAD, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigprocmask, 0, 0, OLD, 8)).isZero();
        assertThat(old(0)).isEqualTo(0xfffffffffffbfeffL);
        put(USR1);
        machine.call(task, Nr.NR_rt_sigprocmask, 1, AT, 0, 8);
        machine.call(task, Nr.NR_rt_sigprocmask, 0, 0, OLD, 8);
        assertThat(old(0)).isEqualTo(0xfffffffffffbfcffL);
    }

    @Test
    void sigpending_writesAsManyBytesAsAsked() {
        put(USR1);
        machine.call(task, Nr.NR_rt_sigprocmask, 0, AT, 0, 8);
        machine.call(task, Nr.NR_kill, 2, Signal.SIGUSR1);
        memory.putLong(mm, OLD, -1);
        assertThat(machine.call(task, Nr.NR_rt_sigpending, OLD, 4)).isZero();
        assertThat(old(0)).isEqualTo(0xffffffff_00000200L);
        assertThat(machine.call(task, Nr.NR_rt_sigpending, OLD, 9)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigpending, BAD, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigpending, BAD, 0)).isZero();
    }

    @Test
    void pause_isERESTARTNOHAND_andSigreturnSaysEINTR() {
        handle(Signal.SA_RESTART);
        assertThat(machine.call(task, Nr.NR_pause)).isEqualTo(Syscalls.BLOCKED);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.resultOf(task)).isEqualTo(-Errno.ERESTARTNOHAND);
        assertThat(machine.kernel().tasks().blocked(task)).isEqualTo(USR1);
        assertThat(machine.call(task, Nr.NR_rt_sigreturn)).isEqualTo(-Errno.EINTR);
        assertThat(machine.kernel().tasks().blocked(task)).isZero();
    }

    private void handle(long flags) {
        put(0x401000, flags, 0, 0);
        machine.call(task, Nr.NR_rt_sigaction, Signal.SIGUSR1, AT, 0, 8);
    }

    @Test
    void sigsuspend_takesWhatItUnblocks_andPutsTheMaskBack() {
        handle(0);
        put(USR1);
        machine.call(task, Nr.NR_rt_sigprocmask, 2, AT, 0, 8);
        machine.call(task, Nr.NR_kill, 2, Signal.SIGUSR1);
        put(4);
        assertThat(machine.call(task, Nr.NR_rt_sigsuspend, AT, 4)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigsuspend, BAD, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigsuspend, AT, 8)).isEqualTo(-Errno.ERESTARTNOHAND);
        assertThat(machine.kernel().tasks().blocked(task)).isEqualTo(USR1 | 4);
        assertThat(machine.call(task, Nr.NR_rt_sigreturn)).isEqualTo(-Errno.EINTR);
        assertThat(machine.kernel().tasks().blocked(task)).isEqualTo(USR1);
    }

    @Test
    void sigsuspend_sleeps_untilASignalComes() {
        handle(0);
        put(4);
        assertThat(machine.call(task, Nr.NR_rt_sigsuspend, AT, 8)).isEqualTo(Syscalls.BLOCKED);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGQUIT);
        assertThat(machine.resultOf(task)).as("SIGQUIT is blocked").isEqualTo(Syscalls.BLOCKED);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.resultOf(task)).isEqualTo(-Errno.ERESTARTNOHAND);
    }

    @Test
    void sigtimedwait_hasItsOrderOfErrors() {
        put(USR1, 0, 0, 0, 1_000_000_000, -1, 0);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 8, 4)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, BAD, 0, AT + 8, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, BAD, 8)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 8, 8)).isEqualTo(-Errno.EAGAIN);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 24, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 40, 8)).isEqualTo(-Errno.EINVAL);
    }

    /** The info cannot be written: EFAULT, and the signal is gone. */
    @Test
    void sigtimedwait_takesAPendingSignal() {
        put(USR1, 0, 0);
        machine.call(task, Nr.NR_rt_sigprocmask, 0, AT, 0, 8);
        machine.call(task, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, OLD, AT + 8, 8))
                .isEqualTo(Signal.SIGUSR1);
        assertThat(memory.getInt(mm, OLD)).isEqualTo(Signal.SIGUSR1);
        assertThat(memory.getInt(mm, OLD + 8)).isZero();
        assertThat(memory.getInt(mm, OLD + 16)).isEqualTo(2);
        machine.call(task, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, BAD, AT + 8, 8))
                .isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 8, 8)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void sigtimedwait_wakes_whenASignalComes_orTimeIsUp() {
        put(USR1, 1, 0);
        machine.call(task, Nr.NR_rt_sigprocmask, 0, AT, 0, 8);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 8, 8)).isEqualTo(Syscalls.BLOCKED);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.resultOf(task)).isEqualTo(Signal.SIGUSR1);
        assertThat(machine.kernel().tasks().blocked(task)).isEqualTo(USR1);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 8, 8)).isEqualTo(Syscalls.BLOCKED);
        machine.advance(2_000_000_000L);
        assertThat(machine.resultOf(task)).isEqualTo(-Errno.EAGAIN);
    }

    /** SIGWINCH, neither blocked nor handled, is not waited for even when asked for: it is dropped. Another handled one: EINTR. */
    @Test
    void sigtimedwait_missesIgnoredSignals_andEndsWithOthers() {
        put(1L << (Signal.SIGWINCH - 1), 1, 0);
        handleAt(OLD);
        assertThat(machine.call(task, Nr.NR_rt_sigtimedwait, AT, 0, AT + 8, 8)).isEqualTo(Syscalls.BLOCKED);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGWINCH);
        assertThat(machine.resultOf(task)).isEqualTo(Syscalls.BLOCKED);
        machine.call(other, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertThat(machine.resultOf(task)).isEqualTo(-Errno.EINTR);
    }

    private void handleAt(long address) {
        memory.putLong(mm, address, 0x401000);
        machine.call(task, Nr.NR_rt_sigaction, Signal.SIGUSR1, address, 0, 8);
    }

    @Test
    void sigaltstack_checksFlagsAndSize() {
        assertThat(stack(0x10000, 0, 2047)).isEqualTo(-Errno.ENOMEM);
        assertThat(stack(0x10000, 1, 2048)).isZero();
        assertOldStack(0x10000, 0, 2048);
        assertThat(stack(0x10000, 3, 2048)).isEqualTo(-Errno.EINVAL);
        assertThat(stack(0x10000, 4, 2048)).isEqualTo(-Errno.EINVAL);
        assertThat(stack(0x10000, 0x80000000L, 2048)).isZero();
        assertOldStack(0x10000, 0x80000000L, 2048);
        assertThat(stack(0x10000, 2, 2048)).isZero();
        assertOldStack(0, 2, 0);
        assertThat(stack(0x10000, 0x80000002L, 2048)).isZero();
        assertOldStack(0, 0x80000002L, 0);
        assertThat(machine.call(task, Nr.NR_sigaltstack, BAD, 0)).isEqualTo(-Errno.EFAULT);
        assertThat(machine.call(task, Nr.NR_sigaltstack, 0, BAD)).isEqualTo(-Errno.EFAULT);
    }

    private long stack(long sp, long flags, long size) {
        put(sp, flags, size);
        return machine.call(task, Nr.NR_sigaltstack, AT, 0);
    }

    private void assertOldStack(long sp, long flags, long size) {
        assertThat(machine.call(task, Nr.NR_sigaltstack, 0, OLD)).isZero();
        assertThat(old(0)).isEqualTo(sp);
        assertThat(old(1)).isEqualTo(flags);
        assertThat(old(2)).isEqualTo(size);
    }

    /** In a handler on it: SS_ONSTACK, and EPERM even for the same again. With SS_AUTODISARM: disabled meanwhile. */
    @Test
    void sigaltstack_cannotBeChanged_whileInUse() {
        stack(0x10000, 0, 50000);
        handle(Signal.SA_ONSTACK);
        machine.call(task, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertOldStack(0x10000, 1, 50000);
        assertThat(stack(0x10000, 0, 50000)).isEqualTo(-Errno.EPERM);
        machine.call(task, Nr.NR_rt_sigreturn);
        assertThat(stack(0x10000, 0x80000000L, 50000)).isZero();
        machine.call(task, Nr.NR_kill, 2, Signal.SIGUSR1);
        assertOldStack(0, 2, 0);
        machine.call(task, Nr.NR_rt_sigreturn);
        assertOldStack(0x10000, 0x80000000L, 50000);
    }

    @Test
    void sigreturn_withoutAFrame_isFatal() {
        machine.call(other, Nr.NR_rt_sigreturn);
        assertThat(machine.call(task, Nr.NR_wait4, -1, OLD)).isEqualTo(3);
        assertThat(machine.intAt(task, OLD)).isEqualTo(Signal.SIGSEGV);
    }
}
