package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, in the order of the registers, and its variants: {@code ioctl} by its request and so on. */
public final class Signature {

    private final String name;
    private final Parameter[] parameters;
    private final ResultRule result;
    private final boolean isNamed; // arguments stand in another order in the log: found by name

    private final int[] selectors; // parameters that choose the variant
    private final Map<Long, Signature> variants = new HashMap<>();

    Signature(String name, Parameter[] parameters, ResultRule result, boolean isNamed, int[] selectors) {
        this.name = name;
        this.parameters = parameters;
        this.result = result;
        this.isNamed = isNamed;
        this.selectors = selectors;
    }

    void addVariant(long key, Signature variant) {
        if (variants.put(key, variant) != null) {
            throw new IllegalArgumentException(name + ": two variants for one value");
        }
    }

    /** One key for the values of all selectors. */
    static long key(long key, long value) {
        return (key << Integer.SIZE) | (value & 0xffffffffL);
    }

    /** The signature of this call, given what it is asked to do. */
    Signature of(TraceCall call) {
        if (variants.isEmpty()) {
            return this;
        }
        long key = 0;
        for (int selector : selectors) {
            Value value = call.arg(selector);
            if (value == null || !value.isNumber()) {
                return this;
            }
            key = key(key, value.number());
        }
        Signature variant = variants.get(key);
        return variant == null ? this : variant;
    }

    public String name() {
        return name;
    }

    /** How many registers it uses. */
    public int arity() {
        return parameters.length;
    }

    public Kind kind(int register) {
        return parameters[register].kind();
    }

    public String argName(int register) {
        return parameters[register].name();
    }

    Parameter parameter(int register) {
        return parameters[register];
    }

    ResultRule result() {
        return result;
    }

    /** The argument that goes into a register, as the log shows it; null when it shows none. */
    @Nullable
    Value argument(TraceCall call, int register) {
        return isNamed ? call.arg(parameters[register].name()) : call.arg(register);
    }
}
