package dev.nestor.property;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Prints the seed that a property begins with, and when it fails one line to paste. {@code -Dseed=0x…} sets the seed: the
 * input made from it is tried first.
 */
public final class Reproduction implements AroundPropertyHook {
    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        String name = context.containerClass().getSimpleName() + "#"
                + context.targetMethod().getName();
        long seed = seed();
        System.out.println("SEED 0x" + Long.toHexString(seed) + " " + name);
        RandomSeeds.beginAt(seed);
        PropertyExecutionResult result = property.execute();
        if (result.status() == PropertyExecutionResult.Status.FAILED) {
            result.falsifiedParameters().ifPresent(parameters -> print(name, parameters));
        }
        return result;
    }

    private static long seed() {
        String given = System.getProperty("seed", "");
        return given.isEmpty() ? Seeds.nth(System.nanoTime(), 1) : parse(given);
    }

    /** A long, in hexadecimal with 0x, of which all 64 bits may be set. */
    static long parse(String seed) {
        return seed.startsWith("0x") ? Long.parseUnsignedLong(seed.substring(2), 16) : Long.parseLong(seed);
    }

    private static void print(String name, List<Object> parameters) {
        for (Object parameter : parameters) {
            if (parameter instanceof Seeded input) {
                System.out.println("REPRODUCE ./mvnw -q -pl property-tests test -Dtest=" + name + " -Dseed="
                        + input.seedText() + " (commit " + commit() + ")");
            }
        }
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "--short", "HEAD")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return answer.isEmpty() ? "unknown" : answer;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
