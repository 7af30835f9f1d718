package dev.nestor.syscalls;

import static dev.nestor.syscalls.Allocations.assertAllocatesNothing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.fs.eventpoll.EventPolls;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** Whole calls allocate nothing in a steady state. */
class CallAllocationTest {
    private static final int OPERATIONS = 200_000;
    private static final int LIVES = 10_000;

    private final Kernel kernel = new Kernel(new KernelConfig());
    private final Execution execution = new Execution(kernel, new Syscalls(CallTables.of(kernel), kernel.tasks()));
    private final int parent;
    private long found; // so that what is looked up is used

    CallAllocationTest() {
        kernel.wakeups().setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {}

            @Override
            public void activateNew(int task) {}

            @Override
            public void kick(int task) {}
        });
        int task = kernel.initTask();
        for (int level = 0; level < 3; level++) {
            task = clone(task, Sched.CLONE_NEWPID | Signal.SIGCHLD);
        }
        parent = task;
        for (int i = 0; i < 100; i++) {
            clone(parent, Signal.SIGCHLD);
        }
    }

    private int clone(int task, long flags) {
        execution.syscalls().setArg(task, 0, flags);
        execution.syscalls().setArg(task, 1, 0);
        int nr = (int) execution.enter(task, Nr.NR_clone);
        assert nr > 0 : nr;
        return kernel.pids().findTaskByVpid(kernel.pids().activeNs(task), nr);
    }

    @Test
    void findVpid_allocatesNothing() {
        int ns = kernel.pids().activeNs(parent);
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                found += kernel.pids().findVpid(ns, i & 127);
            }
        });
        assertThat(found).isPositive();
    }

    @Test
    void getpid_allocatesNothing() {
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                execution.enter(parent, Nr.NR_getpid);
            }
        });
    }

    @Test
    void killWithNoSignal_allocatesNothing() {
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                execution.syscalls().setArg(parent, 0, i & 127);
                execution.syscalls().setArg(parent, 1, 0);
                execution.enter(parent, Nr.NR_kill);
            }
        });
    }

    @Test
    void forkExitAndWait_allocateNothing() {
        assertLivesAllocateNothing(Signal.SIGCHLD);
    }

    @Test
    void livesInNamespacesOfTheirOwn_allocateNothing() {
        assertLivesAllocateNothing(Signal.SIGCHLD
                | Sched.CLONE_NEWNS
                | Sched.CLONE_NEWUTS
                | Sched.CLONE_NEWIPC
                | Sched.CLONE_NEWUSER
                | Sched.CLONE_NEWPID
                | Sched.CLONE_NEWNET
                | Sched.CLONE_NEWCGROUP);
    }

    private void assertLivesAllocateNothing(long flags) {
        assertAllocatesNothing(() -> {
            for (int i = 0; i < LIVES; i++) {
                int child = clone(parent, flags);
                execution.syscalls().setArg(child, 0, 0);
                execution.enter(child, Nr.NR_exit);
                kernel.release().putTask(child);
                execution.syscalls().setArg(parent, 0, -1);
                execution.syscalls().setArg(parent, 1, 0);
                execution.syscalls().setArg(parent, 2, 0);
                execution.syscalls().setArg(parent, 3, 0);
                long reaped = execution.enter(parent, Nr.NR_wait4);
                assert reaped > 0 : reaped;
            }
        });
    }

    private long call(int task, int nr, long... args) {
        for (int i = 0; i < args.length; i++) {
            execution.syscalls().setArg(task, i, args[i]);
        }
        return execution.enter(task, nr);
    }

    private long make(int nr, long first, long second, long third) {
        execution.syscalls().setArg(parent, 0, first);
        execution.syscalls().setArg(parent, 1, second);
        execution.syscalls().setArg(parent, 2, third);
        return execution.enter(parent, nr);
    }

    @Test
    void epollWaitAndEventfd_allocateNothing() {
        long page = page();
        kernel.userMemory().putLong(kernel.tasks().mm(parent), page, 1); // what is written, and EPOLLIN
        int poll = (int) call(parent, Nr.NR_epoll_create1, 0);
        int event = (int) call(parent, Nr.NR_eventfd2, 0, 0);
        assertThat(call(parent, Nr.NR_epoll_ctl, poll, EventPolls.EPOLL_CTL_ADD, event, page))
                .isZero();
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                found += make(Nr.NR_write, event, page, Long.BYTES);
                execution.syscalls().setArg(parent, 3, 0);
                found += make(Nr.NR_epoll_wait, poll, page + 64, 4);
                found += make(Nr.NR_read, event, page + 64, Long.BYTES);
            }
        });
        assertThat(found).isGreaterThanOrEqualTo(17L * OPERATIONS);
    }

    @Test
    void msgsndAndMsgrcv_allocateNothing() {
        long page = page();
        kernel.userMemory().putLong(kernel.tasks().mm(parent), page, 1);
        long queue = call(parent, Nr.NR_msgget, Ipc.IPC_PRIVATE, 0600);
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                execution.syscalls().setArg(parent, 3, 0);
                long sent = make(Nr.NR_msgsnd, queue, page, i & 255);
                execution.syscalls().setArg(parent, 3, 0);
                execution.syscalls().setArg(parent, 4, 0);
                long received = make(Nr.NR_msgrcv, queue, page, 256);
                assert sent == 0 && received == (i & 255) : sent + " " + received;
            }
        });
    }

    @Test
    void semopWithUndo_allocatesNothing() {
        long page = page();
        long set = call(parent, Nr.NR_semget, Ipc.IPC_PRIVATE, 2, 0600);
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                putOperation(page, 0, 1 - 2 * (i & 1), Ipc.SEM_UNDO);
                putOperation(page + 6, 1, 1 - 2 * (i & 1), Ipc.SEM_UNDO);
                long result = make(Nr.NR_semop, set, page, 2);
                assert result == 0 : result;
            }
        });
    }

    /** One task waits for another, again and again. */
    @Test
    void semopThatWaits_allocatesNothing() {
        long page = page();
        int other = clone(parent, Signal.SIGCHLD);
        long set = call(parent, Nr.NR_semget, Ipc.IPC_PRIVATE, 1, 0600);
        putOperation(page, 0, 1, 0);
        kernel.userMemory().copyToUser(kernel.tasks().mm(other), page, new byte[] {0, 0, -1, -1, 0, 0}, 0, 6);
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                execution.syscalls().setArg(other, 0, set);
                execution.syscalls().setArg(other, 1, page);
                execution.syscalls().setArg(other, 2, 1);
                long waits = execution.enter(other, Nr.NR_semop);
                make(Nr.NR_semop, set, page, 1);
                long result = execution.resume(other);
                assert waits == Syscalls.BLOCKED && result == 0 : waits + " " + result;
            }
        });
    }

    /** A page of the parent's memory. */
    private long page() {
        long page = 0x10000000000L;
        kernel.addressSpaces().learnMapping(kernel.tasks().mm(parent), page, page + 4096, 3);
        return page;
    }

    private void putOperation(long address, int num, int op, int flag) {
        int mm = kernel.tasks().mm(parent);
        kernel.userMemory().putShort(mm, address, num);
        kernel.userMemory().putShort(mm, address + 2, op);
        kernel.userMemory().putShort(mm, address + 4, flag);
    }
}
