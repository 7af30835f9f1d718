package dev.nestor.property.sched;

import dev.nestor.property.Seeded;
import java.util.List;

/** A machine, who runs on it, and what happens to them; and the seed that all of it was made from. */
public record SchedWorkload(long seed, Shape shape, List<Actor> actors, List<Change> changes, long ms)
        implements Seeded {
    public SchedWorkload {
        actors = List.copyOf(actors);
        changes = List.copyOf(changes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("workload of seed " + seedText() + ": " + ms + " ms on " + shape);
        for (Actor actor : actors) {
            text.append("\n  ").append(actor);
        }
        for (Change change : changes) {
            text.append("\n  ").append(change);
        }
        return text.toString();
    }
}
