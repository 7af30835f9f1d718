package dev.nestor.cli.strace;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The first pass: reads a log once and writes its tasks and its order into a store. */
final class SpoolRecorder {

    /* A log that shows nothing of strace by then is something else. */
    private static final int LINES_TO_RECOGNIZE = 16;

    private static final int LINES_PER_PROGRESS = 8192;

    /* Key of a task in a log without a column for it. */
    private static final int NO_PID = -1;

    private final LogSource source;
    private final LogLimits limits;
    private final BlockStore store;
    private final LineLexer lexer = new LineLexer();
    private final TaskTable tasks = new TaskTable();
    private final CloneBook clones;
    private final ChainWriter order;

    /* Those that have not ended, by the number in the first column; only looked up, and walked to close them all. */
    private final Map<Integer, TaskRecorder> running = new HashMap<>();

    /* What strace said to have attached, for as long as the first task has no number. */
    private final Set<Integer> attached = new HashSet<>();

    private @Nullable TaskRecorder last; // wrote the line before
    private int lastPid = Integer.MIN_VALUE;
    private long events;
    private long calls;
    private long tornCalls;
    private boolean showsDurations;
    private long unreadLines;
    private @Nullable LogException firstUnread;

    SpoolRecorder(LogSource source, LogLimits limits, BlockStore store) throws LogException {
        this.source = source;
        this.limits = limits;
        this.store = store;
        this.clones = new CloneBook(source.file(), limits.maxTasks());
        this.order = new ChainWriter(store);
    }

    TraceSpool record(LongConsumer progress) throws LogException {
        while (advance()) {
            LineLexer.Kind kind = lexer.lex(source.bytes(), source.start(), source.end());
            if (!source.terminated() && isCut(kind)) {
                cutHere();
                break;
            }
            if (kind == LineLexer.Kind.INVALID) {
                invalid();
            } else {
                accept(kind);
            }
            if (source.line() % LINES_PER_PROGRESS == 0) {
                progress.accept(source.line());
            }
        }
        if (events == 0) {
            throw failure(
                    source.line() == 0 ? LogException.Kind.SYNTAX : LogException.Kind.BINARY, 0, "not a log of strace");
        }
        for (TaskRecorder recorder : running.values()) {
            tasks.close(recorder);
        }
        order.finish();
        clones.settle(tasks);
        tasks.linkChildren();
        progress.accept(source.line());
        return new TraceSpool(
                source.file(),
                store,
                tasks,
                new TraceSpool.Extent(order.first(), events, source.line(), calls, tornCalls),
                new TraceSpool.Unread(unreadLines, firstUnread));
    }

    private boolean advance() throws LogException {
        try {
            return source.advance();
        } catch (LogException e) {
            if (e.kind() == LogException.Kind.GZIP && events > 0) {
                leaveOut(e);
                return false;
            }
            throw e;
        }
    }

    /* Something can't be read: the end of it, unless such lines are left out. */
    private void leaveOut(LogException problem) throws LogException {
        if (!limits.lenient()) {
            throw problem;
        }
        firstUnread = firstUnread == null ? problem : firstUnread;
        unreadLines++;
    }

    /* strace ends every line. A last one without newline may still be whole, when an editor dropped the newline. */
    private boolean isCut(LineLexer.Kind kind) {
        return switch (kind) {
            case INVALID -> true;
            case CALL, EXIT -> lexer.result < 0 || (showsDurations && lexer.durationMicros < 0);
            case ENTER, SIGNAL, END, NOISE -> false;
        };
    }

    private void cutHere() throws LogException {
        if (events > 0) {
            leaveOut(failure(LogException.Kind.TRUNCATED, source.line(), "the log is truncated: its last line is cut"));
        }
    }

    private void accept(LineLexer.Kind kind) throws LogException {
        if (lexer.attached >= 0 && attached.size() < limits.maxTasks()) {
            attached.add(lexer.attached);
        }
        switch (kind) {
            case CALL -> call();
            case ENTER -> enter();
            case EXIT -> exit();
            case SIGNAL -> signal();
            case END -> end();
            case NOISE, INVALID -> {}
        }
    }

    private void invalid() throws LogException {
        if (events > 0) {
            leaveOut(failure(
                    LogException.Kind.SYNTAX,
                    source.line(),
                    "not a line of strace (record with -o FILE, so that no program writes into the log): "
                            + excerpt()));
        } else if (source.line() >= LINES_TO_RECOGNIZE) {
            throw failure(LogException.Kind.BINARY, 0, "not a log of strace");
        }
    }

    private void call() throws LogException {
        TaskRecorder task = task();
        if (CloneBook.makesTask(lexer)) {
            clones.exit(clones.enter(task, lexer, source.line()), lexer);
        }
        noteResult();
        calls++;
        write(TraceEvent.CALL, task);
    }

    private void enter() throws LogException {
        TaskRecorder task = task();
        task.cloneSlot = CloneBook.makesTask(lexer) ? clones.enter(task, lexer, source.line()) : CloneBook.NONE;
        calls++;
        write(TraceEvent.ENTER, task);
    }

    private void exit() throws LogException {
        TaskRecorder task = task();
        if (!task.isInCall(lexer.nameHash())) {
            leaveOut(failure(
                    LogException.Kind.SYNTAX, source.line(), "a call is resumed that was not entered: " + excerpt()));
            return;
        }
        if (task.cloneSlot != CloneBook.NONE) {
            clones.exit(task.cloneSlot, lexer);
            task.cloneSlot = CloneBook.NONE;
        }
        noteResult();
        write(TraceEvent.EXIT, task);
    }

    private void noteResult() {
        showsDurations |= lexer.durationMicros >= 0;
        tornCalls += lexer.result < 0 ? 1 : 0;
    }

    private void signal() throws LogException {
        TaskRecorder task = task();
        if (!task.hasRoomForSignal()) {
            throw failure(
                    LogException.Kind.LIMIT,
                    source.line(),
                    "more than " + TaskRecorder.MAX_SIGNALS_IN_CALL + " signals within one call");
        }
        write(TraceEvent.SIGNAL, task);
    }

    private void end() throws LogException {
        TaskRecorder task = task();
        write(TraceEvent.END, task);
        tasks.close(task);
        if (!running.remove(lexer.pid, task)) { // found without its number
            running.values().remove(task);
        }
        last = null;
        int successor = TraceEnd.successor(source.bytes(), lexer.textStart, lexer.textEnd);
        TaskRecorder heir = successor > 0 ? running.remove(successor) : null;
        if (heir != null) {
            running.put(lexer.pid, heir);
        }
    }

    private void write(TraceEvent event, TaskRecorder task) throws LogException {
        task.write(event, lexer, source.bytes(), source.line());
        order.varint(((long) task.task << 3) | event.code());
        events++;
    }

    private TaskRecorder task() throws LogException {
        TaskRecorder same = last;
        if (same != null && lastPid == lexer.pid) {
            return same;
        }
        TaskRecorder task = lexer.pid < 0 && running.size() == 1
                ? running.values().iterator().next()
                : running.get(lexer.pid);
        if (task == null && running.containsKey(NO_PID) && !attached.contains(lexer.pid)) {
            task = rename();
        }
        if (task == null) {
            if (tasks.size() == limits.maxTasks()) {
                throw failure(LogException.Kind.LIMIT, source.line(), "more than " + limits.maxTasks() + " tasks");
            }
            task = new TaskRecorder(tasks.add(lexer.pid, source.line()), store);
            running.put(lexer.pid, task);
        }
        last = task;
        lastPid = lexer.pid;
        return task;
    }

    /** On a terminal the first task has no number until there is a second one. */
    private TaskRecorder rename() {
        TaskRecorder first = Objects.requireNonNull(running.remove(NO_PID));
        tasks.setPid(first.task, lexer.pid);
        running.put(lexer.pid, first);
        return first;
    }

    private LogException failure(LogException.Kind kind, long line, String what) {
        return new LogException(kind, source.file(), line, what);
    }

    private String excerpt() {
        return Excerpt.of(source.bytes(), source.start(), source.end());
    }
}
