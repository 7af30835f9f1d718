package dev.nestor.cli.replay;

import dev.nestor.kernel.sched.Dispatcher;
import it.unimi.dsi.fastutil.ints.IntArrayFIFOQueue;

/** The tasks that the kernel has made runnable, in that order: there are no CPUs for them in recorded order. */
final class WakeList implements Dispatcher {
    private static final int NONE = -1;

    private final IntArrayFIFOQueue woken = new IntArrayFIFOQueue();
    private int newest = NONE; // task

    @Override
    public void activate(int task) {
        woken.enqueue(task);
    }

    @Override
    public void activateNew(int task) {
        newest = task;
    }

    @Override
    public void kick(int task) {
        woken.enqueue(task);
    }

    boolean isEmpty() {
        return woken.isEmpty();
    }

    int next() {
        return woken.dequeueInt();
    }

    /** The task that was made since this was last asked, or -1. */
    int takeNewest() {
        int task = newest;
        newest = NONE;
        return task;
    }
}
