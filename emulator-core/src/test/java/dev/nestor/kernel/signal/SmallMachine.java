package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.GroupInfoTable;
import dev.nestor.kernel.cred.IdMapTable;
import dev.nestor.kernel.cred.UcountsTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.kernel.sched.WaitEntryTable;
import dev.nestor.kernel.sched.WaitQueueTable;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimerTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Sched;
import java.util.List;

/** Processes and threads that do nothing but get signals; no CPUs, a clock that tests move. */
final class SmallMachine {
    static final int RLIMIT_SIGPENDING = 100;

    final TaskTable tasks = new TaskTable(200);
    final SignalStructTable signalStructs = new SignalStructTable(200, tasks);
    final SighandTable sighandTable = new SighandTable(200);
    final CgroupRoom cgroups = new CgroupRoom(20, List.of(), tasks, signalStructs, () -> 0);
    final CredTable credTable = new CredTable(200);
    final UserNamespaceTable userNsTable = new UserNamespaceTable(20);
    final NsInums inums = new NsInums(0xF0000000);
    final UserNamespaces userNamespaces =
            new UserNamespaces(userNsTable, new IdMapTable(100, 100), credTable, tasks, inums, new UcountsTable(200));
    final Creds creds = new Creds(tasks, signalStructs, credTable, new GroupInfoTable(20), userNamespaces);
    final PidTable pidTable = new PidTable(200, tasks);
    final PidNamespaceTable pidNsTable = new PidNamespaceTable(20);
    final PidNamespaces pidNamespaces = new PidNamespaces(pidNsTable, pidTable, inums, userNamespaces);
    final Pids pids = new Pids(pidTable, pidNsTable, pidNamespaces, tasks, signalStructs);
    final Wakeups scheduler = new Wakeups(tasks);
    final WaitQueues waitQueues = new WaitQueues(tasks, new WaitQueueTable(100), new WaitEntryTable(100), scheduler);
    final Clock clock = new Clock();
    final EventLoop loop = new EventLoop(clock, new EventQueue());
    final Timekeeping timekeeping = new Timekeeping(clock, Timekeeping.DEFAULT_FREQUENCY, 0);
    final HrTimers timers = new HrTimers(loop, tasks, new HrTimerTable(50));
    final SignalRoom room;
    final KSignal ksignal = new KSignal();
    final int rootUserNs = userNamespaces.createRoot();
    final int rootCred = creds.createRoot(rootUserNs, Capabilities.CAP_VALID_MASK);
    final int rootPidNs = pidNamespaces.createRoot(rootUserNs, 32768);
    final int init;
    int exited; // task that getSignal has ended last
    int exitStatus;
    int kicked; // task
    int onCpu; // task

    SmallMachine() {
        room = new SignalRoom(
                new SignalRoom.Tasks(tasks, signalStructs, sighandTable, cgroups.freezer()),
                new SignalRoom.Ids(
                        credTable,
                        userNamespaces,
                        new Capabilities(tasks, credTable, userNsTable),
                        pidTable,
                        pids,
                        pidNamespaces),
                new SignalRoom.Waiting(scheduler, waitQueues, timekeeping, timers, task -> task == onCpu),
                new SignalRoom.Limits(1000, 300));
        scheduler.setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {}

            @Override
            public void activateNew(int task) {}

            @Override
            public void kick(int task) {
                kicked = task;
            }
        });
        room.delivery().setExitHook((task, status) -> {
            exited = task;
            exitStatus = status;
        });
        init = process(NULL, rootPidNs);
    }

    /** A child with a cred of its own, in its parent's group and session; the first in a PID namespace is its init. */
    int process(int parent, int pidNs) {
        int task = tasks.alloc();
        int signal = signalStructs.alloc();
        tasks.setSignal(task, signal);
        tasks.setGroupLeader(task, task);
        signalStructs.setLeader(signal, task);
        tasks.setSighand(
                task,
                parent == NULL ? room.sighands().create() : room.sighands().copySighand(parent, 0));
        tasks.setCred(task, parent == NULL ? rootCred : creds.prepare(parent));
        tasks.setExitSignal(task, 17);
        signalStructs.setRlimCur(signal, Resource.RLIMIT_SIGPENDING, RLIMIT_SIGPENDING);
        signalStructs.setWaitChldexit(signal, waitQueues.alloc());
        addThread(task, signal, parent);
        int pid = pids.allocPid(pidNs);
        pids.attachThread(pid, task);
        pids.attachProcess(pid, task);
        if (pidNsTable.childReaper(pidNs) == NULL) {
            pidNsTable.setChildReaper(pidNs, task);
            signalStructs.setUnkillable(signal, true);
        }
        pids.attachGroup(parent == NULL ? pid : pids.pgrp(parent), task);
        pids.attachSession(parent == NULL ? pid : pids.session(parent), task);
        return task;
    }

    int process(int parent) {
        return process(parent, pids.activeNs(parent));
    }

    int thread(int leader) {
        int task = tasks.alloc();
        int signal = tasks.signal(leader);
        tasks.setSignal(task, signal);
        tasks.setGroupLeader(task, leader);
        tasks.setSighand(task, room.sighands().copySighand(leader, Sched.CLONE_SIGHAND));
        tasks.setCred(task, creds.get(tasks.cred(leader)));
        addThread(task, signal, tasks.realParent(leader));
        pids.attachThread(pids.allocPid(pids.activeNs(leader)), task);
        return task;
    }

    private void addThread(int task, int signal, int parent) {
        tasks.setRealParent(task, parent);
        tasks.setParent(task, parent);
        signalStructs.threads().addLast(signal, task);
        signalStructs.setNrThreads(signal, signalStructs.nrThreads(signal) + 1);
        signalStructs.setLive(signal, signalStructs.live(signal) + 1);
        cgroups.cssSets().hold(cgroups.rootCset());
        cgroups.cssSets().joinFirst(task, cgroups.rootCset());
    }

    /** All three ids, and no capabilities unless root. */
    void setUid(int task, int kuid) {
        int cred = tasks.cred(task);
        credTable.setUid(cred, kuid);
        credTable.setEuid(cred, kuid);
        credTable.setSuid(cred, kuid);
        if (kuid != 0) {
            credTable.setCapEffective(cred, 0);
        }
    }

    void setsid(int task) {
        pids.detachSession(task);
        pids.detachGroup(task);
        pids.attachSession(tasks.threadPid(task), task);
        pids.attachGroup(tasks.threadPid(task), task);
    }

    void setpgid(int task) {
        pids.detachGroup(task);
        pids.attachGroup(tasks.threadPid(task), task);
    }

    /** A task in a user namespace below, all capabilities there. */
    int unshareUser(int task) {
        int cred = tasks.cred(task);
        creds.createUserNs(task, cred, false);
        return credTable.userNs(cred);
    }

    int nr(int task) {
        return pids.taskNr(task, pids.activeNs(task));
    }

    int kill(int from, int to, int sig) {
        return room.kill().kill(from, nr(to), sig);
    }

    void handle(int task, int sig, long handler, long flags, long mask) {
        SigAction action = new SigAction();
        action.set(handler, flags, 0, mask);
        room.actions().doSigaction(task, sig, action, null);
    }

    void handle(int task, int sig) {
        handle(task, sig, 0x401000, 0, 0);
    }

    void ignore(int task, int sig) {
        handle(task, sig, 1, 0, 0);
    }

    void block(int task, int... sigs) {
        long mask = tasks.blocked(task);
        for (int sig : sigs) {
            mask |= SigSets.mask(sig);
        }
        room.wakeups().setCurrentBlocked(task, mask);
    }

    int getSignal(int task) {
        return room.delivery().getSignal(task, ksignal);
    }

    SigInfo info() {
        return ksignal.info();
    }

    boolean isPending(int task, int sig) {
        return SigSets.has(room.pending().all(task), sig);
    }
}
