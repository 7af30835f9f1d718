package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every log of the corpus, every line of it, to the last value. */
class CorpusTest {

    private final LogLimits limits = LogLimits.DEFAULT.leavingOut();
    private final RecordParser parser = new RecordParser(Logs::number, limits);
    private final List<String> oddities = new ArrayList<>();
    private long lines;
    private long calls;

    @Test
    void everyLine_isRead() throws Exception {
        Optional<Path> corpus = Logs.corpus();
        assumeTrue(corpus.isPresent(), "the corpus, ../shared/corpus beside the project, is not here");
        long start = System.nanoTime();
        List<Path> logs = logs(corpus.get());
        for (Path log : logs) {
            read(log);
        }
        System.out.printf(
                "%d logs, %d lines, %d calls, %.1f s%n", logs.size(), lines, calls, (System.nanoTime() - start) / 1e9);
        assertTrue(calls > 1_000_000, () -> calls + " calls");
        /* One log ends within a line; in one, names that were made unreadable ran over the ends of four lines. */
        assertEquals(
                List.of("kill_pid1_in_ns.strace.gz: cut at 184", "pstree_like_top.strace.gz: 4 torn"),
                oddities.stream().sorted().toList());
    }

    private static List<Path> logs(Path corpus) throws IOException {
        try (Stream<Path> files = Files.walk(corpus)) {
            return files.filter(file -> file.toString().endsWith(".strace.gz"))
                    .sorted()
                    .toList();
        }
    }

    private void read(Path log) throws LogException {
        try (LogSource source = LogSource.open(log, limits);
                TraceSpool spool = TraceSpool.read(source, limits, line -> {})) {
            lines += spool.lines();
            calls += spool.calls();
            LogException cut = spool.firstUnread();
            if (cut != null) {
                oddities.add(log.getFileName() + ": cut at " + cut.line());
            }
            if (spool.tornCalls() > 0) {
                oddities.add(log.getFileName() + ": " + spool.tornCalls() + " torn");
            }
            for (int task = 0; task < spool.tasks(); task++) {
                assertEquals(task == 0, spool.parent(task) == TraceSpool.NONE, log + " task " + task);
                readTask(spool, task);
            }
        }
    }

    private void readTask(TraceSpool spool, int task) throws LogException {
        int records = 0;
        long line = 0;
        for (TaskCursor cursor = spool.cursor(task); cursor.advance(); records++) {
            TraceRecord record = cursor.parse(parser);
            assertTrue(record.span().entryLine() > line, () -> spool.file() + ": " + record);
            line = record.span().entryLine();
        }
        assertEquals(spool.records(task), records);
    }
}
