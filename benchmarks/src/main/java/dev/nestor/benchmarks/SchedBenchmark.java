package dev.nestor.benchmarks;

import dev.nestor.machine.Topology;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
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
 * The scheduler's operations by the length of a run queue and the number of CPUs: {@code ./mvnw -Pbench -Dbench=SchedBenchmark
 * -Dbench.args="-prof gc"}. The law: pick, enqueue and dequeue grow as the logarithm of the queue, a tick not at all, a wake-up
 * as the CPUs of a cache by words of 64, a balance pass as the CPUs of its domain.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx2g", "-XX:+UseSerialGC"})
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SchedBenchmark {
    private static final int LLC = 16;

    private static Topology topology(int cpus) {
        return cpus <= LLC ? Topology.plain(cpus) : Topology.of(2, cpus / LLC / 2, LLC, 1);
    }

    /** One CPU with so many tasks that yield to each other after 1 us. */
    @State(Scope.Thread)
    public static class Queue {
        @Param({"1", "10", "100", "1000", "10000"})
        int length;

        SchedHost host = new SchedHost(Topology.plain(1), 1);

        @Setup(Level.Trial)
        public void fill() {
            host = new SchedHost(Topology.plain(1), length);
            for (int i = 0; i < length; i++) {
                host.yielder(SchedHost.US);
            }
            host.loop().runUntil(length * 10L * SchedHost.US);
        }
    }

    /** A whole yield: the call, a pick, put_prev and set_next, which take one entity off the tree and put another on. */
    @Benchmark
    public long yieldAndPick(Queue queue) {
        long before = queue.host.loop().clock().now();
        queue.host.loop().runEvents(2);
        return before;
    }

    /** The peer of a pick: objects in a TreeSet by deadline, the first taken out and put back with a later one. */
    @State(Scope.Thread)
    public static class Objects {
        @Param({"1", "10", "100", "1000", "10000"})
        int length;

        final TreeSet<Entity> tree =
                new TreeSet<>(Comparator.comparingLong((Entity e) -> e.deadline).thenComparingInt(e -> e.id));
        final PriorityQueue<Entity> heap = new PriorityQueue<>(Comparator.comparingLong((Entity e) -> e.deadline));

        @Setup(Level.Trial)
        public void fill() {
            for (int i = 0; i < length; i++) {
                tree.add(new Entity(i));
                heap.add(new Entity(i));
            }
        }
    }

    static final class Entity {
        private final int id;
        private long deadline;

        Entity(int id) {
            this.id = id;
            this.deadline = id;
        }
    }

    @Benchmark
    public Object treeSetPeer(Objects objects) {
        Entity first = objects.tree.removeFirst();
        first.deadline += objects.length;
        objects.tree.add(first);
        return first;
    }

    /** The floor: a binary heap, which cannot say who is eligible. */
    @Benchmark
    public Object heapFloor(Objects objects) {
        Entity first = objects.heap.remove();
        first.deadline += objects.length;
        objects.heap.add(first);
        return first;
    }

    /** A machine of so many CPUs, each with two that compute and a task that sleeps most of the time. */
    @State(Scope.Thread)
    public static class Machine {
        @Param({"1", "8", "64", "512"})
        int cpus;

        SchedHost host = new SchedHost(Topology.plain(1), 1);
        long ms; // simulated

        @Setup(Level.Trial)
        public void fill() {
            host = new SchedHost(topology(cpus), 2 * cpus);
            for (int i = 0; i < 2 * cpus; i++) {
                host.hog();
            }
            host.loop().runUntil(2_000 * SchedHost.MS);
            ms = 2_000;
        }
    }

    /** Four ms of all CPUs: a tick and mostly a switch each, and the balancing that is due. Divide by the CPUs. */
    @Benchmark
    public long ticksOfAllCpus(Machine machine) {
        machine.ms += 4;
        machine.host.loop().runUntil(machine.ms * SchedHost.MS);
        return machine.ms;
    }

    /** A machine of so many CPUs, all idle but for a task for each that wakes every 100 us. */
    @State(Scope.Thread)
    public static class Sleepers {
        @Param({"1", "8", "64", "512"})
        int cpus;

        SchedHost host = new SchedHost(Topology.plain(1), 1);
        long us; // simulated

        @Setup(Level.Trial)
        public void fill() {
            host = new SchedHost(topology(cpus), cpus);
            for (int i = 0; i < cpus; i++) {
                host.periodic(5 * SchedHost.US, 100 * SchedHost.US);
            }
            host.loop().runUntil(100 * SchedHost.MS);
            us = 100_000;
        }
    }

    /** A wake-up, a switch and a sleep of each CPU's task. Divide by the CPUs. */
    @Benchmark
    public long wakeupsOfAllCpus(Sleepers sleepers) {
        sleepers.us += 100;
        sleepers.host.loop().runUntil(sleepers.us * SchedHost.US);
        return sleepers.us;
    }
}
