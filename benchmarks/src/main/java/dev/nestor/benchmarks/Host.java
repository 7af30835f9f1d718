package dev.nestor.benchmarks;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.syscalls.CallTables;
import dev.nestor.syscalls.Execution;
import dev.nestor.syscalls.Syscalls;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import it.unimi.dsi.fastutil.ints.IntArrayFIFOQueue;
import java.nio.charset.StandardCharsets;

/** A kernel without CPUs whose calls are made by naming their task. What a call wakes goes on before it returns. */
final class Host {
    /** Where every task has memory for arguments. */
    static final long PAGE = 0x10000000000L;

    private static final int PAGES = 16;
    private static final int PAGE_SIZE = 4096;
    private static final int CLONE_ARGS_SIZE = 88;
    private static final int EXIT_SIGNAL_AT = 32; // in struct clone_args
    private static final int READ_WRITE = 3;

    private final Kernel kernel;
    private final Execution execution;
    private final IntArrayFIFOQueue woken = new IntArrayFIFOQueue();

    Host() {
        this(new KernelConfig());
    }

    Host(KernelConfig config) {
        kernel = new Kernel(config);
        execution = new Execution(kernel, new Syscalls(CallTables.of(kernel), kernel.tasks()));
        kernel.wakeups().setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {
                woken.enqueue(task);
            }

            @Override
            public void activateNew(int task) {}

            @Override
            public void kick(int task) {
                woken.enqueue(task);
            }
        });
        kernel.addressSpaces().learnMapping(kernel.tasks().mm(init()), PAGE, PAGE + PAGES * PAGE_SIZE, READ_WRITE);
    }

    Kernel kernel() {
        return kernel;
    }

    int init() {
        return kernel.initTask();
    }

    long call(int task, int nr) {
        return call(task, nr, 0, 0, 0);
    }

    long call(int task, int nr, long first, long second, long third) {
        return call(task, nr, first, second, third, 0);
    }

    long call(int task, int nr, long first, long second, long third, long fourth) {
        setArgs(task, first, second, third, fourth);
        return enter(task, nr);
    }

    /** sendto(2) without flags. */
    long sendto(int task, long fd, long buffer, long size, long to, long toSize) {
        setArgs(task, fd, buffer, size, 0);
        execution.syscalls().setArg(task, 4, to);
        execution.syscalls().setArg(task, 5, toSize);
        return enter(task, Nr.NR_sendto);
    }

    private void setArgs(int task, long first, long second, long third, long fourth) {
        Syscalls calls = execution.syscalls();
        calls.setArg(task, 0, first);
        calls.setArg(task, 1, second);
        calls.setArg(task, 2, third);
        calls.setArg(task, 3, fourth);
        calls.setArg(task, 4, 0);
        calls.setArg(task, 5, 0);
    }

    private long enter(int task, int nr) {
        long result = execution.enter(task, nr);
        leaveIfDead(task);
        if (!woken.isEmpty()) {
            settle();
        }
        return result;
    }

    /** Lets what is due arrive: packets that have been sent. */
    void deliver() {
        kernel.eventLoop().runUntil(kernel.clock().now());
    }

    /** Lets what has been killed die, and who has waited for that go on. */
    private void settle() {
        while (!woken.isEmpty()) {
            int task = woken.dequeueInt();
            if (!kernel.tasks().isLive(task) || execution.isDead(task)) {
                continue;
            }
            if (kernel.tasks().hasFlag(task, TaskTable.PF_EXITING)) {
                execution.resume(task);
            } else {
                execution.toUser(task, 0);
            }
            leaveIfDead(task);
        }
    }

    private void leaveIfDead(int task) {
        if (execution.isDead(task)) {
            kernel.release().putTask(task);
        }
    }

    /** clone3(2) with these flags and SIGCHLD: the new task. */
    int clone(int task, long flags) {
        int mm = kernel.tasks().mm(task);
        kernel.userMemory().putLong(mm, PAGE, flags);
        kernel.userMemory().putLong(mm, PAGE + EXIT_SIGNAL_AT, Signal.SIGCHLD);
        int nr = (int) must(call(task, Nr.NR_clone3, PAGE, CLONE_ARGS_SIZE, 0));
        return kernel.pids().findTaskByVpid(kernel.pids().activeNs(task), nr);
    }

    /** A task so many PID namespaces below another. */
    int descend(int task, int levels) {
        int at = task;
        for (int i = 0; i < levels; i++) {
            at = clone(at, Sched.CLONE_NEWPID);
        }
        return at;
    }

    /** A child's whole life: clone, exit, wait. */
    long live(int parent, long flags) {
        int child = clone(parent, flags);
        call(child, Nr.NR_exit_group);
        return must(call(parent, Nr.NR_wait4, -1, 0, 0));
    }

    /** A string in a task's memory, behind what {@link #clone} uses. */
    long text(int task, String text) {
        return text(task, 1, text);
    }

    /**
     * A string in a task's memory.
     *
     * @param page which of the pages that every task has; {@link #clone} uses the first
     */
    long text(int task, int page, String text) {
        byte[] bytes = (text + '\0').getBytes(StandardCharsets.ISO_8859_1);
        kernel.userMemory().copyToUser(kernel.tasks().mm(task), page(page), bytes, 0, bytes.length);
        return page(page);
    }

    static long page(int page) {
        return PAGE + (long) page * PAGE_SIZE;
    }

    /** The result of a call that is not expected to fail. */
    static long must(long result) {
        if (result < 0) {
            throw new IllegalStateException("a call fails: " + result);
        }
        return result;
    }
}
