package dev.nestor.kernel.time;

import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;

/**
 * What adjtimex(2) reads and sets: kernel/time/ntp.c. The clock itself is never slewed: an offset, a frequency or a tick
 * that has been set is shown, and changes no time.
 */
public final class Ntp {
    public static final int ADJ_OFFSET = 0x1;
    public static final int ADJ_FREQUENCY = 0x2;
    public static final int ADJ_MAXERROR = 0x4;
    public static final int ADJ_ESTERROR = 0x8;
    public static final int ADJ_STATUS = 0x10;
    public static final int ADJ_TIMECONST = 0x20;
    public static final int ADJ_TAI = 0x80;
    public static final int ADJ_SETOFFSET = 0x100;
    public static final int ADJ_MICRO = 0x1000;
    public static final int ADJ_NANO = 0x2000;
    public static final int ADJ_TICK = 0x4000;
    public static final int ADJ_ADJTIME = 0x8000;
    public static final int ADJ_OFFSET_SINGLESHOT = 0x0001;
    public static final int ADJ_OFFSET_READONLY = 0x2000;
    public static final int STA_PLL = 0x1;
    public static final int STA_INS = 0x10;
    public static final int STA_DEL = 0x20;
    public static final int STA_UNSYNC = 0x40;
    public static final int STA_FREQHOLD = 0x80;
    public static final int STA_CLOCKERR = 0x1000;
    public static final int STA_NANO = 0x2000;
    public static final int STA_RONLY = 0xff00;
    public static final int TIME_OK = 0;
    public static final int TIME_INS = 1;
    public static final int TIME_DEL = 2;
    public static final int TIME_ERROR = 5;

    /** tolerance: parts per million, scaled. */
    public static final long MAXFREQ_SCALED = 32_768_000;

    private static final long NTP_PHASE_LIMIT = 16_000_000; // us
    private static final long MAXPHASE_US = 500_000;
    private static final long MIN_TICK = 9000; // us: 900000 / USER_HZ
    private static final long MAX_TICK = 11_000; // us
    private static final int MAX_TAI_OFFSET = 100_000;
    private static final int MAXTC = 10;

    private final Timekeeping timekeeping;
    private long offset; // us or ns
    private long freq; // ppm, scaled by 2^16
    private long maxerror = NTP_PHASE_LIMIT; // us
    private long esterror = NTP_PHASE_LIMIT; // us
    private int status = STA_UNSYNC;
    private long constant = 2;
    private long tick = 10_000; // us
    private long adjust; // us: what adjtime(3) has left to do

    public Ntp(Timekeeping timekeeping) {
        this.timekeeping = timekeeping;
    }

    /** timekeeping_validate_timex() but for permission: 0 or -EINVAL. */
    public static int validate(int modes, long newTick, long usec) {
        if ((modes & ADJ_ADJTIME) != 0) {
            return (modes & ADJ_OFFSET_SINGLESHOT) == 0 ? -Errno.EINVAL : 0;
        }
        if ((modes & ADJ_TICK) != 0 && (newTick < MIN_TICK || newTick > MAX_TICK)) {
            return -Errno.EINVAL;
        }
        long limit = (modes & ADJ_NANO) != 0 ? 1_000_000_000L : 1_000_000L;
        boolean invalid = (modes & ADJ_SETOFFSET) != 0 && (usec < 0 || usec >= limit);
        return invalid ? -Errno.EINVAL : 0;
    }

    /** Whether the modes change anything: then CAP_SYS_TIME is asked for. */
    public static boolean changes(int modes) {
        return (modes & ADJ_ADJTIME) != 0 ? (modes & ADJ_OFFSET_READONLY) == 0 : modes != 0;
    }

    /** adjtime(3): gives what the last one has left to do. */
    public long adjtime(long newAdjust, boolean sets) {
        long before = adjust;
        if (sets) {
            adjust = newAdjust;
        }
        return before;
    }

    /** process_adjtimex_modes(), status first; then those of the fields that each mode names. */
    public void setStatus(int newStatus) {
        status = (status & STA_RONLY) | (newStatus & ~STA_RONLY);
    }

    public void setNano(boolean nano) {
        status = nano ? status | STA_NANO : status & ~STA_NANO;
    }

    public void setFreq(long value) {
        freq = Math.clamp(value, -MAXFREQ_SCALED, MAXFREQ_SCALED);
    }

    public void setMaxerror(long value) {
        maxerror = Math.clamp(value, 0, NTP_PHASE_LIMIT);
    }

    public void setEsterror(long value) {
        esterror = Math.clamp(value, 0, NTP_PHASE_LIMIT);
    }

    public void setConstant(long value) {
        long next = Math.clamp(value, 0, MAXTC);
        constant = (status & STA_NANO) != 0 ? next : Math.min(next + 4, MAXTC);
    }

    /** ntp_update_offset(): only while the phase-locked loop runs. */
    public void setOffset(long value) {
        if ((status & STA_PLL) != 0) {
            long limit = (status & STA_NANO) != 0 ? MAXPHASE_US * 1000 : MAXPHASE_US;
            offset = Math.clamp(value, -limit, limit);
        }
    }

    public void setTick(long value) {
        tick = value;
    }

    /** ADJ_TAI. */
    public void setTai(long value) {
        if (value >= 0 && value <= MAX_TAI_OFFSET) {
            timekeeping.setTaiOffset((int) value);
        }
    }

    /** time_state, which adjtimex(2) returns. */
    public int state() {
        if ((status & (STA_UNSYNC | STA_CLOCKERR)) != 0) {
            return TIME_ERROR;
        }
        return (status & STA_INS) != 0 ? TIME_INS : (status & STA_DEL) != 0 ? TIME_DEL : TIME_OK;
    }

    public long offset() {
        return offset;
    }

    public long freq() {
        return freq;
    }

    public long maxerror() {
        return maxerror;
    }

    public long esterror() {
        return esterror;
    }

    public int status() {
        return status;
    }

    public long constant() {
        return constant;
    }

    public long tick() {
        return tick;
    }

    public void digest(StateHash hash) {
        hash.add(offset);
        hash.add(freq);
        hash.add(maxerror);
        hash.add(esterror);
        hash.add(status);
        hash.add(constant);
        hash.add(tick);
        hash.add(adjust);
    }
}
