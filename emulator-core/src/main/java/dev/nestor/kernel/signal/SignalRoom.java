package dev.nestor.kernel.signal;

import dev.nestor.kernel.cgroup.CgroupFreezer;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.table.StateHash;
import java.util.function.IntPredicate;

/** All that has to do with signals in one machine, put together: the objects of this package by their names. */
public final class SignalRoom {
    private final SigQueueTable queue;
    private final SigFrameTable frameTable;
    private final Sighands sighands;
    private final PendingSignals pending;
    private final SignalWakeups wakeups;
    private final Signals signals;
    private final SignalKill kill;
    private final SigIo sigio;
    private final SigActions actions;
    private final SigFrames frames;
    private final PgrpOrphans orphans;
    private final ParentNotifier parents;
    private final TaskSignals taskSignals;
    private final Itimers itimers;
    private final PosixTimers posixTimers;
    private final SignalDelivery delivery;

    /** The tables of tasks, and what freezes them. */
    public record Tasks(TaskTable tasks, SignalStructTable signals, SighandTable sighands, CgroupFreezer freezer) {}

    /** Who is who. */
    public record Ids(
            CredTable creds,
            UserNamespaces userNamespaces,
            Capabilities capabilities,
            PidTable pidTable,
            Pids pids,
            PidNamespaces pidNamespaces) {}

    /**
     * Waiting and time.
     *
     * @param isOnCpu task_curr(): whether a CPU runs the task now
     */
    public record Waiting(
            Wakeups wakeups, WaitQueues waitQueues, Timekeeping timekeeping, HrTimers timers, IntPredicate isOnCpu) {}

    /** The most rows of each table. */
    public record Limits(int queued, int frames) {}

    /** A machine that counts no work. */
    public SignalRoom(Tasks of, Ids ids, Waiting waiting, Limits limits) {
        this(of, ids, waiting, limits, new Work());
    }

    public SignalRoom(Tasks of, Ids ids, Waiting waiting, Limits limits, Work work) {
        TaskTable tasks = of.tasks;
        queue = new SigQueueTable(limits.queued, tasks, of.signals);
        frameTable = new SigFrameTable(limits.frames, tasks);
        sighands = new Sighands(tasks, of.sighands, waiting.waitQueues);
        pending = new PendingSignals(tasks, of.signals, queue, ids.creds, ids.userNamespaces.ucounts(), work);
        wakeups = new SignalWakeups(tasks, of.signals, pending, waiting.wakeups, waiting.isOnCpu);
        SignalIds signalIds = new SignalIds(tasks, ids.pids, ids.creds, ids.userNamespaces);
        signals = new Signals(tasks, of.signals, sighands, pending, wakeups, signalIds);
        KillPermission permission = new KillPermission(tasks, ids.creds, ids.capabilities, ids.pids, work);
        kill = new SignalKill(tasks, ids, signals, permission, work);
        PosixTimers.Below below = new PosixTimers.Below(
                tasks, of.signals, ids.pidTable, ids.pids, waiting.timers, waiting.timekeeping, waiting.wakeups, work);
        posixTimers = new PosixTimers(below, signals, pending, limits.queued);
        sigio = new SigIo(tasks, ids.creds, ids.pidTable, signals);
        actions = new SigActions(sighands, pending, posixTimers);
        frames = new SigFrames(tasks, frameTable, wakeups);
        orphans = new PgrpOrphans(tasks, of.signals, ids.pidTable);
        parents = new ParentNotifier(tasks, of.signals, signals, ids.pidTable, waiting.waitQueues, waiting.timekeeping);
        GroupStop groupStop = new GroupStop(tasks, of.signals, wakeups, parents, of.freezer);
        itimers = new Itimers(tasks, of.signals, signals, waiting.timers, waiting.timekeeping, work);
        SignalDelivery.Parts parts =
                new SignalDelivery.Parts(sighands, pending, wakeups, groupStop, orphans, frames, of.freezer);
        taskSignals = new TaskSignals(tasks, of.signals, parts, posixTimers);
        delivery = new SignalDelivery(tasks, of.signals, parts, new SignalDelivery.DequeueHook() {
            @Override
            public void sigalrmDequeued(int task) {
                itimers.rearm(task);
            }

            @Override
            public boolean timerDequeued(int queued, SigInfo info) {
                return posixTimers.deliver(queued, info);
            }
        });
    }

    public Sighands sighands() {
        return sighands;
    }

    public PendingSignals pending() {
        return pending;
    }

    public SignalWakeups wakeups() {
        return wakeups;
    }

    public Signals signals() {
        return signals;
    }

    public SignalKill kill() {
        return kill;
    }

    public SigIo sigio() {
        return sigio;
    }

    public SigActions actions() {
        return actions;
    }

    public SigFrames frames() {
        return frames;
    }

    public PgrpOrphans orphans() {
        return orphans;
    }

    public ParentNotifier parents() {
        return parents;
    }

    public TaskSignals taskSignals() {
        return taskSignals;
    }

    public Itimers itimers() {
        return itimers;
    }

    public PosixTimers posixTimers() {
        return posixTimers;
    }

    public SignalDelivery delivery() {
        return delivery;
    }

    public void digest(StateHash hash) {
        queue.digest(hash);
        frameTable.digest(hash);
        posixTimers.digest(hash);
    }
}
