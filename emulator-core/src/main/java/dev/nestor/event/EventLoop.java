package dev.nestor.event;

import dev.nestor.table.HotPath;
import java.util.Arrays;

/** Takes events in order and hands each to the handler of its kind. */
public final class EventLoop {
    private final Clock clock;
    private final EventQueue queue;
    private EventHandler[] handlers = new EventHandler[0]; // by kind
    private boolean stopped;
    private long fired; // events

    public EventLoop(Clock clock, EventQueue queue) {
        this.clock = clock;
        this.queue = queue;
    }

    /** Gives a handler the next kind; kinds depend on the order of registration alone. */
    public int register(EventHandler handler) {
        handlers = Arrays.copyOf(handlers, handlers.length + 1);
        handlers[handlers.length - 1] = handler;
        return handlers.length - 1;
    }

    /** Schedules for now or later. */
    @HotPath
    public long schedule(long time, int priority, int kind, int target, long datum) {
        assert time >= clock.now() : "scheduled " + (clock.now() - time) + " cycles into the past";
        return queue.schedule(time, priority, kind, target, datum);
    }

    @HotPath
    public boolean cancel(long event) {
        return queue.cancel(event);
    }

    /** Fires the first event; false when there is none. */
    @HotPath
    public boolean step() {
        if (!queue.poll()) {
            return false;
        }
        clock.advanceTo(queue.time());
        fired++;
        handlers[queue.kind()].fire(queue.target(), queue.datum());
        return true;
    }

    /** Fires until nothing is left, or until {@link #stop}. */
    public void run() {
        stopped = false;
        while (!stopped && step()) {
            // each step is the work
        }
    }

    /** Fires everything up to and including a time, at which the clock then stands unless it was stopped. */
    @HotPath
    public void runUntil(long time) {
        stopped = false;
        while (!stopped && queue.firstTime() <= time && step()) {
            // each step is the work
        }
        if (!stopped && clock.now() < time) {
            clock.advanceTo(time);
        }
    }

    /** Fires at most so many events. */
    public void runEvents(long limit) {
        stopped = false;
        for (long i = 0; i < limit && !stopped && step(); i++) {
            // each step is the work
        }
    }

    /** For a handler: no further event after this one. */
    public void stop() {
        stopped = true;
    }

    public Clock clock() {
        return clock;
    }

    public EventQueue queue() {
        return queue;
    }

    /** Events fired so far. */
    public long fired() {
        return fired;
    }
}
