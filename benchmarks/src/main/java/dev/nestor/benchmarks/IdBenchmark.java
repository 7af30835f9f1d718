package dev.nestor.benchmarks;

import static dev.nestor.kernel.cred.UserNamespaces.GID;
import static dev.nestor.kernel.cred.UserNamespaces.UID;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.uapi.Sched;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * make_kuid() and from_kuid() through user namespaces in each other, with maps of one extent, of as many as are walked, and of as
 * many as there can be: {@code ./mvnw -Pbench -Dbench=IdBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class IdBenchmark {
    private static final int EXTENT = 8; // ids

    @Param({"1", "2", "4", "8", "16", "32"})
    int depth;

    @Param({"1", "5", "340"})
    int extents;

    private UserNamespaces namespaces;
    private int ns;
    private int next;

    @Setup(Level.Trial)
    public void boot() {
        Host host = new Host();
        namespaces = host.kernel().userNamespaces();
        int[] starts = IntStream.range(0, extents).map(i -> 2 * i * EXTENT).toArray();
        int[] lengths = new int[extents];
        Arrays.fill(lengths, EXTENT);
        int task = host.init();
        for (int level = 0; level < depth; level++) {
            task = host.clone(task, Sched.CLONE_NEWUSER);
            ns = host.kernel().credTable().userNs(host.kernel().tasks().cred(task));
            boolean mapped = namespaces.setMap(ns, GID, 0, 0, 1); // without it there is no further namespace below
            if (!mapped || !namespaces.setMap(ns, UID, extents, starts, starts, lengths)) {
                throw new IllegalStateException("no room for extents");
            }
        }
    }

    /** One of the ids that are mapped, which stand for themselves: the first task's 0 has to be. */
    private int nextId() {
        next = next + 1 == extents * EXTENT ? 0 : next + 1;
        return 2 * next - next % EXTENT;
    }

    @Benchmark
    public int makeKuid() {
        return namespaces.makeKuid(ns, nextId());
    }

    @Benchmark
    public int fromKuid() {
        return namespaces.fromKid(ns, UID, nextId());
    }
}
