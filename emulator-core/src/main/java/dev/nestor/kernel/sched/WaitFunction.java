package dev.nestor.kernel.sched;

/** wait_queue_func_t: who is on a wait queue without being a task. */
@FunctionalInterface
public interface WaitFunction {
    /**
     * The queue is woken.
     *
     * @param data what was given with the place on the queue
     * @param key the POLL* that the waker says hold now, 0 when it says nothing
     * @return whether that counts as a waiter woken
     */
    boolean woken(int data, int key);
}
