/**
 * Signals: queues, sending, masks, actions, group stop and delivery. May touch {@code kernel.sched} and below. Mirrors
 * kernel/signal.c, kernel/time/itimer.c, the sending half of kernel/exit.c and arch/x86/kernel/signal.c.
 *
 * <p>The way of a signal:
 *
 * <pre>
 *   sendSignal ── ignored, or the process dies ──► dropped
 *       │
 *       ▼
 *   pending (task's own or the process's) ──► completeSignal: wakes a thread, or ends the process
 *       │  the thread goes back to user mode: getSignal
 *       ▼
 *   SIG_IGN, default ignore ──► nothing
 *   handler ──► frame with the mask from before, handler's mask; rt_sigreturn takes the frame away
 *   stop    ──► TASK_STOPPED until SIGCONT or SIGKILL; the last thread tells the parent
 *   fatal   ──► do_group_exit
 * </pre>
 */
@NullMarked
package dev.nestor.kernel.signal;

import org.jspecify.annotations.NullMarked;
