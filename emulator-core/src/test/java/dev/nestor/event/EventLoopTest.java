package dev.nestor.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EventLoopTest {
    private final EventLoop loop = new EventLoop(new Clock(), new EventQueue());
    private final StringBuilder log = new StringBuilder();
    private final int note = loop.register((target, datum) ->
            log.append(loop.clock().now()).append(':').append(target).append(' '));

    @Test
    void run_dispatchesByKind_atEachEventsTime() {
        int again = loop.register((target, datum) -> loop.schedule(loop.clock().now() + datum, 0, note, target, 0));
        loop.schedule(5, 0, again, 1, 10);
        loop.schedule(9, 0, note, 2, 0);
        loop.run();
        assertThat(log).hasToString("9:2 15:1 ");
        assertThat(loop.fired()).isEqualTo(3);
    }

    @Test
    void runUntil_firesWhatIsDue_andMovesTheClockThere() {
        loop.schedule(5, 0, note, 1, 0);
        loop.schedule(6, 0, note, 2, 0);
        loop.runUntil(5);
        assertThat(log).hasToString("5:1 ");
        loop.runUntil(5);
        assertThat(loop.clock().now()).isEqualTo(5);
        loop.runUntil(100);
        assertThat(log).hasToString("5:1 6:2 ");
        assertThat(loop.clock().now()).isEqualTo(100);
    }

    @Test
    void stop_leavesTheRest() {
        int stop = loop.register((target, datum) -> loop.stop());
        loop.schedule(1, 0, stop, 0, 0);
        loop.schedule(2, 0, note, 0, 0);
        loop.run();
        assertThat(loop.queue().size()).isEqualTo(1);
        assertThat(loop.clock().now()).isEqualTo(1);
    }

    @Test
    void schedule_fails_inThePast() {
        loop.runUntil(10);
        assertThatThrownBy(() -> loop.schedule(9, 0, note, 0, 0)).isInstanceOf(AssertionError.class);
    }
}
