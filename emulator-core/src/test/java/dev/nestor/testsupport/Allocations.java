package dev.nestor.testsupport;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.NullMarked;

/** Bytes that the current thread allocates. */
@NullMarked
public final class Allocations {
    private static final int ROUNDS = 5;

    private Allocations() {}

    /**
     * The fewest bytes of a few rounds, for the JVM itself allocates a little on this thread once in a while, when it throws
     * compiled code away; what the operation allocates, it allocates in every round.
     */
    public static long leastOf(Runnable round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS && least > 0; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            round.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
