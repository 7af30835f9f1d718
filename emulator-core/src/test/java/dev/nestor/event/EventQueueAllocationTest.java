package dev.nestor.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.testsupport.Allocations;
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
        assertThat(Allocations.leastOf(this::churn)).isZero();
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
