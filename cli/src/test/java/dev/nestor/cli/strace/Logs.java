package dev.nestor.cli.strace;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Logs for tests: from text, and where the recorded ones are. */
final class Logs {

    static final String NAME = "test.strace";

    private static final Map<String, Integer> NUMBERS =
            Map.of("read", 0, "write", 1, "close", 3, "mmap", 9, "clone", 56, "wait4", 61, "execve", 59, "listns", 470);

    private Logs() {}

    /** Some numbers are true, and every other call has the same. */
    static int number(String name) {
        return name.startsWith("nosuch") || name.startsWith("syscall_") ? -1 : NUMBERS.getOrDefault(name, 999);
    }

    static TraceSpool spool(String text) throws LogException {
        return spool(text, LogLimits.DEFAULT);
    }

    static TraceSpool spool(String text, LogLimits limits) throws LogException {
        return spool(text.getBytes(StandardCharsets.ISO_8859_1), limits);
    }

    static TraceSpool spool(byte[] log, LogLimits limits) throws LogException {
        try (LogSource source = LogSource.of(NAME, new ByteArrayInputStream(log), limits)) {
            return TraceSpool.read(source, limits, lines -> {});
        }
    }

    static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** All records of a task. */
    static List<TraceRecord> records(TraceSpool spool, int task) throws LogException {
        return records(spool, task, new RecordParser(Logs::number, LogLimits.DEFAULT));
    }

    static List<TraceRecord> records(TraceSpool spool, int task, RecordParser parser) throws LogException {
        List<TraceRecord> records = new ArrayList<>();
        for (TaskCursor cursor = spool.cursor(task); cursor.advance(); ) {
            records.add(cursor.parse(parser));
        }
        return records;
    }

    /** The one call of a log of one line. */
    static TraceCall call(String line) throws LogException {
        try (TraceSpool spool = spool(line + "\n")) {
            return (TraceCall) records(spool, 0).getFirst();
        }
    }

    /** The value of the one argument of a call. */
    static Value value(String text) throws LogException {
        return call("read(" + text + ") = 0").args().getFirst().value();
    }

    /** The corpus lies beside the project, or beside a directory of worktrees. */
    static Optional<Path> corpus() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path corpus = at.resolve("shared/corpus");
            if (Files.isDirectory(corpus)) {
                return Optional.of(corpus);
            }
        }
        return Optional.empty();
    }
}
