package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Signal.NSIG;
import static dev.nestor.uapi.Signal.SIGABRT;
import static dev.nestor.uapi.Signal.SIGBUS;
import static dev.nestor.uapi.Signal.SIGCHLD;
import static dev.nestor.uapi.Signal.SIGCONT;
import static dev.nestor.uapi.Signal.SIGFPE;
import static dev.nestor.uapi.Signal.SIGILL;
import static dev.nestor.uapi.Signal.SIGKILL;
import static dev.nestor.uapi.Signal.SIGQUIT;
import static dev.nestor.uapi.Signal.SIGSEGV;
import static dev.nestor.uapi.Signal.SIGSTOP;
import static dev.nestor.uapi.Signal.SIGSYS;
import static dev.nestor.uapi.Signal.SIGTRAP;
import static dev.nestor.uapi.Signal.SIGTSTP;
import static dev.nestor.uapi.Signal.SIGTTIN;
import static dev.nestor.uapi.Signal.SIGTTOU;
import static dev.nestor.uapi.Signal.SIGURG;
import static dev.nestor.uapi.Signal.SIGWINCH;
import static dev.nestor.uapi.Signal.SIGXCPU;
import static dev.nestor.uapi.Signal.SIGXFSZ;

/** Sets of signals, sigset_t: signal n is bit n - 1. */
public final class SigSets {
    /** SIG_KERNEL_ONLY_MASK: no program catches, blocks or ignores them. */
    public static final long KERNEL_ONLY = mask(SIGKILL) | mask(SIGSTOP);

    /** SIG_KERNEL_STOP_MASK. */
    public static final long KERNEL_STOP = mask(SIGSTOP) | mask(SIGTSTP) | mask(SIGTTIN) | mask(SIGTTOU);

    /** SIG_KERNEL_COREDUMP_MASK. */
    public static final long KERNEL_COREDUMP = mask(SIGQUIT)
            | mask(SIGILL)
            | mask(SIGTRAP)
            | mask(SIGABRT)
            | mask(SIGFPE)
            | mask(SIGSEGV)
            | mask(SIGBUS)
            | mask(SIGSYS)
            | mask(SIGXCPU)
            | mask(SIGXFSZ);

    /** SIG_KERNEL_IGNORE_MASK: by default nothing happens. */
    public static final long KERNEL_IGNORE = mask(SIGCONT) | mask(SIGCHLD) | mask(SIGWINCH) | mask(SIGURG);

    /** SYNCHRONOUS_MASK: an instruction causes them, so they go first. */
    public static final long SYNCHRONOUS =
            mask(SIGSEGV) | mask(SIGBUS) | mask(SIGILL) | mask(SIGTRAP) | mask(SIGFPE) | mask(SIGSYS);

    private SigSets() {}

    public static long mask(int sig) {
        return 1L << (sig - 1);
    }

    public static boolean has(long set, int sig) {
        return (set & mask(sig)) != 0;
    }

    /** valid_signal(): 0 is one, the probe. */
    public static boolean isValid(int sig) {
        return sig >= 0 && sig <= NSIG;
    }

    /** next_signal(): the one to be dequeued first, or 0: a synchronous one, else the lowest. */
    static int next(long pending, long blocked) {
        long ready = pending & ~blocked;
        if ((ready & SYNCHRONOUS) != 0) {
            ready &= SYNCHRONOUS;
        }
        return ready == 0 ? 0 : Long.numberOfTrailingZeros(ready) + 1;
    }
}
