package dev.nestor.benchmarks;

import dev.nestor.kernel.pid.Pids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * find_vpid() from each level of nesting, with a hundred to a million tasks: {@code ./mvnw -Pbench -Dbench=PidsBenchmark}.
 *
 * <p>Beside it plain objects, where each namespace has a HashMap from number to pid, and the floor: a random read of an int[]
 * with an element for each number. All draw their numbers in the same way, which costs about a nanosecond.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xmx4g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class PidsBenchmark {
    /** Random numbers: those that a pid has, and those that none has. */
    abstract static class Numbers {
        private long word = 0x9e3779b97f4a7c15L;
        int periods; // groups of numbers, of which the last one is free

        private long next() {
            word ^= word << 13;
            word ^= word >>> 7;
            word ^= word << 17;
            return word;
        }

        final int used() {
            long drawn = next();
            int period = (int) (((drawn >>> 32) * periods) >>> 32);
            int place = (int) (((drawn & 0xffff) * (Staircase.PERIOD - 1)) >>> 16);
            return period * Staircase.PERIOD + place + 1;
        }

        final int free() {
            int period = (int) (((next() >>> 32) * periods) >>> 32);
            return (period + 1) * Staircase.PERIOD;
        }
    }

    /** The emulator's own. */
    @State(Scope.Thread)
    public static class Emulated extends Numbers {
        @Param({"100", "10000", "1000000"})
        int tasks;

        @Param({
            "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
            "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32"
        })
        int level;

        Pids pids;
        int ns;

        @Setup(Level.Trial)
        public void build() {
            Staircase staircase = new Staircase(Math.max(tasks, Staircase.LEVELS * Staircase.PERIOD), level);
            pids = staircase.pids();
            ns = staircase.namespace(level);
            periods = staircase.seen() / Staircase.PERIOD;
        }
    }

    @Benchmark
    public int hit(Emulated emulated) {
        return emulated.pids.findVpid(emulated.ns, emulated.used());
    }

    @Benchmark
    public int miss(Emulated emulated) {
        return emulated.pids.findVpid(emulated.ns, emulated.free());
    }

    /** What a number stands for, as an object. */
    static final class PidObject {
        private final int[] numbers; // by level

        PidObject(int levels) {
            numbers = new int[levels];
        }
    }

    /** The same pids with the same numbers: an object for each namespace, and in it a HashMap from number to pid. */
    @State(Scope.Thread)
    public static class Mapped extends Numbers {
        @Param({"100", "10000", "1000000"})
        int tasks;

        @Param({"1", "16", "32"})
        int level;

        final List<Map<Integer, PidObject>> namespaces = new ArrayList<>(); // by level

        @Setup(Level.Trial)
        public void build() {
            int count = Math.max(tasks, Staircase.LEVELS * Staircase.PERIOD);
            int[] last = new int[Staircase.LEVELS + 1];
            for (int at = 0; at <= Staircase.LEVELS; at++) {
                namespaces.add(new HashMap<>());
            }
            for (int i = 0; i < count; i++) {
                int at = 1 + i % Staircase.LEVELS;
                PidObject pid = new PidObject(at + 1);
                for (int up = 0; up <= at; up++) {
                    pid.numbers[up] = ++last[up];
                    namespaces.get(up).put(last[up], pid);
                }
                if (at >= level && last[level] % Staircase.PERIOD == 0) {
                    for (int up = 0; up <= at; up++) {
                        namespaces.get(up).remove(pid.numbers[up]);
                    }
                }
            }
            periods = last[level] / Staircase.PERIOD;
        }
    }

    @Benchmark
    public @Nullable Object hashMapHit(Mapped mapped) {
        return mapped.namespaces.get(mapped.level).get(mapped.used());
    }

    @Benchmark
    public @Nullable Object hashMapMiss(Mapped mapped) {
        return mapped.namespaces.get(mapped.level).get(mapped.free());
    }

    /** An int for each number. */
    @State(Scope.Thread)
    public static class Flat extends Numbers {
        @Param({"100", "10000", "1000000"})
        int tasks;

        @Param({"1", "16", "32"})
        int level;

        int[] array = {};

        @Setup(Level.Trial)
        public void build() {
            int count = Math.max(tasks, Staircase.LEVELS * Staircase.PERIOD);
            int seen = count / Staircase.LEVELS * (Staircase.LEVELS + 1 - level);
            periods = seen / Staircase.PERIOD;
            array = new int[seen + 1];
        }
    }

    @Benchmark
    public int floor(Flat flat) {
        return flat.array[flat.used()];
    }
}
