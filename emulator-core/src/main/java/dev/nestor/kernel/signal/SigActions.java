package dev.nestor.kernel.signal;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import org.jspecify.annotations.Nullable;

/** rt_sigaction(2): do_sigaction(). */
public final class SigActions {
    /** UAPI_SA_FLAGS of x86; all others are forgotten, SA_UNSUPPORTED too. */
    private static final long SA_FLAGS = Signal.SA_NOCLDSTOP
            | Signal.SA_NOCLDWAIT
            | Signal.SA_SIGINFO
            | Signal.SA_ONSTACK
            | Signal.SA_RESTART
            | Signal.SA_NODEFER
            | Signal.SA_RESETHAND
            | Signal.SA_EXPOSE_TAGBITS
            | Signal.SA_RESTORER;

    private final Sighands sighands;
    private final PendingSignals pending;
    private final PosixTimers timers;
    private final SigAction scratch = new SigAction();

    public SigActions(Sighands sighands, PendingSignals pending, PosixTimers timers) {
        this.sighands = sighands;
        this.pending = pending;
        this.timers = timers;
    }

    /** Shows the action of a signal, sets a new one, or both; an action that ignores it takes it out of all queues. */
    public int doSigaction(int task, int sig, @Nullable SigAction action, @Nullable SigAction old) {
        if (!SigSets.isValid(sig) || sig < 1 || (action != null && SigSets.has(SigSets.KERNEL_ONLY, sig))) {
            return -Errno.EINVAL;
        }
        if (old != null) {
            sighands.load(task, sig, old);
        }
        if (action != null) {
            long mask = action.mask() & ~SigSets.KERNEL_ONLY;
            scratch.set(action.handler(), action.flags() & SA_FLAGS, action.restorer(), mask);
            boolean wasIgnored = sighands.handler(task, sig) == Signal.SIG_IGN;
            sighands.store(task, sig, scratch);
            if (sighands.ignores(task, sig)) {
                pending.flushProcess(task, SigSets.mask(sig));
            } else if (wasIgnored) {
                timers.unignore(task, sig);
            }
        }
        return 0;
    }
}
