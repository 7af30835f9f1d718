package dev.nestor.cli.strace;

/**
 * Writes the chain of one task. A call cut in two is two entries of the chain, so that nothing waits in memory for
 * the rest of a call; the cursor joins them.
 */
final class TaskRecorder {

    /* Signals may come while a call is cut in two, and the cursor has to look past them. */
    static final int MAX_SIGNALS_IN_CALL = 1024;

    final int task;
    private final ChainWriter chain;

    private long lastMicros;
    private long lastLine;
    private int records;
    private int entries;
    private int openCallName; // hash of the name of the call that is entered and not left, 0 for none
    private int signalsInCall;
    int cloneSlot = -1; // in the book of clones, of the open call

    TaskRecorder(int task, BlockStore store) throws LogException {
        this.task = task;
        this.chain = new ChainWriter(store);
    }

    int first() {
        return chain.first();
    }

    /** Calls, signals and ends so far: the number of the next one. */
    int records() {
        return records;
    }

    /** Records, and the exits of calls cut in two. */
    int entries() {
        return entries;
    }

    boolean isInCall(int nameHash) {
        return openCallName == nameHash;
    }

    boolean hasRoomForSignal() {
        return openCallName == 0 || signalsInCall < MAX_SIGNALS_IN_CALL;
    }

    void write(TraceEvent event, LineLexer line, byte[] bytes, long number) throws LogException {
        chain.put(event.code());
        long micros = line.clock.micros();
        chain.zigzag(micros - lastMicros);
        chain.varint(number - lastLine);
        lastMicros = micros;
        lastLine = number;
        switch (event) {
            case CALL -> {
                chain.varint(line.durationMicros + 1);
                chain.varint(line.nr + 1);
            }
            case ENTER -> chain.varint(line.nr + 1);
            case EXIT -> chain.varint(line.durationMicros + 1);
            case SIGNAL, END -> {}
        }
        int length = line.textEnd - line.textStart;
        chain.varint(length);
        chain.bytes(bytes, line.textStart, length);
        note(event, line);
    }

    private void note(TraceEvent event, LineLexer line) {
        entries++;
        records += event == TraceEvent.EXIT ? 0 : 1;
        if (event == TraceEvent.SIGNAL) {
            signalsInCall++;
        } else {
            openCallName = event == TraceEvent.ENTER ? line.nameHash() : 0;
            signalsInCall = 0;
        }
    }

    void finish() throws LogException {
        chain.finish();
    }
}
