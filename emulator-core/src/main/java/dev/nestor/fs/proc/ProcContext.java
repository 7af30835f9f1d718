package dev.nestor.fs.proc;

import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.signal.PendingSignals;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.MmTable;
import java.util.function.IntToLongFunction;

/**
 * What the texts of this room are made from.
 *
 * @param boottimeOffsetNs what CLOCK_BOOTTIME shows a task more than outside its time namespace
 */
public record ProcContext(
        Vfs vfs,
        TaskTable tasks,
        SignalStructTable signals,
        SighandTable sighands,
        CredTable creds,
        UserNamespaces userNamespaces,
        PidTable pidTable,
        Pids pids,
        PendingSignals pending,
        SchedTasks sched,
        Timekeeping timekeeping,
        IntToLongFunction boottimeOffsetNs,
        MmTable mms) {}
