package dev.nestor.syscalls;

import static dev.nestor.syscalls.Allocations.assertAllocatesNothing;
import static dev.nestor.syscalls.SteadyMachine.must;
import static dev.nestor.syscalls.SteadyMachine.page;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Socket;
import org.junit.jupiter.api.Test;

/** Sockets, packets and network namespaces allocate nothing in a steady state. */
class NetAllocationTest {
    private static final int OPERATIONS = 20_000;
    private static final int ADDRESS = 1; // pages of the task's memory
    private static final int BUFFER = 2;
    private static final int ADDRESS_SIZE = 16; // bytes of struct sockaddr_in
    private static final int BYTES = 64; // of a packet
    private static final int LOOPBACK = 0x0100_007f; // 127.0.0.1 as it lies in memory

    private final SteadyMachine machine = new SteadyMachine();
    private final int task = machine.clone(machine.init(), 0);
    private long sent; // bytes
    private long received;

    private int socket(int type) {
        return (int) must(machine.call(task, Nr.NR_socket, Socket.AF_INET, type, 0));
    }

    private long address(int port) {
        long swapped = Integer.toUnsignedLong(Integer.reverseBytes(port) >>> 16);
        int mm = machine.kernel().tasks().mm(task);
        machine.kernel()
                .userMemory()
                .putLong(mm, page(ADDRESS), Socket.AF_INET | swapped << 16 | (long) LOOPBACK << 32);
        return page(ADDRESS);
    }

    private int bound(int type, int port) {
        int fd = socket(type);
        must(machine.call(task, Nr.NR_bind, fd, address(port), ADDRESS_SIZE));
        return fd;
    }

    private void assertTransfersAllocateNothing(int from, int to) {
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                sent += must(machine.call(task, Nr.NR_write, from, page(BUFFER), BYTES));
                received += must(machine.call(task, Nr.NR_read, to, page(BUFFER), BYTES));
            }
        });
        assertThat(received).isPositive().isEqualTo(sent);
    }

    @Test
    void streamOfUnix_allocatesNothing() {
        must(machine.call(task, Nr.NR_socketpair, Socket.AF_UNIX, Socket.SOCK_STREAM, 0, page(ADDRESS)));
        int mm = machine.kernel().tasks().mm(task);
        int from = machine.kernel().userMemory().getInt(mm, page(ADDRESS));
        int to = machine.kernel().userMemory().getInt(mm, page(ADDRESS) + Integer.BYTES);
        assertTransfersAllocateNothing(from, to);
    }

    @Test
    void streamOfTcp_allocatesNothing() {
        int type = Socket.SOCK_STREAM | Fcntl.O_NONBLOCK;
        int listener = bound(type, 1024);
        must(machine.call(task, Nr.NR_listen, listener, 1, 0));
        int from = socket(type);
        machine.call(task, Nr.NR_connect, from, address(1024), ADDRESS_SIZE);
        int to = (int) must(machine.call(task, Nr.NR_accept, listener, 0, 0));
        assertTransfersAllocateNothing(from, to);
    }

    @Test
    void datagrams_allocateNothing() {
        int to = bound(Socket.SOCK_DGRAM, 1024);
        int from = socket(Socket.SOCK_DGRAM);
        must(machine.call(task, Nr.NR_connect, from, address(1024), ADDRESS_SIZE));
        assertTransfersAllocateNothing(from, to);
    }

    @Test
    void socketsThatAreBoundAndClosed_allocateNothing() {
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                must(machine.call(task, Nr.NR_close, bound(Socket.SOCK_DGRAM, 1024), 0, 0));
            }
        });
    }

    @Test
    void networkNamespaces_allocateNothing() {
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                must(machine.call(task, Nr.NR_unshare, Sched.CLONE_NEWNET, 0, 0));
            }
        });
    }
}
