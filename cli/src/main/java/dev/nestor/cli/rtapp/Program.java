package dev.nestor.cli.rtapp;

/**
 * What a task does in user mode: it computes, makes a call, and goes on by what that answers. {@link #advance} says what comes
 * next, in fields, so that nothing is allocated for a step.
 */
abstract class Program {
    /** No call: what comes next is asked for as soon as the task has computed. */
    static final int NO_CALL = -1;

    final long[] args = new long[6];

    long cycles; // to compute before the call
    int nr = NO_CALL; // of the call
    int pid; // of the task that plays this, in the outermost PID namespace
    private long kept; // cycles of a span that was interrupted
    private boolean isAsked; // whether cycles and nr say what comes next
    private long result; // of the call that has ended
    private boolean hasResult;

    /** Sets what comes next. */
    abstract void advance();

    /** A call has ended. */
    void returned(long answer) {}

    /** What a task does that this one's call has just made. */
    Program child() {
        throw new IllegalStateException("a task by a call that makes none");
    }

    final long takeSpan() {
        if (!isAsked) {
            isAsked = true;
            cycles = 0;
            nr = NO_CALL;
            advance();
            return cycles;
        }
        long span = kept;
        kept = 0;
        return span;
    }

    /** What is left of a span that was interrupted. */
    final void keep(long remaining) {
        kept = remaining;
    }

    /** The span is over and the call, if there is one, has been entered. */
    final void entered() {
        isAsked = false;
    }

    final void end(long answer) {
        result = answer;
        hasResult = true;
        returned(answer);
    }

    /** Whether a call has ended since the task was last in user mode. */
    final boolean takesResult() {
        boolean had = hasResult;
        hasResult = false;
        return had;
    }

    final long result() {
        return result;
    }

    final void call(int number, long... arguments) {
        nr = number;
        System.arraycopy(arguments, 0, args, 0, arguments.length);
    }
}
