package dev.nestor.cli.strace;

/** The events of a log in its order. */
public final class OrderCursor {

    private final ChainReader reader;
    private long left;
    private int task = TraceSpool.NONE;
    private TraceEvent event = TraceEvent.CALL;

    OrderCursor(ChainReader reader, long events) {
        this.reader = reader;
        this.left = events;
    }

    /** Moves to the next event; false at the end. */
    public boolean advance() throws LogException {
        if (left == 0) {
            return false;
        }
        left--;
        long packed = reader.varint();
        task = (int) (packed >>> 3);
        event = TraceEvent.of((int) packed & 7);
        return true;
    }

    public int task() {
        return task;
    }

    /**
     * For each but {@link TraceEvent#EXIT} the task's cursor has one record: advance it. An EXIT ends the call that the
     * cursor gave at ENTER.
     */
    public TraceEvent event() {
        return event;
    }
}
