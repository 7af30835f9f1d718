package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.syscalls.CallTables;
import dev.nestor.syscalls.Execution;
import dev.nestor.syscalls.SyscallTable;
import dev.nestor.syscalls.Syscalls;

/** The emulated machine as a replay sees it: one kernel, its calls, and its clock in the time of the log. */
public final class Machine {
    private static final long NS_PER_US = 1000;

    private final Kernel kernel;
    private final TaskTable tasks;
    private final Execution execution;
    private final SyscallTable table;
    private final Births births;
    private final long startMicros;

    /** @param startMicros when the log begins, by its own clock */
    public Machine(Kernel kernel, Births births, long startMicros) {
        this.kernel = kernel;
        this.births = births;
        this.startMicros = startMicros;
        kernel.wakeups().setDispatcher(births);
        tasks = kernel.tasks();
        table = CallTables.of(kernel);
        execution = new Execution(kernel, new Syscalls(table, tasks));
    }

    /** What a kernel is started with for a log that begins then. */
    public static KernelConfig config(ReplayOptions options, long startMicros) {
        return new KernelConfig()
                .maxTasks(options.maxTasks())
                .maxFrames((int) Math.min(options.maxMemory() >> 12, Integer.MAX_VALUE))
                .bootRealtimeNs(startMicros * NS_PER_US);
    }

    public Kernel kernel() {
        return kernel;
    }

    public TaskTable tasks() {
        return tasks;
    }

    public Execution execution() {
        return execution;
    }

    Births births() {
        return births;
    }

    public boolean implementsCall(int nr) {
        return table.level(nr) != SyscallTable.Level.NONE;
    }

    /** Fires the timers due until a time of the log's clock. Time never goes back. */
    void advanceTo(long micros) {
        long ns = Math.max(0, micros - startMicros) * NS_PER_US;
        long cycles = kernel.timekeeping().nsToCycles(ns);
        if (cycles >= kernel.clock().now()) {
            kernel.eventLoop().runUntil(cycles);
        }
    }

    /** Fires the next timer, if it is due within so many ns: sleeps end late by their slack. False when there is none. */
    boolean fireNext(long withinNs) {
        long next = kernel.eventLoop().queue().firstTime();
        long limit = kernel.clock().now() + kernel.timekeeping().nsToCycles(withinNs);
        if (next > limit) {
            return false;
        }
        kernel.eventLoop().runUntil(next);
        return true;
    }

    /** Enters a call. A result, or {@link Syscalls#BLOCKED}. */
    public long enter(int task, TraceCall call, long[] registers) {
        for (int i = 0; i < registers.length; i++) {
            execution.syscalls().setArg(task, i, registers[i]);
        }
        return execution.enter(task, call.nr());
    }

    /** The address space of a task; NULL when it has none any more. */
    public int mm(int task) {
        return tasks.isLive(task) ? tasks.mm(task) : NULL;
    }

    public boolean isExiting(int task) {
        return tasks.hasFlag(task, TaskTable.PF_EXITING);
    }

    int rootUserNs() {
        return kernel.credTable().userNs(tasks.cred(kernel.initTask()));
    }

    /** The mount that the tree of files begins with. */
    int rootMount() {
        return kernel.vfs().tables.fsStructs.rootMnt(tasks.fs(kernel.initTask()));
    }

    /** The PID namespace that the first column of the log counts in. */
    public int rootPidNs() {
        return kernel.pids().activeNs(kernel.initTask());
    }
}
