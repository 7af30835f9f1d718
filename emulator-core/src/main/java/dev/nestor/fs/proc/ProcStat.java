package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import java.util.function.IntToLongFunction;

/** /proc/PID/stat and statm: fs/proc/array.c. */
final class ProcStat {
    private static final int PF_RANDOMIZE = 0x400000;
    private static final long NSEC_PER_TICK = 10_000_000; // USER_HZ is 100
    private static final int MAX_RT_PRIO = 100;
    private static final int NICE_0 = 120;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final SighandTable sighands;
    private final Pids pids;
    private final Timekeeping timekeeping;
    private final MmTable mms;
    private final IntToLongFunction boottimeOffsetNs; // by task
    private final PtraceAccess access;
    private final byte[] comm = new byte[TaskTable.TASK_COMM_LEN];

    ProcStat(ProcContext context, PtraceAccess access) {
        this.tasks = context.tasks();
        this.signals = context.signals();
        this.sighands = context.sighands();
        this.pids = context.pids();
        this.timekeeping = context.timekeeping();
        this.boottimeOffsetNs = context.boottimeOffsetNs();
        this.mms = context.mms();
        this.access = access;
    }

    /** do_task_stat(): of a process with all its threads, in /proc/PID/task/TID of one thread. */
    int show(ProcRequest request, SeqFile out) {
        int task = request.subject();
        int ns = request.pidNs();
        int signal = tasks.signal(task);
        boolean permitted = access.mayRead(request.reader(), task);
        int parent = tasks.realParent(task);
        out.unsigned(pids.pidNrNs(request.pid(), ns)).put(" (");
        out.put(comm, 0, tasks.comm(task, comm)).put(") ");
        out.put(ProcStatus.stateOf(tasks, task).charAt(0));
        field(parent == NULL ? 0 : pids.taskTgidNr(parent, ns), out);
        field(pids.pidNrNs(pids.pgrp(task), ns), out);
        field(pids.pidNrNs(pids.session(task), ns), out);
        out.put(" 0 -1");
        field(Integer.toUnsignedLong(tasks.flags(task) | PF_RANDOMIZE), out);
        out.put(" 0 0 0 0");
        field(ticks(signals.utime(signal) + tasks.utime(task)), out);
        field(ticks(signals.stime(signal) + tasks.stime(task)), out);
        field(ticks(signals.cutime(signal)), out);
        field(ticks(signals.cstime(signal)), out);
        field(priority(task), out);
        field(tasks.staticPrio(task) - NICE_0, out);
        field(signals.nrThreads(signal), out);
        out.put(" 0");
        long startNs = tasks.startTime(task) + boottimeOffsetNs.applyAsLong(request.reader());
        field(startNs / NSEC_PER_TICK, out);
        memory(tasks.mm(task), signal, permitted, out);
        signals(task, out);
        boolean sleeps = permitted && tasks.state(task) != TaskTable.TASK_RUNNING && tasks.exitState(task) == 0;
        out.put(sleeps ? " 1 0 0" : " 0 0 0");
        field(tasks.exitSignal(task), out);
        field(tasks.cpu(task), out);
        field(tasks.rtPriority(task), out);
        field(tasks.policy(task), out);
        out.put(" 0 0 0");
        addresses(tasks.mm(task), permitted, out);
        field(permitted ? tasks.exitCode(task) : 0, out);
        out.put('\n');
        return 0;
    }

    /** task_prio(): p->prio less MAX_RT_PRIO. */
    private int priority(int task) {
        if (tasks.policy(task) == Sched.SCHED_DEADLINE) {
            return -1 - MAX_RT_PRIO;
        }
        return tasks.rtPriority(task) > 0 ? -1 - tasks.rtPriority(task) : tasks.staticPrio(task) - MAX_RT_PRIO;
    }

    private static void field(long number, SeqFile out) {
        out.put(' ').decimal(number);
    }

    private long ticks(long cycles) {
        return timekeeping.cyclesToNs(cycles) / NSEC_PER_TICK;
    }

    private void memory(int mm, int signal, boolean permitted, SeqFile out) {
        long rss = mm == NULL ? 0 : mms.rssAnon(mm) + mms.rssFile(mm) + mms.rssShmem(mm);
        out.put(' ').unsigned(mm == NULL ? 0 : mms.totalVm(mm) << 12);
        out.put(' ').unsigned(rss);
        out.put(' ').unsigned(signals.rlimCur(signal, Resource.RLIMIT_RSS));
        out.put(' ').unsigned(mm == NULL ? 0 : permitted ? mms.startCode(mm) : 1);
        out.put(' ').unsigned(mm == NULL ? 0 : permitted ? mms.endCode(mm) : 1);
        out.put(' ').unsigned(mm == NULL || !permitted ? 0 : mms.startStack(mm));
        out.put(" 0 0");
    }

    private void signals(int task, SeqFile out) {
        int sighand = tasks.sighand(task);
        long ignored = 0;
        long caught = 0;
        for (int i = 0; sighand != NULL && i < 31; i++) {
            long handler = sighands.handler(sighand, i);
            ignored |= handler == Signal.SIG_IGN ? 1L << i : 0;
            caught |= handler != Signal.SIG_IGN && handler != Signal.SIG_DFL ? 1L << i : 0;
        }
        field(tasks.pendingSet(task) & Integer.MAX_VALUE, out);
        field(tasks.blocked(task) & Integer.MAX_VALUE, out);
        field(ignored, out);
        field(caught, out);
    }

    private void addresses(int mm, boolean permitted, SeqFile out) {
        if (mm == NULL || !permitted) {
            out.put(" 0 0 0 0 0 0 0");
            return;
        }
        out.put(' ').unsigned(mms.startData(mm));
        out.put(' ').unsigned(mms.endData(mm));
        out.put(' ').unsigned(mms.startBrk(mm));
        out.put(' ').unsigned(mms.argStart(mm));
        out.put(' ').unsigned(mms.argEnd(mm));
        out.put(' ').unsigned(mms.envStart(mm));
        out.put(' ').unsigned(mms.envEnd(mm));
    }

    /** proc_pid_statm(). */
    int showStatm(ProcRequest request, SeqFile out) {
        int mm = tasks.mm(request.subject());
        if (mm == NULL) {
            out.put("0 0 0 0 0 0 0\n");
            return 0;
        }
        long shared = mms.rssFile(mm) + mms.rssShmem(mm);
        out.unsigned(mms.totalVm(mm));
        field(shared + mms.rssAnon(mm), out);
        field(shared, out);
        field((mms.endCode(mm) >>> 12) - (mms.startCode(mm) >>> 12), out);
        out.put(" 0");
        field(mms.dataVm(mm) + mms.stackVm(mm), out);
        out.put(" 0\n");
        return 0;
    }
}
