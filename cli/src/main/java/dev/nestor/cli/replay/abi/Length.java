package dev.nestor.cli.replay.abi;

/**
 * How many elements a buffer has.
 *
 * @param room register that says how many there is room for; {@link #SHOWN} when that many as the log shows
 * @param fixed the number itself, when not negative
 * @param isResult whether the kernel fills as many as it returns
 */
record Length(int room, long fixed, boolean isResult) {

    static final int SHOWN = -1;

    static Length fixed(long count) {
        return new Length(SHOWN, count, false);
    }

    /** How many there is room for. */
    long room(CallFrame frame, long shown) {
        if (fixed >= 0) {
            return fixed;
        }
        return room == SHOWN ? shown : frame.length(room);
    }

    /** How many the kernel has filled. */
    long filled(CallFrame frame, long shown) {
        return isResult ? Math.max(frame.result().value(), 0) : room(frame, shown);
    }
}
