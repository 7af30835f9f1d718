package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Signal.SIGALRM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

/** ITIMER_REAL. What is expected was seen on Linux 6.18, by C programs that did the same. */
class ItimersTest {
    private static final long MS = 1_000_000; // ns

    private final SmallMachine m = new SmallMachine();
    private final Itimers itimers = m.room.itimers();
    private final int task = m.process(m.init);

    @Test
    void expiry_sendsSigalrm_fromTheKernel() {
        m.handle(task, SIGALRM);
        itimers.set(task, 5 * MS, 0);
        assertThat(itimers.remainingNs(task)).isEqualTo(5 * MS);
        m.loop.run();
        assertThat(m.timekeeping.monotonicNs()).isEqualTo(5 * MS);
        assertThat(m.getSignal(task)).isEqualTo(SIGALRM);
        assertThat(m.info().code()).isEqualTo(Signal.SI_KERNEL);
        assertThat(m.info().pid()).isZero();
        assertThat(itimers.remainingNs(task)).isZero();
    }

    /** Blocked for 20 ms with 1 ms and then every 3 ms: it_value 0 until the signal is taken, then less than 3 ms. */
    @Test
    void interval_beginsAgain_whenTheSignalIsTaken() {
        m.handle(task, SIGALRM);
        m.block(task, SIGALRM);
        itimers.set(task, MS, 3 * MS);
        m.loop.run();
        m.clock.advanceTo(m.timekeeping.nsToCycles(20 * MS));
        assertThat(itimers.remainingNs(task)).isZero();
        m.room.wakeups().setCurrentBlocked(task, 0);
        assertThat(m.getSignal(task)).isEqualTo(SIGALRM);
        assertThat(itimers.remainingNs(task)).as("1 + 7 * 3 - 20").isEqualTo(2 * MS);
    }

    /** With SIGALRM ignored it_value is 0 after the first expiry, it_interval stays. */
    @Test
    void interval_ends_whenTheSignalIsIgnored() {
        m.ignore(task, SIGALRM);
        itimers.set(task, MS, 3 * MS);
        m.loop.run();
        assertThat(itimers.remainingNs(task)).isZero();
        assertThat(itimers.intervalNs(task)).isEqualTo(3 * MS);
    }

    @Test
    void set_toZero_stopsIt_andForgetsTheInterval() {
        itimers.set(task, MS, 3 * MS);
        itimers.set(task, 0, 9 * MS);
        assertThat(itimers.intervalNs(task)).isZero();
        m.loop.run();
        assertThat(m.isPending(task, SIGALRM)).isFalse();
    }

    @Test
    void exit_stopsIt() {
        itimers.set(task, MS, MS);
        itimers.exit(task);
        m.loop.run();
        assertThat(m.tasks.sigpending(task)).isFalse();
        assertThat(m.signalStructs.realTimer(m.tasks.signal(task))).isZero();
    }
}
