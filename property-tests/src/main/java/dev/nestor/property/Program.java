package dev.nestor.property;

import java.util.List;

/** Operations in their order, and the seed that they were made from. */
public record Program(long seed, List<Operation> operations) implements Seeded {
    public Program {
        operations = List.copyOf(operations);
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
