package dev.nestor.cli.strace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A system call with all that the log tells of it.
 *
 * @param nr number of the call on x86-64
 * @param args in the order in which strace prints them, which is the kernel's but for clone's: use names where there are
 *     names. What the log does not show at the end is left out.
 */
public record TraceCall(int nr, String name, List<Field> args, CallResult result, Span span) implements TraceRecord {

    /** The argument at this place; null when the log shows fewer. */
    public @Nullable Value arg(int index) {
        return index < args.size() ? args.get(index).value() : null;
    }

    /** The argument of this name; null when there is none, or when the log gives no names. */
    public @Nullable Value arg(String argName) {
        for (Field arg : args) {
            if (argName.equals(arg.name())) {
                return arg.value();
            }
        }
        return null;
    }
}
