package dev.nestor.event;

import dev.nestor.table.StateHash;

/** The machine's time: TSC cycles since boot. It never goes back. */
public final class Clock {
    /** Later than everything. */
    public static final long NEVER = Long.MAX_VALUE;

    private long now; // cycles

    public long now() {
        return now;
    }

    /** Only the event loop, or a driver that has no loop, moves time. */
    public void advanceTo(long cycles) {
        assert cycles >= now : "time goes back from " + now + " to " + cycles;
        now = cycles;
    }

    public void digest(StateHash hash) {
        hash.add(now);
    }
}
