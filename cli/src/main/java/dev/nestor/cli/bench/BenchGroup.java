package dev.nestor.cli.bench;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** Benchmarks of perf that go by one name, as {@code sched} or {@code futex}. */
abstract class BenchGroup implements Runnable {
    @ParentCommand
    private @Nullable BenchCommand bench;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public final void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "Which benchmark?");
    }

    private BenchCommand bench() {
        return Objects.requireNonNull(bench, "picocli sets it");
    }

    /** One of them. */
    abstract static class One implements Callable<Integer> {
        @ParentCommand
        private @Nullable BenchGroup parent;

        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Mixin
        private final BenchOptions options = new BenchOptions();

        /** The benchmark; throws what is wrong with its options. */
        abstract Benchmark benchmark(CommandLine line, BenchCommand bench);

        /** CPUs of the machine. */
        final int cpus() {
            return options.cpus();
        }

        @Override
        public final Integer call() {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            options.check(line);
            BenchCommand bench = Objects.requireNonNull(parent).bench();
            Benchmark benchmark = benchmark(line, bench);
            bench.announce(line, benchmark.name());
            return options.run(line, benchmark);
        }
    }
}
