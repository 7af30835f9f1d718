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

/** {@code nestor bench hackbench}: that of rt-tests. */
@Command(name = "hackbench", description = "Groups of tasks of which each sends to each other, of rt-tests.")
final class HackbenchCommand implements Callable<Integer> {
    private static final String NAME = "hackbench";

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Option(
            names = {"-f", "--fds"},
            paramLabel = "NUM",
            defaultValue = "20",
            description = "Senders and receivers of a group, each (default: ${DEFAULT-VALUE}).")
    private int fds;

    @Option(
            names = {"-F", "--fifo"},
            description = "Use SCHED_FIFO.")
    private boolean fifo;

    @Option(
            names = {"-g", "--groups"},
            paramLabel = "NUM",
            defaultValue = "10",
            description = "Number of groups (default: ${DEFAULT-VALUE}).")
    private int groups;

    @Option(
            names = {"-l", "--loops"},
            paramLabel = "LOOPS",
            defaultValue = "100",
            description = "Messages that a sender sends to each receiver (default: ${DEFAULT-VALUE}).")
    private int loops;

    @Option(
            names = {"-p", "--pipe"},
            description = "Pipes, not pairs of sockets.")
    private boolean pipes;

    @Option(
            names = {"-s", "--datasize"},
            paramLabel = "SIZE",
            defaultValue = "100",
            description = "Bytes of a message (default: ${DEFAULT-VALUE}).")
    private int bytes;

    @Option(
            names = {"-T", "--threads"},
            description = "Threads, not processes.")
    private boolean threads;

    @Option(
            names = {"-P", "--process"},
            description = "Processes (default).")
    private boolean processes;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        options.check(line);
        Counts.check(line, "--fds", fds);
        Counts.check(line, "--groups", groups);
        Counts.check(line, "--loops", loops);
        Counts.check(line, "--datasize", bytes);
        Messaging.Shape shape = new Messaging.Shape(groups, fds, loops, bytes, pipes, threads && !processes, fifo);
        PrintWriter out = line.getOut();
        out.printf(
                "Running in %s mode with %d groups using %d file descriptors each (== %d tasks)%n",
                shape.threads() ? "threaded" : "process", groups, 2 * fds, shape.tasks());
        out.printf("Each sender will pass %d messages of %d bytes%n", loops, bytes);
        return options.run(line, new Hackbench(shape));
    }

    /** What hackbench prints of it. */
    private static final class Hackbench implements Benchmark {
        private final Messaging messaging;

        Hackbench(Messaging.Shape shape) {
            messaging = new Messaging(NAME, shape);
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
            out.println("Time: " + messaging.elapsed().text());
        }

        @Override
        public Map<String, Number> figures() {
            return messaging.figures();
        }
    }
}
