package dev.nestor.fs.timerfd;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Clock;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Time;

/** Timers that are read: fs/timerfd.c. */
public final class TimerFds implements FileOps {
    public static final int TFD_TIMER_ABSTIME = 1;
    public static final int TFD_TIMER_CANCEL_ON_SET = 2;

    private static final int TFD_IOC_SET_TICKS = 0x40085400;

    private final Vfs vfs;
    private final FileTable files;
    private final TimerFdTable table;
    private final WaitQueues waitQueues;
    private final HrTimers timers;
    private final Timekeeping timekeeping;
    private final AnonInodes anonInodes;
    private final Work work;
    private final int kind;
    private final byte[] number = new byte[Long.BYTES];

    public TimerFds(Vfs vfs, AnonInodes anonInodes, HrTimers timers, Timekeeping timekeeping, int limit) {
        this.vfs = vfs;
        this.files = vfs.tables.files;
        this.waitQueues = vfs.below.waitQueues();
        this.work = vfs.below.work();
        this.timers = timers;
        this.timekeeping = timekeeping;
        this.anonInodes = anonInodes;
        this.table = new TimerFdTable(limit);
        this.kind = vfs.kinds.add(this);
        timers.register(HrTimers.TIMERFD, (timer, ctx) -> triggered(ctx));
        timekeeping.addSetHook((base, byNs) -> clockWasSet(base));
    }

    /**
     * timerfd_create(2) of a clock that it takes: a descriptor, or ENOMEM, EMFILE, ENFILE.
     *
     * @param flags O_NONBLOCK, O_CLOEXEC
     */
    public int create(int task, int clock, int flags) {
        int ctx = table.alloc();
        if (ctx == NULL) {
            return -Errno.ENOMEM;
        }
        table.setClock(ctx, clock);
        table.setWqh(ctx, waitQueues.alloc());
        table.setTimer(ctx, timers.alloc(HrTimers.TIMERFD, ctx));
        if (table.wqh(ctx) == NULL || table.timer(ctx) == NULL) {
            free(ctx);
            return -Errno.ENOMEM;
        }
        work.add(Work.OBJECT_ALLOC);
        int fd = anonInodes.open(task, "[timerfd]", kind, Fcntl.O_RDWR | flags, ctx);
        if (fd < 0) {
            free(ctx);
        }
        return fd;
    }

    private void free(int ctx) {
        if (table.timer(ctx) != NULL) {
            timers.free(table.timer(ctx));
        }
        if (table.wqh(ctx) != NULL) {
            waitQueues.free(table.wqh(ctx));
        }
        table.free(ctx);
    }

    @Override
    public void release(int file) {
        work.add(Work.OBJECT_FREE);
        free(files.handle(file));
    }

    public boolean isTimerFd(int file) {
        return files.kind(file) == kind;
    }

    public int clock(int file) {
        return table.clock(files.handle(file));
    }

    /**
     * The first half of do_timerfd_settime(): the timer stops, and {@link #remainingNs} tells what it had left. To be
     * followed by {@link #setup}.
     */
    public void stop(int file, int flags) {
        int ctx = files.handle(file);
        boolean isRealtime = table.clock(ctx) == Time.CLOCK_REALTIME || table.clock(ctx) == Time.CLOCK_REALTIME_ALARM;
        int cancels = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
        table.setMightCancel(ctx, isRealtime && (flags & cancels) == cancels);
        timers.cancel(table.timer(ctx));
        if (table.expired(ctx) && table.intervalNs(ctx) != 0) {
            timers.forwardNow(table.timer(ctx), intervalCycles(ctx));
        }
    }

    private long intervalCycles(int ctx) {
        return timekeeping.nsToCycles(table.intervalNs(ctx));
    }

    /**
     * timerfd_setup(): 0, or ECANCELED when the clock has been set since the last look; the timer runs all the same.
     *
     * @param expiresNs of the host's clock if flags say so, else from now; Long.MAX_VALUE for never
     * @param starts false for a value of 0, which only stops it
     */
    public int setup(int file, int flags, boolean starts, long expiresNs, long intervalNs) {
        int ctx = files.handle(file);
        int timer = table.timer(ctx);
        boolean absolute = (flags & TFD_TIMER_ABSTIME) != 0;
        table.setExpired(ctx, false);
        table.setTicks(ctx, 0);
        table.setIntervalNs(ctx, intervalNs);
        timers.setExpires(timer, 0);
        if (starts) {
            work.add(Work.TIMER_ARM);
            boolean isRealtime =
                    table.clock(ctx) == Time.CLOCK_REALTIME || table.clock(ctx) == Time.CLOCK_REALTIME_ALARM;
            timers.setBase(timer, !absolute ? HrTimers.WAIT : isRealtime ? HrTimers.REALTIME : HrTimers.MONOTONIC);
            start(timer, absolute, isRealtime ? expiresNs - timekeeping.realtimeOffsetNs() : expiresNs, expiresNs);
            if (takeCancel(ctx)) {
                return -Errno.ECANCELED;
            }
        }
        table.setSettimeFlags(ctx, flags);
        return 0;
    }

    private void start(int timer, boolean absolute, long monotonicNs, long ns) {
        long cycles = Clock.NEVER;
        if (ns != Long.MAX_VALUE) {
            long wait = absolute ? 0 : timekeeping.nsToCycles(ns);
            cycles = absolute
                    ? timekeeping.cyclesAt(monotonicNs)
                    : wait >= Clock.NEVER - timekeeping.now() ? Clock.NEVER : timekeeping.now() + wait;
        }
        if (cycles == Clock.NEVER) {
            timers.setExpires(timer, cycles);
        } else {
            timers.start(timer, cycles);
        }
    }

    /** The first half of timerfd_gettime(2): an interval timer that has expired goes on. */
    public void goOn(int file) {
        int ctx = files.handle(file);
        if (table.expired(ctx) && table.intervalNs(ctx) != 0) {
            table.setExpired(ctx, false);
            table.setTicks(ctx, table.ticks(ctx) + restart(ctx));
        }
    }

    /** timerfd_restart(): gives the expirations that have been missed. */
    private long restart(int ctx) {
        long count = timers.forwardNow(table.timer(ctx), intervalCycles(ctx));
        timers.restart(table.timer(ctx));
        return count - 1;
    }

    /** timerfd_get_remaining(), in ns; 0 while the timer is off. */
    public long remainingNs(int file) {
        long cycles = timers.remaining(table.timer(files.handle(file)));
        return cycles == Clock.NEVER
                ? Long.MAX_VALUE - timekeeping.monotonicNs()
                : timekeeping.cyclesToNs(Math.max(cycles, 0));
    }

    public long intervalNs(int file) {
        return table.intervalNs(files.handle(file));
    }

    public long ticks(int file) {
        return table.ticks(files.handle(file));
    }

    public int settimeFlags(int file) {
        return table.settimeFlags(files.handle(file));
    }

    /** timerfd_triggered(). */
    private void triggered(int ctx) {
        table.setExpired(ctx, true);
        tick(ctx);
    }

    private void tick(int ctx) {
        table.setTicks(ctx, table.ticks(ctx) + 1);
        waitQueues.wakeUp(table.wqh(ctx), TaskTable.TASK_INTERRUPTIBLE);
    }

    /** timerfd_clock_was_set(). */
    private void clockWasSet(int base) {
        for (int row = 1; base == HrTimers.REALTIME && row < table.rows(); row++) {
            int ctx = table.handleInRow(row);
            if (ctx != NULL && table.mightCancel(ctx)) {
                table.setWasSet(ctx, true);
                tick(ctx);
            }
        }
    }

    /** timerfd_canceled(). */
    private boolean takeCancel(int ctx) {
        boolean wasSet = table.mightCancel(ctx) && table.wasSet(ctx);
        if (wasSet) {
            table.setWasSet(ctx, false);
        }
        return wasSet;
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    /** noop_llseek(). */
    @Override
    public long llseek(int task, int file, long offset, int whence) {
        return files.pos(file);
    }

    /** timerfd_read_iter(): how often it has expired, eight bytes. */
    @Override
    public long read(int task, int file, IovIter to, long pos) {
        if (to.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        int ctx = files.handle(file);
        boolean nonblocking = vfs.files.isNonblocking(file);
        if (!nonblocking && table.ticks(ctx) == 0) {
            return sleep(task, ctx);
        }
        if (takeCancel(ctx)) {
            table.setTicks(ctx, 0);
            table.setExpired(ctx, false);
            return -Errno.ECANCELED;
        }
        long ticks = table.ticks(ctx);
        if (ticks == 0) {
            return -Errno.EAGAIN;
        }
        if (table.expired(ctx) && table.intervalNs(ctx) != 0) {
            ticks += restart(ctx);
        }
        table.setExpired(ctx, false);
        table.setTicks(ctx, 0);
        for (int i = 0; i < Long.BYTES; i++) {
            number[i] = (byte) (ticks >>> (8 * i));
        }
        int copied = to.copyTo(number, 0, Long.BYTES);
        return copied == 0 ? -Errno.EFAULT : copied;
    }

    private long sleep(int task, int ctx) {
        if (!waitQueues.waitInterruptible(table.wqh(ctx), task, true)) {
            return -Errno.ERESTARTSYS;
        }
        work.add(Work.WAIT);
        return BLOCKED;
    }

    private TaskTable tasks() {
        return vfs.below.tasks();
    }

    @Override
    public int poll(int task, int file) {
        return table.ticks(files.handle(file)) != 0 ? POLLIN : 0;
    }

    @Override
    public int pollQueue(int file, int index) {
        return index == 0 ? table.wqh(files.handle(file)) : NULL;
    }

    /** timerfd_ioctl(): TFD_IOC_SET_TICKS, which a restored program finds its ticks by. */
    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        if (cmd != TFD_IOC_SET_TICKS) {
            return -Errno.ENOTTY;
        }
        long ticks = vfs.below.memory().getLong(tasks().mm(task), arg);
        if (vfs.below.memory().faulted()) {
            return -Errno.EFAULT;
        }
        if (ticks == 0) {
            return -Errno.EINVAL;
        }
        int ctx = files.handle(file);
        if (takeCancel(ctx)) {
            return -Errno.ECANCELED;
        }
        table.setTicks(ctx, ticks);
        waitQueues.wakeUp(table.wqh(ctx), TaskTable.TASK_INTERRUPTIBLE);
        return 0;
    }

    public void digest(StateHash hash) {
        table.digest(hash);
    }
}
