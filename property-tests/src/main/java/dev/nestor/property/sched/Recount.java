package dev.nestor.property.sched;

/** All that is counted is recounted, often: also where tasks that are about to sleep may still be queued, because they are preempted. */
public final class Recount extends SchedCheck {
    private static final int EVERY = 8; // events

    private int events;

    @Override
    void afterEvent() {
        if (++events % EVERY == 0) {
            scheduler().check();
        }
    }

    @Override
    void atEnd() {
        scheduler().check();
    }
}
