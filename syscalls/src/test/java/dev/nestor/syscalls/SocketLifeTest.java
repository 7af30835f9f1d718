package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Socket;
import org.junit.jupiter.api.Test;

/** Who keeps sockets, their files and their nets. (That all is gone at the end, {@link MachineChecks} looks after.) */
class SocketLifeTest {
    private static final long PAGE = TestMachine.PAGE;
    private static final int THREAD =
            Sched.CLONE_VM | Sched.CLONE_FS | Sched.CLONE_FILES | Sched.CLONE_SIGHAND | Sched.CLONE_THREAD;

    private final TestMachine machine = new TestMachine();
    private final int init = machine.init();

    private long call(int task, int nr, long... args) {
        return machine.call(task, nr, args);
    }

    private void putInt(int task, long address, int value) {
        machine.kernel().userMemory().putInt(machine.kernel().tasks().mm(task), address, value);
    }

    private int getInt(int task, long address) {
        return machine.kernel().userMemory().getInt(machine.kernel().tasks().mm(task), address);
    }

    private int socks() {
        return machine.kernel().fileSystems().network().sockets().table().size();
    }

    private int nets() {
        return machine.kernel().nets().table().size();
    }

    /** A struct sockaddr_in of loopback. */
    private void putAddress(int task, long at, int port) {
        putInt(task, at, Socket.AF_INET | ((port >> 8) & 0xff) << 16 | (port & 0xff) << 24);
        putInt(task, at + 4, 0x0100007f);
        putInt(task, at + 8, 0);
        putInt(task, at + 12, 0);
    }

    private int pair(int task) {
        assertThat(call(task, Nr.NR_socketpair, Socket.AF_UNIX, Socket.SOCK_STREAM, 0, PAGE))
                .isZero();
        return getInt(task, PAGE);
    }

    @Test
    void recv_keepsWaiting_whenAnotherThreadClosesTheDescriptor() {
        int leader = machine.clone(init, 0);
        int fd = pair(leader);
        int other = machine.clone(leader, THREAD);
        assertThat(call(leader, Nr.NR_recvfrom, fd, PAGE, 8, 0, 0, 0)).isEqualTo(Syscalls.BLOCKED);

        assertThat(call(other, Nr.NR_close, fd)).isZero();
        assertThat(machine.resultOf(leader)).isEqualTo(Syscalls.BLOCKED);
        assertThat(call(other, Nr.NR_write, fd + 1, PAGE, 3)).isEqualTo(3);
        assertThat(machine.resultOf(leader)).isEqualTo(3);
        assertThat(call(leader, Nr.NR_recvfrom, fd, PAGE, 8, 0, 0, 0)).isEqualTo(-Errno.EBADF);
        assertThat(call(other, Nr.NR_write, fd + 1, PAGE, 3)).isEqualTo(-Errno.EPIPE);
    }

    private long listener(int task, int port) {
        putAddress(task, PAGE, port);
        long fd = call(task, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_STREAM, 0);
        assertThat(call(task, Nr.NR_bind, fd, PAGE, 16)).isZero();
        assertThat(call(task, Nr.NR_listen, fd, 1)).isZero();
        return fd;
    }

    @Test
    void accept_hasTakenItsDescriptor_beforeItSleeps() {
        int leader = machine.clone(init, 0);
        long fd = listener(leader, 7777);
        int other = machine.clone(leader, THREAD);
        assertThat(call(leader, Nr.NR_accept, fd, 0, 0)).isEqualTo(Syscalls.BLOCKED);

        assertThat(call(other, Nr.NR_dup, fd)).isEqualTo(fd + 2);
        assertThat(call(other, Nr.NR_dup2, fd, fd + 1)).isEqualTo(-Errno.EBUSY);
        assertThat(call(other, Nr.NR_close, fd + 1)).isEqualTo(-Errno.EBADF);
        int child = machine.clone(other, Signal.SIGCHLD);
        assertThat(call(child, Nr.NR_dup, fd)).isEqualTo(fd + 1);

        long client = call(child, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_STREAM, 0);
        putAddress(child, PAGE, 7777);
        call(child, Nr.NR_connect, client, PAGE, 16);
        assertThat(machine.resultOf(leader)).isEqualTo(fd + 1);
    }

    @Test
    void accept_givesItsDescriptorBack_whenItGetsNothing() {
        int leader = machine.clone(init, 0);
        long fd = listener(leader, 7777);
        int other = machine.clone(leader, THREAD);
        assertThat(call(other, Nr.NR_accept, fd, 0, 0)).isEqualTo(Syscalls.BLOCKED);
        assertThat(call(leader, Nr.NR_dup, fd)).isEqualTo(fd + 2);

        assertThat(call(leader, Nr.NR_shutdown, fd, Socket.SHUT_RDWR)).isZero();
        assertThat(machine.resultOf(other)).isEqualTo(-Errno.EINVAL);
        assertThat(call(leader, Nr.NR_dup, fd)).isEqualTo(fd + 1);
    }

    @Test
    void net_livesAsLongAsItsSocket_afterItsLastTask() {
        int before = nets();
        int maker = machine.clone(init, Sched.CLONE_NEWNET | Sched.CLONE_FILES | Signal.SIGCHLD);
        long fd = call(maker, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_DGRAM, 0);
        assertThat(fd).isNotNegative();
        call(maker, Nr.NR_exit_group, 0);
        assertThat(nets()).isEqualTo(before + 1);

        assertThat(call(init, Nr.NR_close, fd)).isZero();
        assertThat(nets()).isEqualTo(before);
    }

    @Test
    void portAndName_areEachNets() {
        int inside = machine.clone(init, Sched.CLONE_NEWNET | Signal.SIGCHLD);
        for (int task : new int[] {init, inside}) {
            putAddress(task, PAGE, 7777);
            long inet = call(task, Nr.NR_socket, Socket.AF_INET, Socket.SOCK_STREAM, 0);
            assertThat(call(task, Nr.NR_bind, inet, PAGE, 16)).isZero();
            putInt(task, PAGE, Socket.AF_UNIX | 'n' << 24);
            long unix = call(task, Nr.NR_socket, Socket.AF_UNIX, Socket.SOCK_STREAM, 0);
            assertThat(call(task, Nr.NR_bind, unix, PAGE, 4)).isZero();
            assertThat(call(task, Nr.NR_socket, Socket.AF_UNIX, Socket.SOCK_STREAM, 0))
                    .isEqualTo(unix + 1);
            assertThat(call(task, Nr.NR_bind, unix + 1, PAGE, 4)).isEqualTo(-Errno.EADDRINUSE);
        }
    }

    /** Each socket of a ring is held only by a message that waits at the one before. */
    @Test
    void ringOfSockets_isCollected() {
        int before = socks();
        int task = machine.clone(init, Signal.SIGCHLD);
        int ring = 200;
        for (int i = 0; i < ring; i++) {
            assertThat(call(task, Nr.NR_socketpair, Socket.AF_UNIX, Socket.SOCK_DGRAM, 0, PAGE))
                    .isZero();
        }
        int last = getInt(task, PAGE);
        for (int fd = last - 2 * (ring - 1); fd <= last; fd += 2) {
            int next = fd == last ? last - 2 * (ring - 1) : fd + 2;
            assertThat(send(task, fd, next)).isEqualTo(1);
        }
        assertThat(socks()).isEqualTo(before + 2 * ring);
        for (int fd = last - 2 * (ring - 1); fd <= last + 1; fd++) {
            assertThat(call(task, Nr.NR_close, fd)).isZero();
        }
        assertThat(socks()).isEqualTo(before);
    }

    /** One byte with a descriptor. */
    private long send(int task, int fd, int carried) {
        long header = PAGE + 256;
        long control = PAGE + 512;
        for (int at = 0; at < 56; at += 4) {
            putInt(task, header + at, 0);
        }
        putInt(task, PAGE + 128, (int) (PAGE + 1024));
        putInt(task, PAGE + 132, (int) ((PAGE + 1024) >>> 32));
        putInt(task, PAGE + 136, 1);
        putInt(task, PAGE + 140, 0);
        putInt(task, header + 16, (int) (PAGE + 128));
        putInt(task, header + 20, (int) ((PAGE + 128) >>> 32));
        putInt(task, header + 24, 1);
        putInt(task, header + 32, (int) control);
        putInt(task, header + 36, (int) (control >>> 32));
        putInt(task, header + 40, 20);
        putInt(task, control, 20);
        putInt(task, control + 4, 0);
        putInt(task, control + 8, Socket.SOL_SOCKET);
        putInt(task, control + 12, Socket.SCM_RIGHTS);
        putInt(task, control + 16, carried);
        return call(task, Nr.NR_sendmsg, fd, header, 0);
    }
}
