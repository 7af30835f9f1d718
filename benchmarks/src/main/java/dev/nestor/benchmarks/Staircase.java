package dev.nestor.benchmarks;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.pid.Pids;

/**
 * PID namespaces one in the other, and pids spread evenly over their levels, in turn: a namespace sees those of its own
 * level and of all below. Of the numbers that one of them gave out, every eighth has been freed again.
 */
final class Staircase {
    static final int LEVELS = 32;

    /** Numbers between two that are free. */
    static final int PERIOD = 8;

    private final Kernel kernel;
    private final int[] namespaces = new int[LEVELS + 1]; // by level
    private final int seen; // numbers that the namespace looked from has given out

    /**
     * @param pids how many
     * @param level whose namespace is looked from, and has holes
     */
    Staircase(int pids, int level) {
        kernel = new Kernel(new KernelConfig().pidMax(4 * 1024 * 1024).maxTasks(Math.max(1024, pids)));
        namespaces[0] = kernel.pids().activeNs(kernel.initTask());
        for (int at = 1; at <= LEVELS; at++) {
            int userNs = kernel.pidNamespaces().owner(namespaces[0]);
            namespaces[at] = kernel.pidNamespaces().create(namespaces[at - 1], userNs, 0);
        }
        int[] made = new int[pids];
        int count = 0;
        for (int i = 0; i < pids; i++) {
            int at = 1 + i % LEVELS;
            int pid = kernel.pids().allocPid(namespaces[at]);
            if (at >= level) {
                made[count++] = pid;
            }
        }
        seen = count - count % PERIOD;
        for (int i = PERIOD - 1; i < seen; i += PERIOD) {
            kernel.pids().freePid(made[i]);
        }
    }

    Pids pids() {
        return kernel.pids();
    }

    Kernel kernel() {
        return kernel;
    }

    int namespace(int level) {
        return namespaces[level];
    }

    /** Numbers 1 to this were given out by the namespace looked from; those that {@link #PERIOD} divides are free. */
    int seen() {
        return seen;
    }
}
