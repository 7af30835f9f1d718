package dev.nestor.cli.sched;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code nestor sched COMMAND TRACE}. */
@Command(
        name = "sched",
        description = "Prints what perf sched prints, of a trace of the scheduler, real or simulated.",
        mixinStandardHelpOptions = true,
        subcommands = {LatencyCommand.class, TimehistCommand.class, MapCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "2:wrong usage",
            "3:the trace can't be read",
            "4:the file is no trace of ftrace",
            "5:the trace breaks off",
            "6:a line can't be parsed",
            "70:a bug of Nestor"
        })
public final class SchedCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec).commandLine(), "latency, timehist or map?");
    }
}
