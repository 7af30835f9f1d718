package dev.nestor.cli.run;

import dev.nestor.cli.replay.CallReplay;
import dev.nestor.cli.replay.Machine;
import dev.nestor.cli.replay.Prehistory;
import dev.nestor.cli.replay.ReplayedTask;
import dev.nestor.cli.replay.Step;
import dev.nestor.cli.replay.Wishes;
import dev.nestor.cli.replay.abi.CallEncoder;
import dev.nestor.cli.run.CallAccount.Source;
import dev.nestor.cli.run.LogProgram.Phase;
import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.Span;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.event.Clock;
import dev.nestor.fs.Outside;
import dev.nestor.kernel.signal.Restart;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.syscalls.Syscalls;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.Objects;

/**
 * The calls of a log in scheduled order. A call is entered with the log's arguments when its task comes to it, waits as long
 * as the emulated kernel has it wait, and its answer is the emulator's.
 *
 * <ul>
 *   <li><i>A call that the emulator does not do</i>, or whose answer lies outside, has the log's result and takes the log's
 *       time: asleep if it is longer than {@value #SLEEP_MICROS} µs, as a call that must have waited, else in the kernel.
 *   <li><i>A call that the log shows interrupted</i> ({@code ? ERESTARTSYS}) may come out in the emulator, where the signal
 *       has come later or never. Its answer is kept, and given when the log makes the call again after the signal, to the
 *       same call or restart_syscall(2) outside of any handler; that is not entered. When the task goes on with another call
 *       instead, the answer stands where it was.
 *   <li><i>A call that is interrupted in the emulator</i> though the log shows it come out is entered again, and waits on.
 *   <li><i>A call that waits for ever</i> is released with the log's result: {@link Stalls}.
 * </ul>
 */
final class CallSteps {
    static final int SLEEP_MICROS = 100;

    /** How often a call is entered anew after something was learned of the machine: a path has many parts. */
    private static final int MAX_LESSONS = 64;

    private static final int MAX_ERRNO = 4095;

    private final Stage stage;
    private final Cast cast;
    private final SignalSteps signals;
    private final CallEncoder encoder;
    private final Wishes wishes;
    private final CallAccounts accounts;
    private final LateSignals lateSignals;

    CallSteps(Stage stage, Cast cast, SignalSteps signals, CallEncoder encoder, Wishes wishes, CallAccounts accounts) {
        this.lateSignals = new LateSignals(stage, cast);
        this.stage = stage;
        this.cast = cast;
        this.signals = signals;
        this.encoder = encoder;
        this.wishes = wishes;
        this.accounts = accounts;
    }

    private Machine machine() {
        return stage.machine();
    }

    private Prehistory prehistory() {
        return stage.prehistory();
    }

    /** The task enters a call. */
    void enter(LogProgram program, TraceCall call) throws LogException {
        ReplayedTask member = program.member();
        program.beginCall(call, stage.now());
        if (program.hasCarried(call)) {
            answerAgain(program, call);
            return;
        }
        String missing = missing(program, call);
        if (!missing.isEmpty()) {
            member.take(missing);
            prehistory().adopt(member, call);
            fromLog(program);
            return;
        }
        prehistory().before(member, call);
        wishes.before(member, call);
        if (LogProgram.isInterruptedInLog(call)) {
            signals.restoreEarly(program);
        }
        long result = attempt(member, call);
        cast.bindChild(program, call, currentStep(program).child());
        go(program, result);
    }

    private static Step currentStep(LogProgram program) {
        return Objects.requireNonNull(program.script().current());
    }

    /** Whether a call waits for a word in memory or wakes who does: when that changes no log shows, only what order it led to there. */
    private static boolean isFutex(int nr) {
        return nr == Nr.NR_futex
                || nr == Nr.NR_futex_wait
                || nr == Nr.NR_futex_wake
                || nr == Nr.NR_futex_requeue
                || nr == Nr.NR_futex_waitv;
    }

    /** Why the emulator cannot work the call out; "" if it can. */
    private String missing(LogProgram program, TraceCall call) {
        int task = program.task();
        if (!machine().implementsCall(call.nr())) {
            return "not emulated: " + call.name();
        }
        if (isFutex(call.nr())) {
            return "a word in memory, which another schedule may find changed: " + call.name();
        }
        if (call.nr() == Nr.NR_restart_syscall) {
            return "goes on with a call that is not emulated";
        }
        if (call.nr() == Nr.NR_rt_sigreturn && stage.kernel().signals().frames().isEmpty(task)) {
            return "returns from a handler that began before the log";
        }
        boolean encoded =
                encoder.encode(task, machine().mm(task), call, program.member().registers());
        return encoded ? "" : "not shown in full: " + call.name();
    }

    private void answerAgain(LogProgram program, TraceCall call) throws LogException {
        long result = program.carriedResult();
        if (!LogProgram.isInterruptedInLog(call)) {
            program.dropCarried();
        }
        end(program, result, Source.COMPUTED);
    }

    /** Enters the call; where its failure shows that something stood on the machine before, learns that and tries anew. */
    private long attempt(ReplayedTask member, TraceCall call) {
        int task = member.task();
        long result = machine().enter(task, call, member.registers());
        for (int lesson = 0; lesson < MAX_LESSONS && CallReplay.contradicts(call, result); lesson++) {
            String learned = prehistory().learn(member, call, result);
            if (learned.isEmpty()) {
                break;
            }
            member.take(learned);
            stage.kernel().work().clear();
            result = machine().enter(task, call, member.registers());
        }
        return result;
    }

    /** What becomes of a call that has been entered, for the first time or again. */
    private void go(LogProgram program, long first) throws LogException {
        int task = program.task();
        long result = first;
        while (true) {
            if (machine().isExiting(task)) {
                account(program, Source.COMPUTED, false);
                program.endCall(0);
                program.setPhase(Phase.EXITING);
                return;
            }
            if (result == Syscalls.BLOCKED) {
                await(program);
                return;
            }
            if (!isWronglyInterrupted(program, result)) {
                come(program, result);
                return;
            }
            if (!signals.absorb(program, false)) {
                end(program, program.call().result().value(), Source.FORCED);
                return;
            }
            if (stage.tasks().state(task) != TaskTable.TASK_RUNNING) {
                await(program);
                return;
            }
            result = machine().execution().resume(task);
        }
    }

    /** A signal has ended the wait of a call, and it is not the one that does so in the log. */
    private boolean isWronglyInterrupted(LogProgram program, long result) {
        TraceCall call = program.call();
        boolean interrupted =
                Restart.isInterrupted(result) || (result == -Errno.EINTR && call.nr() != Nr.NR_rt_sigreturn);
        if (!interrupted) {
            return false;
        }
        boolean dies = program.isLast() && signals.isKilled(program.task());
        boolean rightly =
                LogProgram.isInterruptedInLog(call) && (signals.isNextThere(program) || program.nextSignal() == 0);
        return !dies && !rightly;
    }

    /** The emulator has an answer. */
    private void come(LogProgram program, long result) throws LogException {
        TraceCall call = program.call();
        if (result == -Outside.EOUTSIDE) {
            program.member().take("outside the emulator: " + call.name());
            stage.kernel().work().clear();
            fromLog(program);
            return;
        }
        boolean again = call.result().outcome() == CallResult.Outcome.INTERRUPTED && !Restart.isInterrupted(result);
        if (again) {
            program.carry(result);
        }
        end(program, result, Source.COMPUTED);
    }

    // Waiting.

    private void await(LogProgram program) throws LogException {
        passRestarts(program);
        program.addCallCycles(stage.kernel().costs().cycles(stage.kernel().work()));
        program.beginWait(Phase.WAITING);
        expectEnd(program);
    }

    /**
     * The log shows the call that waits interrupted by signals which do nothing here, and made again by the kernel: as what
     * waits now.
     */
    private void passRestarts(LogProgram program) throws LogException {
        int nr = program.call().nr();
        while (program.call().result().outcome() == CallResult.Outcome.INTERRUPTED) {
            while (signals.isNextIdle(program)) {
                cast.advance(program);
            }
            Step next = program.script().next();
            if (next == null || !(next.record() instanceof TraceCall restart) || !LogProgram.isRestartOf(restart, nr)) {
                return;
            }
            account(program, Source.COMPUTED, false);
            cast.advance(program);
            program.continueCall(restart);
        }
    }

    /** Sees to it that the wait has an end, if the log shows one. */
    private void expectEnd(LogProgram program) {
        TraceCall call = program.call();
        Step next = program.script().next();
        Span span = call.span();
        if (!span.isFinished() && next == null) {
            cast.setDone(program, true);
            return;
        }
        long end = span.isFinished() || next == null
                ? span.exitMicros()
                : next.span().entryMicros();
        long recorded = stage.cycles(end - span.entryMicros());
        stage.stalls().add(program, program.entered(), recorded, end);
        if (LogProgram.isInterruptedInLog(call) && signals.awaitsSignal(program) && !signals.expectsNext(program)) {
            lateSignals.at(program, program.entered() + recorded);
        }
    }

    /** The task has been woken in a call. */
    void resume(LogProgram program) throws LogException {
        boolean interrupts = LogProgram.isInterruptedInLog(program.call()) && signals.awaitsSignal(program);
        boolean isLate = program.isOverdue() || program.isForced();
        boolean isSent = interrupts && isLate && signals.sendNext(program);
        if (program.isForced() && !isSent) {
            release(program);
            return;
        }
        if (program.phase() == Phase.OUTSIDE) {
            resumeOutside(program);
        } else {
            go(program, machine().execution().resume(program.task()));
        }
    }

    /** Ends the wait with the log's result. */
    private void release(LogProgram program) throws LogException {
        int task = program.task();
        TraceCall call = program.call();
        if (program.phase() == Phase.OUTSIDE) {
            end(program, call.result().value(), Source.TAKEN);
            return;
        }
        String explained = prehistory().explainEnd(program.member(), call);
        if (!explained.isEmpty()) {
            program.member().take(explained);
            long result = machine().execution().resume(task);
            if (result != Syscalls.BLOCKED) {
                go(program, result);
                return;
            }
        }
        interrupt(task);
        end(program, call.result().value(), Source.FORCED);
    }

    /** Ends the wait of a call as a signal would; a wait that no signal ends is left behind. */
    private void interrupt(int task) {
        TaskTable tasks = stage.tasks();
        boolean pending = tasks.sigpending(task);
        tasks.setSigpending(task, true);
        machine().execution().resume(task);
        stage.kernel().waitQueues().finishWait(task);
        stage.kernel().hrTimers().cancelSleep(task);
        tasks.setSigpending(task, pending);
    }

    // Calls whose answer is the log's.

    private void fromLog(LogProgram program) throws LogException {
        TraceCall call = program.call();
        Span span = call.span();
        long micros = span.durationMicros() >= 0 ? span.durationMicros() : span.exitMicros() - span.entryMicros();
        boolean waits = LogProgram.isInterruptedInLog(call) && signals.awaitsSignal(program);
        if (waits) {
            signals.restoreEarly(program);
        }
        if (waits || !span.isFinished()) {
            program.setWakeAt(Clock.NEVER);
        } else if (micros > SLEEP_MICROS) {
            program.setWakeAt(stage.now() + stage.cycles(micros));
        } else {
            stage.kernel().work().add(Work.OUTSIDE_CYCLE, stage.cycles(micros));
            end(program, call.result().value(), Source.TAKEN);
            return;
        }
        stage.kernel().work().add(Work.SYSCALL_ENTRY);
        resumeOutside(program);
    }

    private void resumeOutside(LogProgram program) throws LogException {
        int task = program.task();
        TraceCall call = program.call();
        boolean interrupted = LogProgram.isInterruptedInLog(call) && signals.isNextThere(program);
        if (interrupted || signals.isKilled(task) || stage.now() >= program.wakeAt()) {
            stage.kernel().hrTimers().cancelSleep(task);
            end(program, call.result().value(), Source.TAKEN);
            return;
        }
        signals.absorb(program, false);
        if (stage.tasks().state(task) == TaskTable.TASK_RUNNING) {
            stage.sleep(task);
        }
        if (program.wakeAt() != Clock.NEVER
                && !stage.kernel().hrTimers().isSleeping(task)
                && !stage.kernel().hrTimers().sleepUntil(task, program.wakeAt())) {
            program.setWakeAt(stage.now());
        }
        program.addCallCycles(stage.kernel().costs().cycles(stage.kernel().work()));
        program.beginWait(Phase.OUTSIDE);
        expectEnd(program);
    }

    // The end of a call.

    private void end(LogProgram program, long result, Source source) throws LogException {
        ReplayedTask member = program.member();
        TraceCall call = program.call();
        Source from = source == Source.COMPUTED && !member.taken().isEmpty() ? Source.TAKEN : source;
        if (from != Source.COMPUTED || differs(call, result)) {
            prehistory().alignWith(member, call, from == Source.FORCED ? -Errno.EINTR : result);
        } else {
            prehistory().settled(member, call);
        }
        if (call.nr() == Nr.NR_rt_sigreturn) {
            program.leaveHandler();
        }
        account(program, from, isFailure(call, result));
        program.endCall(result);
        Step step = currentStep(program);
        cast.makeUpFor(step.child(), step.span());
    }

    /** Whether a program sees the result as an error; what rt_sigreturn(2) gives back is of another call. */
    static boolean isFailure(TraceCall call, long result) {
        return result < 0 && result >= -MAX_ERRNO && call.nr() != Nr.NR_rt_sigreturn;
    }

    /** Whether the answer is surely not the log's: a failure for a success, another error, another descriptor. */
    private static boolean differs(TraceCall call, long result) {
        boolean isDescriptor = call.result().target() != null;
        return CallReplay.contradicts(call, result)
                || (isDescriptor && result != call.result().value());
    }

    private void account(LogProgram program, Source source, boolean failed) {
        long cycles = program.callCycles()
                + stage.kernel().costs().cycles(stage.kernel().work());
        accounts.add(program.call().nr(), source, failed, cycles);
        if (source == Source.TAKEN) {
            accounts.addReason(program.member().taken());
        }
        program.account().addCall();
    }
}
