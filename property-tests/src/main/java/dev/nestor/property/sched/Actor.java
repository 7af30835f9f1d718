package dev.nestor.property.sched;

import dev.nestor.uapi.Sched;

/**
 * A task of a workload.
 *
 * @param runUs what it computes at a time; of a hog nothing
 * @param periodUs how often it does; nothing for those that never sleep
 * @param cpus that it may run on, as a mask
 */
public record Actor(Kind kind, long runUs, long periodUs, Policy policy, long cpus) {
    /** What it does when it has computed. */
    public enum Kind {
        HOG,
        /** Sleeps until the next multiple of its period. */
        PERIODIC,
        /** Computes and sleeps for random times up to those given. */
        SPORADIC,
        YIELDER,
        /** Forks a child that computes as long and exits, and sleeps until its next period. */
        FORKER,
        /** Wakes the actor after it, and sleeps until it is woken itself, or for a period. */
        PINGER,
        /** Wakes all players, and sleeps until its next period. */
        CONDUCTOR,
        /** Sleeps until it is woken. */
        PLAYER,
        /** Exits. */
        MORTAL
    }

    /**
     * How it is scheduled.
     *
     * @param number SCHED_*
     * @param nice of the fair policies
     * @param priority of the real-time ones
     * @param runtimeUs of SCHED_DEADLINE; of the fair ones the slice asked for, or 0
     * @param periodUs of SCHED_DEADLINE
     */
    public record Policy(int number, int nice, int priority, long runtimeUs, long periodUs) {
        public static final Policy NORMAL = nice(0);

        public static Policy nice(int nice) {
            return new Policy(Sched.SCHED_NORMAL, nice, 0, 0, 0);
        }

        public static Policy deadline(long runtimeUs, long periodUs) {
            return new Policy(Sched.SCHED_DEADLINE, 0, 0, runtimeUs, periodUs);
        }
    }

    public static Actor hog(Policy policy, long cpus) {
        return new Actor(Kind.HOG, 0, 0, policy, cpus);
    }
}
