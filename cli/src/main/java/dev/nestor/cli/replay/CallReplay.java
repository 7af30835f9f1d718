package dev.nestor.cli.replay;

import dev.nestor.cli.replay.abi.CallEncoder;
import dev.nestor.cli.replay.abi.Outcome;
import dev.nestor.cli.replay.abi.OutcomeComparer;
import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.Span;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceEnd;
import dev.nestor.fs.Outside;
import dev.nestor.kernel.signal.Restart;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.syscalls.Syscalls;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.Objects;

/**
 * Plays the calls of a log. A call is entered where the log enters it. It may end in the emulator before the log shows
 * its end: then its answer is compared at once, while memory is as the call left it, and reported at the line of the end.
 */
public final class CallReplay {
    /** How often a call is entered anew after something was learned of the machine: a path has many parts. */
    private static final int MAX_LESSONS = 64;

    private static final int MAX_ERRNO = 4095;

    private final Machine machine;
    private final CallEncoder encoder;
    private final OutcomeComparer comparer;
    private final Prehistory prehistory;
    private final Wishes wishes;
    private final Verdicts verdicts;

    CallReplay(
            Machine machine,
            CallEncoder encoder,
            OutcomeComparer comparer,
            Prehistory prehistory,
            Wishes wishes,
            Verdicts verdicts) {
        this.machine = machine;
        this.encoder = encoder;
        this.comparer = comparer;
        this.prehistory = prehistory;
        this.wishes = wishes;
        this.verdicts = verdicts;
    }

    /**
     * The task enters a call.
     *
     * @param taken why the result is not computed, if that is known already; else ""
     */
    void enter(ReplayedTask member, TraceCall call, String taken) {
        member.begin(call);
        member.enter();
        member.take(taken);
        if (!member.isAlive()) {
            missing(member);
            return;
        }
        verdicts.entering(member, call);
        int task = member.task();
        String obstacle = obstacle(member, call);
        if (!obstacle.isEmpty()) {
            member.take(obstacle);
            take(member, call);
            return;
        }
        prehistory.before(member, call);
        wishes.before(member, call);
        long result = heldBack(member, call, attempt(member, call));
        if (result != Syscalls.BLOCKED || machine.isExiting(task)) {
            complete(member, result);
        }
    }

    /** The emulator's task has died, or never was, though the log's goes on. */
    private static void missing(ReplayedTask member) {
        if (member.isDead() && member.mourn()) {
            member.end(0, new Outcome(Outcome.Verdict.DIFFERENT, "a task that is alive", "a task that has ended"));
            return;
        }
        member.take("the task has ended in the emulator");
        member.end(0, Outcome.EQUAL);
    }

    /** What keeps a call from being entered at all, or "". */
    private String obstacle(ReplayedTask member, TraceCall call) {
        if (!machine.implementsCall(call.nr())) {
            return "not emulated: " + call.name();
        }
        int task = member.task();
        boolean encoded = encoder.encode(task, machine.mm(task), call, member.registers());
        return encoded ? "" : "not shown in full: " + call.name();
    }

    private void take(ReplayedTask member, TraceCall call) {
        member.end(call.result().value(), Outcome.EQUAL);
        prehistory.adopt(member, call);
    }

    /** Enters the call; where its failure shows that something stood on the machine before, learns that and tries anew. */
    private long attempt(ReplayedTask member, TraceCall call) {
        int task = member.task();
        if (call.nr() == Nr.NR_restart_syscall && member.result() == -Errno.ERESTART_RESTARTBLOCK) {
            return machine.execution().resume(task);
        }
        long result = machine.enter(task, call, member.registers());
        for (int lesson = 0; lesson < MAX_LESSONS && contradicts(call, result); lesson++) {
            String learned = prehistory.learn(member, call, result);
            if (learned.isEmpty()) {
                break;
            }
            member.take(learned);
            result = machine.enter(task, call, member.registers());
        }
        return result;
    }

    /** Whether the result is surely not the log's: cheap, and says nothing of what was written through pointers. */
    public static boolean contradicts(TraceCall call, long result) {
        CallResult recorded = call.result();
        if (result == Syscalls.BLOCKED || result == -Outside.EOUTSIDE || !recorded.isKnown()) {
            return false;
        }
        boolean failed = result < 0 && result >= -MAX_ERRNO;
        if (recorded.outcome() == CallResult.Outcome.FAILED) {
            return result != recorded.value();
        }
        return failed;
    }

    /** A woken task looks again at what it waits for. */
    void resume(ReplayedTask member) {
        long result = machine.execution().resume(member.task());
        result = heldBack(member, Objects.requireNonNull(member.call()), result);
        if (result != Syscalls.BLOCKED) {
            complete(member, result);
        }
    }

    /**
     * A signal ends the call in the emulator, and in the log it does not: there the signal came later, and the call goes
     * on without regard to it.
     */
    private long heldBack(ReplayedTask member, TraceCall call, long result) {
        boolean interrupted = Restart.isInterrupted(result) || result == -Errno.EINTR;
        int task = member.task();
        if (!interrupted
                || !call.result().isKnown()
                || call.result().value() == -Errno.EINTR
                || !machine.tasks().sigpending(task)
                || machine.isExiting(task)) {
            return result;
        }
        SignalStructTable shared = machine.kernel().signalStructs();
        int signal = machine.tasks().signal(task);
        long own = machine.tasks().pendingSet(task);
        long ofAll = shared.sharedPendingSet(signal);
        machine.tasks().setSigpending(task, false);
        machine.tasks().setPendingSet(task, 0);
        shared.setSharedPendingSet(signal, 0);
        long later = result == -Errno.ERESTART_RESTARTBLOCK
                ? machine.execution().resume(task)
                : machine.enter(task, call, member.registers());
        machine.tasks().setPendingSet(task, machine.tasks().pendingSet(task) | own);
        shared.setSharedPendingSet(signal, shared.sharedPendingSet(signal) | ofAll);
        machine.tasks().setSigpending(task, true);
        return later;
    }

    /** Whether a call makes a task. */
    static boolean isFork(TraceCall call) {
        return switch (call.nr()) {
            case Nr.NR_clone, Nr.NR_clone3, Nr.NR_fork, Nr.NR_vfork -> true;
            default -> false;
        };
    }

    /** The emulator has an answer, {@link OutcomeComparer#DIED} when the task has ended in the call. */
    void complete(ReplayedTask member, long value) {
        TraceCall call = Objects.requireNonNull(member.call());
        int task = member.task();
        long result = machine.isExiting(task) ? OutcomeComparer.DIED : value;
        if (result == 0 && isInterruptedSleep(call)) {
            member.take("interrupted when its time was over");
            result = call.result().value();
        }
        if (result == -Outside.EOUTSIDE) {
            member.take("outside the emulator: " + call.name());
        }
        Outcome outcome = member.taken().isEmpty() ? compare(member, call, result) : Outcome.EQUAL;
        member.end(result, outcome);
        member.setSignalDue(result != OutcomeComparer.DIED && machine.tasks().sigpending(task));
        if (result == OutcomeComparer.DIED) {
            return;
        }
        if (!member.taken().isEmpty() || outcome.isDifferent()) {
            prehistory.alignWith(member, call, result);
        } else {
            prehistory.settled(member, call);
        }
    }

    /**
     * A sleep that is over in the emulator, and that something which is no signal has interrupted in the log: tasks are
     * frozen and stopped in the last moment too. What comes next is its restart.
     */
    private static boolean isInterruptedSleep(TraceCall call) {
        boolean sleeps = call.nr() == Nr.NR_nanosleep || call.nr() == Nr.NR_clock_nanosleep;
        return sleeps
                && call.result().outcome() == CallResult.Outcome.INTERRUPTED
                && call.result().value() == -Errno.ERESTART_RESTARTBLOCK;
    }

    private Outcome compare(ReplayedTask member, TraceCall call, long result) {
        if (result == OutcomeComparer.DIED && endsIn(member, call)) {
            return Outcome.EQUAL;
        }
        Outcome outcome = comparer.compare(machine.mm(member.task()), call, member.registers(), result);
        if (outcome.verdict() == Outcome.Verdict.UNKNOWN) {
            member.take("not comparable: " + call.name() + ": " + outcome.actual());
        } else if (outcome.isDifferent()) {
            if (prehistory.isSame(member, call, result)) {
                return Outcome.EQUAL;
            }
            String excuse = prehistory.excuse(member, call, result);
            if (!excuse.isEmpty()) {
                member.take(excuse);
            }
        }
        return outcome;
    }

    /** Whether the log shows that the task ended in the call. */
    private static boolean endsIn(ReplayedTask member, TraceCall call) {
        Step next = member.script().next();
        return call.result().outcome() == CallResult.Outcome.UNFINISHED
                && next != null
                && next.record() instanceof TraceEnd;
    }

    /** Whether the log shows how the call came out. */
    static boolean isShown(TraceCall call) {
        return call.result().isKnown() || call.result().outcome() == CallResult.Outcome.INTERRUPTED;
    }

    /** The log shows the end of the call that the task is in. */
    void exit(ReplayedTask member) {
        TraceCall call = Objects.requireNonNull(member.call());
        if (member.isBlocked()) {
            force(member, call);
        }
        verdicts.report(member, call);
        member.leave();
    }

    /** The emulator still waits, the log does not. */
    private void force(ReplayedTask member, TraceCall call) {
        long result = interrupt(member);
        if (call.result().outcome() == CallResult.Outcome.INTERRUPTED) {
            member.take("interrupted from outside");
        }
        Outcome blocks = new Outcome(Outcome.Verdict.DIFFERENT, Verdicts.show(call.result()), "it waits");
        member.end(Restart.isInterrupted(result) ? result : call.result().value(), blocks);
        prehistory.alignWith(member, call, -Errno.EINTR);
    }

    /** Ends the wait of a call, as a signal would; a wait that no signal ends is left behind. */
    private long interrupt(ReplayedTask member) {
        int task = member.task();
        boolean pending = machine.tasks().sigpending(task);
        machine.tasks().setSigpending(task, true);
        long result = machine.execution().resume(task);
        if (result == Syscalls.BLOCKED) {
            machine.kernel().waitQueues().finishWait(task);
        }
        machine.tasks().setSigpending(task, pending);
        return result;
    }

    /** The log ends, or the task does, without an end of the call. */
    void abandon(ReplayedTask member) {
        if (member.phase() == ReplayedTask.Phase.NONE) {
            return;
        }
        TraceCall call = Objects.requireNonNull(member.call());
        if (member.phase() != ReplayedTask.Phase.ENDED) {
            member.take("without an end in the log: " + call.name());
        }
        verdicts.report(member, call);
        member.leave();
    }

    /** Where the log has the result: the line that a difference is reported for. */
    static long lineOf(Span span) {
        return span.isFinished() ? span.exitLine() : span.entryLine();
    }
}
