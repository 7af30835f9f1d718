package dev.nestor.property;

import java.util.List;

/** Operations in their order, and the seed that they were made from. */
public record Program(long seed, List<Operation> operations) {
    public Program {
        operations = List.copyOf(operations);
    }

    /** The seed as -Dseed takes it. */
    public String seedText() {
        return "0x" + Long.toHexString(seed);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("program of seed " + seedText());
        for (Operation operation : operations) {
            text.append("\n  ").append(operation);
        }
        return text.toString();
    }
}
