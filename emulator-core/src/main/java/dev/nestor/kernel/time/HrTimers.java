package dev.nestor.kernel.time;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Priority;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import java.util.Arrays;

/** High-resolution timers: kernel/time/hrtimer.c. Each is an event of the queue while it is active. */
public final class HrTimers {
    /** Wakes the task that is its target: hrtimer_sleeper. One a task, by {@link #sleepUntil}. */
    public static final int SLEEP = 0;

    /** ITIMER_REAL; the target is a signal_struct. */
    public static final int REAL = 1;

    /** A POSIX timer; the target is a k_itimer. */
    public static final int POSIX = 2;

    /** A timerfd; the target is a timerfd_ctx. */
    public static final int TIMERFD = 3;

    /** A timer's time is so far away, whatever clocks show. */
    public static final int WAIT = 0;

    /** It is a time of CLOCK_MONOTONIC or CLOCK_BOOTTIME. */
    public static final int MONOTONIC = 1;

    /** It is a time of CLOCK_REALTIME, and moves when that is set. */
    public static final int REALTIME = 2;

    /** The first kind that is free for others. */
    public static final int OTHER = 4;

    private final EventLoop loop;
    private final HrTimerTable timers;
    private final Chain sleepers; // the SLEEP timer of a task, by task
    private final int eventKind;
    private TimerFunction[] functions = new TimerFunction[OTHER]; // by kind

    public HrTimers(EventLoop loop, TaskTable tasks, HrTimerTable timers) {
        this.loop = loop;
        this.timers = timers;
        this.sleepers = new Chain(tasks, timers);
        this.eventKind = loop.register(this::expire);
        Arrays.fill(functions, (TimerFunction) (timer, target) -> {
            throw new IllegalStateException("no function for this kind of timer");
        });
    }

    /** Says what timers of a kind do. */
    public void register(int kind, TimerFunction function) {
        int before = functions.length;
        if (kind >= before) {
            functions = Arrays.copyOf(functions, kind + 1);
            Arrays.fill(functions, before, kind, functions[REAL]);
        }
        functions[kind] = function;
    }

    /** hrtimer_setup(): an inactive timer, or NULL at the limit. */
    @HotPath
    public int alloc(int kind, int target) {
        int timer = timers.alloc();
        if (timer != Table.NULL) {
            timers.setKind(timer, kind);
            timers.setTarget(timer, target);
        }
        return timer;
    }

    @HotPath
    public void free(int timer) {
        cancel(timer);
        timers.free(timer);
    }

    /** hrtimer_start(): from now on it expires at a time and no more at an earlier one that it was set to. A time
     * gone by means at once. */
    @HotPath
    public void start(int timer, long expiresCycles) {
        cancel(timer);
        timers.setExpires(timer, expiresCycles);
        long time = Math.max(expiresCycles, loop.clock().now());
        timers.setEvent(timer, loop.schedule(time, Priority.TIMER, eventKind, timer, 0));
    }

    /** By what the timer's times are given from now on: WAIT, MONOTONIC or REALTIME. */
    public void setBase(int timer, int base) {
        timers.setBase(timer, base);
    }

    /** hrtimer_set_expires() of a timer that is not active. */
    public void setExpires(int timer, long expiresCycles) {
        assert !isActive(timer) : "an active timer is started, not set";
        timers.setExpires(timer, expiresCycles);
    }

    /** hrtimer_restart(): at the time that it has. */
    public void restart(int timer) {
        start(timer, timers.expires(timer));
    }

    /** hrtimer_get_remaining(), in cycles; negative once the time is gone, NEVER where there is none. */
    public long remaining(int timer) {
        long expires = timers.expires(timer);
        return expires == Clock.NEVER ? Clock.NEVER : expires - loop.clock().now();
    }

    /**
     * hrtimer_forward_now() of a timer that is not active: sets it to the first time after now that is a whole number of
     * intervals later; gives how many.
     */
    public long forwardNow(int timer, long intervalCycles) {
        assert intervalCycles > 0 : intervalCycles;
        long late = loop.clock().now() - timers.expires(timer);
        if (late < 0) {
            return 0;
        }
        long count = late / intervalCycles + 1;
        setExpires(timer, timers.expires(timer) + count * intervalCycles);
        return count;
    }

    /** The timer that is set to the earliest time to come of CLOCK_MONOTONIC, or NULL. */
    public int firstMonotonic() {
        int first = Table.NULL;
        for (int row = 1; row < timers.rows(); row++) {
            int timer = timers.handleInRow(row);
            if (timer != Table.NULL
                    && timers.base(timer) == MONOTONIC
                    && timers.expires(timer) > loop.clock().now()
                    && (first == Table.NULL || timers.expires(timer) < timers.expires(first))) {
                first = timer;
            }
        }
        return first;
    }

    /** clock_was_set(): a clock is so many cycles further, and the times that are given by it are so much nearer. */
    void clockWasSet(int base, long byCycles) {
        for (int row = 1; row < timers.rows(); row++) {
            int timer = timers.handleInRow(row);
            if (timer == Table.NULL || timers.base(timer) != base || timers.expires(timer) == Clock.NEVER) {
                continue;
            }
            long expires = timers.expires(timer) - byCycles;
            if (isActive(timer)) {
                start(timer, expires);
            } else {
                timers.setExpires(timer, expires);
            }
        }
    }

    /** hrtimer_cancel(): true if it was active. */
    @HotPath
    public boolean cancel(int timer) {
        boolean wasActive = loop.cancel(timers.event(timer));
        timers.setEvent(timer, EventQueue.NONE);
        return wasActive;
    }

    public boolean isActive(int timer) {
        return timers.event(timer) != EventQueue.NONE;
    }

    /** Cycles; of the last start. */
    public long expires(int timer) {
        return timers.expires(timer);
    }

    public int target(int timer) {
        return timers.target(timer);
    }

    /**
     * hrtimer_forward(), for a function that starts its timer again: the first time after now that is a whole number of
     * intervals after the last expiry.
     */
    public long next(int timer, long intervalCycles) {
        assert intervalCycles > 0 : intervalCycles;
        long late = loop.clock().now() - timers.expires(timer);
        return timers.expires(timer) + (late / intervalCycles + 1) * intervalCycles;
    }

    /** Starts the task's sleep timer, which wakes it; false at the limit of timers. The task sets its own state. */
    @HotPath
    public boolean sleepUntil(int task, long expiresCycles) {
        return sleepUntil(task, expiresCycles, WAIT);
    }

    /** The same until a time of a clock, wherever that is set to meanwhile. */
    @HotPath
    public boolean sleepUntil(int task, long expiresCycles, int base) {
        int timer = sleepers.first(task);
        if (timer == Table.NULL) {
            timer = alloc(SLEEP, task);
            if (timer == Table.NULL) {
                return false;
            }
            sleepers.addLast(task, timer);
        }
        timers.setBase(timer, base);
        start(timer, expiresCycles);
        return true;
    }

    /** True while the task's sleep timer runs: not after it has expired, nor after {@link #cancelSleep}. */
    public boolean isSleeping(int task) {
        return sleepers.first(task) != Table.NULL;
    }

    /** Stops the task's sleep timer, if it has one running. */
    @HotPath
    public void cancelSleep(int task) {
        int timer = sleepers.first(task);
        if (timer != Table.NULL) {
            sleepers.remove(timer);
            free(timer);
        }
    }

    public void digest(StateHash hash) {
        timers.digest(hash);
    }

    @HotPath
    private void expire(int timer, long datum) {
        timers.setEvent(timer, EventQueue.NONE);
        int target = timers.target(timer);
        TimerFunction function = functions[timers.kind(timer)];
        if (sleepers.owner(timer) != Table.NULL) {
            sleepers.remove(timer);
            timers.free(timer);
        }
        function.expired(timer, target);
    }
}
