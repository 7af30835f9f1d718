package dev.nestor.property.sched;

import dev.nestor.property.sched.Actor.Kind;
import dev.nestor.property.sched.Actor.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The workload of each of the four bugs: ordinary ones, in which tasks that began near each other may soon run anywhere. */
public final class WastedCoresRun {
    private static final int SPANS = 250;
    private static final long SPAN_NS = 1_200_000;
    private static final long MS = 300;
    private static final long APART_MS = 20; // until when tasks stay where they begin

    private WastedCoresRun() {}

    /** What the invariant says, or "holds"; then the heat map, a line for each CPU. */
    public static String run(String bug) {
        SchedWorkload workload = workload(bug);
        String verdict = "holds";
        try {
            new SchedTrial(workload, new WorkConservation()).run();
        } catch (AssertionError e) {
            verdict = String.valueOf(e.getMessage());
        }
        HeatMap map = new HeatMap(workload.shape().cpus(), SPANS, SPAN_NS);
        new SchedTrial(workload, map).run();
        StringBuilder text = new StringBuilder(verdict);
        for (int cpu = 0; cpu < workload.shape().cpus(); cpu++) {
            text.append('\n');
            for (double mean : map.of(cpu)) {
                text.append(String.format(Locale.ROOT, "%.1f ", mean));
            }
        }
        return text.toString();
    }

    private static SchedWorkload workload(String bug) {
        List<Actor> actors = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        Shape shape = bug.equals("group-construction") ? new Shape(4, 1, 2, 1) : new Shape(2, 1, 4, 1);
        switch (bug) {
            case "group-imbalance" -> {
                actors.add(Actor.hog(Policy.nice(-20), 0b0000_1111));
                for (int i = 0; i < 8; i++) {
                    actors.add(Actor.hog(Policy.NORMAL, 0b1111_0000));
                }
                letGo(actors, changes, shape.all());
            }
            case "group-construction" -> {
                for (int i = 0; i < 8; i++) {
                    actors.add(Actor.hog(Policy.NORMAL, 0b0000_1100));
                }
                letGo(actors, changes, 0b0011_1100);
            }
            case "overload-on-wakeup" -> {
                actors.add(new Actor(Kind.CONDUCTOR, 50, 6_000, Policy.NORMAL, 0b0000_0001));
                for (int i = 0; i < 16; i++) {
                    actors.add(new Actor(Kind.PLAYER, 1_500, 0, Policy.NORMAL, shape.all()));
                }
            }
            default -> {
                for (int i = 0; i < 16; i++) {
                    actors.add(Actor.hog(Policy.NORMAL, shape.all()));
                }
            }
        }
        return new SchedWorkload(1, shape, actors, changes, MS);
    }

    private static void letGo(List<Actor> actors, List<Change> changes, long cpus) {
        for (int i = 0; i < actors.size(); i++) {
            changes.add(new Change(APART_MS * 1_000, i, Change.Kind.AFFINITY, Policy.NORMAL, cpus));
        }
    }
}
