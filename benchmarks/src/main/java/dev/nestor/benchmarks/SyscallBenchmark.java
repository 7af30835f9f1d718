package dev.nestor.benchmarks;

import dev.nestor.uapi.Nr;
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

/** One whole system call, from the entry on: {@code ./mvnw -Pbench -Dbench=SyscallBenchmark}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class SyscallBenchmark {
    private static final int TASKS = 1000;

    @Param({"0", "32"})
    int level; // of the caller's PID namespace

    private Host host;
    private int caller;
    private int next;

    @Setup(Level.Trial)
    public void boot() {
        host = new Host();
        caller = host.descend(host.init(), level);
        for (int i = 0; i < TASKS; i++) {
            host.clone(caller, 0);
        }
    }

    @Benchmark
    public long getpid() {
        return host.call(caller, Nr.NR_getpid);
    }

    /** Of each task in turn. */
    @Benchmark
    public long killWithNoSignal() {
        next = next == TASKS ? 1 : next + 1;
        return host.call(caller, Nr.NR_kill, next, 0, 0);
    }
}
