package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code nestor bench sched}: perf's scheduler and IPC benchmarks. */
@Command(
        name = "sched",
        description = "Scheduler and IPC benchmarks, of perf bench.",
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = {SchedBenches.Pipe.class, SchedBenches.Talk.class})
final class SchedBenches implements Runnable {
    @ParentCommand
    private @Nullable BenchCommand bench;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    BenchCommand bench() {
        return Objects.requireNonNull(bench, "picocli sets it");
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "Which benchmark?");
    }

    /** {@code sched pipe}. */
    @Command(name = "pipe", description = "Two tasks that send each other an int through pipes.")
    static final class Pipe implements Callable<Integer> {
        @ParentCommand
        private @Nullable SchedBenches parent;

        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Mixin
        private final BenchOptions options = new BenchOptions();

        @Option(
                names = {"-l", "--loop"},
                paramLabel = "N",
                defaultValue = "1000000",
                description = "Number of loops (default: ${DEFAULT-VALUE}).")
        private int loops;

        @Option(
                names = {"-T", "--threaded"},
                description = "Threads, not processes.")
        private boolean threaded;

        @Override
        public Integer call() {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            options.check(line);
            Counts.check(line, "--loop", loops);
            BenchCommand bench = Objects.requireNonNull(parent).bench();
            Benchmark benchmark = new SchedPipe(loops, threaded, bench.isSimple());
            bench.announce(line, benchmark.name());
            return options.run(line, benchmark);
        }
    }

    /** {@code sched messaging}. */
    @Command(name = "messaging", description = "Groups of tasks of which each sends to each other.")
    static final class Talk implements Callable<Integer> {
        private static final int FDS = 20;
        private static final int BYTES = 100;

        @ParentCommand
        private @Nullable SchedBenches parent;

        @CommandLine.Spec
        private CommandLine.Model.@Nullable CommandSpec spec;

        @Mixin
        private final BenchOptions options = new BenchOptions();

        @Option(
                names = {"-g", "--group"},
                paramLabel = "N",
                defaultValue = "10",
                description = "Number of groups (default: ${DEFAULT-VALUE}).")
        private int groups;

        @Option(
                names = {"-l", "--nr_loops"},
                paramLabel = "N",
                defaultValue = "100",
                description = "Number of messages that a sender sends to each receiver (default: ${DEFAULT-VALUE}).")
        private int loops;

        @Option(
                names = {"-p", "--pipe"},
                description = "Pipes, not pairs of sockets.")
        private boolean pipes;

        @Option(
                names = {"-t", "--thread"},
                description = "Threads, not processes.")
        private boolean threads;

        @Override
        public Integer call() {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            options.check(line);
            Counts.check(line, "--group", groups);
            Counts.check(line, "--nr_loops", loops);
            BenchCommand bench = Objects.requireNonNull(parent).bench();
            Benchmark benchmark =
                    new Told(new Messaging.Shape(groups, FDS, loops, BYTES, pipes, threads, false), bench.isSimple());
            bench.announce(line, benchmark.name());
            return options.run(line, benchmark);
        }
    }

    /** What perf prints of it. */
    private static final class Told implements Benchmark {
        private static final String NAME = "sched/messaging";

        private final Messaging.Shape shape;
        private final boolean isSimple;
        private final Messaging messaging;

        Told(Messaging.Shape shape, boolean isSimple) {
            this.shape = shape;
            this.isSimple = isSimple;
            this.messaging = new Messaging(NAME, shape);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Program main(Stage stage) {
            return messaging.main(stage);
        }

        @Override
        public void print(PrintWriter out) {
            if (isSimple) {
                out.println(messaging.elapsed().text());
                return;
            }
            String what = shape.threads() ? "threads" : "processes";
            out.printf("# %d sender and receiver %s per group%n", shape.fds(), what);
            out.printf("# %d groups == %d %s run%n%n", shape.groups(), shape.tasks(), what);
            out.println(messaging.elapsed().total());
        }

        @Override
        public Map<String, Number> figures() {
            return messaging.figures();
        }
    }
}
