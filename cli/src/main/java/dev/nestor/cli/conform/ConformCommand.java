package dev.nestor.cli.conform;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.LimitOptions;
import dev.nestor.cli.Main;
import dev.nestor.cli.Progress;
import dev.nestor.cli.image.ImageOption;
import dev.nestor.cli.replay.ReplayOptions;
import dev.nestor.cli.strace.LogException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nestor conform LOG…}. */
@Command(
        name = "conform",
        description = {
            "Replays logs of strace on the emulated kernel, call by call in the order of the log,"
                    + " and says how its answers compare with the recorded ones.",
            "",
            "A call is computed when the emulator has worked out the result itself; a result that was taken from the log,"
                    + " for whatever reason, is neither computed nor equal.",
            ""
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every computed call is equal",
            "1:some computed call is not equal",
            "2:wrong usage",
            "3:a log can't be read",
            "4:a file is no log of strace",
            "5:a log breaks off",
            "6:a line can't be parsed",
            "7:a call of an unknown name or number",
            "8:a log exceeds a limit",
            "70:a bug of Nestor",
            "73:the JSON file could not be written"
        })
public final class ConformCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "LOG", description = "Output of strace -f, plain or gzip.")
    private List<String> logs = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Write all results to this file.")
    private @Nullable Path json;

    @Option(
            names = "--keep-going",
            description = "Skip what can't be read, a line or a whole log, count it, and go on.")
    private boolean keepGoing;

    @Option(
            names = "--differences",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "List at most this many differences of a log (default: ${DEFAULT-VALUE}); the JSON file has all.")
    private int differences;

    @Option(names = "--taken", description = "Say for what reasons results were taken from the logs, and how often.")
    private boolean taken;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Logs that are replayed at a time (default: the processors, at most 2).")
    private int jobs = Math.min(2, Runtime.getRuntime().availableProcessors());

    @Mixin
    private final LimitOptions limits = new LimitOptions();

    @Mixin
    private final ImageOption image = new ImageOption();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = commandLine();
        String complaint = differences < 0 || jobs < 1 ? "a number is too small" : limits.complaint();
        if (!complaint.isEmpty()) {
            throw new CommandLine.ParameterException(line, complaint);
        }
        PrintWriter err = line.getErr();
        try (JsonReport report = JsonReport.open(json)) {
            ConformRun run = new ConformRun(new TextReport(line.getOut(), logs, differences, taken), report, err);
            ReplayOptions options = new ReplayOptions(keepGoing, limits.maxMemory(), limits.maxTasks(), image.open());
            LogReplayer.Position position = new LogReplayer.Position();
            LogReplayer replayer = new LogReplayer(limits.logLimits(keepGoing), options, position);
            try (Progress progress = Progress.start(() -> run.progress(position, logs.size()))) {
                return run.run(logs, jobs, keepGoing, replayer, progress);
            }
        } catch (LogException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.of(e.kind());
        } catch (IOException e) {
            err.println("nestor: " + json + " can't be written: " + e.getMessage());
            return ExitCode.CANNOT_WRITE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Main.internalError(err, e);
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
