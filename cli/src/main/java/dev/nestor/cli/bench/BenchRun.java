package dev.nestor.cli.bench;

import dev.nestor.cli.program.Noise;
import dev.nestor.cli.program.NoiseThread;
import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.Programs;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.cli.strace.LogException;
import dev.nestor.event.EventLoop;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.StateHash;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Nr;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Plays a benchmark on an emulated machine. */
final class BenchRun {
    private static final int EVENTS_PER_LOOK = 1 << 14;

    /**
     * When a run is given up.
     *
     * @param maxSeconds simulated
     */
    record Limits(long maxSeconds, long maxEvents) {}

    /** What became of it: cycles, events, and what its tasks have in their task_struct, added up. */
    record Totals(
            long cycles, long events, int tasks, long voluntary, long involuntary, long migrations, String digest) {}

    private final Benchmark benchmark;
    private final Limits limits;
    private final Noise noise;
    private final Kernel kernel;
    private final Programs programs;
    private final Stage stage;
    private int main; // task
    private int tasks;
    private long voluntary;
    private long involuntary;
    private long migrations;

    /** @param onKernel is given the machine before anything runs on it */
    BenchRun(
            Benchmark benchmark,
            Noise noise,
            KernelConfig config,
            Tracepoints trace,
            Consumer<Kernel> onKernel,
            Limits limits) {
        this.benchmark = benchmark;
        this.noise = noise;
        this.limits = limits;
        kernel = new Kernel(config, trace);
        onKernel.accept(kernel);
        programs = new Programs(kernel, this::close);
        stage = new Stage(kernel);
    }

    /** @param progress is given the simulated ms, every now and then */
    Totals run(LongConsumer progress) throws LogException {
        disturb();
        main = start(benchmark.main(stage));
        stage.map(kernel.tasks().mm(main));
        EventLoop loop = kernel.eventLoop();
        long looked = loop.fired();
        while (programs.alive() > 0 && loop.step()) {
            if (loop.fired() - looked >= EVENTS_PER_LOOK) {
                looked = loop.fired();
                look(loop, progress);
            }
        }
        if (programs.alive() > 0) {
            throw new LogException(
                    LogException.Kind.SYNTAX,
                    benchmark.name(),
                    0,
                    programs.alive() + " tasks wait for what never comes");
        }
        StateHash hash = new StateHash();
        kernel.digest(hash);
        return new Totals(kernel.clock().now(), loop.fired(), tasks, voluntary, involuntary, migrations, hash.hex());
    }

    /** Each task that disturbs is a process of its own, so that no benchmark waits for it. */
    private void disturb() {
        for (int cpu = 0; noise.isOn() && cpu < stage.cpus(); cpu++) {
            WorkloadMemory memory = new WorkloadMemory(kernel);
            int task = start(new NoiseThread(noise, cpu, 0, memory, kernel.timekeeping(), stage::isOver));
            memory.map(kernel.tasks().mm(task), 1);
        }
    }

    private int start(Program program) {
        long pid = programs.start(program, Nr.NR_fork);
        int root = kernel.pids().activeNs(kernel.initTask());
        return kernel.pids().findTaskByVpid(root, (int) pid);
    }

    private void look(EventLoop loop, LongConsumer progress) throws LogException {
        long ms = kernel.timekeeping().cyclesToNs(kernel.clock().now()) / 1_000_000;
        progress.accept(ms);
        if (ms >= limits.maxSeconds() * 1000 || loop.fired() >= limits.maxEvents()) {
            String what = ms >= limits.maxSeconds() * 1000
                    ? limits.maxSeconds() + " simulated seconds: see --max-time"
                    : limits.maxEvents() + " events: see --max-events";
            throw new LogException(LogException.Kind.LIMIT, benchmark.name(), 0, "runs for more than " + what);
        }
    }

    private void close(int task) {
        if (task == main) {
            stage.end();
        }
        if (programs.of(task) instanceof NoiseThread) {
            return;
        }
        TaskTable table = kernel.tasks();
        tasks++;
        voluntary += table.nvcsw(task);
        involuntary += table.nivcsw(task);
        migrations += table.nrMigrations(task);
    }
}
