package dev.nestor.cli.strace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call returned.
 *
 * @param value what the kernel returned: a negative errno for FAILED and INTERRUPTED; 0 where the outcome is unknown
 * @param errno its name, for FAILED and INTERRUPTED
 * @param outer the same task as strace itself numbers it, for a number of an inner PID namespace; otherwise 0. In deep
 *     nests it may be wrong.
 * @param target what a returned descriptor stands for, in the form of {@link Value.Fd#target()}
 * @param details what stands in parentheses behind a result: {@code mnt:[4026532177]} as a field {@code mnt},
 *     {@code in [5], left {...}} as fields {@code in} and {@code left}, an array of pollfd as a field without name,
 *     other words as {@link Value.Opaque}
 */
public record CallResult(
        Outcome outcome,
        long value,
        @Nullable String errno,
        long outer,
        @Nullable String target,
        List<Field> details) {

    /** How a call ended. */
    public enum Outcome {
        RETURNED,
        FAILED,
        /** {@code ? ERESTARTSYS} and its kin: a signal came first; the kernel may restart the call unseen. */
        INTERRUPTED,
        /** {@code ?}: it did not return, as exit_group, or strace could not see what it returned. */
        UNKNOWN,
        /** The log has no end of it. */
        UNFINISHED,
        /** The line is damaged, and the task went on. */
        TORN
    }

    static final CallResult UNFINISHED = new CallResult(Outcome.UNFINISHED, 0, null, 0, null, List.of());
    static final CallResult TORN = new CallResult(Outcome.TORN, 0, null, 0, null, List.of());

    /** Whether the log tells what the kernel returned to the task. */
    public boolean isKnown() {
        return outcome == Outcome.RETURNED || outcome == Outcome.FAILED;
    }

    public @Nullable Value detail(String name) {
        for (Field field : details) {
            if (name.equals(field.name())) {
                return field.value();
            }
        }
        return null;
    }
}
