package dev.nestor.cli.conform;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import dev.nestor.cli.replay.RecordedReplay;
import dev.nestor.cli.replay.ReplayOptions;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.LogSource;
import dev.nestor.cli.strace.TraceSpool;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Reads and replays one log after the other; each worker has its own. */
final class LogReplayer {
    private final LogLimits limits;
    private final ReplayOptions options;
    private final Position position;

    LogReplayer(LogLimits limits, ReplayOptions options, Position position) {
        this.limits = limits;
        this.options = options;
        this.position = position;
    }

    /** Where the work stands, for the progress line; written by the workers. */
    static final class Position {
        final AtomicReference<String> log = new AtomicReference<>("");
        final AtomicLong line = new AtomicLong();

        void at(String name, long lines) {
            log.set(name);
            line.set(lines);
        }
    }

    LogResult replay(String name) {
        AtomicLong line = new AtomicLong();
        try (LogSource source = LogSource.open(Path.of(name), limits);
                TraceSpool spool = TraceSpool.read(source, limits, at -> position.at(name, at))) {
            return new LogResult.Replayed(name, RecordedReplay.of(spool, limits, options, at -> {
                line.set(at);
                position.at(name, at);
            }));
        } catch (LogException e) {
            return new LogResult.Failed(name, ExitCode.of(e.kind()), e.getMessage());
        } catch (OutOfMemoryError e) {
            return new LogResult.Failed(
                    name,
                    ExitCode.LIMIT,
                    place(name, line) + "needs more memory than there is: raise NESTOR_JAVA_OPTS=-Xmx");
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            Main.showStack(new PrintWriter(System.err, true, StandardCharsets.UTF_8), e);
            return new LogResult.Failed(
                    name, ExitCode.INTERNAL, place(name, line) + "internal error: " + Main.describe(e));
        }
    }

    private static String place(String name, AtomicLong line) {
        return line.get() == 0 ? name + ": " : name + ":" + line.get() + ": ";
    }
}
