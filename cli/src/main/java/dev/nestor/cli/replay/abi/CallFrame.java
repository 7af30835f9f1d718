package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.uapi.Errno;
import org.jspecify.annotations.Nullable;

/** A recorded call and its signature: what a codec may ask about the call that its value belongs to. */
final class CallFrame {

    private final @Nullable Value[] args = new @Nullable Value[6];

    private @Nullable TraceCall call;
    private @Nullable Signature signature;

    void open(TraceCall recorded, Signature itsSignature) {
        call = recorded;
        signature = itsSignature;
        for (int i = 0; i < args.length; i++) {
            args[i] = i < itsSignature.arity() ? itsSignature.argument(recorded, i) : null;
        }
    }

    TraceCall call() {
        TraceCall opened = call;
        if (opened == null) {
            throw new IllegalStateException("no call");
        }
        return opened;
    }

    Signature signature() {
        Signature opened = signature;
        if (opened == null) {
            throw new IllegalStateException("no call");
        }
        return opened;
    }

    CallResult result() {
        return call().result();
    }

    @Nullable
    Value arg(int register) {
        return args[register];
    }

    /** What an argument, or the number that it points to, was when the call was entered. */
    long number(int register) {
        Value value = args[register];
        if (value == null) {
            return signature().parameter(register).missing();
        }
        return Numbers.areShown(value) ? Numbers.of(value) : 0;
    }

    /** As {@link #number}, for a length: never negative. */
    long length(int register) {
        return Math.max(number(register), 0);
    }

    /** Whether the kernel says that it could not reach what a pointer points to. */
    boolean isFault() {
        return result().value() == -Errno.EFAULT;
    }

    /** Whether the log shows the call's end, so that a value that is not shown was not there. */
    boolean isFinished() {
        return switch (result().outcome()) {
            case UNFINISHED, TORN -> false;
            default -> true;
        };
    }
}
