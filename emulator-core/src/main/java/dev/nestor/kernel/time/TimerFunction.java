package dev.nestor.kernel.time;

/** hrtimer.function: what timers of one kind do when they expire. */
@FunctionalInterface
public interface TimerFunction {
    /** The timer is inactive by now; the function may start it again. */
    void expired(int timer, int target);
}
