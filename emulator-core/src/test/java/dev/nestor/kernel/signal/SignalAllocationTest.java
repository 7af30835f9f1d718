package dev.nestor.kernel.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.testsupport.Allocations;
import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

class SignalAllocationTest {
    private static final int OPERATIONS = 200_000;
    private final SmallMachine m = new SmallMachine();
    private final int shell = m.process(m.init);
    private final int child = m.process(shell);
    private final int nr = m.nr(child);
    private int sum;

    @Test
    void probe_allocatesNothing() {
        allocatesNothing(() -> sum += m.room.kill().kill(shell, nr, 0));
    }

    @Test
    void killAndDelivery_allocateNothing() {
        m.handle(child, Signal.SIGUSR1);
        allocatesNothing(() -> {
            sum += m.room.kill().kill(shell, nr, Signal.SIGUSR1);
            sum += m.getSignal(child);
            m.room.frames().saveInterrupted(child, -4, 0);
            sum += (int) m.room.frames().pop(child);
        });
    }

    private void allocatesNothing(Runnable operation) {
        repeat(operation);
        assertThat(Allocations.leastOf(() -> repeat(operation))).isZero();
    }

    private static void repeat(Runnable operation) {
        for (int i = 0; i < OPERATIONS; i++) {
            operation.run();
        }
    }
}
