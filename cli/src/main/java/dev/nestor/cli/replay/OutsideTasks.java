package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.kernel.fork.CloneArgs;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that were there before the log began; all they do is to be there. The first task of a log is a child of init, and
 * in init's group and session, until it says otherwise.
 */
final class OutsideTasks {
    private static final int INIT = 1;

    /** How a task stands to another whose number a call shows. */
    enum Relation {
        PARENT,
        GROUP,
        SESSION
    }

    private final Machine machine;
    private final Crew crew;
    private final TaskTable tasks;
    private final Pids pids;
    private final CloneArgs clone = new CloneArgs();
    private final int init; // task
    private int tracer = INIT; // the number of strace, or as long as it has not shown any other

    OutsideTasks(Machine machine, Crew crew) {
        this.machine = machine;
        this.crew = crew;
        this.tasks = machine.tasks();
        this.pids = machine.kernel().pids();
        this.init = machine.kernel().initTask();
    }

    /** Makes a task that plays this one: of the launcher, or of the task that the log says made it. */
    void appear(ReplayedTask member) {
        int number = crew.pid(member.number());
        ReplayedTask maker = crew.parentOf(member.number());
        int parent = maker != null && maker.isAlive() && !machine.isExiting(maker.task()) ? maker.task() : init;
        int task = create(parent, number);
        if (task == NULL && parent != init) {
            task = create(init, number); // who should have made it has been killed, or its namespace is dying
        }
        if (task != NULL) {
            tasks.setPtrace(task, tracer);
            if (crew.isRoot(member.number())) {
                OutsideCgroups.place(machine, task);
            }
            crew.bind(member, task);
        }
    }

    /** A traced task shows the number of strace: it traces all the others too. */
    void setTracer(int number) {
        for (int row = 1; row < tasks.rows(); row++) {
            int task = tasks.handleInRow(row);
            if (task != NULL && tasks.ptrace(task) == tracer) {
                tasks.setPtrace(task, number);
            }
        }
        tracer = number;
    }

    /** A child of the parent with this number in the outermost namespace, if it is positive and free; or NULL. */
    private int create(int parent, int number) {
        if (number > 0) {
            machine.kernel().pidNamespaces().setLastPid(machine.rootPidNs(), number - 1);
        }
        int task = machine.kernel().fork().kernelClone(parent, clone.reset(0, Signal.SIGCHLD));
        machine.births().takeNewest();
        if (task <= 0) {
            return NULL;
        }
        tasks.setPtrace(task, 0);
        return task;
    }

    /** setsid(): the task leads a session and a group of its own. */
    private void lead(int task) {
        pids.detachSession(task);
        pids.detachGroup(task);
        pids.attachSession(tasks.threadPid(task), task);
        pids.attachGroup(tasks.threadPid(task), task);
    }

    /** A path leads to the directory of a process that the emulator does not have: from now on it has. */
    boolean learnNumber(int number) {
        int task = number > INIT && isFree(number) ? create(init, number) : NULL;
        if (task != NULL) {
            lead(task);
        }
        return task != NULL;
    }

    /** A call finds a task by a number, and the emulator does not. Why the result is not computed, or "". */
    String learn(ReplayedTask member, TraceCall call, long result) {
        if (pids.activeNs(member.task()) != machine.rootPidNs()) {
            return "";
        }
        if (result == -Errno.ECHILD) {
            return learnChild(member, call);
        }
        if (result != -Errno.ESRCH) {
            return "";
        }
        int at = numberArgument(call.nr());
        Value shown = at < 0 ? null : call.arg(at);
        long number = shown != null && shown.isNumber() ? Math.abs((int) shown.number()) : 0;
        if (number <= INIT || !isFree((int) number)) {
            return "";
        }
        int task = create(init, (int) number);
        if (task == NULL) {
            return "";
        }
        lead(task);
        join(task, call);
        return "a process from outside";
    }

    /** The group or the session that a call shows of a task from outside; 0 is that of the kernel's own threads. */
    private void join(int task, TraceCall call) {
        boolean group = call.nr() == Nr.NR_getpgid;
        if ((!group && call.nr() != Nr.NR_getsid) || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return;
        }
        int number = (int) call.result().value();
        if (number == 0) {
            tasks.addFlag(task, TaskTable.PF_KTHREAD);
            pids.leaveGroupAndSession(task);
            return;
        }
        int leader = leader(number);
        if (leader != NULL && group) {
            moveGroup(tasks.threadPid(task), tasks.threadPid(leader));
        } else if (leader != NULL) {
            moveSession(tasks.threadPid(task), tasks.threadPid(leader));
        }
    }

    /** A task with this number, which leads a group and a session when it has to be made. */
    private int leader(int number) {
        int known = pids.findTaskByVpid(machine.rootPidNs(), number);
        if (known != NULL || !isFree(number)) {
            return known;
        }
        int task = create(init, number);
        if (task != NULL) {
            lead(task);
        }
        return task;
    }

    private boolean isFree(int number) {
        return pids.findVpid(machine.rootPidNs(), number) == NULL;
    }

    /** Where a call has the number of a task; -1 when it has none. */
    private static int numberArgument(int nr) {
        return switch (nr) {
            case Nr.NR_kill,
                    Nr.NR_tkill,
                    Nr.NR_tgkill,
                    Nr.NR_rt_sigqueueinfo,
                    Nr.NR_rt_tgsigqueueinfo,
                    Nr.NR_getpgid,
                    Nr.NR_getsid,
                    Nr.NR_pidfd_open,
                    Nr.NR_prlimit64,
                    Nr.NR_sched_getaffinity,
                    Nr.NR_sched_setaffinity,
                    Nr.NR_sched_getscheduler,
                    Nr.NR_sched_setscheduler,
                    Nr.NR_sched_getparam,
                    Nr.NR_sched_setparam,
                    Nr.NR_sched_getattr,
                    Nr.NR_sched_setattr,
                    Nr.NR_sched_rr_get_interval,
                    Nr.NR_get_robust_list -> 0;
            case Nr.NR_setpgid, Nr.NR_getpriority, Nr.NR_setpriority -> 1;
            default -> -1;
        };
    }

    /** A child that the first task had before the log began, and that has ended. */
    private String learnChild(ReplayedTask member, TraceCall call) {
        boolean isFirst = crew.isRoot(member.number());
        CallResult recorded = call.result();
        if (!isFirst || call.nr() != Nr.NR_wait4 || recorded.outcome() != CallResult.Outcome.RETURNED) {
            return "";
        }
        int number = (int) recorded.value();
        if (number <= INIT || !isFree(number)) {
            return "";
        }
        int child = create(member.task(), number);
        if (child == NULL) {
            return "";
        }
        endIdle(child, status(call));
        return "a child from before the log";
    }

    private static int status(TraceCall call) {
        Value shown = call.arg(1);
        Value only = shown instanceof Value.Array array && !array.elements().isEmpty()
                ? array.elements().get(0)
                : shown;
        return only != null && only.isNumber() ? (int) only.number() : 0;
    }

    private void endIdle(int task, int status) {
        machine.kernel().exit().doExit(task, status);
        if (machine.execution().isDead(task)) {
            machine.kernel().release().putTask(task);
        }
    }

    /** The emulator waits where the log goes on: for a child that the log does not show. Then that has come to its end. */
    String explainEnd(ReplayedTask member, TraceCall call) {
        int child =
                switch (call.nr()) {
                    case Nr.NR_vfork, Nr.NR_clone, Nr.NR_clone3 -> idleChild(member.task(), 0);
                    case Nr.NR_wait4 ->
                        idleChild(member.task(), (int) call.result().value());
                    default -> NULL;
                };
        if (child == NULL) {
            return "";
        }
        endIdle(child, status(call));
        return "a child that the log does not show";
    }

    /** A living child that no task of the log plays, by its number as the parent sees it; 0 for one in vfork. */
    private int idleChild(int parent, int number) {
        Chain children = tasks.children();
        int ns = pids.activeNs(parent);
        for (int child = children.first(parent); child != NULL; child = children.next(child)) {
            boolean fits = number == 0 ? tasks.vforkParent(child) == parent : pids.taskNr(child, ns) == number;
            if (fits && crew.of(child) == null && !machine.isExiting(child)) {
                return child;
            }
        }
        return NULL;
    }

    /** A call shows the number of the task's parent, group or session, and it is another than the emulator's. */
    boolean relate(ReplayedTask member, Relation relation, int number) {
        int task = member.task();
        if (number <= 0 || pids.activeNs(task) != machine.rootPidNs()) {
            return false;
        }
        int other = leader(number);
        if (other == NULL) {
            return false;
        }
        switch (relation) {
            case PARENT -> adopt(task, other);
            case GROUP -> moveGroup(pids.pgrp(task), tasks.threadPid(other));
            case SESSION -> moveSession(pids.session(task), tasks.threadPid(other));
        }
        return true;
    }

    /** The task of the log that a task calls by this number; null when there is none. */
    @Nullable
    ReplayedTask member(ReplayedTask caller, int number) {
        int task = pids.findTaskByVpid(pids.activeNs(caller.task()), number);
        return task == NULL ? null : crew.of(task);
    }

    private void adopt(int task, int parent) {
        int leader = tasks.groupLeader(task);
        tasks.children().remove(leader);
        tasks.children().addLast(parent, leader);
        tasks.setRealParent(leader, parent);
        tasks.setParent(leader, parent);
    }

    /** All that were in the one group, which nobody has seen, are in the other. */
    private void moveGroup(int from, int to) {
        Chain members = machine.kernel().pidTable().groupMembers();
        int at = members.first(from);
        while (at != NULL) {
            int next = members.next(at);
            if (at != init) {
                pids.detachGroup(at);
                pids.attachGroup(to, at);
            }
            at = next;
        }
    }

    private void moveSession(int from, int to) {
        Chain members = machine.kernel().pidTable().sessionMembers();
        int at = members.first(from);
        while (at != NULL) {
            int next = members.next(at);
            if (at != init) {
                pids.detachSession(at);
                pids.attachSession(to, at);
            }
            at = next;
        }
    }

    /** The log has a task execute a file, and the emulator has not: the task runs a new program all the same. */
    void align(ReplayedTask member, TraceCall call, long result) {
        boolean execs = call.nr() == Nr.NR_execve || call.nr() == Nr.NR_execveat;
        int signal = tasks.signal(member.task());
        boolean isAlone = execs
                && machine.kernel().signalStructs().nrThreads(signal) == 1
                && call.result().outcome() == CallResult.Outcome.RETURNED
                && result < 0;
        Value path = isAlone ? call.arg(call.nr() == Nr.NR_execve ? 0 : 1) : null;
        if (path instanceof Value.Str text) {
            int argv = call.nr() == Nr.NR_execve ? 1 : 2;
            long[] registers = member.registers();
            machine.kernel().exec().execOutside(member.task(), text.text(), registers[argv], registers[argv + 1]);
        }
    }

    /** The first column of the log is missing: the first task that says its number gets it. */
    void renumber(ReplayedTask member, int number) {
        if (number > 0 && isFree(number)) {
            pids.renumber(tasks.threadPid(member.task()), number);
        }
    }
}
