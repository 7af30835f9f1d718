package dev.nestor.kernel.sched;

/**
 * struct scx_exit_info: why a {@link dev.nestor.kernel.sched.ext.SchedExtOps} was stopped.
 *
 * @param scheduler its name
 * @param className of its class
 * @param callback in which it went wrong, with the task that it was about, as in {@code enqueue(hog0[12])}; empty when the watchdog found out
 * @param timeNs when, in ns since boot
 */
public record ExtExit(String scheduler, String className, String callback, String reason, long timeNs) {
    /** All of it in one line. */
    public String message() {
        String which = scheduler.equals(className) ? className : scheduler + " (" + className + ")";
        return "the scheduler " + which + " was stopped after " + timeNs / 1_000_000 + " ms: "
                + (callback.isEmpty() ? "" : callback + ": ") + reason;
    }
}
