package dev.nestor.cli.replay;

import it.unimi.dsi.fastutil.ints.IntArrayFIFOQueue;

/** The tasks that the kernel has made runnable, in that order: there are no CPUs for them in recorded order. */
final class WakeList implements Births {
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

    @Override
    public int takeNewest() {
        int task = newest;
        newest = NONE;
        return task;
    }
}
