package dev.nestor.cli.replay;

import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.RecordParser;
import dev.nestor.cli.strace.TaskCursor;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceRecord;
import dev.nestor.cli.strace.TraceSignal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the log says that one task does, with the record that follows the current one in sight. */
public final class Script {
    private final TaskCursor cursor;
    private final RecordParser parser;
    private @Nullable Step current;
    private @Nullable Step next;

    Script(TaskCursor cursor, RecordParser parser) throws LogException {
        this.cursor = cursor;
        this.parser = parser;
        this.next = read();
    }

    /** Moves to the next record, which must be there. */
    public Step advance() throws LogException {
        Step step = Objects.requireNonNull(next, "the order has more records than the task");
        current = step;
        next = read();
        return step;
    }

    /** Null before the first. */
    public @Nullable Step current() {
        return current;
    }

    /** Null after the last. */
    public @Nullable Step next() {
        return next;
    }

    /** Whether the log has the task make a call after the current record. */
    boolean makesAnotherCall() {
        Step step = next;
        return step != null && (step.record() instanceof TraceCall || step.problem() != null);
    }

    /** The signal that the task takes right after the current record; null when that is something else. */
    @Nullable
    TraceSignal nextSignal() {
        Step step = next;
        return step != null && step.record() instanceof TraceSignal signal ? signal : null;
    }

    private @Nullable Step read() throws LogException {
        if (!cursor.advance()) {
            return null;
        }
        try {
            TraceRecord record = cursor.parse(parser);
            return new Step(record, null, record.span(), cursor.child());
        } catch (LogException e) {
            return new Step(null, e, cursor.span(), cursor.child());
        }
    }
}
