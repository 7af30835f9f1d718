package dev.nestor.cli.bench;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nestor bench schbench}. */
@Command(name = "schbench", description = "Workers that ask message threads for work: latencies and requests a second.")
final class SchbenchCommand implements Callable<Integer> {
    private static final int MAX_PIPE = 1 << 20;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Option(
            names = {"-m", "--message-threads"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Message threads (default: ${DEFAULT-VALUE}).")
    private int messengers;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            defaultValue = "0",
            description = "Workers of a message thread (default: as many as there are CPUs for each).")
    private int workers;

    @Option(
            names = {"-r", "--runtime"},
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = {"-F", "--cache_footprint"},
            paramLabel = "KB",
            defaultValue = "256",
            description = "Size of a worker's matrices (default: ${DEFAULT-VALUE}).")
    private int kilobytes;

    @Option(
            names = {"-n", "--operations"},
            paramLabel = "N",
            defaultValue = "5",
            description = "Multiplications of a request (default: ${DEFAULT-VALUE}).")
    private int operations;

    @Option(
            names = {"-s", "--sleep_usec"},
            paramLabel = "USEC",
            defaultValue = "100",
            description = "Sleep of a request (default: ${DEFAULT-VALUE}).")
    private int sleep;

    @Option(
            names = {"-p", "--pipe"},
            paramLabel = "BYTES",
            defaultValue = "0",
            description = "Hand so many bytes over in place of work.")
    private int pipe;

    @Option(
            names = {"-w", "--warmuptime"},
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "After which all is measured anew (of runs of 30 seconds or more).")
    private int warmup;

    @Option(
            names = {"-i", "--intervaltime"},
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Between two reports (default: ${DEFAULT-VALUE}).")
    private int interval;

    @Option(
            names = {"-C", "--calibrate"},
            description = "Measure the work alone.")
    private boolean calibrate;

    @Option(
            names = {"-L", "--no-locking"},
            description = "Do not hold the CPU's lock while at work.")
    private boolean noLocking;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        options.check(line);
        Counts.check(line, "--message-threads", messengers);
        Counts.check(line, "--runtime", seconds);
        Counts.check(line, "--cache_footprint", kilobytes);
        Counts.check(line, "--operations", operations);
        Counts.check(line, "--intervaltime", interval);
        if (workers < 0 || sleep < 0 || pipe < 0 || warmup < 0) {
            throw new CommandLine.ParameterException(line, "a number is out of range");
        }
        if (workers == 0) {
            workers = (options.cpus() + messengers - 1) / messengers;
            line.getErr().println("setting worker threads to " + workers);
        }
        return options.run(
                line,
                new Schbench(new Schbench.Shape(
                        messengers,
                        workers,
                        seconds,
                        seconds < 30 ? 0 : warmup,
                        interval,
                        sleep,
                        kilobytes,
                        operations,
                        Math.min(pipe, MAX_PIPE),
                        calibrate,
                        !noLocking && !calibrate)));
    }
}
