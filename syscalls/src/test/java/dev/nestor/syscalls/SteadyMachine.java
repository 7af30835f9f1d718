package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import java.nio.charset.StandardCharsets;

/** A kernel without CPUs whose calls allocate nothing of the test's own. No call waits. */
final class SteadyMachine {
    private static final long PAGE = 0x10000000000L;
    private static final int PAGES = 16;
    private static final int PAGE_SIZE = 4096;

    private final Kernel kernel = new Kernel(new KernelConfig());
    private final Execution execution = new Execution(kernel, new Syscalls(CallTables.of(kernel), kernel.tasks()));

    SteadyMachine() {
        kernel.wakeups().setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {}

            @Override
            public void activateNew(int task) {}

            @Override
            public void kick(int task) {}
        });
        kernel.addressSpaces().learnMapping(kernel.tasks().mm(init()), PAGE, PAGE + PAGES * PAGE_SIZE, 3);
    }

    Kernel kernel() {
        return kernel;
    }

    int init() {
        return kernel.initTask();
    }

    int clone(int task, long flags) {
        int nr = (int) must(call(task, Nr.NR_clone, flags | Signal.SIGCHLD, 0, 0));
        return kernel.pids().findTaskByVpid(kernel.pids().activeNs(task), nr);
    }

    long call(int task, int nr, long first, long second, long third) {
        return call(task, nr, first, second, third, 0);
    }

    /** A call, and the packets that it sends. */
    long call(int task, int nr, long first, long second, long third, long fourth) {
        Syscalls calls = execution.syscalls();
        calls.setArg(task, 0, first);
        calls.setArg(task, 1, second);
        calls.setArg(task, 2, third);
        calls.setArg(task, 3, fourth);
        calls.setArg(task, 4, 0);
        calls.setArg(task, 5, 0);
        long result = execution.enter(task, nr);
        kernel.eventLoop().runUntil(kernel.clock().now());
        return result;
    }

    /** The address of one of the pages that every task has. */
    static long page(int page) {
        return PAGE + (long) page * PAGE_SIZE;
    }

    /** A string in a task's memory. */
    long text(int task, int page, String text) {
        byte[] bytes = (text + '\0').getBytes(StandardCharsets.ISO_8859_1);
        kernel.userMemory().copyToUser(kernel.tasks().mm(task), page(page), bytes, 0, bytes.length);
        return page(page);
    }

    static long must(long result) {
        if (result < 0) {
            throw new IllegalStateException("a call fails: " + result);
        }
        return result;
    }
}
