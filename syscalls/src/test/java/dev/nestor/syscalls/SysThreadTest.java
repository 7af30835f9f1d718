package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Prctl;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.Test;

/** What a thread has of its own. Every expectation is what a C program making the same calls was answered by Linux 6.18. */
class SysThreadTest {
    private static final int ARCH_SET_FS = 0x1002;
    private static final int ARCH_GET_FS = 0x1003;
    private static final int ARCH_GET_CPUID = 0x1011;
    private static final int ARCH_SET_CPUID = 0x1012;
    private static final int UTS_FIELD = 65;
    private static final long PAGE = TestMachine.PAGE;

    private final TestMachine machine = new TestMachine();
    private final int task = machine.fork(machine.init());

    private String utsField(int field) {
        assertThat(machine.call(task, Nr.NR_uname, PAGE)).isZero();
        StringBuilder text = new StringBuilder();
        for (long at = PAGE + (long) field * UTS_FIELD; (machine.intAt(task, at) & 0xff) != 0; at++) {
            text.append((char) (machine.intAt(task, at) & 0xff));
        }
        return text.toString();
    }

    @Test
    void personality_showsAnotherMachine_andAnOldKernel() {
        assertThat(machine.call(task, Nr.NR_personality, 0xffffffffL)).isZero();
        String release = utsField(2);
        assertThat(release).startsWith("6.18.");
        assertThat(machine.call(task, Nr.NR_personality, 8)).isZero();
        assertThat(utsField(4)).isEqualTo("i686");
        assertThat(utsField(2)).isEqualTo(release);
        assertThat(machine.call(task, Nr.NR_personality, 0x20000)).isEqualTo(8);
        assertThat(utsField(4)).isEqualTo("x86_64");
        assertThat(utsField(2)).isEqualTo(release.replaceFirst("6[.]18[.][0-9]+", "2.6.78"));
        assertThat(machine.call(task, Nr.NR_personality, 0x12345678)).isEqualTo(0x20000);
        assertThat(machine.call(task, Nr.NR_personality, 0x1ffffffffL)).isEqualTo(0x12345678);
        assertThat(machine.call(machine.fork(task), Nr.NR_personality, 0)).isEqualTo(0x12345678);
    }

    @Test
    void timeStampCounter_isForbidden_forChildrenToo() {
        assertThat(machine.call(task, Nr.NR_prctl, Prctl.PR_SET_TSC, 3)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_prctl, Prctl.PR_SET_TSC, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_prctl, Prctl.PR_SET_TSC, Prctl.PR_TSC_SIGSEGV))
                .isZero();
        int child = machine.fork(task);
        assertThat(machine.call(child, Nr.NR_prctl, Prctl.PR_GET_TSC, PAGE)).isZero();
        assertThat(machine.intAt(child, PAGE)).isEqualTo(Prctl.PR_TSC_SIGSEGV);
        assertThat(machine.call(child, Nr.NR_prctl, Prctl.PR_GET_TSC, 1)).isEqualTo(-Errno.EFAULT);
    }

    @Test
    void cpuidFaulting_canBeSet() {
        assertThat(machine.call(task, Nr.NR_arch_prctl, ARCH_GET_CPUID, 0)).isEqualTo(1);
        assertThat(machine.call(task, Nr.NR_arch_prctl, ARCH_SET_CPUID, 0)).isZero();
        assertThat(machine.call(task, Nr.NR_arch_prctl, ARCH_GET_CPUID, 0)).isZero();
    }

    @Test
    void tilesOfAmx_areAskedFor_byProcess() {
        assertThat(archPrctl(task, 0x1021)).isEqualTo(0x600e7);
        assertThat(archPrctl(task, 0x1022)).isEqualTo(0x200e7);
        assertThat(machine.call(task, Nr.NR_arch_prctl, 0x1023, 17)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(machine.call(task, Nr.NR_arch_prctl, 0x1023, 20)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_arch_prctl, 0x1023, -1)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.call(task, Nr.NR_arch_prctl, 0x1023, 18)).isZero();
        assertThat(archPrctl(task, 0x1022)).isEqualTo(0x600e7);
        assertThat(archPrctl(task, 0x1024)).isEqualTo(0x200e7);
        assertThat(archPrctl(machine.fork(task), 0x1022)).isEqualTo(0x600e7);
        assertThat(machine.call(task, Nr.NR_arch_prctl, 0x2003, 0)).isEqualTo(-Errno.EEXIST);
        assertThat(machine.call(task, Nr.NR_arch_prctl, 0x5001, 0)).isEqualTo(-Errno.EINVAL);
    }

    /** What an option writes. */
    private int archPrctl(int of, int option) {
        assertThat(machine.call(of, Nr.NR_arch_prctl, option, PAGE)).isZero();
        return machine.intAt(of, PAGE);
    }

    @Test
    void fsBase_isInherited_unlessCloneSetsIt() {
        assertThat(machine.call(task, Nr.NR_arch_prctl, ARCH_SET_FS, 0x7f0000001000L))
                .isZero();
        assertThat(fsBase(machine.fork(task))).isEqualTo(0x1000);
        long thread = Sched.CLONE_VM | Sched.CLONE_SIGHAND | Sched.CLONE_THREAD | Sched.CLONE_SETTLS;
        assertThat(machine.call(task, Nr.NR_clone, thread, 0, 0, 0, 0x7ffffffff000L))
                .isEqualTo(-Errno.EPERM);
        assertThat(machine.call(task, Nr.NR_clone, thread, 0, 0, 0, 1L << 63)).isEqualTo(-Errno.EPERM);
        long nr = machine.call(task, Nr.NR_clone, thread, 0, 0, 0, 0x7f0000002000L);
        assertThat(fsBase(machine.kernel()
                        .pids()
                        .findTaskByVpid(machine.kernel().pids().activeNs(task), (int) nr)))
                .isEqualTo(0x2000);
    }

    private int fsBase(int of) {
        return archPrctl(of, ARCH_GET_FS); // the low half of it
    }
}
