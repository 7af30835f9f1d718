package dev.nestor.cli.replay;

import dev.nestor.cli.replay.abi.Family;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** How the answers of the emulator to the calls of one log, or of several, compare with those in the log. */
public final class ReplayReport {
    private final Map<Family, Tally> families = new EnumMap<>(Family.class);
    private final List<Difference> differences = new ArrayList<>();
    private final Map<String, Long> taken = new TreeMap<>();
    private final Tally total = new Tally();
    private long signals;
    private long signalsFromOutside;
    private long signalsEqual;
    private long badLines;

    public ReplayReport() {
        for (Family family : Family.values()) {
            families.put(family, new Tally());
        }
    }

    public Tally family(Family family) {
        return Objects.requireNonNull(families.get(family));
    }

    public Tally total() {
        return total;
    }

    /** In the order of the log. */
    public List<Difference> differences() {
        return differences;
    }

    /** Calls whose result was taken from the log, by the reason. */
    public Map<String, Long> taken() {
        return taken;
    }

    /** Signals that were delivered by the log. */
    public long signals() {
        return signals;
    }

    /** Of these, the ones that nobody in the log has sent: they are not the emulator's own. */
    public long signalsFromOutside() {
        return signalsFromOutside;
    }

    /** Of these, the ones that the emulator would have delivered then, with the same siginfo. */
    public long signalsEqual() {
        return signalsEqual;
    }

    /** Lines that were left out because they could not be read. */
    public long badLines() {
        return badLines;
    }

    void addTaken(Family family, String why) {
        family(family).addTaken();
        total.addTaken();
        taken.merge(why, 1L, Long::sum);
    }

    void addEqual(Family family) {
        family(family).addEqual();
        total.addEqual();
    }

    void addDifferent(Family family, Difference difference) {
        family(family).addDifferent();
        total.addDifferent();
        differences.add(difference);
    }

    void addSignal(boolean fromOutside, boolean isEqual) {
        signals++;
        signalsFromOutside += fromOutside ? 1 : 0;
        signalsEqual += !fromOutside && isEqual ? 1 : 0;
    }

    void addBadLines(long lines) {
        badLines += lines;
    }

    /** Adds the counts of another log, not its differences. */
    public void add(ReplayReport other) {
        families.forEach((family, tally) -> tally.add(other.family(family)));
        total.add(other.total);
        other.taken.forEach((why, count) -> taken.merge(why, count, Long::sum));
        signals += other.signals;
        signalsFromOutside += other.signalsFromOutside;
        signalsEqual += other.signalsEqual;
        badLines += other.badLines;
    }
}
