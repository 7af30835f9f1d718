package dev.nestor.cli.run;

import dev.nestor.cli.replay.ReplayedTask;
import dev.nestor.cli.replay.Script;
import dev.nestor.cli.replay.Step;
import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.Span;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceEnd;
import dev.nestor.cli.strace.TraceSignal;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A task of the log as a program: its records, the time that it computes between them, and what it waits for. */
final class LogProgram {
    /** What the task is in. */
    enum Phase {
        /** User mode, or between a record and the next. */
        USER,
        /** A call that waits in the emulated kernel. */
        WAITING,
        /** A call whose result and time are taken from the log. */
        OUTSIDE,
        /** At a signal that has not come yet. */
        AT_SIGNAL,
        /** At its end in the log, and alive. */
        AT_END,
        /** The log says no more of it. */
        OVER,
        /** In its exit. */
        EXITING
    }

    private final ReplayedTask member;
    private final TaskAccount account;
    private Phase phase = Phase.USER;
    private long lastMicros; // when the last record ended, by the log; NEVER if that is not shown
    private boolean isSpanGiven; // of the time before the next record
    private long span; // cycles of it that are left, where an interrupt has cut it
    private int depth; // handlers that run
    private long pastLine; // of the log: all before it has been done
    private long callCycles; // in the kernel, of the call that it is in
    private long entered; // cycles: when the wait, or the call that it is in, began
    private long lastResult; // of a call
    private long wakeAt; // cycles: the end of a call taken from the log
    private int wait; // number of the wait, to know an old one
    private boolean isForced;
    private boolean wasForced; // the last wait ended so
    private boolean isOverdue;
    private boolean isDone;
    private boolean wasInterrupted; // the last call, in the log, and nothing but signals since
    private int interruptedNr = -1; // number of the last call that was no restart_syscall
    private int carriedNr = -1; // call that has come out sooner than in the log
    private int carriedDepth;
    private long carriedResult;
    private final List<SigInfo> early = new ArrayList<>(0); // signals that came sooner than in the log
    private final List<LogProgram> watchers = new ArrayList<>(0); // wait for this to get past a line
    private @Nullable LogProgram watched;
    private long watchedLine; // that this waits for another to get past

    /** @param fromMicros when the log has it begin to compute; NEVER if that is not shown */
    LogProgram(ReplayedTask member, TaskAccount account, long fromMicros) {
        this.member = member;
        this.account = account;
        this.lastMicros = fromMicros;
    }

    ReplayedTask member() {
        return member;
    }

    int task() {
        return member.task();
    }

    TaskAccount account() {
        return account;
    }

    Script script() {
        return member.script();
    }

    Phase phase() {
        return phase;
    }

    void setPhase(Phase next) {
        phase = next;
    }

    /** The call that the task is in. */
    TraceCall call() {
        return Objects.requireNonNull(member.call(), "no call");
    }

    // Time between records.

    /**
     * Microseconds that the log has the task compute before its next record. Between a call that a signal has ended and the
     * signal, and between a signal that did nothing and the call's restart, it does not compute: that is the tracer's time.
     */
    long microsToCompute() {
        Step next = script().next();
        if (next == null || lastMicros == Span.NEVER) {
            return 0;
        }
        boolean isRestart = next.record() instanceof TraceCall call && isRestartOf(call, interruptedNr);
        boolean inKernel = wasInterrupted && (isRestart || next.record() instanceof TraceSignal);
        return inKernel ? 0 : Math.max(next.span().entryMicros() - lastMicros, 0);
    }

    /** Whether a call may be the restart, made by the kernel, of one that a signal has ended. */
    static boolean isRestartOf(TraceCall call, int nr) {
        return call.nr() == nr || call.nr() == Nr.NR_restart_syscall;
    }

    boolean isSpanGiven() {
        return isSpanGiven;
    }

    /** The time before the next record, in full or what is left of it. */
    void giveSpan(long cycles) {
        isSpanGiven = true;
        span = cycles;
    }

    /** An interrupt has left so much of the span. */
    void keepSpan(long remaining) {
        span = Math.max(span, remaining);
    }

    long takeSpan() {
        long cycles = span;
        span = 0;
        return cycles;
    }

    // Records.

    /** The next record begins. */
    void begin(Step step) {
        isSpanGiven = false;
        pastLine = step.span().entryLine();
        lastMicros = step.span().isFinished() ? step.span().exitMicros() : Span.NEVER;
        if (step.record() instanceof TraceCall call) {
            wasInterrupted = isInterruptedInLog(call);
            interruptedNr = call.nr() == Nr.NR_restart_syscall ? interruptedNr : call.nr();
        } else if (!(step.record() instanceof TraceSignal)) {
            wasInterrupted = false;
        }
    }

    /** The line of the log that the task has come to. */
    long pastLine() {
        return pastLine;
    }

    /** The log makes the call again that waits: it waits on. */
    void continueCall(TraceCall restart) {
        member.begin(restart);
        callCycles = 0;
    }

    /** @param now cycles */
    void beginCall(TraceCall call, long now) {
        entered = now;
        member.begin(call);
        callCycles = 0;
        isForced = false;
        if (carriedNr >= 0 && depth == carriedDepth && !isRestartOf(call, carriedNr)) {
            carriedNr = -1;
        }
    }

    void addCallCycles(long cycles) {
        callCycles += cycles;
    }

    long callCycles() {
        return callCycles;
    }

    /** What the last call returned. */
    long lastResult() {
        return lastResult;
    }

    void endCall(long result) {
        lastResult = result;
        endWait();
    }

    /** Whether the log has a signal end the call. */
    static boolean isInterruptedInLog(TraceCall call) {
        CallResult result = call.result();
        return result.outcome() == CallResult.Outcome.INTERRUPTED
                || (result.outcome() == CallResult.Outcome.FAILED && result.value() == -Errno.EINTR);
    }

    /** The signal that the log has the task take next; 0 when the next record is something else. */
    int nextSignal() {
        Step next = script().next();
        return next != null && next.record() instanceof TraceSignal signal && !signal.isStop() ? signal.signal() : 0;
    }

    /** Whether nothing comes any more but the end, or nothing at all. */
    boolean isLast() {
        Step next = script().next();
        return next == null || next.record() instanceof TraceEnd;
    }

    // A call that the log restarts, and that has come out already.

    void carry(long result) {
        carriedNr = interruptedNr;
        carriedDepth = depth;
        carriedResult = result;
    }

    /** Whether this is the restart of a call that has come out already. */
    boolean hasCarried(TraceCall call) {
        return carriedNr >= 0 && depth == carriedDepth && isRestartOf(call, carriedNr);
    }

    long carriedResult() {
        return carriedResult;
    }

    void dropCarried() {
        carriedNr = -1;
    }

    void enterHandler() {
        depth++;
    }

    void leaveHandler() {
        depth = Math.max(depth - 1, 0);
        if (depth < carriedDepth) {
            carriedNr = -1;
        }
    }

    // Signals that came sooner than in the log.

    void keepEarly(SigInfo info) {
        SigInfo copy = new SigInfo();
        copy.copyFrom(info);
        early.add(copy);
    }

    /** The first that was kept of a signal, which is kept no longer; null when there is none. */
    @Nullable
    SigInfo takeEarly(int sig) {
        for (int i = 0; i < early.size(); i++) {
            if (early.get(i).signo() == sig) {
                return early.remove(i);
            }
        }
        return null;
    }

    // Waiting.

    void beginWait(Phase in) {
        phase = in;
        wait++;
        isForced = false;
    }

    void endWait() {
        phase = Phase.USER;
        wait++;
        wasForced = isForced;
        isForced = false;
        isOverdue = false;
        watched = null;
    }

    /** When the task entered the call that it waits in, or began to wait for anything else; cycles. */
    long entered() {
        return entered;
    }

    void setEntered(long now) {
        entered = now;
    }

    /** Number of the wait that it is in, or of the last. */
    int waitNumber() {
        return wait;
    }

    long wakeAt() {
        return wakeAt;
    }

    void setWakeAt(long cycles) {
        wakeAt = cycles;
    }

    /** The wait is to end, with what the log says. */
    boolean isForced() {
        return isForced;
    }

    /** The last wait ended with what the log says. */
    boolean wasForced() {
        return wasForced;
    }

    void force() {
        isForced = true;
    }

    /** The signal that the task waits for is not going to come. */
    boolean isOverdue() {
        return isOverdue;
    }

    void setOverdue(boolean overdue) {
        isOverdue = overdue;
    }

    /** Whether nothing is expected of the task any more. */
    boolean isDone() {
        return isDone;
    }

    void setDone(boolean done) {
        isDone = done;
    }

    /** This waits until the other has come past a line. */
    void watch(LogProgram other, long line) {
        watchedLine = line;
        if (watched != other) {
            watched = other;
            other.watchers.add(this);
        }
    }

    /** This has come to a line: takes those out that waited for that and still wait. */
    List<LogProgram> takeWatchers(long line) {
        if (watchers.isEmpty()) {
            return List.of();
        }
        List<LogProgram> late = new ArrayList<>();
        for (LogProgram watcher : watchers) {
            if (watcher.watched == this && watcher.watchedLine < line) {
                watcher.watched = null;
                late.add(watcher);
            }
        }
        watchers.removeIf(watcher -> watcher.watched != this);
        return late;
    }
}
