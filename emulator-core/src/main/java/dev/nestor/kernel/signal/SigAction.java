package dev.nestor.kernel.signal;

/** struct k_sigaction, one for each place that needs one. */
public final class SigAction {
    private long handler; // SIG_DFL, SIG_IGN or a user address
    private long flags; // SA_*
    private long restorer; // user address
    private long mask; // signal mask

    public void set(long newHandler, long newFlags, long newRestorer, long newMask) {
        handler = newHandler;
        flags = newFlags;
        restorer = newRestorer;
        mask = newMask;
    }

    public long handler() {
        return handler;
    }

    public long flags() {
        return flags;
    }

    public long restorer() {
        return restorer;
    }

    public long mask() {
        return mask;
    }

    public boolean hasFlag(long flag) {
        return (flags & flag) != 0;
    }
}
