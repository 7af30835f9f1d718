package dev.nestor.kernel.exit;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Signal;

/**
 * The end of a task: kernel/exit.c.
 *
 * <p>The init of a PID namespace can't end before all others in it have: its exit blocks, as a call does, and is continued
 * when it is woken. How far it got stands in the task's restart words, which a task that exits needs for nothing else.
 */
public final class Exit {
    private static final int STAGE = 0; // index of the restart word
    private static final int ZAPPING = 1;
    private static final int NOTIFIED = 2;

    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final SighandTable sighands;
    private final PidTable pidTable;
    private final PidNamespaceTable pidNamespaces;
    private final PidNamespaces namespaceVerbs;
    private final Pids pids;
    private final SignalRoom signals;
    private final WaitQueues waitQueues;
    private final Release release;
    private final Resources resources;
    private final Work work;

    /** Lets go of what a task holds in other rooms: exit_mm(), exit_files(), exit_fs(), exit_task_namespaces(). */
    public interface Resources {
        void exit(int task);
    }

    /** The tables that this room reads and writes. */
    public record Tables(
            TaskTable tasks,
            SignalStructTable signalStructs,
            SighandTable sighands,
            PidTable pids,
            PidNamespaceTable pidNamespaces) {}

    /** The verbs of the rooms above. */
    public record Verbs(PidNamespaces pidNamespaces, Pids pids, SignalRoom signals, WaitQueues waitQueues) {}

    public Exit(Tables tables, Verbs verbs, Release release, Resources resources, Work work) {
        this.tasks = tables.tasks();
        this.signalStructs = tables.signalStructs();
        this.sighands = tables.sighands();
        this.pidTable = tables.pids();
        this.pidNamespaces = tables.pidNamespaces();
        this.namespaceVerbs = verbs.pidNamespaces();
        this.pids = verbs.pids();
        this.signals = verbs.signals();
        this.waitQueues = verbs.waitQueues();
        this.release = release;
        this.resources = resources;
        this.work = work;
    }

    /**
     * do_group_exit(): ends the whole process with a wait(2) status, or with the one that an earlier group exit has set.
     * False when the task has to wait before it is gone.
     */
    public boolean doGroupExit(int task, int status) {
        int signal = tasks.signal(task);
        int code = status;
        if ((signalStructs.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) != 0) {
            code = signalStructs.groupExitCode(signal);
        } else if (signalStructs.groupExecTask(signal) != NULL) {
            code = 0; // one thread goes on with another program
        } else if (signalStructs.threads().first(signal)
                != signalStructs.threads().last(signal)) {
            signals.signals().startGroupExit(signal, code);
            signals.signals().killThreads(signal, task);
        }
        return doExit(task, code);
    }

    /** do_exit(): ends one thread. False when it has to wait before it is gone. */
    public boolean doExit(int task, int code) {
        assert !tasks.hasFlag(task, TaskTable.PF_EXITING) : "exits twice";
        tasks.setCurrent(task);
        int signal = tasks.signal(task);
        signals.taskSignals().exitSignals(task);
        for (int i = 0; i < 4; i++) {
            tasks.setRestart(task, i, 0);
        }
        int live = signalStructs.live(signal) - 1;
        signalStructs.setLive(signal, live);
        if (live == 0) {
            synchronizeGroupExit(signal, code);
            signals.itimers().exit(task);
            signals.posixTimers().exitItimers(task);
        }
        tasks.setExitCode(task, code);
        resources.exit(task);
        work.add(Work.TASK_EXIT);
        return continueExit(task);
    }

    /** synchronize_group_exit(): the last thread's status is the process's, unless a group exit has set one. */
    private void synchronizeGroupExit(int signal, int code) {
        if ((signalStructs.flags(signal) & SignalStructTable.SIGNAL_GROUP_EXIT) == 0) {
            signals.signals().startGroupExit(signal, code);
        }
    }

    /** Goes on with an exit that had to wait. True when the task is gone. */
    public boolean continueExit(int task) {
        if (tasks.restart(task, STAGE) == NOTIFIED) {
            return true;
        }
        int ns = pids.activeNs(task);
        if (tasks.restart(task, STAGE) == ZAPPING) {
            if (!zapDone(task, ns)) {
                return false;
            }
        } else if (pidNamespaces.childReaper(ns) == task && !passOnReaper(task, ns)) {
            tasks.setRestart(task, STAGE, ZAPPING);
            startZap(task, ns);
            if (!zapDone(task, ns)) {
                return false;
            }
        }
        exitNotify(task, ns);
        tasks.setRestart(task, STAGE, NOTIFIED);
        tasks.setState(task, TaskTable.TASK_DEAD);
        return true;
    }

    /** find_child_reaper(): another thread of the namespace's init becomes its reaper, if one is left. */
    private boolean passOnReaper(int task, int ns) {
        int thread = findAliveThread(tasks.signal(task));
        if (thread == NULL) {
            return false;
        }
        pidNamespaces.setChildReaper(ns, thread);
        return true;
    }

    private int findAliveThread(int signal) {
        Chain threads = signalStructs.threads();
        for (int thread = threads.first(signal); thread != NULL; thread = threads.next(thread)) {
            if (!tasks.hasFlag(thread, TaskTable.PF_EXITING)) {
                return thread;
            }
        }
        return NULL;
    }

    /** zap_pid_ns_processes(): nothing is born in the namespace any more, and all that live in it are killed. */
    private void startZap(int task, int ns) {
        namespaceVerbs.disablePidAllocation(ns);
        sighands.setHandler(tasks.sighand(task), Signal.SIGCHLD - 1, Signal.SIG_IGN);
        for (int nr = namespaceVerbs.nextNumber(ns, 2); nr > 0; nr = namespaceVerbs.nextNumber(ns, nr + 1)) {
            int victim = pids.findTaskByVpid(ns, nr);
            work.add(Work.LIST_STEP);
            if (victim != NULL && victim != task && tasks.exitState(victim) == 0) {
                sendFromKernel(task, Signal.SIGKILL, victim);
            }
        }
    }

    /** Reaps what has died; true when only the task itself, or its leader's number, is left in the namespace. */
    private boolean zapDone(int task, int ns) {
        waitQueues.finishWait(task);
        tasks.setSigpending(task, false);
        Chain children = tasks.children();
        int child = children.first(task);
        while (child != NULL) {
            int next = children.next(child);
            if (tasks.exitState(child) == TaskTable.EXIT_ZOMBIE
                    && tasks.ptrace(child) == 0
                    && release.isThreadGroupEmpty(child)) {
                release.releaseTask(child);
            }
            child = next;
        }
        int own = tasks.groupLeader(task) == task ? 1 : 2;
        if (pidNamespaces.pidAllocated(ns) <= own) {
            return true;
        }
        waitQueues.prepareToWait(signalStructs.waitChldexit(tasks.signal(task)), task, TaskTable.TASK_INTERRUPTIBLE);
        return false;
    }

    /** exit_notify(): the children get a new parent, the parent hears of it, and the task is a zombie or released. */
    private void exitNotify(int task, int ns) {
        forgetOriginalParent(task, ns);
        if (tasks.groupLeader(task) == task) {
            killOrphanedPgrp(task, NULL);
        }
        tasks.setExitState(task, TaskTable.EXIT_ZOMBIE);
        if (tasks.groupLeader(task) == task) {
            release.wakeExec(tasks.signal(task)); // takes the leader's place, whether a tracer has seen it die or not
        }
        if (tasks.ptrace(task) == 0) {
            tellParent(task);
        } else if (release.isThreadGroupEmpty(task)) {
            signals.parents().notifyPidfd(task); // as the tracer hears of it
        }
    }

    /** A driver that replays a traced log says that the tracer has reaped the task: only now does its parent hear. */
    public void tracerReaped(int task) {
        tasks.setPtrace(task, 0);
        if (tasks.exitState(task) == TaskTable.EXIT_ZOMBIE) {
            tellParent(task);
        }
    }

    private void tellParent(int task) {
        boolean leader = tasks.groupLeader(task) == task;
        boolean autoreap;
        if (leader) {
            autoreap = release.isThreadGroupEmpty(task) && release.notifyParent(task, tasks.exitSignal(task));
        } else {
            autoreap = true;
            signals.parents().notifyPidfd(task);
        }
        if (autoreap) {
            release.releaseTask(task);
        }
    }

    /** forget_original_parent(): every child gets a new parent and its pdeath_signal; zombies among them go at once. */
    private void forgetOriginalParent(int task, int ns) {
        Chain children = tasks.children();
        if (children.isEmpty(task)) {
            return;
        }
        int reaper = findNewReaper(task, pidNamespaces.childReaper(ns));
        int child = children.first(task);
        while (child != NULL) {
            int next = children.next(child);
            adopt(child, task, reaper);
            child = next;
        }
    }

    private void adopt(int leader, int father, int reaper) {
        Chain threads = signalStructs.threads();
        int signal = tasks.signal(leader);
        for (int thread = threads.first(signal); thread != NULL; thread = threads.next(thread)) {
            tasks.setRealParent(thread, reaper);
            tasks.setParent(thread, reaper);
            if (tasks.pdeathSignal(thread) != 0) {
                signals.signals()
                        .doSendSigInfo(
                                father,
                                tasks.pdeathSignal(thread),
                                signals.signals().noinfo(),
                                thread,
                                PidType.PIDTYPE_TGID);
            }
        }
        tasks.children().remove(leader);
        tasks.children().addLast(reaper, leader);
        work.add(Work.LIST_STEP);
        if (tasks.signal(father) == tasks.signal(reaper) || tasks.exitState(leader) == TaskTable.EXIT_DEAD) {
            return;
        }
        tasks.setExitSignal(leader, Signal.SIGCHLD);
        if (tasks.exitState(leader) == TaskTable.EXIT_ZOMBIE
                && tasks.ptrace(leader) == 0
                && release.isThreadGroupEmpty(leader)
                && release.notifyParent(leader, Signal.SIGCHLD)) {
            release.releaseTask(leader);
            return;
        }
        killOrphanedPgrp(leader, father);
    }

    private void sendFromKernel(int sender, int sig, int task) {
        signals.signals().doSendSigInfo(sender, sig, signals.signals().priv(), task, PidType.PIDTYPE_MAX);
    }

    /**
     * kill_orphaned_pgrp(): a process that has lost its last tie to its session's other groups has stopped members that
     * nobody would wake: they get SIGHUP and SIGCONT. With parent NULL the task itself is about to go.
     */
    private void killOrphanedPgrp(int task, int parent) {
        int pgrp = pids.pgrp(task);
        int tie = parent == NULL ? tasks.realParent(task) : parent;
        int ignored = parent == NULL ? task : NULL;
        if (tie == NULL
                || pids.pgrp(tie) == pgrp
                || pids.session(tie) != pids.session(task)
                || !signals.orphans().willBecomeOrphaned(pgrp, ignored)
                || !signals.orphans().hasStoppedJobs(pgrp)) {
            return;
        }
        signalGroup(task, Signal.SIGHUP, pgrp);
        signalGroup(task, Signal.SIGCONT, pgrp);
    }

    private void signalGroup(int sender, int sig, int pgrp) {
        Chain members = pidTable.groupMembers();
        for (int member = members.first(pgrp); member != NULL; member = members.next(member)) {
            sendFromKernel(sender, sig, member);
        }
    }

    /** find_new_reaper(): another thread of the father, else the nearest subreaper above it, else init of the namespace. */
    private int findNewReaper(int father, int childReaper) {
        int thread = findAliveThread(tasks.signal(father));
        if (thread != NULL) {
            return thread;
        }
        if (signalStructs.hasChildSubreaper(tasks.signal(father))) {
            int level = pids.level(tasks.threadPid(father));
            for (int reaper = tasks.realParent(father);
                    reaper != NULL && pids.level(tasks.threadPid(reaper)) == level;
                    reaper = tasks.realParent(reaper)) {
                if (reaper == childReaper) {
                    break;
                }
                int alive = signalStructs.isChildSubreaper(tasks.signal(reaper))
                        ? findAliveThread(tasks.signal(reaper))
                        : NULL;
                if (alive != NULL) {
                    return alive;
                }
            }
        }
        return childReaper;
    }
}
