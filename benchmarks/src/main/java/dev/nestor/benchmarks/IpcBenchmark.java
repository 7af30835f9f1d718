package dev.nestor.benchmarks;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Ipc;
import dev.nestor.uapi.Nr;
import java.util.HashMap;
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
 * msgget() of random keys, with one message queue to as many as a namespace may have: {@code ./mvnw -Pbench
 * -Dbench=IpcBenchmark}.
 *
 * <p>Whole calls, with the check of permissions. Beside them getpid() by the same way, which is the floor of a call, plain
 * objects in a HashMap by key, and a random read of an int[] with an element for each queue. All draw their keys in the same way.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class IpcBenchmark {
    private static final int FIRST_KEY = 0x4e000000;

    /** A queue as a plain object. */
    private record Queue(int key, int id) {}

    @Param({"1", "100", "1000", "10000", "32000"})
    int queues;

    private Host host;
    private final Map<Integer, Queue> objects = new HashMap<>();
    private int[] ids;
    private long word = 0x9e3779b97f4a7c15L;

    @Setup(Level.Trial)
    public void boot() {
        host = new Host();
        ids = new int[queues];
        for (int i = 0; i < queues; i++) {
            ids[i] = (int) Host.must(host.call(host.init(), Nr.NR_msgget, FIRST_KEY + i, Ipc.IPC_CREAT | 0600, 0));
            objects.put(FIRST_KEY + i, new Queue(FIRST_KEY + i, ids[i]));
        }
    }

    private int drawn() {
        word ^= word << 13;
        word ^= word >>> 7;
        word ^= word << 17;
        return (int) (((word >>> 32) * queues) >>> 32);
    }

    @Benchmark
    public long hit() {
        return Host.must(host.call(host.init(), Nr.NR_msgget, FIRST_KEY + drawn(), 0, 0));
    }

    @Benchmark
    public long miss() {
        long result = host.call(host.init(), Nr.NR_msgget, FIRST_KEY + queues + drawn(), 0, 0);
        if (result != -Errno.ENOENT) {
            throw new IllegalStateException("a key is known");
        }
        return result;
    }

    @Benchmark
    public long getpid() {
        return host.call(host.init(), Nr.NR_getpid, drawn(), 0, 0);
    }

    @Benchmark
    public @Nullable Object hashMap() {
        return objects.get(FIRST_KEY + drawn());
    }

    @Benchmark
    public int floor() {
        return ids[drawn()];
    }
}
