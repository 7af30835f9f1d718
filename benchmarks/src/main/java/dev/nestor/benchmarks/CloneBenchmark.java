package dev.nestor.benchmarks;

import dev.nestor.uapi.Sched;
import java.util.Locale;
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
 * clone, exit and wait with each CLONE_NEW flag and with all of them, from every level of PID namespaces: {@code ./mvnw -Pbench
 * -Dbench=CloneBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CloneBenchmark {
    /** What the child gets of its own. */
    enum Flags {
        NONE(0),
        NEWNS(Sched.CLONE_NEWNS),
        NEWUTS(Sched.CLONE_NEWUTS),
        NEWIPC(Sched.CLONE_NEWIPC),
        NEWUSER(Sched.CLONE_NEWUSER),
        NEWPID(Sched.CLONE_NEWPID),
        NEWNET(Sched.CLONE_NEWNET),
        NEWCGROUP(Sched.CLONE_NEWCGROUP),
        NEWTIME(Sched.CLONE_NEWTIME),
        ALL(Sched.CLONE_NEWNS
                | Sched.CLONE_NEWUTS
                | Sched.CLONE_NEWIPC
                | Sched.CLONE_NEWUSER
                | Sched.CLONE_NEWPID
                | Sched.CLONE_NEWNET
                | Sched.CLONE_NEWCGROUP
                | Sched.CLONE_NEWTIME);

        private final long bits;

        Flags(long bits) {
            this.bits = bits;
        }
    }

    @Param({"none", "newns", "newuts", "newipc", "newuser", "newpid", "newnet", "newcgroup", "newtime", "all"})
    String flags;

    @Param({
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
        "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31"
    })
    int level; // of the parent's PID namespace

    private Host host;
    private int parent;
    private long bits;

    @Setup(Level.Trial)
    public void boot() {
        host = new Host();
        parent = host.descend(host.init(), level);
        if (level == 0) {
            parent = host.clone(parent, 0); // the first task reaps by itself
        }
        bits = Flags.valueOf(flags.toUpperCase(Locale.ROOT)).bits;
    }

    @Benchmark
    public long life() {
        return host.live(parent, bits);
    }
}
