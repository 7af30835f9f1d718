package dev.nestor.syscalls;

import dev.nestor.event.Clock;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;

/** struct timespec in user memory, and what becomes of one that says how long to wait. */
final class Timespecs {
    static final int SIZE = 16; // bytes
    static final long NSEC_PER_SEC = 1_000_000_000L;

    /** KTIME_SEC_MAX: longer is for ever. */
    private static final long KTIME_SEC_MAX = Long.MAX_VALUE / NSEC_PER_SEC;

    private Timespecs() {}

    /** Nanoseconds of a timespec that has been copied in, Long.MAX_VALUE for more than there are; -EINVAL. */
    static long of(byte[] from, int at) {
        long sec = Bytes.getLong(from, at);
        long nsec = Bytes.getLong(from, at + 8);
        if (sec < 0 || Long.compareUnsigned(nsec, NSEC_PER_SEC) >= 0) {
            return -Errno.EINVAL;
        }
        return sec >= KTIME_SEC_MAX ? Long.MAX_VALUE : sec * NSEC_PER_SEC + nsec;
    }

    static void put(byte[] into, int at, long ns) {
        Bytes.putLong(into, at, Math.floorDiv(ns, NSEC_PER_SEC));
        Bytes.putLong(into, at + 8, Math.floorMod(ns, NSEC_PER_SEC));
    }

    /** Nanoseconds, Long.MAX_VALUE for more than there are; -EFAULT, or -EINVAL for what timespec64_valid() refuses. */
    static long get(UserMemory memory, int mm, long from, byte[] scratch) {
        if (memory.copyFromUser(mm, from, scratch, 0, SIZE) != 0) {
            return -Errno.EFAULT;
        }
        return of(scratch, 0);
    }

    /** 0 or -EFAULT. */
    static int put(UserMemory memory, int mm, long to, long ns, byte[] scratch) {
        put(scratch, 0, ns);
        return memory.copyToUser(mm, to, scratch, 0, SIZE);
    }

    /**
     * When a timer of so many ns from now fires, in cycles: with the task's slack, for nothing else on the CPU is likely to
     * come between.
     */
    static long expiry(Timekeeping timekeeping, long ns, long slackNs) {
        long now = timekeeping.now();
        long cycles = ns >= Long.MAX_VALUE - slackNs ? Clock.NEVER : timekeeping.nsToCycles(Math.max(ns + slackNs, 0));
        return cycles >= Clock.NEVER - now ? Clock.NEVER : now + cycles;
    }
}
