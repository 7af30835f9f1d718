package dev.nestor.kernel.exit;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cgroup.CssSets;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;

/** Taking a dead task out of all tables: release_task() of kernel/exit.c. */
public final class Release {
    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final PidNamespaceTable pidNamespaces;
    private final Verbs verbs;
    private final Work work;

    /** The verbs of the rooms above. */
    public record Verbs(
            Pids pids,
            PidNamespaces pidNamespaces,
            SignalRoom signals,
            Creds creds,
            SchedTasks schedTasks,
            WaitQueues waitQueues,
            Wakeups wakeups,
            CssSets cssSets) {}

    public Release(Exit.Tables tables, Verbs verbs, Work work) {
        this.tasks = tables.tasks();
        this.signalStructs = tables.signalStructs();
        this.pidNamespaces = tables.pidNamespaces();
        this.verbs = verbs;
        this.work = work;
    }

    /** thread_group_empty(). */
    public boolean isThreadGroupEmpty(int task) {
        int signal = tasks.signal(task);
        return signalStructs.threads().first(signal) == signalStructs.threads().last(signal);
    }

    /**
     * release_task(): the task's numbers can be given out again, and it is on no list any more. When it was the last thread
     * but a leader that is a zombie already, the leader's parent hears of the end now. The row lives until the task has
     * left its CPU too.
     */
    public void releaseTask(int task) {
        int next = task;
        while (next != NULL) {
            int released = next;
            int leader = tasks.groupLeader(released);
            releaseOne(released);
            next = NULL;
            boolean wasLast = leader != released
                    && tasks.exitState(leader) == TaskTable.EXIT_ZOMBIE
                    && isThreadGroupEmpty(leader);
            if (wasLast && tasks.ptrace(leader) != 0) {
                verbs.signals().parents().notifyPidfd(leader); // as its tracer hears of it
            } else if (wasLast && notifyParent(leader, tasks.exitSignal(leader))) {
                next = leader;
            }
        }
    }

    private void releaseOne(int task) {
        tasks.setExitState(task, TaskTable.EXIT_DEAD);
        verbs.pids().reaped(task);
        verbs.creds().uncountTask(task);
        verbs.cssSets().release(task);
        int ns = verbs.pids().activeNs(task);
        boolean leader = tasks.groupLeader(task) == task;
        int signal = tasks.signal(task);
        if (leader) {
            tasks.children().remove(task);
            verbs.pids().detachProcess(task);
            verbs.pids().detachGroup(task);
            verbs.pids().detachSession(task);
        }
        int threads = signalStructs.nrThreads(signal) - 1;
        signalStructs.setNrThreads(signal, threads);
        verbs.signals().taskSignals().release(task, threads == 0);
        verbs.signals().sighands().putSighand(tasks.sighand(task));
        tasks.setSighand(task, NULL);
        signalStructs.threads().remove(task);
        verbs.pidNamespaces().get(ns); // it may go with the number, and those above it have to be told first
        verbs.pids().detachThread(task);
        tasks.setThreadPid(task, NULL);
        wakeReapers(ns);
        verbs.pidNamespaces().put(ns);
        if (threads == 0) {
            verbs.waitQueues().free(signalStructs.waitChldexit(signal));
            verbs.schedTasks().autogroups().exit(signal);
            signalStructs.free(signal);
        } else {
            signalStructs.setUtime(signal, signalStructs.utime(signal) + tasks.utime(task));
            signalStructs.setStime(signal, signalStructs.stime(signal) + tasks.stime(task));
            wakeExec(signal);
        }
        tasks.setSignal(task, NULL);
        work.add(Work.TASK_REAP);
        putTask(task);
    }

    /**
     * do_notify_parent(): true when the task is to be released at once. So it is below the first task of all, which runs no
     * program here: it stands for an init that always waits.
     */
    boolean notifyParent(int leader, int sig) {
        boolean autoreap = verbs.signals().parents().doNotifyParent(leader, sig);
        return autoreap || tasks.realParent(tasks.parent(leader)) == NULL;
    }

    /** A thread that does execve waits for the others: it looks again. */
    void wakeExec(int signal) {
        int waiter = signalStructs.groupExecTask(signal);
        if (waiter != NULL) {
            verbs.wakeups().tryToWakeUp(waiter, TaskTable.TASK_KILLABLE);
        }
    }

    /** What free_pid() does at each level: an init that waits for its namespace to empty is told when it may have. */
    private void wakeReapers(int from) {
        for (int ns = from; ns != NULL; ns = pidNamespaces.parent(ns)) {
            int reaper = pidNamespaces.childReaper(ns);
            if (pidNamespaces.dying(ns) && pidNamespaces.pidAllocated(ns) <= 2 && reaper != NULL) {
                if (pidNamespaces.pidAllocated(ns) == 0) {
                    pidNamespaces.setChildReaper(ns, NULL);
                } else {
                    verbs.wakeups().wakeUpProcess(reaper);
                }
            }
            work.add(Work.LEVEL_WALK);
        }
    }

    /** The last switch away from a dead task, or put_task_struct() by whoever held it last: the row goes. */
    public void putTask(int task) {
        int usage = tasks.usage(task) - 1;
        tasks.setUsage(task, usage);
        if (usage == 0) {
            verbs.schedTasks().release(task);
            verbs.creds().put(tasks.cred(task));
            verbs.cssSets().free(task);
            tasks.free(task);
            work.add(Work.TASK_FREE);
        }
    }
}
