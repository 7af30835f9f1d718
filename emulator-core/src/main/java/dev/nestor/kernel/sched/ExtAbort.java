package dev.nestor.kernel.sched;

/** Ends the callback of a SchedExtOps that has been stopped. An Error, so that it is not caught by the way. */
final class ExtAbort extends Error {
    private static final long serialVersionUID = 1;

    ExtAbort(String message) {
        super(message);
    }
}
