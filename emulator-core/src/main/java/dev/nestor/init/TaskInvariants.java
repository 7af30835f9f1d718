package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;

/** Threads, processes, families: who is on whose list. */
final class TaskInvariants {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final SighandTable sighands;
    private final PidTable pidTable;
    private final Pids pids;
    private final WaitQueues waitQueues;

    TaskInvariants(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.sighands = kernel.sighands();
        this.pidTable = kernel.pidTable();
        this.pids = kernel.pids();
        this.waitQueues = kernel.waitQueues();
    }

    void check() {
        Claims.checkChain(tasks.children(), tasks, tasks, "children");
        Claims.checkChain(signals.threads(), signals, tasks, "threads");
        Claims.forEach(tasks, task -> {
            if (tasks.signal(task) == NULL) {
                checkReleased(task);
            } else {
                checkThread(task);
                checkFamily(task);
                checkLife(task);
            }
        });
        Claims.forEach(signals, this::checkProcess);
    }

    /** After release_task() only the row is left, until the last switch away. */
    private void checkReleased(int task) {
        Claims.equal(tasks.exitState(task), TaskTable.EXIT_DEAD, "exit_state of a released task", tasks, task);
        Claims.equal(tasks.threadPid(task), NULL, "thread_pid of a released task", tasks, task);
        Claims.equal(tasks.sighand(task), NULL, "sighand of a released task", tasks, task);
        claim(signals.threads().owner(task) == NULL, "is released, and on a list of threads", task);
        claim(tasks.children().owner(task) == NULL, "is released, and on a list of children", task);
        claim(tasks.children().isEmpty(task), "is released, and has children", task);
        checkGone(task);
    }

    private void checkThread(int task) {
        int signal = tasks.signal(task);
        claim(signals.isLive(signal), "its signal_struct is gone", task);
        claim(sighands.isLive(tasks.sighand(task)), "its sighand_struct is gone", task);
        claim(signals.threads().owner(task) == signal, "is not on the list of its process's threads", task);
        int pid = tasks.threadPid(task);
        claim(pidTable.isLive(pid), "its pid is gone", task);
        Claims.equal(pidTable.thread(pid), task, "the thread of its pid", tasks, task);
        int leader = tasks.groupLeader(task);
        Claims.equal(leader, signals.leader(signal), "group_leader", tasks, task);
        claim(tasks.isLive(leader) && tasks.signal(leader) == signal, "its leader is in another process", task);
        Claims.equal(
                tasks.usage(task),
                tasks.state(task) == TaskTable.TASK_DEAD ? tasks.usage(task) : 2,
                "usage",
                tasks,
                task);
    }

    /** Leaders are on the lists of their parent, group and session; other threads on none of these. */
    private void checkFamily(int task) {
        int signal = tasks.signal(task);
        int parent = tasks.realParent(task);
        if (tasks.groupLeader(task) == task) {
            Claims.equal(tasks.children().owner(task), parent, "whose child it is listed as", tasks, task);
            Claims.equal(signals.tgid(signal), tasks.threadPid(task), "tgid", tasks, task);
            Claims.equal(pidTable.process(signals.tgid(signal)), task, "the process of its tgid", tasks, task);
            Claims.equal(pidTable.groupMembers().owner(task), signals.pgrp(signal), "process group", tasks, task);
            Claims.equal(pidTable.sessionMembers().owner(task), signals.session(signal), "session", tasks, task);
        } else {
            Claims.equal(parent, tasks.realParent(tasks.groupLeader(task)), "real_parent of a thread", tasks, task);
            Claims.equal(tasks.exitSignal(task), -1, "exit_signal of a thread", tasks, task);
            boolean listed = tasks.children().owner(task) != NULL
                    || pidTable.groupMembers().owner(task) != NULL
                    || pidTable.sessionMembers().owner(task) != NULL;
            claim(!listed, "is a thread, and listed as a process", task);
        }
        if (parent != NULL) {
            claim(tasks.isLive(parent) && tasks.signal(parent) != NULL, "its real_parent has been released", task);
            Claims.equal(tasks.exitState(parent), 0, "exit_state of its real_parent", tasks, task);
        }
    }

    private void checkLife(int task) {
        if (tasks.exitState(task) != 0) {
            Claims.equal(tasks.exitState(task), TaskTable.EXIT_ZOMBIE, "exit_state", tasks, task);
            Claims.equal(tasks.state(task), TaskTable.TASK_DEAD, "state of a zombie", tasks, task);
            boolean waitedFor = tasks.groupLeader(task) == task || tasks.ptrace(task) != 0;
            claim(waitedFor, "is a zombie that nobody can wait for", task);
        }
        if (tasks.hasFlag(task, TaskTable.PF_EXITING)) {
            checkGone(task);
        } else {
            claim(tasks.nsproxy(task) != NULL, "is alive without an nsproxy", task);
            claim(tasks.files(task) != NULL && tasks.fs(task) != NULL, "is alive without files or fs", task);
            boolean kernelThread = tasks.hasFlag(task, TaskTable.PF_KTHREAD);
            claim(kernelThread || tasks.mm(task) != NULL, "is alive without an mm", task);
        }
        int vforkParent = tasks.vforkParent(task);
        claim(vforkParent == NULL || tasks.isLive(vforkParent), "the task that waits since its vfork is gone", task);
    }

    /** exit_mm(), exit_files(), exit_fs(), exit_task_namespaces(). */
    private void checkGone(int task) {
        claim(tasks.mm(task) == NULL, "has exited, and has an mm", task);
        claim(tasks.files(task) == NULL, "has exited, and has files", task);
        claim(tasks.fs(task) == NULL, "has exited, and has an fs", task);
        claim(tasks.nsproxy(task) == NULL, "has exited, and has an nsproxy", task);
        boolean dead = tasks.state(task) == TaskTable.TASK_DEAD;
        claim(!dead || !waitQueues.isWaiting(task), "is dead, and on a wait queue", task);
    }

    private void checkProcess(int signal) {
        int threads = 0;
        int live = 0;
        for (int task = signals.threads().first(signal);
                task != NULL;
                task = signals.threads().next(task)) {
            Claims.equal(tasks.signal(task), signal, "the process of a thread on its list", signals, signal);
            threads++;
            live += tasks.hasFlag(task, TaskTable.PF_EXITING) ? 0 : 1;
        }
        Claims.that(threads > 0, "has no threads", signals, signal);
        Claims.equal(signals.nrThreads(signal), threads, "nr_threads", signals, signal);
        Claims.equal(signals.live(signal), live, "live", signals, signal);
        Claims.that(pidTable.isLive(signals.tgid(signal)), "its tgid is gone", signals, signal);
        boolean first = pids.numberAt(signals.tgid(signal), pids.level(signals.tgid(signal))) == 1;
        Claims.that(first || !signals.unkillable(signal), "is SIGNAL_UNKILLABLE, and not number 1", signals, signal);
    }

    private void claim(boolean holds, String what, int task) {
        Claims.that(holds, what, tasks, task);
    }
}
