package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Value;

/** Port numbers as logs show them, in network order. */
public final class Ports {
    private Ports() {}

    public static boolean isShown(Value value) {
        return Numbers.areShown(value);
    }

    /** In host order. */
    public static int of(Value value) {
        return Short.toUnsignedInt(Short.reverseBytes((short) Numbers.of(value)));
    }
}
