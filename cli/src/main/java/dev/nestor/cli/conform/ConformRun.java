package dev.nestor.cli.conform;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Progress;
import dev.nestor.cli.replay.ReplayReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Replays the logs of one command, several at a time, and reports them in the order in which they were named. */
final class ConformRun {
    private final TextReport text;
    private final JsonReport json;
    private final PrintWriter err;
    private final ReplayReport total = new ReplayReport();
    private final AtomicInteger done = new AtomicInteger(); // logs
    private long badLogs;
    private int firstFailure = ExitCode.OK;
    private boolean hasInternalError;

    ConformRun(TextReport text, JsonReport json, PrintWriter err) {
        this.text = text;
        this.json = json;
        this.err = err;
    }

    String progress(LogReplayer.Position position, int logs) {
        return done + " of " + logs + " logs; " + position.log.get() + ":" + position.line.get();
    }

    /** The exit code. */
    int run(List<String> logs, int jobs, boolean keepGoing, LogReplayer replayer, Progress progress)
            throws IOException, InterruptedException {
        ExecutorService workers = Executors.newFixedThreadPool(jobs);
        try {
            Iterator<String> names = logs.iterator();
            ArrayDeque<Future<LogResult>> underWay = new ArrayDeque<>();
            while (names.hasNext() || !underWay.isEmpty()) {
                while (names.hasNext() && underWay.size() < 2 * jobs) {
                    String name = names.next();
                    underWay.add(workers.submit(() -> replayer.replay(name)));
                }
                LogResult result = get(underWay.remove());
                progress.erase();
                accept(result);
                if (firstFailure != ExitCode.OK && !keepGoing) {
                    return firstFailure;
                }
                done.incrementAndGet();
            }
        } finally {
            workers.shutdownNow();
        }
        progress.erase();
        text.end(total, badLogs);
        json.end(total, badLogs);
        return exitCode();
    }

    private static LogResult get(Future<LogResult> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void accept(LogResult result) throws IOException {
        switch (result) {
            case LogResult.Replayed replayed -> {
                text.log(replayed);
                json.log(replayed);
                total.add(replayed.report());
            }
            case LogResult.Failed failed -> {
                text.flush();
                err.println("nestor: " + failed.message());
                err.flush();
                json.failed(failed);
                badLogs++;
                hasInternalError |= failed.exitCode() == ExitCode.INTERNAL;
                firstFailure = firstFailure == ExitCode.OK ? failed.exitCode() : firstFailure;
            }
        }
    }

    /** A bug says most, then a difference, then what was left out. */
    private int exitCode() {
        if (hasInternalError) {
            return ExitCode.INTERNAL;
        }
        return total.total().isAllEqual() ? firstFailure : ExitCode.DIFFERENT;
    }
}
