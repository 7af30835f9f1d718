package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Whole calls allocate nothing in a steady state. */
class CallAllocationTest {
    private static final int OPERATIONS = 200_000;
    private static final int LIVES = 10_000;
    private static final int ROUNDS = 5;

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
        assertAllocatesNothing(() -> {
            for (int i = 0; i < LIVES; i++) {
                int child = clone(parent, Signal.SIGCHLD);
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

    /** The fewest bytes of a few rounds: the JVM itself allocates a little on this thread once in a while. */
    private static void assertAllocatesNothing(Runnable round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        round.run();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS && least > 0; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            round.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
    }
}
