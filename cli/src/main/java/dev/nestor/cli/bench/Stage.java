package dev.nestor.cli.bench;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.sched.SchedEntityTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;

/** What the tasks of a benchmark have in common: the machine, the memory of their process, which those it forks inherit. */
final class Stage {
    /** Where the memory begins. */
    static final long BASE = 0x10000000000L;

    static final int BYTES = 64 << 20;
    private static final int READ_WRITE = 3;
    private static final int LINE = 64; // bytes

    private final Kernel kernel;
    private final Timekeeping time;
    private final UserMemory memory;
    private long free = BASE;
    private boolean isOver;

    Stage(Kernel kernel) {
        this.kernel = kernel;
        this.time = kernel.timekeeping();
        this.memory = kernel.userMemory();
    }

    /** Maps the memory into the address space of the first process. */
    void map(int mm) {
        kernel.addressSpaces().learnMapping(mm, BASE, BASE + BYTES, READ_WRITE);
    }

    /** Room in memory, at the beginning of a cache line. */
    long room(int bytes) {
        long at = free;
        free += (bytes + LINE - 1) & -LINE;
        if (free > BASE + BYTES) {
            throw new BenchFailure("needs more than " + BYTES + " bytes of memory");
        }
        return at;
    }

    int cpus() {
        return kernel.config().topology().cpus();
    }

    int mm(int task) {
        return kernel.tasks().mm(task);
    }

    /** Where a task runs. */
    int cpu(int task) {
        return kernel.tasks().cpu(task);
    }

    /** How long a task has waited for a CPU, in the mean of its times on one. */
    long delayNs(int task) {
        SchedEntityTable entities = kernel.scheduler().entities();
        int se = kernel.tasks().se(task);
        return time.cyclesToNs(entities.runDelay(se)) / Math.max(1, entities.pcount(se));
    }

    UserMemory memory() {
        return memory;
    }

    long nowNs() {
        return time.monotonicNs();
    }

    long cycles(long ns) {
        return time.nsToCycles(ns);
    }

    /** The first process has ended. */
    void end() {
        isOver = true;
    }

    boolean isOver() {
        return isOver;
    }
}
