package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.replay.abi.OutcomeComparer;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceEnd;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.kernel.cgroup.CgroupFreezer;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.syscalls.Syscalls;
import dev.nestor.uapi.Sched;
import java.util.Objects;

/**
 * Births, wake-ups and deaths of tasks. Woken tasks go on at once, in the order in which they were woken. One that has been
 * killed dies at once too, unless the log has it make a further call: then it was killed later than the emulator thinks,
 * and it dies after its last one.
 */
final class Life {
    private final Machine machine;
    private final WakeList wakeList;
    private final Crew crew;
    private final CallReplay calls;
    private final Prehistory prehistory;

    Life(Machine machine, WakeList wakeList, Crew crew, CallReplay calls, Prehistory prehistory) {
        this.machine = machine;
        this.wakeList = wakeList;
        this.crew = crew;
        this.calls = calls;
        this.prehistory = prehistory;
    }

    /** Lets all tasks go on that can, until none can. */
    void settle() {
        while (!wakeList.isEmpty()) {
            int task = wakeList.next();
            if (!machine.tasks().isLive(task)) {
                continue;
            }
            ReplayedTask member = crew.of(task);
            if (member == null) {
                wakeIdle(task);
            } else if (!member.isDead()) {
                wake(member);
            }
        }
    }

    private void wake(ReplayedTask member) {
        int task = member.task();
        if (machine.isExiting(task)) {
            continueExit(member);
            return;
        }
        boolean dying = isDying(task);
        if (!dying) {
            freeze(task);
        }
        if (member.isBlocked() && !dying) {
            calls.resume(member);
        } else if (dying && !member.script().makesAnotherCall()) {
            die(member);
        } else if (!dying) {
            machine.kernel().signals().delivery().tellNews(task);
        }
    }

    /** A task that the log does not show does nothing but die. */
    private void wakeIdle(int task) {
        if (machine.isExiting(task)) {
            if (machine.execution().resume(task) == 0) {
                leaveCpu(task);
            }
        } else if (isDying(task)
                || isFreezing(task)
                || machine.kernel().signals().delivery().peek(task) != 0) {
            endIdle(task);
        }
    }

    /** A task that is to be frozen, or that is and shall be no more. */
    private boolean isFreezing(int task) {
        boolean wanted = (machine.tasks().jobctl(task) & TaskTable.JOBCTL_TRAP_FREEZE) != 0;
        return wanted != machine.tasks().frozen(task);
    }

    /** In recorded order a task is frozen where it is, in a call or not: the log has it do nothing until it is thawed. */
    private void freeze(int task) {
        CgroupFreezer freezer = machine.kernel().cgroups().freezer();
        if ((machine.tasks().jobctl(task) & TaskTable.JOBCTL_TRAP_FREEZE) != 0) {
            freezer.enterFrozen(task);
        } else if (machine.tasks().frozen(task) && machine.tasks().state(task) != TaskTable.TASK_STOPPED) {
            freezer.leaveFrozen(task, true);
        }
    }

    /** The log has a task make a call: it is not frozen, or not yet. */
    private void thaw(int task) {
        machine.tasks().setJobctl(task, machine.tasks().jobctl(task) & ~TaskTable.JOBCTL_TRAP_FREEZE);
        if (machine.tasks().frozen(task)) {
            machine.kernel().cgroups().freezer().leaveFrozen(task, true);
        }
    }

    /** After a call of a task that should be frozen. */
    void freezeAgain(ReplayedTask member) {
        boolean runs = member.isAlive() && !machine.isExiting(member.task()) && !isDying(member.task());
        if (runs && machine.kernel().cgroups().freezer().isWanted(member.task())) {
            int task = member.task();
            machine.tasks().setJobctl(task, machine.tasks().jobctl(task) | TaskTable.JOBCTL_TRAP_FREEZE);
            freeze(task);
        }
    }

    /** Lets signals act on a task that is not in the log; most end it. */
    void endIdle(int task) {
        machine.execution().toUser(task, 0);
        if (machine.execution().isDead(task)) {
            leaveCpu(task);
        }
    }

    boolean isDying(int task) {
        return machine.kernel().signals().delivery().isDying(task);
    }

    private void continueExit(ReplayedTask member) {
        if (machine.execution().resume(member.task()) != Syscalls.BLOCKED) {
            died(member);
        }
    }

    /** Ends a task that has been killed, in whatever call it is. */
    void die(ReplayedTask member) {
        int task = member.task();
        if (member.isBlocked()) {
            long result = machine.execution().resume(task);
            if (result != Syscalls.BLOCKED && CallReplay.isShown(Objects.requireNonNull(member.call()))) {
                calls.complete(member, result);
            } else {
                machine.kernel().waitQueues().finishWait(task);
            }
        }
        if (!machine.isExiting(task)) {
            machine.execution().toUser(task, member.result());
        }
        if (member.isBlocked()) {
            calls.complete(member, OutcomeComparer.DIED);
        }
        if (machine.execution().isDead(task)) {
            died(member);
        }
    }

    /** The emulated task is TASK_DEAD. */
    private void died(ReplayedTask member) {
        if (!member.isDead()) {
            member.setDead();
            leaveCpu(member.task());
        }
    }

    private void leaveCpu(int task) {
        machine.kernel().release().putTask(task);
    }

    /** After a call that may have ended its task. */
    private void checkDeath(ReplayedTask member) {
        if (member.isAlive() && machine.execution().isDead(member.task())) {
            died(member);
        }
    }

    /** Before a task's next call: what a kill has left to do, and the mask of a sigsuspend that no handler ended. */
    void goOn(ReplayedTask member) {
        if (member.isAlive() && !machine.isExiting(member.task())) {
            thaw(member.task());
            machine.kernel().signals().delivery().backToUser(member.task());
        }
    }

    /** After a call: the task that it made plays the one that the log says it made. */
    void bindChild(ReplayedTask maker, TraceCall call, int child) throws LogException {
        checkDeath(maker);
        int made = wakeList.takeNewest();
        if (made < 0) {
            return;
        }
        boolean untraced = (cloneFlags(call) & Sched.CLONE_UNTRACED) != 0;
        if (child == TraceSpool.NONE || untraced) {
            machine.tasks().setPtrace(made, 0);
        } else {
            ReplayedTask born = crew.get(child);
            crew.bind(born, made);
            prehistory.inherit(maker, born);
        }
    }

    private static long cloneFlags(TraceCall call) {
        var flags = call.arg("flags");
        return flags != null && flags.isNumber() ? flags.number() : 0;
    }

    /** The log says that the task has ended, and that its tracer has reaped it. */
    void end(ReplayedTask member, TraceEnd end) {
        if (member.isAlive() && end.kind() != TraceEnd.Kind.SUPERSEDED) {
            if (isDying(member.task())) {
                die(member);
            } else if (!machine.isExiting(member.task())) {
                killFromOutside(member, end);
            }
        }
        settle();
        calls.abandon(member);
        int task = member.task();
        if (task != NULL && machine.tasks().isLive(task) && end.kind() != TraceEnd.Kind.SUPERSEDED) {
            machine.kernel().exit().tracerReaped(task);
        }
        crew.dismiss(member);
        prehistory.forget(member);
    }

    /** The task's last call does not return in the log: what ends the task, ends it in that call. */
    void endAhead(ReplayedTask member) {
        Step next = member.script().next();
        if (next != null && next.record() instanceof TraceEnd end && end.kind() != TraceEnd.Kind.SUPERSEDED) {
            killFromOutside(member, end);
        }
    }

    /** Nobody in the log has killed it, or made it exit: somebody outside has. */
    private void killFromOutside(ReplayedTask member, TraceEnd end) {
        int task = member.task();
        if (member.isBlocked()) {
            member.take("killed from outside");
            machine.kernel().waitQueues().finishWait(task);
        }
        int status = end.kind() == TraceEnd.Kind.EXITED ? end.code() << 8 : end.code() | (end.hasCore() ? 0x80 : 0);
        machine.kernel().exit().doExit(task, status);
        if (member.isBlocked()) {
            calls.complete(member, OutcomeComparer.DIED);
        }
        checkDeath(member);
    }
}
