package dev.nestor.init;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Random;
import dev.nestor.kernel.sched.Cpus;
import dev.nestor.kernel.sched.SchedConfig;
import dev.nestor.kernel.sched.SchedMachine;
import dev.nestor.kernel.sched.Scheduler;
import dev.nestor.kernel.sched.WaitEntryTable;
import dev.nestor.kernel.sched.WaitQueueTable;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.signal.CpuTimers;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.time.HrTimerTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Ntp;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Work;
import dev.nestor.table.Table;
import dev.nestor.trace.Tracepoints;

/** Time, events, CPUs, waiting and signals. */
final class Machinery {
    final CostModel costs;
    final Scheduler scheduler;
    final Clock clock;
    final Random random;
    final EventLoop eventLoop;
    final Timekeeping timekeeping;
    final HrTimers hrTimers;
    final Ntp ntp;
    final Wakeups wakeups;
    final WaitQueues waitQueues;
    final SignalRoom signals;

    Machinery(KernelConfig config, Identities ids, Work work, Tracepoints trace) {
        int most = config.maxTasks();
        clock = new Clock();
        random = new Random(config.seed());
        eventLoop = new EventLoop(clock, new EventQueue());
        timekeeping = new Timekeeping(clock, config.tscHz(), config.bootRealtimeNs());
        hrTimers = new HrTimers(eventLoop, ids.tasks, new HrTimerTable(4 * most));
        timekeeping.moves(hrTimers);
        ntp = new Ntp(timekeeping);
        costs = config.costs();
        scheduler = new Scheduler(
                new SchedMachine(eventLoop, timekeeping, config.topology(), costs, work, trace, random),
                new SchedConfig(
                        config.hz(),
                        config.baseSliceNs(),
                        config.migrationCostNs(),
                        config.preemption(),
                        config.isCfs(),
                        config.hrtick()),
                ids.tasks,
                most);
        if (config.schedExt() != null) {
            scheduler.loadExt(config.schedExt().get(), task -> rootNumber(ids, task));
        }
        ids.cgroups.cgroups().setCpuController(scheduler.groups());
        scheduler.setSignals(ids.signalStructs);
        scheduler.tasks().setCpusets(ids.cgroups.cssSets()::cpusetCpus);
        ids.cgroups.cgroups().setCpusetChanged(scheduler.tasks()::cpusetChanged);
        wakeups = new Wakeups(ids.tasks);
        hrTimers.register(HrTimers.SLEEP, wakeups::timerExpired);
        waitQueues = new WaitQueues(ids.tasks, new WaitQueueTable(16 * most), new WaitEntryTable(16 * most), wakeups);
        signals = new SignalRoom(
                new SignalRoom.Tasks(ids.tasks, ids.signalStructs, ids.sighands, ids.cgroups.freezer()),
                new SignalRoom.Ids(
                        ids.credTable, ids.userNamespaces, ids.capabilities, ids.pidTable, ids.pids, ids.pidNamespaces),
                new SignalRoom.Waiting(wakeups, waitQueues, timekeeping, hrTimers, scheduler.tasks()::isOnCpu),
                new SignalRoom.Limits(config.maxSignals(), 4 * most),
                work);
        CpuTimers cpuTimers = signals.posixTimers().cpuTimers();
        scheduler.cpus().setTickHook(new Cpus.TickHook() {
            @Override
            public boolean isWatched(int task) {
                return cpuTimers.isWatched(task);
            }

            @Override
            public void tick(int task) {
                cpuTimers.tick(task);
            }
        });
    }

    /** task_pid_nr(); 0 of a task that has no number yet, or no more. */
    private static int rootNumber(Identities ids, int task) {
        int pid = ids.tasks.threadPid(task);
        return pid == Table.NULL ? 0 : ids.pids.numberAt(pid, 0);
    }
}
