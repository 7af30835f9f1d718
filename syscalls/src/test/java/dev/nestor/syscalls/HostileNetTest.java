package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.init.KernelConfig;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Socket;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * Devices and sockets in great numbers meet a limit with its errno, and nothing stays of them: the checks after each test find what
 * is left. The errnos were seen on Linux 6.18.
 */
class HostileNetTest {
    private static final long PAGE = TestMachine.PAGE;
    private static final int SIOCBRADDBR = 0x89a0;
    private static final int FEW = 64;

    private static int child(TestMachine machine) {
        return machine.clone(machine.init(), Sched.CLONE_NEWNET | Signal.SIGCHLD);
    }

    private static void put(TestMachine machine, int task, long at, byte[] bytes) {
        machine.kernel().userMemory().copyToUser(machine.kernel().tasks().mm(task), at, bytes, 0, bytes.length);
    }

    private static long bridge(TestMachine machine, int task, long fd, int number) {
        machine.put(task, PAGE, "br" + number);
        return machine.call(task, Nr.NR_ioctl, fd, SIOCBRADDBR, PAGE);
    }

    @Test
    void twentyThousandDevices_goWithTheirNet() {
        TestMachine machine = new TestMachine(new KernelConfig().maxNetDevices(1 << 17));
        int before = machine.kernel().fileSystems().network().devices().table().size();
        int task = child(machine);
        long fd = machine.call(task, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_DGRAM, 0);
        for (int i = 0; i < 20_000; i++) {
            assertThat(bridge(machine, task, fd, i)).isZero();
        }
        assertThat(machine.kernel().fileSystems().network().devices().table().size())
                .isEqualTo(before + 20_001);
        machine.call(task, Nr.NR_exit_group, 0);
        assertThat(machine.kernel().fileSystems().network().devices().table().size())
                .isEqualTo(before);
    }

    @Test
    void devices_endAtTheirLimit() {
        TestMachine machine = new TestMachine(new KernelConfig().maxNetDevices(FEW));
        int task = child(machine);
        long fd = machine.call(task, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_DGRAM, 0);
        long last = 0;
        for (int i = 0; i < FEW && last == 0; i++) {
            last = bridge(machine, task, fd, i);
        }
        assertThat(last).isEqualTo(-Errno.ENFILE);
    }

    @Test
    void sockets_endAtTheirLimit_eachFamilyWithItsOwnErrno() {
        TestMachine machine = new TestMachine(new KernelConfig().maxSockets(FEW));
        int task = child(machine);
        long made = 0;
        while (made >= 0) {
            made = machine.call(task, Nr.NR_socket, Socket.AF_UNIX, Socket.SOCK_STREAM, 0);
        }
        assertThat(made).isEqualTo(-Errno.ENFILE);
        assertThat(machine.call(task, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_STREAM, 0))
                .isEqualTo(-Errno.ENOBUFS);
        assertThat(machine.call(task, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_RAW, 1))
                .isEqualTo(-Errno.ENOBUFS);
        assertThat(machine.call(task, Nr.NR_socket, Socket.AF_PACKET, Socket.SOCK_RAW, 3))
                .isEqualTo(-Errno.ENOBUFS);
        assertThat(machine.call(task, Nr.NR_socket, Socket.AF_NETLINK, Socket.SOCK_RAW, 0))
                .isEqualTo(-Errno.ENOBUFS);
    }

    @Test
    void descriptors_endAtTheirLimit() {
        TestMachine machine = new TestMachine();
        int task = child(machine);
        byte[] limit = new byte[16];
        limit[0] = 20;
        limit[8] = 20;
        put(machine, task, PAGE, limit);
        assertThat(machine.call(task, Nr.NR_prlimit64, 0, Resource.RLIMIT_NOFILE, PAGE, 0))
                .isZero();
        long fd = 0;
        while (fd >= 0 && fd < 18) {
            fd = machine.call(task, Nr.NR_socket, Socket.AF_UNIX, Socket.SOCK_DGRAM, 0);
        }
        assertThat(machine.call(task, Nr.NR_socketpair, Socket.AF_UNIX, Socket.SOCK_STREAM, 0, PAGE))
                .isEqualTo(-Errno.EMFILE);
        assertThat(machine.call(task, Nr.NR_socket, Socket.AF_UNIX, Socket.SOCK_STREAM, 0))
                .isEqualTo(19);
        assertThat(machine.call(task, Nr.NR_socket, Socket.AF_UNIX, Socket.SOCK_STREAM, 0))
                .isEqualTo(-Errno.EMFILE);
    }

    /** A message with one descriptor of the sender's. */
    private static void putMessage(TestMachine machine, int task, long fd) {
        byte[] bytes = new byte[256];
        Bytes.putLong(bytes, 16, PAGE + 64); // msg_iov
        Bytes.putLong(bytes, 24, 1);
        Bytes.putLong(bytes, 32, PAGE + 96); // msg_control
        Bytes.putLong(bytes, 40, 24);
        Bytes.putLong(bytes, 64, PAGE + 128); // iov_base
        Bytes.putLong(bytes, 72, 1);
        Bytes.putLong(bytes, 96, 20); // cmsg_len
        Bytes.putInt(bytes, 104, Socket.SOL_SOCKET);
        Bytes.putInt(bytes, 108, Socket.SCM_RIGHTS);
        Bytes.putInt(bytes, 112, (int) fd);
        put(machine, task, PAGE, bytes);
    }

    @Test
    void descriptorsInFlight_endAtTheLimitOfOpenFiles_andGoInCircles() {
        TestMachine machine = new TestMachine();
        int task = child(machine);
        assertThat(machine.call(task, Nr.NR_setresuid, 1000, 1000, 1000)).isZero();
        byte[] limit = new byte[16];
        limit[0] = 30;
        limit[8] = 30;
        put(machine, task, PAGE, limit);
        assertThat(machine.call(task, Nr.NR_prlimit64, 0, Resource.RLIMIT_NOFILE, PAGE, 0))
                .isZero();
        assertThat(machine.call(task, Nr.NR_socketpair, Socket.AF_UNIX, Socket.SOCK_STREAM, 0, PAGE))
                .isZero();
        int first =
                machine.kernel().userMemory().getInt(machine.kernel().tasks().mm(task), PAGE);
        int second = first + 1;
        int sent = 0;
        long last = 1;
        while (last == 1) {
            putMessage(machine, task, second);
            last = machine.call(task, Nr.NR_sendmsg, first, PAGE, 0);
            sent += last == 1 ? 1 : 0;
        }
        assertThat(last).isEqualTo(-Errno.ETOOMANYREFS);
        assertThat(sent).isEqualTo(31);
        machine.call(task, Nr.NR_close, first);
        machine.call(task, Nr.NR_close, second);
        long other = machine.call(task, Nr.NR_socket, Socket.AF_UNIX, Socket.SOCK_STREAM, 0);
        machine.call(task, Nr.NR_close, other); // whose end lets the others be looked for
        assertThat(machine.kernel().fileSystems().network().sockets().table().size())
                .isZero();
    }

    @Test
    void framesThatNobodyReads_endAtTheReceiveBuffer() {
        TestMachine machine = new TestMachine();
        int task = child(machine);
        long udp = machine.call(task, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_DGRAM, 0);
        byte[] request = new byte[40];
        request[0] = 'l';
        request[1] = 'o';
        request[16] = 1;
        put(machine, task, PAGE, request);
        assertThat(machine.call(task, Nr.NR_ioctl, udp, 0x8914, PAGE)).isZero();
        long packet = machine.call(task, Nr.NR_socket, Socket.AF_PACKET, Socket.SOCK_RAW, 0x300);
        put(machine, task, PAGE, HexFormat.of().parseHex("020000097f0000010000000000000000"));
        for (int i = 0; i < 1000; i++) {
            machine.call(task, Nr.NR_sendto, udp, PAGE + 100, 1000, 0, PAGE, 16);
        }
        machine.advance(1_000_000);
        Bytes.putInt(request, 0, 8);
        put(machine, task, PAGE + 200, request);
        assertThat(machine.call(task, Nr.NR_getsockopt, packet, Socket.SOL_PACKET, 6, PAGE + 300, PAGE + 200))
                .isZero();
        int mm = machine.kernel().tasks().mm(task);
        assertThat(machine.kernel().userMemory().getInt(mm, PAGE + 300)).isEqualTo(4000); // and what ICMP answers
        assertThat(machine.kernel().userMemory().getInt(mm, PAGE + 304)).isPositive();
    }
}
