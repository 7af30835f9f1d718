package dev.nestor.kernel.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.event.Clock;
import dev.nestor.event.Random;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class TimekeepingTest {
    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);
    private static final long HUNDRED_YEARS = 3_155_760_000L; // s

    private final Clock clock = new Clock();

    @Test
    void conversions_areExact_overAHundredYears() {
        long seed = Long.getLong("seed", 77);
        System.out.println("TimekeepingTest seed " + seed);
        Random random = new Random(seed);
        long[] frequencies = {1, 3_333_333, 1_000_000_000, 2_000_000_000, 2_100_000_000, 2_899_999_999L};
        for (long frequency : frequencies) {
            Timekeeping time = new Timekeeping(clock, frequency, 0);
            for (int i = 0; i < 10_000; i++) {
                long cycles =
                        random.nextLong((Math.multiplyExact(frequency, HUNDRED_YEARS) >>> random.nextInt(60)) + 1);
                BigInteger ns = BigInteger.valueOf(cycles).multiply(BILLION).divide(BigInteger.valueOf(frequency));
                assertThat(time.cyclesToNs(cycles)).isEqualTo(ns.longValueExact());
                long asked = random.nextLong(((1_000_000_000 * HUNDRED_YEARS) >>> random.nextInt(60)) + 1);
                BigInteger[] exact = BigInteger.valueOf(asked)
                        .multiply(BigInteger.valueOf(frequency))
                        .divideAndRemainder(BILLION);
                long up = exact[1].signum();
                assertThat(time.nsToCycles(asked)).isEqualTo(exact[0].longValueExact() + up);
            }
        }
    }

    @Test
    void nsToCycles_isNever_beyondTheClock() {
        Timekeeping time = new Timekeeping(clock, Timekeeping.DEFAULT_FREQUENCY, 0);
        assertThat(time.nsToCycles(Long.MAX_VALUE)).isEqualTo(Clock.NEVER);
        assertThat(time.nsToCycles(3)).isEqualTo(6);
    }

    @Test
    void clocks_runTogether() {
        Timekeeping time = new Timekeeping(clock, Timekeeping.DEFAULT_FREQUENCY, 1_000);
        clock.advanceTo(10);
        assertThat(time.monotonicNs()).isEqualTo(5);
        assertThat(time.boottimeNs()).isEqualTo(5);
        assertThat(time.realtimeNs()).isEqualTo(1_005);
        time.setRealtimeNs(50);
        clock.advanceTo(12);
        assertThat(time.realtimeNs()).isEqualTo(51);
        assertThat(time.realtimeOffsetNs()).isEqualTo(45);
    }
}
