package dev.nestor.benchmarks;

import dev.nestor.machine.Topology;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * Switches, wake-ups and ticks a second of a whole machine, nine of ten tasks periodic and one computing: {@code ./mvnw -Pbench
 * -Dbench=SchedEventsBenchmark -Dbench.args="-prof gc"}. An operation is a ms of simulated time; {@code scheduled} counts its
 * events, which are fewer than what the queue fires.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx3g", "-XX:+UseSerialGC"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
public class SchedEventsBenchmark {
    private static final int LLC = 16; // CPUs under a cache, at most
    private static final long SPREAD_US = 97; // so that periods differ
    private static final int DIFFERENT = 101;

    @Param({"8x1000", "64x10000", "512x1000000"})
    String cpusAndTasks = "";

    private SchedHost host = new SchedHost(Topology.plain(1), 1);
    private int cpus;
    private long end; // cycles

    /** Events that the scheduler has handled. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Counters {
        public long scheduled;
    }

    @Setup(Level.Trial)
    public void boot() {
        String[] sizes = cpusAndTasks.split("x", -1);
        cpus = Integer.parseInt(sizes[0]);
        int tasks = Integer.parseInt(sizes[1]);
        Topology topology = cpus <= LLC ? Topology.plain(cpus) : Topology.of(2, cpus / LLC / 2, LLC, 1);
        host = new SchedHost(topology, tasks);
        long eachUs = 20L * tasks / cpus; // a CPU has a wake-up every 20 us or so, and half of its time
        for (int i = 0; i < tasks; i++) {
            if (i % (tasks / cpus) == 0) {
                host.hog();
            } else {
                long us = eachUs + i % DIFFERENT * SPREAD_US * eachUs / 10_000;
                host.periodic(10 * SchedHost.US, us * SchedHost.US);
            }
        }
        host.loop().runUntil(20 * eachUs * SchedHost.US / 10);
        end = host.loop().clock().now();
    }

    /** A tick of each CPU every 4 ms is in the count. */
    @Benchmark
    public long simulatedMs(Counters counters) {
        long before = host.counted();
        end += SchedHost.MS;
        host.loop().runUntil(end);
        counters.scheduled += host.counted() - before + cpus / 4;
        return end;
    }
}
