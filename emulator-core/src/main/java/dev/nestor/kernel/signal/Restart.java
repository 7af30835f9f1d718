package dev.nestor.kernel.signal;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;

/**
 * What becomes of an interrupted call: handle_signal() and arch_do_signal_or_restart() of arch/x86/kernel/signal.c.
 *
 * <pre>
 *                            no handler        handler with SA_RESTART   handler without
 *   -ERESTARTNOINTR          again             again                     again
 *   -ERESTARTSYS             again             again                     -EINTR
 *   -ERESTARTNOHAND          again             -EINTR                    -EINTR
 *   -ERESTART_RESTARTBLOCK   restart_syscall   -EINTR                    -EINTR
 * </pre>
 */
public final class Restart {
    /** The result stands. */
    public static final int DONE = 0;

    /** The call is entered again with the same arguments; rax is the call's number meanwhile. */
    public static final int AGAIN = 1;

    /** restart_syscall(2) goes on where the call was, with what it has kept in its restart columns. */
    public static final int RESTART_BLOCK = 2;

    private Restart() {}

    /** Whether a result is one of the kernel's own that no program sees. */
    public static boolean isInterrupted(long result) {
        return result == -Errno.ERESTARTSYS
                || result == -Errno.ERESTARTNOINTR
                || result == -Errno.ERESTARTNOHAND
                || result == -Errno.ERESTART_RESTARTBLOCK;
    }

    /** When no handler runs. */
    public static int withoutHandler(long result) {
        if (result == -Errno.ERESTART_RESTARTBLOCK) {
            return RESTART_BLOCK;
        }
        return isInterrupted(result) ? AGAIN : DONE;
    }

    /** When a handler runs, after it has returned. */
    public static int afterHandler(long result, long saFlags) {
        boolean again =
                result == -Errno.ERESTARTNOINTR || (result == -Errno.ERESTARTSYS && (saFlags & Signal.SA_RESTART) != 0);
        return again ? AGAIN : DONE;
    }

    /** The rax that the handler's frame keeps and rt_sigreturn(2) gives back: the number of a call that is to be made again. */
    public static long savedResult(long result, long saFlags, int nr) {
        if (!isInterrupted(result)) {
            return result;
        }
        return afterHandler(result, saFlags) == AGAIN ? nr : -Errno.EINTR;
    }
}
