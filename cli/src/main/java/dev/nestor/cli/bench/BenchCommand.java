package dev.nestor.cli.bench;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nestor bench}. */
@Command(
        name = "bench",
        description = {
            "Runs benchmarks that people know, with the options and the output of the originals, on an emulated machine.",
            "Times are those of the machine.",
            ""
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = {
            SchedBenches.class,
            SyscallBenches.class,
            FutexBenches.class,
            HackbenchCommand.class,
            SchbenchCommand.class,
            CyclictestCommand.class,
            CommandLine.HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the benchmark has come to its end",
            "1:a call that it can't do without was refused",
            "2:wrong usage",
            "8:the run exceeds a limit",
            "9:the scheduler of --sched can't be loaded",
            "10:the scheduler of --sched was stopped; the fair class went on",
            "70:a bug of Nestor",
            "73:a file could not be written"
        })
public final class BenchCommand implements Runnable {
    enum Format {
        DEFAULT,
        SIMPLE
    }

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            defaultValue = "default",
            description = "default or simple, of perf's benchmarks (default: ${DEFAULT-VALUE}).")
    private Format format = Format.DEFAULT;

    @Option(
            names = {"-r", "--repeat"},
            paramLabel = "N",
            defaultValue = "10",
            description = "How often futex wake and requeue measure (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /** Whether only the figure is printed. */
    boolean isSimple() {
        return format == Format.SIMPLE;
    }

    int repeat() {
        return repeat;
    }

    /** Says what runs, as perf does. */
    void announce(CommandLine line, String name) {
        if (!isSimple()) {
            line.getOut().println("# Running '" + name + "' benchmark:");
        }
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "Which benchmark?");
    }
}
