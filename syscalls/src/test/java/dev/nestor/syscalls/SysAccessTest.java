package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.Test;

/** Every expectation is what a program making the same calls was answered by Linux 6.18. */
class SysAccessTest {
    private static final long PATH = TestMachine.PAGE;
    private static final long OUT = TestMachine.PAGE + 256;
    private static final int ST_DEV = 0;
    private static final int F_FSID = 56;

    private final TestMachine machine = new TestMachine();
    private final int task = machine.fork(machine.init());

    private long open(String path, int flags) {
        machine.put(task, PATH, path);
        return machine.call(task, Nr.NR_open, PATH, flags);
    }

    private void assertFsidIsDevice(long fd) {
        assertThat(machine.call(task, Nr.NR_fstat, fd, OUT)).isZero();
        int device = machine.intAt(task, OUT + ST_DEV);
        assertThat(machine.call(task, Nr.NR_fstatfs, fd, OUT)).isZero();
        assertThat(machine.intAt(task, OUT + F_FSID)).isEqualTo(device).isNotZero();
        assertThat(machine.intAt(task, OUT + F_FSID + 4)).isZero();
    }

    @Test
    void fsid_isTheDeviceNumber_whereAFileSystemHasNoIdentity() {
        machine.call(task, Nr.NR_pipe, OUT);
        assertFsidIsDevice(machine.intAt(task, OUT));
        assertFsidIsDevice(open("/proc/self/ns/uts", Fcntl.O_RDONLY));
        assertFsidIsDevice(open("/proc/self", Fcntl.O_RDONLY));
        assertFsidIsDevice(open("/dev/pts", Fcntl.O_RDONLY));
        assertFsidIsDevice(machine.call(task, Nr.NR_pidfd_open, 1, 0));
    }

    @Test
    void setgroups_isOpenedForWriting_withCapSysAdminOfItsNamespaceOnly() {
        assertThat(machine.call(task, Nr.NR_unshare, Sched.CLONE_NEWUSER)).isZero();
        assertThat(open("/proc/self/setgroups", Fcntl.O_WRONLY)).isNotNegative();
        long header = OUT;
        machine.kernel().userMemory().putLong(machine.kernel().tasks().mm(task), header, 0x20080522L);
        machine.kernel().userMemory().clearUser(machine.kernel().tasks().mm(task), OUT + 16, 24);
        assertThat(machine.call(task, Nr.NR_capset, header, OUT + 16)).isZero();
        assertThat(open("/proc/self/setgroups", Fcntl.O_WRONLY)).isEqualTo(-Errno.EACCES);
        assertThat(open("/proc/self/setgroups", Fcntl.O_RDWR)).isEqualTo(-Errno.EACCES);
        assertThat(open("/proc/self/setgroups", Fcntl.O_RDONLY)).isNotNegative();
        assertThat(open("/proc/self/uid_map", Fcntl.O_WRONLY)).isNotNegative();
    }
}
