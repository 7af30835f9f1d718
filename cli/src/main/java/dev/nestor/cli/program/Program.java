package dev.nestor.cli.program;

/**
 * What a task does in user mode: it computes, makes a call, and goes on by what that answers. {@link #advance} says what comes
 * next, in fields, so that nothing is allocated for a step.
 */
public abstract class Program {
    /** No call: what comes next is asked for as soon as the task has computed. */
    public static final int NO_CALL = -1;

    /** Cycles to compute before the call. */
    public long cycles;

    /** Of the call. */
    public int nr = NO_CALL;

    final long[] args = new long[6];
    private int task; // that plays this
    private int pid; // its own, in the outermost PID namespace
    private long kept; // cycles of a span that was interrupted
    private boolean isAsked; // whether cycles and nr say what comes next
    private long result; // of the call that has ended
    private boolean hasResult;

    /** Sets what comes next. */
    protected abstract void advance();

    /** A call has ended. */
    protected void returned(long answer) {}

    /** What a task does that this one's call has just made. */
    protected Program child() {
        throw new IllegalStateException("a task by a call that makes none");
    }

    final void playedBy(int whose, int number) {
        task = whose;
        pid = number;
    }

    /** The task that plays this. */
    public final int task() {
        return task;
    }

    /** Its number in the outermost PID namespace. */
    public final int pid() {
        return pid;
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

    public final void call(int number, long... arguments) {
        nr = number;
        System.arraycopy(arguments, 0, args, 0, arguments.length);
    }

    /** A call, without an array of its arguments: for calls that are made again and again. */
    public final void call3(int number, long first, long second, long third) {
        nr = number;
        args[0] = first;
        args[1] = second;
        args[2] = third;
    }

    /** As {@link #call3}. */
    public final void call4(int number, long first, long second, long third, long fourth) {
        call3(number, first, second, third);
        args[3] = fourth;
    }
}
