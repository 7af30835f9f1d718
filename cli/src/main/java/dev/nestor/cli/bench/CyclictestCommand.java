package dev.nestor.cli.bench;

import dev.nestor.uapi.Sched;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nestor bench cyclictest}: the latency loop of rt-tests' cyclictest. What it prints is what {@code -q} prints. */
@Command(
        name = "cyclictest",
        description = "Threads that sleep to the next period and look how late they are, of rt-tests.")
final class CyclictestCommand implements Callable<Integer> {
    private static final int MAX_PRIORITY = 99;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Option(
            names = {"-a", "--affinity"},
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "CPUSET",
            description = "CPUs of the threads, in turn (default: all).")
    private @Nullable String affinity;

    @Option(
            names = {"-t", "--threads"},
            arity = "0..1",
            fallbackValue = "0",
            defaultValue = "1",
            paramLabel = "NUM",
            description = "Number of threads; without NUM one for each CPU (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = {"-S", "--smp"},
            description = "As -a -t.")
    private boolean smp;

    @Option(
            names = {"-p", "--priority"},
            paramLabel = "PRIO",
            description = "Priority of the threads, which makes them real-time.")
    private @Nullable Integer priority;

    @Option(names = "--priospread", description = "Each thread has one priority less than the one before.")
    private boolean spread;

    @Option(names = "--policy", paramLabel = "NAME", description = "other, normal, batch, idle, fifo or rr.")
    private @Nullable String policy;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "INTV",
            defaultValue = "1000",
            description = "Interval of the first thread, in us (default: ${DEFAULT-VALUE}).")
    private int interval;

    @Option(
            names = {"-d", "--distance"},
            paramLabel = "DIST",
            defaultValue = "500",
            description = "Distance of the threads' intervals, in us (default: ${DEFAULT-VALUE}).")
    private int distance;

    @Option(
            names = {"-l", "--loops"},
            paramLabel = "LOOPS",
            defaultValue = "0",
            description = "Number of loops of the first thread.")
    private int loops;

    @Option(
            names = {"-D", "--duration"},
            paramLabel = "TIME",
            defaultValue = "0",
            description = "Length of the run in seconds; 'm', 'h' or 'd' behind it for minutes, hours or days.")
    private String duration = "0";

    @Option(
            names = {"-h", "--histogram"},
            paramLabel = "US",
            defaultValue = "0",
            description = "Print a histogram of the latencies below US.")
    private int histogram;

    @Option(
            names = {"-r", "--relative"},
            description = "Relative sleeps, not absolute ones.")
    private boolean relative;

    @Option(
            names = {"-N", "--nsecs"},
            description = "Results in ns, not us.")
    private boolean nanoseconds;

    @SuppressWarnings("unused")
    @Option(
            names = {"-m", "--mlockall"},
            description = "Without effect: no memory is ever swapped.")
    private boolean mlockall;

    @SuppressWarnings("unused")
    @Option(
            names = {"-q", "--quiet"},
            description = "Print a summary only, at the end. It is never otherwise.")
    private boolean quiet;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        options.check(line);
        return options.run(line, new Cyclictest(shape(line)));
    }

    private Cyclictest.Shape shape(CommandLine line) {
        int seconds = seconds(line);
        if (loops <= 0 && seconds <= 0) {
            throw new CommandLine.ParameterException(
                    line, "--loops or --duration is needed: nobody interrupts the run");
        }
        if (interval < 1 || distance < 0 || histogram < 0 || histogram > 1_000_000 || threads < 0 || loops < 0) {
            throw new CommandLine.ParameterException(line, "a number is out of range");
        }
        int number = smp || threads == 0 ? options.cpus() : threads;
        int how = policy(line);
        boolean isRealtime = how == Sched.SCHED_FIFO || how == Sched.SCHED_RR;
        int wanted = priority == null ? 0 : priority;
        if (wanted < 0 || wanted > MAX_PRIORITY) {
            throw new CommandLine.ParameterException(line, "--priority: 0 to " + MAX_PRIORITY);
        }
        if (isRealtime && wanted == 0) {
            wanted = Math.min(number + 1, MAX_PRIORITY);
            line.getErr().println("defaulting realtime priority to " + wanted);
        }
        return new Cyclictest.Shape(
                number,
                how,
                isRealtime ? wanted : 0,
                spread && isRealtime,
                interval,
                distance,
                loops,
                seconds,
                histogram,
                cpus(line),
                relative,
                nanoseconds);
    }

    private int policy(CommandLine line) {
        String named = policy;
        if (named == null) {
            return priority == null ? Sched.SCHED_NORMAL : Sched.SCHED_FIFO;
        }
        return switch (named.toLowerCase(Locale.ROOT)) {
            case "other", "normal" -> Sched.SCHED_NORMAL;
            case "batch" -> Sched.SCHED_BATCH;
            case "idle" -> Sched.SCHED_IDLE;
            case "fifo" -> Sched.SCHED_FIFO;
            case "rr" -> Sched.SCHED_RR;
            default -> throw new CommandLine.ParameterException(line, "--policy: " + named + " is no policy");
        };
    }

    private int seconds(CommandLine line) {
        String digits = duration.isEmpty() ? "?" : duration;
        int unit = 1;
        switch (digits.charAt(digits.length() - 1)) {
            case 'm' -> unit = 60;
            case 'h' -> unit = 3600;
            case 'd' -> unit = 86_400;
            default -> digits += "s";
        }
        try {
            return Math.multiplyExact(Integer.parseInt(digits.substring(0, digits.length() - 1)), unit);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new CommandLine.ParameterException(line, "--duration: " + duration + " is no time", e);
        }
    }

    /** {@code 0,2-3}. */
    private List<Integer> cpus(CommandLine line) {
        List<Integer> found = new ArrayList<>();
        String set = affinity == null || affinity.isEmpty() ? "0-" + (options.cpus() - 1) : affinity;
        for (String part : set.split(",", -1)) {
            String[] ends = part.split("-", 2);
            try {
                int last = Integer.parseInt(ends[ends.length - 1]);
                for (int cpu = Integer.parseInt(ends[0]); cpu <= last && last < options.cpus(); cpu++) {
                    found.add(cpu);
                }
            } catch (NumberFormatException e) {
                throw new CommandLine.ParameterException(line, "--affinity: " + part + " is no CPU", e);
            }
        }
        if (found.isEmpty()) {
            throw new CommandLine.ParameterException(line, "--affinity: " + set + ": no such CPU");
        }
        return found;
    }
}
