package dev.nestor.cli.sched;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import dev.nestor.cli.Progress;
import dev.nestor.cli.ftrace.FtraceReader;
import dev.nestor.cli.ftrace.SchedEvents;
import dev.nestor.cli.strace.LogException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The trace that a command of {@code nestor sched} is about. */
final class TraceFile {
    @Parameters(
            index = "0",
            paramLabel = "TRACE",
            description = "What tracefs, trace-cmd report, perf script or nestor run --trace wrote, plain or gzip.")
    private Path trace = Path.of("");

    @Option(
            names = "--clock",
            paramLabel = "HZ",
            defaultValue = "2000000000",
            description = "Frequency of time stamps that are whole numbers (default: ${DEFAULT-VALUE}).")
    private long clockHz;

    /** Hands all events on; the exit code. */
    int read(CommandLine line, SchedEvents to, Runnable then) {
        if (clockHz < 1) {
            throw new CommandLine.ParameterException(line, "--clock must be positive");
        }
        PrintWriter err = line.getErr();
        AtomicLong lines = new AtomicLong();
        try (Progress progress = Progress.start(() -> trace + ": " + lines.get() + " lines read")) {
            new FtraceReader(trace, clockHz).read(to, lines::set);
            progress.erase();
            then.run();
            line.getOut().flush();
            return ExitCode.OK;
        } catch (LogException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.of(e.kind());
        } catch (RuntimeException | AssertionError e) {
            return Main.internalError(err, e);
        }
    }
}
