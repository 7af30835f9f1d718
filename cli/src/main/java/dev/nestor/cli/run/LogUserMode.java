package dev.nestor.cli.run;

import dev.nestor.cli.replay.RecordedReplay;
import dev.nestor.cli.replay.Step;
import dev.nestor.cli.run.LogProgram.Phase;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceEnd;
import dev.nestor.cli.strace.TraceSignal;
import dev.nestor.kernel.sched.UserMode;
import java.io.Serial;
import java.util.Objects;

/**
 * What tasks do that play a log in scheduled order: they compute for as long as the log has them compute between two
 * records, and play the record. The log alone says how long that is; so the time that a task computes is the same on every
 * machine.
 */
final class LogUserMode implements UserMode {
    /** A line cannot be read; out of the event loop and up to whoever runs it. */
    static final class Unreadable extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1;

        private final transient LogException problem;

        Unreadable(LogException problem) {
            super(problem);
            this.problem = problem;
        }

        LogException problem() {
            return problem;
        }
    }

    private final Stage stage;
    private final Cast cast;
    private final CallSteps calls;
    private final SignalSteps signals;
    private final Outsiders outsiders;
    private final String file;
    private final boolean keepGoing;
    private long badLines;

    LogUserMode(Stage stage, Cast cast, CallSteps calls, SignalSteps signals, String file, boolean keepGoing) {
        this.file = file;
        this.stage = stage;
        this.cast = cast;
        this.calls = calls;
        this.signals = signals;
        this.outsiders = new Outsiders(stage.machine(), stage.births());
        this.keepGoing = keepGoing;
    }

    /** Lines left out because they could not be read. */
    long badLines() {
        return badLines;
    }

    private LogProgram of(int task) {
        return Objects.requireNonNull(cast.of(task), "a task that plays nothing has a CPU");
    }

    @Override
    public long nextSpan(int task) {
        LogProgram program = of(task);
        if (!program.isSpanGiven()) {
            program.giveSpan(stage.cycles(program.microsToCompute()));
        }
        return program.takeSpan();
    }

    @Override
    public void enter(int task) {
        LogProgram program = of(task);
        try {
            Step step = program.script().next();
            if (step == null) {
                over(program);
            } else {
                play(program, cast.advance(program));
            }
        } catch (LogException e) {
            throw new Unreadable(e);
        }
        outsiders.settle();
    }

    private void play(LogProgram program, Step step) throws LogException {
        LogException problem = step.problem();
        if (problem != null) {
            skip(step, problem);
            return;
        }
        switch (step.record()) {
            case TraceCall call -> {
                if (!keepGoing) {
                    RecordedReplay.checkNumber(file, call);
                }
                calls.enter(program, call);
            }
            case TraceSignal signal -> signals.play(program, signal);
            case TraceEnd end -> signals.end(program);
            case null -> throw new AssertionError("a step without record and problem");
        }
    }

    private void skip(Step step, LogException problem) throws LogException {
        if (!keepGoing) {
            throw problem;
        }
        badLines++;
        cast.makeUpFor(step.child(), step.span());
    }

    /** The log says no more of the task: it sleeps until somebody kills it. */
    private void over(LogProgram program) {
        if (signals.isKilled(program.task())) {
            signals.die(program);
            return;
        }
        signals.absorb(program, false);
        program.beginWait(Phase.OVER);
        stage.sleep(program.task());
        cast.setDone(program, true);
    }

    @Override
    public void resume(int task) {
        LogProgram program = of(task);
        cast.setDone(program, false);
        try {
            switch (program.phase()) {
                case WAITING, OUTSIDE -> calls.resume(program);
                case AT_SIGNAL -> signals.resume(program);
                case AT_END -> signals.resumeEnd(program);
                case OVER -> over(program);
                case EXITING -> stage.machine().execution().resume(task);
                case USER -> signals.leave(program);
            }
        } catch (LogException e) {
            throw new Unreadable(e);
        }
        outsiders.settle();
    }

    @Override
    public void leave(int task, long remaining) {
        LogProgram program = of(task);
        cast.setDone(program, false);
        program.keepSpan(remaining);
        if (!stage.machine().isExiting(task)) {
            signals.leave(program);
        }
        outsiders.settle();
    }

    @Override
    public void dead(int task) {
        cast.end(of(task));
        outsiders.settle();
    }
}
