package dev.nestor.kernel.signal;

/** enum pid_type: whom a signal is for. */
public final class PidType {
    /** One thread. */
    public static final int PIDTYPE_PID = 0;

    /** A process. */
    public static final int PIDTYPE_TGID = 1;

    /** A process group. */
    public static final int PIDTYPE_PGID = 2;

    /** A session. */
    public static final int PIDTYPE_SID = 3;

    /** Everybody: kill(-1). */
    public static final int PIDTYPE_MAX = 4;

    private PidType() {}
}
