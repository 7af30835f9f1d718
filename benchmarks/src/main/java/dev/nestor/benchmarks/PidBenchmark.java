package dev.nestor.benchmarks;

import dev.nestor.kernel.pid.Pids;
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

/** alloc_pid() and free_pid() at every level: {@code ./mvnw -Pbench -Dbench=PidBenchmark}. A number is given out at each level above. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class PidBenchmark {
    @Param({
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
        "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32"
    })
    int level; // of the namespace

    private Pids pids;
    private int ns;

    @Setup(Level.Trial)
    public void build() {
        Staircase staircase = new Staircase(Staircase.LEVELS * Staircase.PERIOD, level);
        pids = staircase.pids();
        ns = staircase.namespace(level);
    }

    @Benchmark
    public int allocAndFree() {
        int pid = pids.allocPid(ns);
        pids.freePid(pid);
        return pid;
    }
}
