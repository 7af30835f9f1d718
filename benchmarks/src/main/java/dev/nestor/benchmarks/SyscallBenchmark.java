package dev.nestor.benchmarks;

import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.sched.Dispatcher;
import dev.nestor.syscalls.CallTables;
import dev.nestor.syscalls.Execution;
import dev.nestor.syscalls.Syscalls;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
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

    private Execution execution;
    private int caller;
    private int next;

    @Setup(Level.Trial)
    public void boot() {
        Kernel kernel = new Kernel(new KernelConfig());
        execution = new Execution(kernel, new Syscalls(CallTables.of(kernel), kernel.tasks()));
        kernel.wakeups().setDispatcher(new Dispatcher() {
            @Override
            public void activate(int task) {}

            @Override
            public void activateNew(int task) {}

            @Override
            public void kick(int task) {}
        });
        caller = kernel.initTask();
        for (int at = 0; at < level; at++) {
            caller = clone(kernel, Sched.CLONE_NEWPID);
        }
        for (int i = 0; i < TASKS; i++) {
            clone(kernel, 0);
        }
    }

    private int clone(Kernel kernel, long flags) {
        execution.syscalls().setArg(caller, 0, flags | Signal.SIGCHLD);
        execution.syscalls().setArg(caller, 1, 0);
        long nr = execution.enter(caller, Nr.NR_clone);
        return kernel.pids().findTaskByVpid(kernel.pids().activeNs(caller), (int) nr);
    }

    @Benchmark
    public long getpid() {
        return execution.enter(caller, Nr.NR_getpid);
    }

    /** Of each task in turn. */
    @Benchmark
    public long killWithNoSignal() {
        next = next == TASKS ? 1 : next + 1;
        execution.syscalls().setArg(caller, 0, next);
        execution.syscalls().setArg(caller, 1, 0);
        return execution.enter(caller, Nr.NR_kill);
    }
}
