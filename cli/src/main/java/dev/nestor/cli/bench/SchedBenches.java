package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nestor bench sched}: perf's scheduler and IPC benchmarks. */
@Command(
        name = "sched",
        description = "Scheduler and IPC benchmarks, of perf bench.",
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = {SchedBenches.Pipe.class, SchedBenches.Talk.class})
final class SchedBenches extends BenchGroup {
    /** {@code sched pipe}. */
    @Command(name = "pipe", description = "Two tasks that send each other an int through pipes.")
    static final class Pipe extends One {
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
        Benchmark benchmark(CommandLine line, BenchCommand bench) {
            Counts.check(line, "--loop", loops);
            return new SchedPipe(loops, threaded, bench.isSimple());
        }
    }

    /** {@code sched messaging}. */
    @Command(name = "messaging", description = "Groups of tasks of which each sends to each other.")
    static final class Talk extends One {
        private static final int FDS = 20;
        private static final int BYTES = 100;

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
        Benchmark benchmark(CommandLine line, BenchCommand bench) {
            Counts.check(line, "--group", groups);
            Counts.check(line, "--nr_loops", loops);
            return new Told(new Messaging.Shape(groups, FDS, loops, BYTES, pipes, threads, false), bench.isSimple());
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
