package dev.nestor.event;

/** What happens when an event of one kind fires. */
@FunctionalInterface
public interface EventHandler {
    /** Both arguments are as given to {@link EventQueue#schedule}; the clock reads the event's time. */
    void fire(int target, long datum);
}
