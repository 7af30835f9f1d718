package dev.nestor.property.sched;

/**
 * Something that happens to an actor from outside.
 *
 * @param actor its place among the actors
 * @param cpus for AFFINITY, as a mask
 */
public record Change(long atUs, int actor, Kind kind, Actor.Policy policy, long cpus) {
    /** What happens. */
    public enum Kind {
        POLICY,
        NICE,
        AFFINITY,
        KILL
    }
}
