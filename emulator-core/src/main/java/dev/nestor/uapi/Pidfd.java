package dev.nestor.uapi;

/** Numbers of linux/pidfd.h. */
public final class Pidfd {
    public static final int PIDFD_SELF_THREAD = -10000;
    public static final int PIDFD_SELF_THREAD_GROUP = -10001;
    public static final int PIDFD_SIGNAL_THREAD = 1;
    public static final int PIDFD_SIGNAL_THREAD_GROUP = 2;
    public static final int PIDFD_SIGNAL_PROCESS_GROUP = 4;

    private Pidfd() {}
}
