package dev.nestor.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class EventQueueAllocationTest {
    private static final int OPERATIONS = 200_000;
    private final EventQueue queue = new EventQueue();
    private final Random random = new Random(1);

    @Test
    void holdAndCancel_allocateNothing() {
        for (int i = 0; i < 256; i++) {
            queue.schedule(random.nextInt(1_000), 0, 0, i, 0);
        }
        churn();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        churn();
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isZero();
    }

    private void churn() {
        for (int i = 0; i < OPERATIONS; i++) {
            queue.poll();
            long time = queue.time();
            queue.schedule(time + random.nextInt(1_000), 0, 0, i, 0);
            queue.cancel(queue.schedule(time + random.nextInt(1_000), 0, 0, i, 0));
        }
    }
}
