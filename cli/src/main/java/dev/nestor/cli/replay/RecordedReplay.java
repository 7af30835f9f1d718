package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.replay.abi.CallEncoder;
import dev.nestor.cli.replay.abi.OutcomeComparer;
import dev.nestor.cli.replay.abi.Renaming;
import dev.nestor.cli.replay.abi.Signatures;
import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.OrderCursor;
import dev.nestor.cli.strace.RecordParser;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceEnd;
import dev.nestor.cli.strace.TraceSignal;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.init.Kernel;
import dev.nestor.syscalls.SyscallTable;
import dev.nestor.uapi.Errno;
import java.util.function.LongConsumer;

/** A log, replayed in recorded order: calls are entered and left in the order of its lines. */
public final class RecordedReplay {
    private static final int LINES_PER_PROGRESS = 1024;

    /** A sleep may be so much late beyond the task's timer slack: the log's clock counts whole microseconds. */
    private static final long LATE_NS = 200_000;

    private final TraceSpool spool;
    private final ReplayOptions options;
    private final Crew crew;
    private final Machine machine;
    private final Verdicts verdicts;
    private final Prehistory prehistory;
    private final CallReplay calls;
    private final Life life;
    private final SignalReplay signals;

    private RecordedReplay(TraceSpool spool, LogLimits limits, ReplayOptions options, ReplayListener listener)
            throws LogException {
        this.spool = spool;
        this.options = options;
        Signatures signatures = Signatures.load();
        crew = new Crew(spool, new RecordParser(signatures::nr, limits), listener);
        long startMicros = startMicros();
        WakeList wakeList = new WakeList();
        machine = new Machine(new Kernel(Machine.config(options, startMicros)), wakeList, startMicros);
        listener.began(machine.kernel());
        prehistory = new Prehistory(machine, crew, options.image());
        CgroupCalls cgroupCalls = new CgroupCalls(prehistory.learnedFiles(), signatures);
        verdicts = new Verdicts(new ReplayReport(), signatures, cgroupCalls, listener);
        Renaming renaming = new Renaming();
        Renaming mounts = new Renaming();
        calls = new CallReplay(
                machine,
                new CallEncoder(signatures, machine.kernel().addressSpaces(), machine.tasks(), mounts),
                new OutcomeComparer(signatures, machine.kernel().addressSpaces(), renaming, mounts),
                prehistory,
                new Wishes(machine, crew),
                verdicts);
        life = new Life(machine, wakeList, crew, calls, prehistory);
        signals = new SignalReplay(machine, verdicts.report(), life);
    }

    /**
     * Replays a log.
     *
     * @param progress is given the line that has been reached, every now and then
     */
    public static ReplayReport of(TraceSpool spool, LogLimits limits, ReplayOptions options, LongConsumer progress)
            throws LogException {
        return of(spool, limits, options, ReplayListener.NONE, progress);
    }

    /** As above, with somebody who listens to what happens. */
    public static ReplayReport of(
            TraceSpool spool, LogLimits limits, ReplayOptions options, ReplayListener listener, LongConsumer progress)
            throws LogException {
        RecordedReplay replay = new RecordedReplay(spool, limits, options, listener);
        replay.run(progress);
        return replay.verdicts.report();
    }

    private long startMicros() throws LogException {
        OrderCursor first = spool.order();
        if (!first.advance()) {
            return 0;
        }
        Step step = crew.get(first.task()).script().next();
        return step == null ? 0 : step.span().entryMicros();
    }

    private void run(LongConsumer progress) throws LogException {
        OrderCursor order = spool.order();
        long count = 0;
        while (order.advance()) {
            ReplayedTask member = crew.get(order.task());
            switch (order.event()) {
                case CALL -> {
                    begin(member, false);
                    end(member);
                }
                case ENTER -> begin(member, true);
                case SIGNAL, END -> begin(member, false);
                case EXIT -> end(member);
            }
            if (++count % LINES_PER_PROGRESS == 0) {
                Step step = member.script().current();
                progress.accept(step == null ? 0 : step.span().entryLine());
            }
        }
        for (ReplayedTask member : crew.present()) {
            calls.abandon(member);
        }
        verdicts.report().addBadLines(spool.unreadLines());
    }

    /**
     * The task's next record begins.
     *
     * @param isCut whether it is a call whose end comes later
     */
    private void begin(ReplayedTask member, boolean isCut) throws LogException {
        Step step = member.script().advance();
        LogException problem = step.problem();
        if (problem != null) {
            skip(problem);
            return;
        }
        machine.advanceTo(step.span().entryMicros());
        life.settle();
        if (member.task() == NULL && !member.isDead()) {
            prehistory.appear(member);
        }
        switch (step.record()) {
            case TraceCall call -> {
                if (!options.keepGoing()) {
                    checkNumber(spool.file(), call);
                }
                life.goOn(member);
                if (isCut && takesEffectLate(call)) {
                    member.begin(call);
                } else {
                    calls.enter(member, call, isInterruptedFork(call) ? signals.interruptAhead(member, call) : "");
                    life.bindChild(member, call, step.child());
                }
            }
            case TraceSignal signal -> signals.deliver(member, signal);
            case TraceEnd end -> life.end(member, end);
            case null -> throw new AssertionError("a step without record and problem");
        }
        life.settle();
    }

    /** A call that Linux has not is answered with ENOSYS; a log that says otherwise is not one of Linux. */
    public static void checkNumber(String file, TraceCall call) throws LogException {
        boolean exists = call.nr() >= 0 && call.nr() < SyscallTable.SIZE;
        if (!exists && call.result().isKnown() && call.result().value() != -Errno.ENOSYS) {
            throw new LogException(
                    LogException.Kind.UNKNOWN_CALL,
                    file,
                    call.span().entryLine(),
                    "there is no system call " + call.nr());
        }
    }

    private void skip(LogException problem) throws LogException {
        if (!options.keepGoing()) {
            throw problem;
        }
        verdicts.report().addBadLines(1);
        verdicts.unreadable(-1);
    }

    /** The log shows the end of the call that the task is in. */
    private void end(ReplayedTask member) {
        Step step = member.script().current();
        if (step == null || !(step.record() instanceof TraceCall call)) {
            return;
        }
        if (step.span().isFinished()) {
            machine.advanceTo(step.span().exitMicros());
            life.settle();
        }
        if (member.phase() == ReplayedTask.Phase.BEGUN) {
            calls.enter(member, call, "");
            life.settle();
        }
        if (member.isBlocked()) {
            finish(member, call);
        }
        calls.exit(member);
        life.freezeAgain(member);
        life.settle();
    }

    /** The call that the task is in ends in the log and not yet in the emulator: looks for what may end it. */
    private void finish(ReplayedTask member, TraceCall call) {
        member.take(signals.interruptAhead(member, call));
        life.settle();
        long slackNs = member.isAlive() ? machine.tasks().timerSlackNs(member.task()) + LATE_NS : LATE_NS;
        while (member.isBlocked() && call.result().isKnown() && machine.fireNext(slackNs)) {
            life.settle();
        }
        if (member.isBlocked()) {
            member.take(prehistory.explainEnd(member, call));
            life.settle();
        }
        if (member.isBlocked() && call.result().outcome() == CallResult.Outcome.UNKNOWN) {
            life.endAhead(member);
            life.settle();
        }
    }

    /**
     * A call takes effect where the log enters it. One that failed because what it needs was gone, as the other end of a
     * pipe, was carried out later, at the latest when its end was logged: what is gone stays gone.
     */
    private static boolean takesEffectLate(TraceCall call) {
        long result = call.result().value();
        return call.result().outcome() == CallResult.Outcome.FAILED
                && (result == -Errno.EPIPE || result == -Errno.ESRCH || result == -Errno.ECHILD);
    }

    /** A fork gives way to a signal that is there when it is entered. */
    private static boolean isInterruptedFork(TraceCall call) {
        return CallReplay.isFork(call) && call.result().outcome() == CallResult.Outcome.INTERRUPTED;
    }
}
