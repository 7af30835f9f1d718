package dev.nestor.kernel.time;

import dev.nestor.event.Clock;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import java.util.Arrays;

/** The kernel's clocks, all derived from the TSC: kernel/time/timekeeping.c. */
public final class Timekeeping {
    /*
     * Conversion is exact. With frequency / 10^9 reduced to cycles / ns (2 GHz: 2 / 1, 2.1 GHz: 21 / 10), and
     * c = q * cycles + r, the time is q * ns + r * ns / cycles: no product exceeds the frequency times 10^9, which fits up
     * to 9.2 GHz, and no time exceeds 2^63 cycles (146 years at 2 GHz).
     */
    public static final long DEFAULT_FREQUENCY = 2_000_000_000L; // Hz
    private static final long NSEC_PER_SEC = 1_000_000_000L;
    private static final long MAX_FREQUENCY = Long.MAX_VALUE / NSEC_PER_SEC;

    private final Clock clock;
    private final long frequency; // Hz
    private final long cyclesPer; // cycles in ...
    private final long nsPer; // ... so many ns
    private final int shift; // cycles >> shift are ns; -1 where that does not hold
    private long monotonicBaseNs; // CLOCK_MONOTONIC at cycle 0: how long the machine has been up by then
    private long realtimeOffsetNs; // CLOCK_REALTIME less CLOCK_MONOTONIC
    private int taiOffset; // CLOCK_TAI less CLOCK_REALTIME, s
    private SetHook[] hooks = new SetHook[0];

    /** clock_was_set(): told when a clock has been set. */
    @FunctionalInterface
    public interface SetHook {
        /**
         * It is so many ns further than it was.
         *
         * @param base HrTimers.REALTIME or MONOTONIC
         */
        void clockWasSet(int base, long byNs);
    }

    /**
     * @param frequency of the TSC in Hz
     * @param bootEpochNs CLOCK_REALTIME at cycle 0
     */
    public Timekeeping(Clock clock, long frequency, long bootEpochNs) {
        if (frequency <= 0 || frequency > MAX_FREQUENCY) {
            throw new IllegalArgumentException("TSC frequency " + frequency);
        }
        this.clock = clock;
        this.frequency = frequency;
        long divisor = gcd(frequency, NSEC_PER_SEC);
        this.cyclesPer = frequency / divisor;
        this.nsPer = NSEC_PER_SEC / divisor;
        this.shift = nsPer == 1 && Long.bitCount(cyclesPer) == 1 ? Long.numberOfTrailingZeros(cyclesPer) : -1;
        this.realtimeOffsetNs = bootEpochNs;
    }

    public long now() {
        return clock.now();
    }

    public long frequency() {
        return frequency;
    }

    /** ktime_get(): CLOCK_MONOTONIC. */
    @HotPath
    public long monotonicNs() {
        return monotonicBaseNs + cyclesToNs(clock.now());
    }

    /** CLOCK_MONOTONIC at cycle 0. */
    public long monotonicBaseNs() {
        return monotonicBaseNs;
    }

    /**
     * Says how long the machine had been up at cycle 0, of which nothing but the clocks that count from boot tells: for a
     * driver that learns it late. CLOCK_REALTIME stays as it is.
     */
    public void setMonotonicBaseNs(long ns) {
        long further = ns - monotonicBaseNs;
        realtimeOffsetNs -= further;
        monotonicBaseNs = ns;
        tell(HrTimers.MONOTONIC, further);
    }

    /** When CLOCK_MONOTONIC shows a time, in cycles: not before, and 0 for a time before cycle 0. */
    public long cyclesAt(long monotonicNs) {
        return monotonicNs == Long.MAX_VALUE ? Clock.NEVER : nsToCycles(Math.max(monotonicNs - monotonicBaseNs, 0));
    }

    /** ktime_get_boottime(): the machine is never suspended, so it is CLOCK_MONOTONIC. */
    public long boottimeNs() {
        return monotonicNs();
    }

    /** ktime_get_real(): CLOCK_REALTIME, since 1970. */
    public long realtimeNs() {
        return monotonicNs() + realtimeOffsetNs;
    }

    /** CLOCK_TAI. */
    public long taiNs() {
        return realtimeNs() + taiOffset * NSEC_PER_SEC;
    }

    public int taiOffset() {
        return taiOffset;
    }

    void setTaiOffset(int seconds) {
        taiOffset = seconds;
    }

    /** do_settimeofday64(), of a time that is valid. */
    public void setRealtimeNs(long realtimeNs) {
        long before = realtimeNs();
        realtimeOffsetNs += realtimeNs - before;
        tell(HrTimers.REALTIME, realtimeNs - before);
    }

    private void tell(int base, long byNs) {
        for (int i = 0; i < hooks.length; i++) {
            hooks[i].clockWasSet(base, byNs);
        }
    }

    /** At boot: somebody who is told when a clock has been set. */
    public void addSetHook(SetHook hook) {
        hooks = Arrays.copyOf(hooks, hooks.length + 1);
        hooks[hooks.length - 1] = hook;
    }

    /** At boot: timers that are set to times of a clock are moved when that is set. */
    public void moves(HrTimers timers) {
        addSetHook((base, byNs) -> timers.clockWasSet(base, byNs >= 0 ? nsToCycles(byNs) : -nsToCycles(-byNs)));
    }

    /** What CLOCK_REALTIME is ahead of CLOCK_MONOTONIC. */
    public long realtimeOffsetNs() {
        return realtimeOffsetNs;
    }

    /** Whole nanoseconds in so many cycles. */
    @HotPath
    public long cyclesToNs(long cycles) {
        if (shift >= 0) {
            return cycles >> shift;
        }
        return cycles / cyclesPer * nsPer + cycles % cyclesPer * nsPer / cyclesPer;
    }

    /**
     * The fewest cycles that make so many nanoseconds: a timer set for then does not fire early. NEVER for a time beyond
     * the machine's.
     */
    @HotPath
    public long nsToCycles(long ns) {
        long whole = ns / nsPer;
        if (whole >= Clock.NEVER / cyclesPer) {
            return Clock.NEVER;
        }
        return whole * cyclesPer + (ns % nsPer * cyclesPer + nsPer - 1) / nsPer;
    }

    public void digest(StateHash hash) {
        clock.digest(hash);
        hash.add(monotonicBaseNs);
        hash.add(realtimeOffsetNs);
        hash.add(taiOffset);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
