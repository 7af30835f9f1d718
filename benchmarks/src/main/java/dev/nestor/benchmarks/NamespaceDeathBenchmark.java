package dev.nestor.benchmarks;

import dev.nestor.init.KernelConfig;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
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
 * The death of a PID namespace with all its tasks, from its init's exit until the parent has waited: {@code ./mvnw -Pbench
 * -Dbench=NamespaceDeathBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx3g", "-XX:+UseSerialGC"})
@Warmup(iterations = 5)
@Measurement(iterations = 30)
public class NamespaceDeathBenchmark {
    private static final int WARM = 100_000; // tasks that die before the first measurement

    @Param({"1", "10", "100", "1000", "10000", "100000"})
    int tasks;

    private Host host;
    private int parent;
    private int reaper;

    @Setup(Level.Trial)
    public void boot() {
        host = new Host(new KernelConfig().pidMax(4 * 1024 * 1024).maxTasks(2 * tasks + 1024));
        parent = host.clone(host.init(), 0);
        for (int died = 0; died < WARM; died += tasks) {
            fill();
            death();
        }
    }

    @Setup(Level.Invocation)
    public void fill() {
        reaper = host.clone(parent, Sched.CLONE_NEWPID);
        for (int i = 1; i < tasks; i++) {
            host.clone(reaper, 0);
        }
    }

    @Benchmark
    public long death() {
        host.call(reaper, Nr.NR_exit_group);
        return Host.must(host.call(parent, Nr.NR_wait4, -1, 0, 0));
    }
}
