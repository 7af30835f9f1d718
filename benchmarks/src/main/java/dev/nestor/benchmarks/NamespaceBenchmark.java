package dev.nestor.benchmarks;

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
 * unshare(2), which makes a namespace and lets go of the one made before, and setns(2) from one to another and back: {@code ./mvnw
 * -Pbench -Dbench=NamespaceBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class NamespaceBenchmark {
    @Param({"mnt", "uts", "ipc", "net", "cgroup", "time"})
    String kind;

    private Host host;
    private int unsharer;
    private int mover;
    private int flag;
    private long here;
    private long there;
    private boolean isAway;

    @Setup(Level.Trial)
    public void boot() {
        host = new Host();
        flag = flag();
        unsharer = host.clone(host.init(), 0);
        int other = host.clone(host.init(), 0);
        Host.must(host.call(other, Nr.NR_unshare, flag, 0, 0));
        mover = host.clone(host.init(), 0);
        here = open("/proc/self/ns/" + kind);
        String link = kind.equals("time") ? "time_for_children" : kind;
        there = open("/proc/" + host.call(other, Nr.NR_getpid) + "/ns/" + link);
    }

    private int flag() {
        return switch (kind) {
            case "mnt" -> Sched.CLONE_NEWNS;
            case "uts" -> Sched.CLONE_NEWUTS;
            case "ipc" -> Sched.CLONE_NEWIPC;
            case "net" -> Sched.CLONE_NEWNET;
            case "cgroup" -> Sched.CLONE_NEWCGROUP;
            case "time" -> Sched.CLONE_NEWTIME;
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private long open(String path) {
        return Host.must(host.call(mover, Nr.NR_open, host.text(mover, path), 0, 0));
    }

    @Benchmark
    public long unshare() {
        return Host.must(host.call(unsharer, Nr.NR_unshare, flag, 0, 0));
    }

    @Benchmark
    public long setns() {
        isAway = !isAway;
        return Host.must(host.call(mover, Nr.NR_setns, isAway ? there : here, flag, 0));
    }
}
