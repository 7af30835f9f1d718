package dev.nestor.cli.strace;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The records of one task, one after the other. */
public final class TaskCursor {

    /** A line of the chain; a cut call is an ENTER and, further on, an EXIT. */
    private static final class Entry {

        private final TraceEvent event;
        private final long micros;
        private final long line;
        private long durationMicros = -1;
        private int nr = -1;
        private byte[] text = new byte[0];

        Entry(TraceEvent event, long micros, long line) {
            this.event = event;
            this.micros = micros;
            this.line = line;
        }
    }

    private final String file;
    private final TaskTable tasks;
    private final int task;
    private final ChainReader reader;

    /* Read ahead in search of an exit: signals that came within a call, and at most one record behind them. */
    private final ArrayDeque<Entry> ahead = new ArrayDeque<>();

    private @Nullable Entry entry;
    private @Nullable Entry exit;
    private int record = -1;
    private int entriesRead;
    private int child; // the first that this or a later record made
    private long lastMicros;
    private long lastLine;

    TaskCursor(String file, TaskTable tasks, int task, ChainReader reader) {
        this.file = file;
        this.tasks = tasks;
        this.task = task;
        this.reader = reader;
        this.child = tasks.firstChild(task);
    }

    /** Moves to the next record; false at the end, when the log says no more of the task. */
    public boolean advance() throws LogException {
        Entry next = ahead.isEmpty() ? read() : ahead.poll();
        entry = next;
        exit = null;
        if (next == null) {
            return false;
        }
        record++;
        while (child != TraceSpool.NONE && tasks.parentRecord(child) < record) {
            child = tasks.nextSibling(child);
        }
        if (next.event == TraceEvent.ENTER) {
            exit = exitOfCall();
        }
        return true;
    }

    private @Nullable Entry exitOfCall() throws LogException {
        for (Iterator<Entry> known = ahead.iterator(); known.hasNext(); ) {
            if (known.next().event != TraceEvent.SIGNAL) {
                return null;
            }
        }
        while (true) {
            Entry next = read();
            if (next == null || next.event == TraceEvent.EXIT) {
                return next;
            }
            ahead.add(next);
            if (next.event != TraceEvent.SIGNAL) {
                return null;
            }
        }
    }

    private @Nullable Entry read() throws LogException {
        if (entriesRead == tasks.entries(task)) {
            return null;
        }
        entriesRead++;
        TraceEvent event = TraceEvent.of(reader.get());
        lastMicros += reader.zigzag();
        lastLine += reader.varint();
        Entry next = new Entry(event, lastMicros, lastLine);
        if (event == TraceEvent.CALL || event == TraceEvent.EXIT) {
            next.durationMicros = reader.varint() - 1;
        }
        if (event == TraceEvent.CALL || event == TraceEvent.ENTER) {
            next.nr = (int) reader.varint() - 1;
        }
        next.text = new byte[(int) reader.varint()];
        reader.bytes(next.text, 0, next.text.length);
        return next;
    }

    private Entry current() {
        Entry current = entry;
        if (current == null) {
            throw new IllegalStateException("not at a record");
        }
        return current;
    }

    /** CALL and ENTER stand for a call whole or cut in two; SIGNAL; END. Never EXIT. */
    public TraceEvent event() {
        return current().event;
    }

    public boolean isCall() {
        return event() == TraceEvent.CALL || event() == TraceEvent.ENTER;
    }

    /** Number of the record within the task, from 0. */
    public int record() {
        return record;
    }

    /** The task that this record, a clone or fork, made; {@link TraceSpool#NONE} when none ever showed in the log. */
    public int child() {
        return child != TraceSpool.NONE && tasks.parentRecord(child) == record ? child : TraceSpool.NONE;
    }

    /** When and on which lines the record begins and ends. */
    public Span span() {
        Entry from = current();
        Entry to = exit;
        if (to != null) {
            long end = to.durationMicros >= 0 ? from.micros + to.durationMicros : to.micros;
            return new Span(from.micros, end, to.durationMicros, from.line, to.line);
        }
        if (from.event == TraceEvent.ENTER) {
            return new Span(from.micros, Span.NEVER, Span.NEVER, from.line, Span.NEVER);
        }
        long end = from.micros + Math.max(from.durationMicros, 0);
        return new Span(from.micros, end, from.durationMicros, from.line, from.line);
    }

    /** Reads the record's text; may be called more than once. */
    public TraceRecord parse(RecordParser parser) throws LogException {
        Entry from = current();
        return switch (from.event) {
            case CALL, ENTER -> parser.call(file, span(), from.nr, wholeText());
            case SIGNAL -> parser.signal(file, span(), from.text);
            case END -> parser.end(file, span(), from.text);
            case EXIT -> throw new AssertionError("an exit without its call");
        };
    }

    private byte[] wholeText() {
        byte[] head = current().text;
        Entry tail = exit;
        if (tail == null) {
            return head;
        }
        byte[] whole = Arrays.copyOf(head, head.length + tail.text.length);
        System.arraycopy(tail.text, 0, whole, head.length, tail.text.length);
        return whole;
    }
}
