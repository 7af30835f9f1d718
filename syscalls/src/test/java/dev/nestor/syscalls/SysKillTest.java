package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Pidfd;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** Every expectation is what a C program making the same calls was answered by Linux 6.18. */
class SysKillTest {
    private static final long BAD = 1;
    private static final long INFO = TestMachine.PAGE;

    private final TestMachine machine = new TestMachine();
    private final int init = machine.init();
    private final int shell = machine.fork(init); // 2
    private final int child = machine.fork(shell); // 3

    private long putInfo(int task, int signo, int code) {
        return putInfo(task, signo, code, 0);
    }

    private long putInfo(int task, int signo, int code, int behind) {
        byte[] bytes = new byte[SigInfo.SIZE];
        new SigInfo().set(signo, code).toUser(bytes);
        bytes[100] = (byte) behind;
        machine.kernel().userMemory().copyToUser(machine.kernel().tasks().mm(task), INFO, bytes, 0, bytes.length);
        return INFO;
    }

    @Test
    void tkillAndTgkill_wantPositiveNumbers() {
        assertThat(machine.call(shell, Nr.NR_tkill, 0, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_tkill, -1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_tkill, 3, 65)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_tgkill, 0, 3, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_tgkill, 3, 0, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_tgkill, -1, 3, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_tgkill, 1, 9, 65)).isEqualTo(-Errno.ESRCH);
        assertThat(machine.call(shell, Nr.NR_tgkill, 1, 1, 65)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_tgkill, 1, 3, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(machine.call(shell, Nr.NR_tgkill, 3, 3, 0)).isZero();
    }

    /** The copy comes first, then who may pretend what, then the target, then the signal. */
    @Test
    void sigqueueinfo_hasItsOrderOfErrors() {
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 9999, 0, BAD)).isEqualTo(-Errno.EFAULT);
        putInfo(shell, 0, Signal.SI_USER);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 2, 0, INFO)).isZero();
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 3, 0, INFO)).isEqualTo(-Errno.EPERM);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 9999, 0, INFO)).isEqualTo(-Errno.EPERM);
        putInfo(shell, 0, Signal.SI_TKILL);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 3, 0, INFO)).isEqualTo(-Errno.EPERM);
        putInfo(shell, 0, Signal.SI_QUEUE);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 3, 0, INFO)).isZero();
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 3, 65, INFO)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 9999, 65, INFO)).isEqualTo(-Errno.ESRCH);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, -1, 0, INFO)).isEqualTo(-Errno.ESRCH);
        putInfo(shell, 0, 100, 1);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 3, 0, INFO)).isEqualTo(-Errno.E2BIG);
        putInfo(shell, 0, -60, 1);
        assertThat(machine.call(shell, Nr.NR_rt_sigqueueinfo, 3, 0, INFO)).isZero();
    }

    @Test
    void tgsigqueueinfo_hasItsOrderOfErrors() {
        assertThat(machine.call(shell, Nr.NR_rt_tgsigqueueinfo, 0, 0, 0, BAD)).isEqualTo(-Errno.EFAULT);
        putInfo(shell, 0, Signal.SI_USER);
        assertThat(machine.call(shell, Nr.NR_rt_tgsigqueueinfo, 0, 3, 0, INFO)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_rt_tgsigqueueinfo, 1, 1, 0, INFO)).isEqualTo(-Errno.EPERM);
        assertThat(machine.call(shell, Nr.NR_rt_tgsigqueueinfo, 1, 2, 0, INFO)).isEqualTo(-Errno.ESRCH);
        putInfo(shell, 0, Signal.SI_QUEUE);
        assertThat(machine.call(shell, Nr.NR_rt_tgsigqueueinfo, 3, 3, 0, INFO)).isZero();
    }

    @Test
    void pidfdSendSignal_hasItsOrderOfErrors() {
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, -1, 0, 0, 0)).isEqualTo(-Errno.EBADF);
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, -1, 0, 0, 8)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, -1, 0, 0, 3)).isEqualTo(-Errno.EINVAL);
        int self = Pidfd.PIDFD_SELF_THREAD_GROUP;
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, self, 0, 0, 0)).isZero();
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, self, 65, 0, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, self, 0, BAD, 0))
                .isEqualTo(-Errno.EFAULT);
        putInfo(shell, 10, Signal.SI_QUEUE);
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, self, 0, INFO, 0))
                .isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(shell, Nr.NR_pidfd_send_signal, self, 0, 0, 4))
                .as("not a group's leader")
                .isEqualTo(-Errno.ESRCH);
    }

    @Test
    void kill_endsTheChild_andItsParentReads() {
        assertThat(machine.call(shell, Nr.NR_wait4, -1, TestMachine.PAGE)).isEqualTo(Syscalls.BLOCKED);
        assertThat(machine.call(init, Nr.NR_kill, 3, Signal.SIGTERM)).isZero();
        assertThat(machine.resultOf(shell)).isEqualTo(3);
        assertThat(machine.intAt(shell, TestMachine.PAGE)).isEqualTo(Signal.SIGTERM);
    }

    /** kill(zombie, 0) is 0 until it has been waited for. */
    @Test
    void zombie_isThere() {
        machine.call(child, Nr.NR_exit_group, 0);
        assertThat(machine.call(shell, Nr.NR_kill, 3, 0)).isZero();
        machine.call(shell, Nr.NR_wait4, -1);
        assertThat(machine.call(shell, Nr.NR_kill, 3, 0)).isEqualTo(-Errno.ESRCH);
    }

    @Test
    void stoppedChild_isReported_andContinued() {
        assertThat(machine.call(child, Nr.NR_pause)).isEqualTo(Syscalls.BLOCKED);
        assertThat(machine.call(shell, Nr.NR_kill, 3, Signal.SIGSTOP)).isZero();
        assertThat(machine.call(shell, Nr.NR_wait4, 3, TestMachine.PAGE, 3)).isEqualTo(3);
        assertThat(machine.intAt(shell, TestMachine.PAGE)).isEqualTo(0x137f);
        assertThat(machine.call(shell, Nr.NR_kill, 3, Signal.SIGCONT)).isZero();
        assertThat(machine.call(shell, Nr.NR_wait4, 3, TestMachine.PAGE, 8)).isEqualTo(3);
        assertThat(machine.intAt(shell, TestMachine.PAGE)).isEqualTo(0xffff);
    }

    /** A descriptor of /proc/PID will do for a pidfd; nothing else of /proc does. */
    @Test
    void pidfdSendSignal_takesProcDirectories() {
        long directory = open("/proc/3", 0);
        assertThat(sendNothing(directory)).isZero();
        assertThat(sendNothing(open("/proc/3/task/3", 0))).isEqualTo(-Errno.EBADF);
        assertThat(sendNothing(open("/proc", 0))).isEqualTo(-Errno.EBADF);
        assertThat(sendNothing(open("/proc/3/status", 0))).isEqualTo(-Errno.EBADF);
        assertThat(sendNothing(open("/proc/3", Fcntl.O_PATH))).isEqualTo(-Errno.EBADF);
        machine.call(child, Nr.NR_exit_group, 0);
        assertThat(sendNothing(directory)).isZero();
        machine.call(shell, Nr.NR_wait4, 3);
        assertThat(sendNothing(directory)).isEqualTo(-Errno.ESRCH);
    }

    private long open(String path, int flags) {
        return machine.call(shell, Nr.NR_open, machine.put(shell, TestMachine.PAGE, path), flags);
    }

    private long sendNothing(long fd) {
        return machine.call(shell, Nr.NR_pidfd_send_signal, fd, 0, 0, 0);
    }
}
