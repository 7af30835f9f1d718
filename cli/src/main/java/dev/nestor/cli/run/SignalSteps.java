package dev.nestor.cli.run;

import dev.nestor.cli.replay.Step;
import dev.nestor.cli.run.LogProgram.Phase;
import dev.nestor.cli.strace.TraceEnd;
import dev.nestor.cli.strace.TraceSignal;
import dev.nestor.kernel.signal.KSignal;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.kernel.signal.SigSets;
import dev.nestor.kernel.signal.SignalDelivery;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.syscalls.Execution;
import dev.nestor.uapi.Signal;
import java.util.Objects;

/**
 * The signals of a log in scheduled order. The emulator says which signals there are, and when; the log says where a task
 * takes them.
 *
 * <ul>
 *   <li><i>A handler</i> runs at the signal's record: what follows there is its body. A signal that comes sooner is kept
 *       back until then; a call that it has interrupted, though the log's was not, is entered again.
 *   <li><i>A record whose signal has not come</i> waits for it, if the log names a sender that has not yet got past that line,
 *       or if a timer is set that will send it. Any other signal comes from outside (a terminal, a fault) or has merged
 *       with an earlier one of its kind, and is sent at once.
 *   <li><i>Death</i> comes where the log has it: a task that has been killed sooner still does what the log shows it to do,
 *       so that what it computes does not depend on who was faster. Calls cannot wait any more then, and have the results of
 *       the log. A task that should be dead and is alive waits for its killer.
 *   <li><i>Signals that do nothing</i> do nothing: there is no tracer here for which they would have to stop a task.
 * </ul>
 */
final class SignalSteps {
    private final Stage stage;
    private final Cast cast;
    private final SignalDelivery delivery;
    private final SignalSenders senders;
    private final KSignal taken = new KSignal();
    private final SigInfo info = new SigInfo();

    SignalSteps(Stage stage, Cast cast) {
        this.stage = stage;
        this.cast = cast;
        this.delivery = stage.kernel().signals().delivery();
        this.senders = new SignalSenders(stage, cast);
    }

    private long handler(int task, int sig) {
        return stage.kernel().signals().sighands().handler(task, sig);
    }

    private boolean hasHandler(int task, int sig) {
        long handler = handler(task, sig);
        return handler != Signal.SIG_DFL && handler != Signal.SIG_IGN;
    }

    private boolean isFatal(int task, int sig) {
        boolean ends =
                handler(task, sig) == Signal.SIG_DFL && !SigSets.has(SigSets.KERNEL_IGNORE | SigSets.KERNEL_STOP, sig);
        boolean spared = stage.kernel().signalStructs().unkillable(stage.tasks().signal(task));
        return ends && (!spared || SigSets.has(SigSets.KERNEL_ONLY, sig));
    }

    private boolean acts(int task, int sig) {
        return hasHandler(task, sig) || isFatal(task, sig);
    }

    /** Whether the task has been killed. It dies at its end in the log. */
    boolean isKilled(int task) {
        if (delivery.isDying(task)) {
            return true;
        }
        int sig = delivery.peek(task);
        return sig != 0 && isFatal(task, sig);
    }

    /** Whether the log has a signal come next that acts on the task. */
    boolean awaitsSignal(LogProgram program) {
        int sig = program.nextSignal();
        return sig != 0 && acts(program.task(), sig);
    }

    /** Whether the next record is a signal that does nothing, or the stop that it makes. */
    boolean isNextIdle(LogProgram program) {
        Step next = program.script().next();
        return next != null
                && next.record() instanceof TraceSignal signal
                && (signal.isStop() || signal.signal() == 0 || !acts(program.task(), signal.signal()));
    }

    /** Whether the signal that the log has come next is there. */
    boolean isNextThere(LogProgram program) {
        int task = program.task();
        int sig = program.nextSignal();
        if (sig == 0 || !acts(task, sig)) {
            return false;
        }
        boolean ready =
                delivery.isPending(task, sig) && !SigSets.has(stage.tasks().blocked(task), sig);
        return ready || (isFatal(task, sig) && delivery.isDying(task));
    }

    /**
     * Signals that are there but not in the log: what does nothing or stops is done, what a handler takes is kept back.
     *
     * @param leavesNext whether the one that the log has next stays pending
     * @return whether anything has come of it
     */
    boolean absorb(LogProgram program, boolean leavesNext) {
        int task = program.task();
        boolean any = false;
        while (!stage.machine().isExiting(task) && !isKilled(task)) {
            int sig = delivery.peek(task);
            if (sig == 0) {
                return settleStop(task) || any;
            }
            if (leavesNext && sig == program.nextSignal()) {
                return any;
            }
            any = true;
            if (hasHandler(task, sig)) {
                delivery.dequeueSignal(task, ~SigSets.mask(sig), info);
                program.keepEarly(info);
            } else if (delivery.take(task, sig, taken) == SignalDelivery.STOPPED) {
                return true;
            }
        }
        return any;
    }

    /**
     * A stop of the whole process in which the task has to join, or the news that it is over; freezing and thawing, which
     * interrupt a wait though no signal comes.
     */
    private boolean settleStop(int task) {
        delivery.tellNews(task);
        int jobctl = stage.tasks().jobctl(task);
        boolean freezes =
                (jobctl & TaskTable.JOBCTL_TRAP_FREEZE) != 0 || stage.tasks().frozen(task);
        if (freezes || (jobctl & TaskTable.JOBCTL_STOP_PENDING) != 0) {
            return stage.machine().execution().toUser(task, 0) == Execution.STOPPED || freezes;
        }
        boolean wasThawed = stage.tasks().sigpending(task);
        stage.kernel().signals().wakeups().recalcSigpending(task);
        return wasThawed && !stage.tasks().sigpending(task);
    }

    /** The task goes back to user mode. */
    void leave(LogProgram program) {
        absorb(program, true);
        if (isStopped(program)) {
            stop(program);
        } else if (!stage.machine().isExiting(program.task())) {
            delivery.backToUser(program.task());
        }
    }

    private boolean isStopped(LogProgram program) {
        int task = program.task();
        return stage.tasks().state(task) == TaskTable.TASK_STOPPED
                || (stage.tasks().frozen(task) && stage.tasks().state(task) != TaskTable.TASK_RUNNING);
    }

    /** The task is stopped between two records. */
    private void stop(LogProgram program) {
        program.beginWait(Phase.USER);
        Step next = program.script().next();
        if (next == null) {
            cast.setDone(program, true);
        } else {
            stage.stalls().add(program, stage.now(), 0, next.span().entryMicros());
        }
    }

    /** Nobody continues a task that is stopped. */
    void goOn(int task) {
        senders.send(task, info.set(Signal.SIGCONT, Signal.SI_KERNEL));
    }

    /** Before a call that the log has interrupted by a signal which has come already: it is there again. */
    void restoreEarly(LogProgram program) {
        int sig = program.nextSignal();
        if (sig != 0 && !delivery.isPending(program.task(), sig)) {
            SigInfo kept = program.takeEarly(sig);
            if (kept != null) {
                senders.send(program.task(), kept);
            }
        }
    }

    /** A call waits that the log has interrupted by a signal: whether that is there, if blocked, or may still come by itself. */
    boolean expectsNext(LogProgram program) {
        Step next = program.script().next();
        return next != null
                && next.record() instanceof TraceSignal signal
                && (delivery.isPending(program.task(), signal.signal()) || senders.maySend(program, signal));
    }

    /** The signal that interrupts the call is not going to come by itself. False if it is there, or cannot be sent. */
    boolean sendNext(LogProgram program) {
        Step next = program.script().next();
        int task = program.task();
        program.setOverdue(false);
        if (next == null
                || !(next.record() instanceof TraceSignal signal)
                || delivery.isPending(task, signal.signal())) {
            return false;
        }
        senders.send(task, signal);
        return delivery.isPending(task, signal.signal()) || isKilled(task);
    }

    // Records.

    /** The task has come to a signal. */
    void play(LogProgram program, TraceSignal signal) {
        int task = program.task();
        boolean isIdle = signal.isStop() || signal.signal() == 0;
        if (isIdle || (isKilled(task) && !isFatal(task, signal.signal()))) {
            return;
        }
        restoreKept(program, signal.signal());
        boolean isThere = delivery.isPending(task, signal.signal()) || delivery.isDying(task);
        if (isThere) {
            take(program, signal);
        } else if (acts(task, signal.signal())) {
            program.setEntered(stage.now());
            if (senders.maySend(program, signal)) {
                await(program, Phase.AT_SIGNAL);
            } else {
                take(program, signal);
            }
        }
    }

    private void restoreKept(LogProgram program, int sig) {
        SigInfo kept = delivery.isPending(program.task(), sig) ? null : program.takeEarly(sig);
        if (kept != null) {
            senders.send(program.task(), kept);
        }
    }

    /** The task is awake at a signal that it waits for. */
    void resume(LogProgram program) {
        int task = program.task();
        TraceSignal signal =
                (TraceSignal) Objects.requireNonNull(currentStep(program).record());
        boolean isThere = delivery.isPending(task, signal.signal()) || isKilled(task);
        if (isThere || program.isOverdue() || program.isForced()) {
            program.endWait();
            take(program, signal);
            return;
        }
        absorb(program, false);
        if (stage.tasks().state(task) == TaskTable.TASK_RUNNING) {
            await(program, Phase.AT_SIGNAL);
        }
    }

    private static Step currentStep(LogProgram program) {
        return Objects.requireNonNull(program.script().current());
    }

    private void take(LogProgram program, TraceSignal signal) {
        int task = program.task();
        if (delivery.isDying(task)) {
            die(program);
            return;
        }
        if (!delivery.isPending(task, signal.signal())) {
            senders.send(task, signal);
        }
        switch (stage.machine().execution().take(task, signal.signal(), program.lastResult())) {
            case Execution.HANDLER -> program.enterHandler();
            case Execution.DYING -> program.setPhase(Phase.EXITING);
            case Execution.STOPPED -> stop(program);
            default -> {}
        }
    }

    /** The task has come to its end. */
    void end(LogProgram program) {
        if (isKilled(program.task())) {
            die(program);
        } else {
            if (!program.wasForced()) { // what would have killed it has been waited for already
                program.setEntered(stage.now());
            }
            await(program, Phase.AT_END);
        }
    }

    /** The task is awake at its end. */
    void resumeEnd(LogProgram program) {
        int task = program.task();
        if (isKilled(task)) {
            die(program);
        } else if (program.isForced()) {
            kill(program, (TraceEnd) Objects.requireNonNull(currentStep(program).record()));
        } else {
            absorb(program, false);
            if (stage.tasks().state(task) == TaskTable.TASK_RUNNING) {
                await(program, Phase.AT_END);
            }
        }
    }

    /** The task has been killed, and nothing of it is left in the log. */
    void die(LogProgram program) {
        int task = program.task();
        program.endWait();
        while (!stage.machine().isExiting(task) && isKilled(task)) {
            stage.machine().execution().toUser(task, program.lastResult());
        }
        program.setPhase(Phase.EXITING);
    }

    /** Somebody outside has ended it. */
    private void kill(LogProgram program, TraceEnd end) {
        int task = program.task();
        program.endWait();
        program.setPhase(Phase.EXITING);
        switch (end.kind()) {
            case KILLED -> stage.kernel().exit().doGroupExit(task, end.code() | (end.hasCore() ? 0x80 : 0));
            case EXITED -> stage.kernel().exit().doExit(task, end.code() << 8);
            case SUPERSEDED -> stage.kernel().exit().doExit(task, 0);
        }
    }

    private void await(LogProgram program, Phase phase) {
        program.beginWait(phase);
        stage.sleep(program.task());
        stage.stalls()
                .add(program, program.entered(), 0, currentStep(program).span().entryMicros());
    }
}
