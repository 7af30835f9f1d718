package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Ntp;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;

/** Setting clocks: clock_settime(2), settimeofday(2), adjtimex(2), clock_adjtime(2). */
public final class SysTimeSet {
    private static final int TIMEX_SIZE = 208; // bytes
    private static final int MODES = 0;
    private static final int OFFSET = 8;
    private static final int FREQ = 16;
    private static final int MAXERROR = 24;
    private static final int ESTERROR = 32;
    private static final int STATUS = 40;
    private static final int CONSTANT = 48;
    private static final int PRECISION = 56;
    private static final int TOLERANCE = 64;
    private static final int TIME = 72;
    private static final int TICK = 88;
    private static final int PPSFREQ = 96;
    private static final int TAI = 160;
    private static final long NSEC_PER_SEC = 1_000_000_000L;
    private static final long TIME_SETTOD_SEC_MAX = Long.MAX_VALUE / NSEC_PER_SEC - 30L * 365 * 24 * 3600;
    private static final int MAX_MINUTES_WEST = 15 * 60;

    private final TaskTable tasks;
    private final Capabilities capabilities;
    private final Timekeeping timekeeping;
    private final Ntp ntp;
    private final UserMemory memory;
    private final Kernel kernel;
    private final byte[] bytes = new byte[TIMEX_SIZE];

    public SysTimeSet(Kernel kernel) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.capabilities = kernel.capabilities();
        this.timekeeping = kernel.timekeeping();
        this.ntp = kernel.ntp();
        this.memory = kernel.userMemory();
    }

    public void register(SyscallTable.Builder table) {
        String lacks = "no clock is slewed: offset, frequency and tick are shown only; leap seconds";
        table.full(Nr.NR_clock_settime, "clock_settime", this::clockSettime)
                .partial(Nr.NR_settimeofday, "settimeofday", this::settimeofday, "the time zone stays UTC")
                .partial(Nr.NR_adjtimex, "adjtimex", (task, args) -> adjtimex(task, args.get(0)), lacks)
                .partial(Nr.NR_clock_adjtime, "clock_adjtime", this::clockAdjtime, lacks);
    }

    private long clockSettime(int task, SyscallArgs args) {
        int clock = args.intAt(0);
        if (clock > Time.CLOCK_REALTIME) {
            return -Errno.EINVAL;
        }
        if (memory.copyFromUser(tasks.mm(task), args.get(1), bytes, 0, Timespecs.SIZE) != 0) {
            return -Errno.EFAULT;
        }
        if (clock < 0) {
            boolean exists = kernel.signals().posixTimers().cpuTimers().pidForClock(task, clock, false) != NULL;
            return exists ? -Errno.EPERM : -Errno.EINVAL;
        }
        return set(task, Bytes.getLong(bytes, 0), Bytes.getLong(bytes, 8));
    }

    /** do_sys_settimeofday64() and do_settimeofday64(): CLOCK_REALTIME may not be set to before the machine's boot. */
    private long set(int task, long sec, long nsec) {
        if (sec < 0 || sec >= TIME_SETTOD_SEC_MAX || nsec < 0 || nsec >= NSEC_PER_SEC) {
            return -Errno.EINVAL;
        }
        if (!capabilities.capable(task, Capability.CAP_SYS_TIME)) {
            return -Errno.EPERM;
        }
        long ns = sec * NSEC_PER_SEC + nsec;
        if (ns < timekeeping.monotonicNs()) {
            return -Errno.EINVAL;
        }
        timekeeping.setRealtimeNs(ns);
        return 0;
    }

    private long settimeofday(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        long sec = 0;
        long usec = 0;
        if (args.get(0) != 0) {
            sec = memory.getLong(mm, args.get(0));
            usec = memory.getLong(mm, args.get(0) + 8);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (usec < 0 || usec > 1_000_000) {
                return -Errno.EINVAL;
            }
        }
        int west = 0;
        if (args.get(1) != 0) {
            west = memory.getInt(mm, args.get(1));
            memory.getInt(mm, args.get(1) + 4);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
        }
        boolean valid = sec >= 0 && sec < TIME_SETTOD_SEC_MAX && usec < 1_000_000;
        if (!valid) {
            return -Errno.EINVAL;
        }
        if (!capabilities.capable(task, Capability.CAP_SYS_TIME)) {
            return -Errno.EPERM;
        }
        if (west > MAX_MINUTES_WEST || west < -MAX_MINUTES_WEST) {
            return -Errno.EINVAL;
        }
        return args.get(0) == 0 ? 0 : set(task, sec, usec * 1000);
    }

    private long clockAdjtime(int task, SyscallArgs args) {
        if (memory.copyFromUser(tasks.mm(task), args.get(1), bytes, 0, TIMEX_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        int clock = args.intAt(0);
        if (clock == Time.CLOCK_REALTIME) {
            return adjtimex(task, args.get(1));
        }
        boolean isFd = clock < 0 && (clock & Time.CPUCLOCK_CLOCKFD_MASK) == Time.CPUCLOCK_MAX;
        boolean unknown = isFd || clock > Time.CLOCK_TAI || clock == Time.CLOCK_TAI - 1;
        return unknown ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
    }

    private long adjtimex(int task, long address) {
        int mm = tasks.mm(task);
        if (memory.copyFromUser(mm, address, bytes, 0, TIMEX_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        int modes = Bytes.getInt(bytes, MODES);
        boolean single = (modes & Ntp.ADJ_ADJTIME) != 0;
        if (single && (modes & Ntp.ADJ_OFFSET_SINGLESHOT) == 0) {
            return -Errno.EINVAL;
        }
        if (Ntp.changes(modes) && !capabilities.capable(task, Capability.CAP_SYS_TIME)) {
            return -Errno.EPERM;
        }
        long usec = Bytes.getLong(bytes, TIME + 8);
        int error = Ntp.validate(modes, Bytes.getLong(bytes, TICK), usec);
        if (error != 0) {
            return error;
        }
        if (!single && (modes & Ntp.ADJ_SETOFFSET) != 0) {
            long delta = Bytes.getLong(bytes, TIME) * NSEC_PER_SEC + usec * ((modes & Ntp.ADJ_NANO) != 0 ? 1 : 1000);
            long ns = timekeeping.realtimeNs() + delta;
            if (ns < timekeeping.monotonicNs()) {
                return -Errno.EINVAL;
            }
            timekeeping.setRealtimeNs(ns);
        }
        long shownOffset;
        if (single) {
            shownOffset = ntp.adjtime(Bytes.getLong(bytes, OFFSET), (modes & Ntp.ADJ_OFFSET_READONLY) == 0);
        } else {
            process(modes);
            shownOffset = ntp.offset();
        }
        show(shownOffset);
        return memory.copyToUser(mm, address, bytes, 0, TIMEX_SIZE) != 0 ? -Errno.EFAULT : ntp.state();
    }

    /** process_adjtimex_modes(). */
    private void process(int modes) {
        if ((modes & Ntp.ADJ_STATUS) != 0) {
            ntp.setStatus(Bytes.getInt(bytes, STATUS));
        }
        if ((modes & (Ntp.ADJ_NANO | Ntp.ADJ_MICRO)) != 0) {
            ntp.setNano((modes & Ntp.ADJ_MICRO) == 0);
        }
        if ((modes & Ntp.ADJ_FREQUENCY) != 0) {
            ntp.setFreq(Bytes.getLong(bytes, FREQ));
        }
        if ((modes & Ntp.ADJ_MAXERROR) != 0) {
            ntp.setMaxerror(Bytes.getLong(bytes, MAXERROR));
        }
        if ((modes & Ntp.ADJ_ESTERROR) != 0) {
            ntp.setEsterror(Bytes.getLong(bytes, ESTERROR));
        }
        if ((modes & Ntp.ADJ_TIMECONST) != 0) {
            ntp.setConstant(Bytes.getLong(bytes, CONSTANT));
        }
        if ((modes & Ntp.ADJ_TAI) != 0) {
            ntp.setTai(Bytes.getLong(bytes, CONSTANT));
        }
        if ((modes & Ntp.ADJ_OFFSET) != 0) {
            ntp.setOffset(Bytes.getLong(bytes, OFFSET));
        }
        if ((modes & Ntp.ADJ_TICK) != 0) {
            ntp.setTick(Bytes.getLong(bytes, TICK));
        }
    }

    private void show(long shownOffset) {
        Bytes.putLong(bytes, OFFSET, shownOffset);
        Bytes.putLong(bytes, FREQ, ntp.freq());
        Bytes.putLong(bytes, MAXERROR, ntp.maxerror());
        Bytes.putLong(bytes, ESTERROR, ntp.esterror());
        Bytes.putInt(bytes, STATUS, ntp.status());
        Bytes.putLong(bytes, CONSTANT, ntp.constant());
        Bytes.putLong(bytes, PRECISION, 1);
        Bytes.putLong(bytes, TOLERANCE, Ntp.MAXFREQ_SCALED);
        long now = timekeeping.realtimeNs();
        boolean nano = (ntp.status() & Ntp.STA_NANO) != 0;
        Bytes.putLong(bytes, TIME, now / NSEC_PER_SEC);
        Bytes.putLong(bytes, TIME + 8, nano ? now % NSEC_PER_SEC : now % NSEC_PER_SEC / 1000);
        Bytes.putLong(bytes, TICK, ntp.tick());
        for (int at = PPSFREQ; at < TAI; at += Long.BYTES) {
            Bytes.putLong(bytes, at, 0);
        }
        Bytes.putInt(bytes, TAI, timekeeping.taiOffset());
    }
}
