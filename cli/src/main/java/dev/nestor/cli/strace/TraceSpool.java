package dev.nestor.cli.strace;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A log, read once and laid down for replay: a chain of records for every task, so that each can advance on its own
 * with all arguments of a call at hand when it is entered, and the order in which the log had them.
 *
 * <p>Tasks are numbered from 0 in order of first appearance; a process number that is used again after its task's end
 * is a new task. Calls, signals and ends are the records of a task, numbered from 0. What is held in memory follows
 * the number of tasks and never the length of the log.
 */
public final class TraceSpool implements AutoCloseable {

    /** No such task, or no such record. */
    public static final int NONE = CloneBook.NONE;

    /** How much there is, and where the order of it begins. */
    record Extent(int orderBlock, long events, long lines, long calls, long tornCalls) {}

    /** What {@link LogLimits#lenient} left out. */
    record Unread(long lines, @Nullable LogException first) {}

    private final String file;
    private final BlockStore store;
    private final TaskTable tasks;
    private final Extent extent;
    private final Unread unread;

    TraceSpool(String file, BlockStore store, TaskTable tasks, Extent extent, Unread unread) {
        this.file = file;
        this.store = store;
        this.tasks = tasks;
        this.extent = extent;
        this.unread = unread;
    }

    /**
     * Reads the log to its end. The source stays the caller's to close.
     *
     * @param progress is given the number of lines read, every few thousand lines and at the end
     */
    public static TraceSpool read(LogSource source, LogLimits limits, LongConsumer progress) throws LogException {
        BlockStore store = new BlockStore(source.file(), limits);
        boolean done = false;
        try {
            TraceSpool spool = new SpoolRecorder(source, limits, store).record(progress);
            done = true;
            return spool;
        } finally {
            if (!done) {
                store.close();
            }
        }
    }

    public String file() {
        return file;
    }

    public long lines() {
        return extent.lines();
    }

    /** Lines that say something of a task: the length of {@link #order()}. */
    public long events() {
        return extent.events();
    }

    /** Calls entered. */
    public long calls() {
        return extent.calls();
    }

    /** Calls whose line breaks off inside a string, with the rest of their arguments and their result lost. */
    public long tornCalls() {
        return extent.tornCalls();
    }

    /** Lines that {@link LogLimits#lenient} left out. */
    public long unreadLines() {
        return unread.lines();
    }

    /** What was wrong with the first of them; null when all was read. */
    public @Nullable LogException firstUnread() {
        return unread.first();
    }

    public int tasks() {
        return tasks.size();
    }

    /** The process number of the first column when the task first showed; -1 in a log that has no such column. */
    public int pid(int task) {
        return tasks.pid(task);
    }

    public long firstLine(int task) {
        return tasks.firstLine(task);
    }

    /** How many calls, signals and ends the task has. */
    public int records(int task) {
        return tasks.records(task);
    }

    /** The task that made this one, or {@link #NONE} for those that were there when the log began. */
    public int parent(int task) {
        return tasks.parent(task);
    }

    /** The parent's record that made the task: a clone, clone3, fork or vfork. */
    public int parentRecord(int task) {
        return tasks.parentRecord(task);
    }

    /** All events of the log in its order. Any number of cursors may be open at a time. */
    public OrderCursor order() {
        return new OrderCursor(new ChainReader(store, extent.orderBlock()), extent.events());
    }

    /** The records of one task, before the first of them. */
    public TaskCursor cursor(int task) {
        return new TaskCursor(file, tasks, task, new ChainReader(store, tasks.firstBlock(task)));
    }

    /** Whether part of the log went into a temporary file. */
    boolean isSpilled() {
        return store.isSpilled();
    }

    @Override
    public void close() {
        store.close();
    }
}
