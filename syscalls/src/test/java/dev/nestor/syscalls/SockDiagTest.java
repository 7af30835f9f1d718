package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Socket;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** NETLINK_SOCK_DIAG; what stands here was seen on Linux 6.18. */
class SockDiagTest {
    private static final long PAGE = TestMachine.PAGE;
    private static final int SOCK_DIAG = 4;
    private static final int BY_FAMILY = 20;
    private static final int REQUEST = 1;
    private static final int DUMP = 0x301;
    private static final int ALL = -1;
    private static final int ROOM = 4096;

    private final TestMachine machine = new TestMachine();
    private final int task = machine.clone(machine.init(), Sched.CLONE_NEWNET | Signal.SIGCHLD);
    private final long diag = machine.call(task, Nr.NR_socket, Socket.AF_NETLINK, Socket.SOCK_RAW, SOCK_DIAG);

    private void put(long at, byte[] bytes) {
        machine.kernel().userMemory().copyToUser(machine.kernel().tasks().mm(task), at, bytes, 0, bytes.length);
    }

    private byte[] get(long at, int length) {
        byte[] bytes = new byte[length];
        machine.kernel().userMemory().copyFromUser(machine.kernel().tasks().mm(task), at, bytes, 0, length);
        return bytes;
    }

    /** The bodies of the messages that answer a request; the last one is the end of a dump, or an error. */
    private List<byte[]> ask(int flags, byte[] body) {
        byte[] message = new byte[16 + body.length];
        Bytes.putInt(message, 0, message.length);
        Bytes.putInt(message, 4, BY_FAMILY | flags << 16);
        System.arraycopy(body, 0, message, 16, body.length);
        put(PAGE, message);
        assertThat(machine.call(task, Nr.NR_sendto, diag, PAGE, message.length, 0, 0, 0))
                .isEqualTo(message.length);
        List<byte[]> bodies = new ArrayList<>();
        long got = machine.call(task, Nr.NR_recvfrom, diag, PAGE, ROOM, Socket.MSG_DONTWAIT, 0, 0);
        while (got > 0) {
            byte[] all = get(PAGE, (int) got);
            for (int at = 0; at < got; at += (Bytes.getInt(all, at) + 3) & -4) {
                bodies.add(java.util.Arrays.copyOfRange(all, at + 16, at + Bytes.getInt(all, at)));
            }
            got = machine.call(task, Nr.NR_recvfrom, diag, PAGE, ROOM, Socket.MSG_DONTWAIT, 0, 0);
        }
        return bodies;
    }

    private static byte[] inet(int family, int protocol, int states) {
        byte[] body = new byte[56];
        body[0] = (byte) family;
        body[1] = (byte) protocol;
        Bytes.putInt(body, 4, states);
        Bytes.putLong(body, 48, -1);
        return body;
    }

    private static byte[] unix(int states, int ino, int show) {
        byte[] body = new byte[24];
        body[0] = Socket.AF_UNIX;
        Bytes.putInt(body, 4, states);
        Bytes.putInt(body, 8, ino);
        Bytes.putInt(body, 12, show);
        Bytes.putLong(body, 16, -1);
        return body;
    }

    private void address(int port) {
        put(PAGE, HexFormat.of().parseHex("0200%04x7f0000010000000000000000".formatted(port)));
    }

    private long socket(int family, int type) {
        return machine.call(task, Nr.NR_socket, family, type, 0);
    }

    private long listener(int port) {
        long fd = socket(Socket.AF_INET, Socket.SOCK_STREAM);
        address(port);
        assertThat(machine.call(task, Nr.NR_bind, fd, PAGE, 16)).isZero();
        assertThat(machine.call(task, Nr.NR_listen, fd, 7)).isZero();
        return fd;
    }

    private long connected(int port) {
        long fd = socket(Socket.AF_INET, Socket.SOCK_STREAM);
        address(port);
        machine.call(task, Nr.NR_connect, fd, PAGE, 16);
        machine.advance(1000);
        return fd;
    }

    private void loopbackUp() {
        long fd = socket(Socket.AF_INET, Socket.SOCK_DGRAM);
        byte[] request = new byte[40];
        request[0] = 'l';
        request[1] = 'o';
        request[16] = 1;
        put(PAGE, request);
        assertThat(machine.call(task, Nr.NR_ioctl, fd, 0x8914, PAGE)).isZero();
        machine.call(task, Nr.NR_close, fd);
    }

    private static String hex(byte[] bytes, int from, int to) {
        return HexFormat.of().formatHex(bytes, from, to);
    }

    @Test
    void dumpOfTcp_tellsWhoListens_andWhatWaits() {
        listener(5000);
        List<byte[]> told = ask(DUMP, inet(Socket.AF_INET, Socket.IPPROTO_TCP, ALL));
        assertThat(told).hasSize(2);
        assertThat(hex(told.get(0), 0, 8)).isEqualTo("020a000013880000");
        assertThat(hex(told.get(0), 8, 44)).isEqualTo("7f000001" + "0".repeat(64));
        assertThat(hex(told.get(0), 52, 68)).isEqualTo("00000000000000000700000000000000");
        assertThat(hex(told.get(0), 72, told.get(0).length))
                .isEqualTo(
                        "05000800" + "00000000" + "08000f0000000000" + "0c0015000100000000000000" + "0600160052000000");
        assertThat(hex(told.get(1), 0, 4)).isEqualTo("00000000");
        assertThat(ask(DUMP, inet(Socket.AF_INET, Socket.IPPROTO_TCP, 1 << Socket.TCP_ESTABLISHED)))
                .hasSize(1);
    }

    @Test
    void dumpOfTcp_tellsConnections_andThoseInTimeWait() {
        loopbackUp();
        long listener = listener(5000);
        long client = connected(5000);
        long child = machine.call(task, Nr.NR_accept, listener, 0, 0);
        put(PAGE, new byte[] {'a', 'b', 'c'});
        assertThat(machine.call(task, Nr.NR_write, client, PAGE, 3)).isEqualTo(3);
        machine.advance(1000);
        List<byte[]> told = ask(DUMP, inet(Socket.AF_INET, Socket.IPPROTO_TCP, 1 << Socket.TCP_ESTABLISHED));
        assertThat(told).hasSize(3);
        assertThat(told.subList(0, 2)).extracting(one -> Bytes.getInt(one, 56)).containsExactlyInAnyOrder(0, 3);

        machine.call(task, Nr.NR_read, child, PAGE, 3);
        machine.call(task, Nr.NR_close, client);
        machine.advance(1000);
        assertThat(ask(DUMP, inet(Socket.AF_INET, Socket.IPPROTO_TCP, 1 << Socket.TCP_FIN_WAIT2)))
                .hasSize(2);
        assertThat(ask(DUMP, inet(Socket.AF_INET, Socket.IPPROTO_TCP, 1 << Socket.TCP_CLOSE_WAIT)))
                .hasSize(2);
        machine.call(task, Nr.NR_close, child);
        machine.advance(1000);
        told = ask(DUMP, inet(Socket.AF_INET, Socket.IPPROTO_TCP, 1 << Socket.TCP_TIME_WAIT));
        assertThat(told).hasSize(2);
        assertThat(hex(told.get(0), 0, 4)).isEqualTo("02060300");
        assertThat(Bytes.getInt(told.get(0), 52)).isBetween(59_000, 60_000);
        assertThat(hex(told.get(0), 72, told.get(0).length)).isEqualTo("08000f0000000000");
        machine.advance(60_000_000_000L);
        assertThat(ask(DUMP, inet(Socket.AF_INET, Socket.IPPROTO_TCP, 1 << Socket.TCP_TIME_WAIT)))
                .hasSize(1);
    }

    @Test
    void dump_isOfOneNet() {
        listener(5000);
        int other = machine.clone(task, Sched.CLONE_NEWNET | Signal.SIGCHLD);
        long fd = machine.call(other, Nr.NR_socket, Socket.AF_NETLINK, Socket.SOCK_RAW, SOCK_DIAG);
        byte[] body = inet(Socket.AF_INET, Socket.IPPROTO_TCP, ALL);
        byte[] message = new byte[16 + body.length];
        Bytes.putInt(message, 0, message.length);
        Bytes.putInt(message, 4, BY_FAMILY | DUMP << 16);
        System.arraycopy(body, 0, message, 16, body.length);
        machine.kernel().userMemory().copyToUser(machine.kernel().tasks().mm(other), PAGE, message, 0, message.length);
        machine.call(other, Nr.NR_sendto, fd, PAGE, message.length, 0, 0, 0);
        assertThat(machine.call(other, Nr.NR_recvfrom, fd, PAGE, ROOM, Socket.MSG_DONTWAIT, 0, 0))
                .isEqualTo(20);
    }

    @Test
    void dumpOfUnix_tellsNamesAndPeers() {
        long fd = socket(Socket.AF_UNIX, Socket.SOCK_STREAM);
        put(PAGE, new byte[] {1, 0, 0, 'a', 'b', 's'});
        assertThat(machine.call(task, Nr.NR_bind, fd, PAGE, 6)).isZero();
        assertThat(machine.call(task, Nr.NR_listen, fd, 5)).isZero();
        List<byte[]> told = ask(DUMP, unix(1 << Socket.TCP_LISTEN, 0, 0x1f));
        assertThat(told).hasSize(2);
        byte[] one = told.get(0);
        assertThat(hex(one, 0, 4)).isEqualTo("01010a00");
        assertThat(hex(one, 16, one.length))
                .isEqualTo("0800000000616273" + "04000300" + "0c0004000000000005000000" + "0500060000000000");
        int ino = Bytes.getInt(one, 4);
        assertThat(ask(REQUEST, unix(ALL, ino, 0)).getFirst()).hasSize(24);
        assertThat(Bytes.getInt(ask(REQUEST, unix(ALL, 12, 0)).getFirst(), 0)).isEqualTo(-Errno.ENOENT);
        assertThat(Bytes.getInt(ask(REQUEST, unix(ALL, 0, 0)).getFirst(), 0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void what_isNotKnown_isRefused() {
        assertThat(Bytes.getInt(ask(DUMP, inet(Socket.AF_INET, 99, ALL)).getFirst(), 0))
                .isEqualTo(-Errno.ENOENT);
        assertThat(Bytes.getInt(ask(DUMP, inet(3, 6, ALL)).getFirst(), 0)).isEqualTo(-Errno.ENOENT);
        assertThat(Bytes.getInt(ask(REQUEST, inet(46, 6, ALL)).getFirst(), 0)).isEqualTo(-Errno.EINVAL);
        assertThat(Bytes.getInt(ask(REQUEST, inet(Socket.AF_PACKET, 0, ALL)).getFirst(), 0))
                .isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(Bytes.getInt(ask(REQUEST, new byte[] {1, 0}).getFirst(), 0)).isEqualTo(-Errno.EINVAL);
    }
}
