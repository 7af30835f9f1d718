package dev.nestor.kernel.signal;

import dev.nestor.uapi.Signal;

/**
 * kernel_siginfo_t, one for each place that needs one, filled and filled again. The union after si_code is kept as the
 * four words that user space sees, and read by the names of the layout that si_signo and si_code call for.
 */
public final class SigInfo {
    /** sizeof(siginfo_t). */
    public static final int SIZE = 128;

    /** sizeof(struct kernel_siginfo): what lies behind it is zero in user space. */
    private static final int KERNEL_SIZE = 48;

    static final int FIELDS = 4;

    /** Layouts of the union: enum siginfo_layout, the ones that are told apart here. */
    private static final int SIL_KILL = 0;

    private static final int SIL_TIMER = 1;
    private static final int SIL_POLL = 2;
    private static final int SIL_FAULT = 3;
    private static final int SIL_CHLD = 4;
    private static final int SIL_RT = 5;
    private static final int SIL_SYS = 6;

    /** Where the fields of struct signalfd_siginfo begin. */
    private static final int SSI_PID = 12;

    private static final int SSI_FD = 20;
    private static final int SSI_TID = 24;
    private static final int SSI_BAND = 28;
    private static final int SSI_OVERRUN = 32;
    private static final int SSI_STATUS = 40;
    private static final int SSI_INT = 44;
    private static final int SSI_PTR = 48;
    private static final int SSI_UTIME = 56;
    private static final int SSI_ADDR = 72;
    private static final int SSI_SYSCALL = 84;
    private static final int SSI_CALL_ADDR = 88;
    private static final int SSI_ARCH = 96;

    private static final int NOINFO = 1;
    private static final int PRIV = 2;

    private final int special;
    private int signo;
    private int errno;
    private int code; // SI_*, CLD_*, POLL_*
    private final long[] fields = new long[FIELDS];

    public SigInfo() {
        this(0);
    }

    private SigInfo(int special) {
        this.special = special;
    }

    /** SEND_SIG_NOINFO: as if the sender had called kill(2). */
    static SigInfo noinfo() {
        return new SigInfo(NOINFO);
    }

    /** SEND_SIG_PRIV: from the kernel. */
    static SigInfo priv() {
        return new SigInfo(PRIV);
    }

    boolean isNoinfo() {
        return special == NOINFO;
    }

    boolean isPriv() {
        return special == PRIV;
    }

    /** is_si_special(): carries nothing but what it stands for. */
    boolean isSpecial() {
        return special != 0;
    }

    /** si_fromuser(): permission is asked for. */
    boolean isFromUser() {
        return special == NOINFO || (special == 0 && code <= 0);
    }

    /** clear_siginfo(), and what every signal has. */
    public SigInfo set(int sig, int siCode) {
        assert special == 0 : "a constant";
        signo = sig;
        errno = 0;
        code = siCode;
        for (int i = 0; i < FIELDS; i++) {
            fields[i] = 0;
        }
        return this;
    }

    public void copyFrom(SigInfo other) {
        signo = other.signo;
        errno = other.errno;
        code = other.code;
        System.arraycopy(other.fields, 0, fields, 0, FIELDS);
    }

    public int signo() {
        return signo;
    }

    public void setSigno(int sig) {
        signo = sig;
    }

    public int errno() {
        return errno;
    }

    public void setErrno(int value) {
        errno = value;
    }

    public int code() {
        return code;
    }

    long field(int index) {
        return fields[index];
    }

    void setField(int index, long value) {
        fields[index] = value;
    }

    /** si_pid: of the sender, or of the child. */
    public int pid() {
        return (int) fields[0];
    }

    /** si_uid. */
    public int uid() {
        return (int) (fields[0] >>> 32);
    }

    public void setPidUid(int pid, int uid) {
        fields[0] = (pid & 0xffffffffL) | (long) uid << 32;
    }

    void setPid(int pid) {
        setPidUid(pid, uid());
    }

    void setUid(int uid) {
        setPidUid(pid(), uid);
    }

    /** si_value of a queued signal. */
    public long value() {
        return fields[1];
    }

    public void setValue(long value) {
        fields[1] = value;
    }

    /** si_status of a child. */
    public int status() {
        return (int) fields[1];
    }

    /** What SIGCHLD carries beside si_pid and si_uid; the times are clock ticks. */
    public void setChild(int status, long utime, long stime) {
        fields[1] = status & 0xffffffffL;
        fields[2] = utime;
        fields[3] = stime;
    }

    /** si_utime: clock ticks. */
    public long utime() {
        return fields[2];
    }

    /** si_stime: clock ticks. */
    public long stime() {
        return fields[3];
    }

    /** si_timerid, si_overrun and si_value of a POSIX timer's signal. */
    public void setTimer(int id, int overrun, long value) {
        setPidUid(id, overrun);
        fields[1] = value;
    }

    /** si_overrun. */
    public void setOverrun(int overrun) {
        setPidUid(pid(), overrun);
    }

    /** si_band and si_fd. */
    public void setPoll(long band, int fd) {
        fields[0] = band;
        fields[1] = fd & 0xffffffffL;
    }

    public long band() {
        return fields[0];
    }

    public int fd() {
        return (int) fields[1];
    }

    /** si_addr. */
    public long addr() {
        return fields[0];
    }

    public void setAddr(long addr) {
        fields[0] = addr;
    }

    /** has_si_pid_and_uid(). */
    boolean hasPidAndUid() {
        int layout = layout(signo, code);
        return layout == SIL_KILL || layout == SIL_CHLD || layout == SIL_RT;
    }

    /** known_siginfo_layout(): whether the kernel knows what the bytes behind its own size would mean. */
    private static boolean isKnownLayout(int sig, int siCode) {
        return siCode == Signal.SI_KERNEL || siCode <= 0 || siCode <= sicodeLimit(sig) || siCode <= Signal.NSIGPOLL;
    }

    /** siginfo_layout(). */
    private static int layout(int sig, int siCode) {
        if (siCode > Signal.SI_USER && siCode < Signal.SI_KERNEL) {
            if (siCode <= sicodeLimit(sig)) {
                return switch (sig) {
                    case Signal.SIGCHLD -> SIL_CHLD;
                    case Signal.SIGIO -> SIL_POLL;
                    case Signal.SIGSYS -> SIL_SYS;
                    default -> SIL_FAULT;
                };
            }
            return siCode <= Signal.NSIGPOLL ? SIL_POLL : SIL_KILL;
        }
        return switch (siCode) {
            case Signal.SI_TIMER -> SIL_TIMER;
            case Signal.SI_SIGIO -> SIL_POLL;
            default -> siCode < 0 ? SIL_RT : SIL_KILL;
        };
    }

    /** sig_sicodes[].limit: NSIGILL and its kind; 0 when the signal has no codes of its own. */
    private static int sicodeLimit(int sig) {
        return switch (sig) {
            case Signal.SIGILL -> 11;
            case Signal.SIGFPE -> 15;
            case Signal.SIGSEGV -> 10;
            case Signal.SIGBUS -> 5;
            case Signal.SIGTRAP -> 6;
            case Signal.SIGCHLD -> 6;
            case Signal.SIGIO -> Signal.NSIGPOLL;
            case Signal.SIGSYS -> 2;
            default -> 0;
        };
    }

    /** sig_specific_sicodes(): the signal's positive codes mean something of its own. */
    static boolean hasSicodes(int sig) {
        return sicodeLimit(sig) != 0;
    }

    /** copy_siginfo_to_external(): the 128 bytes of user space. */
    public void toUser(byte[] into) {
        put(into, 0, (signo & 0xffffffffL) | (long) errno << 32);
        put(into, 8, code & 0xffffffffL);
        for (int i = 0; i < FIELDS; i++) {
            put(into, 16 + 8 * i, fields[i]);
        }
        for (int at = KERNEL_SIZE; at < SIZE; at += 8) {
            put(into, at, 0);
        }
    }

    /** signalfd_copyinfo(): struct signalfd_siginfo, of the same size. */
    public void toSignalfd(byte[] into) {
        for (int at = 0; at < SIZE; at += 8) {
            put(into, at, 0);
        }
        put(into, 0, (signo & 0xffffffffL) | (long) errno << 32);
        putInt(into, 8, code);
        switch (layout(signo, code)) {
            case SIL_KILL -> put(into, SSI_PID, fields[0]);
            case SIL_TIMER -> {
                putInt(into, SSI_TID, (int) fields[0]);
                putInt(into, SSI_OVERRUN, (int) (fields[0] >>> 32));
                putValue(into);
            }
            case SIL_POLL -> {
                putInt(into, SSI_BAND, (int) fields[0]);
                putInt(into, SSI_FD, (int) fields[1]);
            }
            case SIL_FAULT -> put(into, SSI_ADDR, fields[0]);
            case SIL_CHLD -> {
                put(into, SSI_PID, fields[0]);
                putInt(into, SSI_STATUS, (int) fields[1]);
                put(into, SSI_UTIME, fields[2]);
                put(into, SSI_UTIME + Long.BYTES, fields[3]);
            }
            case SIL_SYS -> {
                put(into, SSI_CALL_ADDR, fields[0]);
                putInt(into, SSI_SYSCALL, (int) fields[1]);
                putInt(into, SSI_ARCH, (int) (fields[1] >>> 32));
            }
            default -> {
                put(into, SSI_PID, fields[0]);
                putValue(into);
            }
        }
    }

    private void putValue(byte[] into) {
        putInt(into, SSI_INT, (int) fields[1]);
        put(into, SSI_PTR, fields[1]);
    }

    private static void putInt(byte[] into, int at, int value) {
        for (int i = 0; i < 4; i++) {
            into[at + i] = (byte) (value >>> (8 * i));
        }
    }

    /**
     * post_copy_siginfo_from_user(): takes over the 128 bytes of user space; false (E2BIG) when there is something behind
     * the kernel's own size and the code is not one it knows.
     */
    public boolean fromUser(byte[] from) {
        signo = (int) get(from, 0);
        errno = (int) (get(from, 0) >>> 32);
        code = (int) get(from, 8);
        for (int i = 0; i < FIELDS; i++) {
            fields[i] = get(from, 16 + 8 * i);
        }
        boolean rest = false;
        for (int at = KERNEL_SIZE; at < SIZE; at += 8) {
            rest |= get(from, at) != 0;
        }
        return !rest || isKnownLayout(signo, code);
    }

    private static void put(byte[] into, int at, long value) {
        for (int i = 0; i < 8; i++) {
            into[at + i] = (byte) (value >>> (8 * i));
        }
    }

    private static long get(byte[] from, int at) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | (from[at + i] & 0xff);
        }
        return value;
    }
}
