package dev.nestor.cli.replay;

/** How many calls there were, how many of these the emulator worked out itself, and how many of those came out equal. */
public final class Tally {
    private long calls;
    private long computed;
    private long equal;

    public long calls() {
        return calls;
    }

    public long computed() {
        return computed;
    }

    public long equal() {
        return equal;
    }

    void addTaken() {
        calls++;
    }

    void addEqual() {
        calls++;
        computed++;
        equal++;
    }

    void addDifferent() {
        calls++;
        computed++;
    }

    public void add(Tally other) {
        calls += other.calls;
        computed += other.computed;
        equal += other.equal;
    }

    public boolean isAllEqual() {
        return equal == computed;
    }
}
