package dev.nestor.cli.replay;

import dev.nestor.kernel.sched.Dispatcher;

/** Where runnable tasks go, and which task the kernel has made last. */
public interface Births extends Dispatcher {
    int NONE = -1;

    /** The task that was made since this was last asked, or NONE. */
    int takeNewest();
}
