package dev.nestor.cli.replay;

import dev.nestor.cli.image.FileImage;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.LogSource;
import dev.nestor.cli.strace.TraceSpool;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Replays logs that a test has written down. */
final class Replays {
    static final LogLimits LIMITS = LogLimits.DEFAULT;

    private Replays() {}

    static ReplayReport of(String log) {
        return of(log, FileImage.NONE);
    }

    static ReplayReport of(String log, FileImage image) {
        byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
        try (LogSource source = LogSource.of("test", new ByteArrayInputStream(bytes), LIMITS);
                TraceSpool spool = TraceSpool.read(source, LIMITS, lines -> {})) {
            return RecordedReplay.of(spool, LIMITS, new ReplayOptions(false, 64 << 20, 4096, image), lines -> {});
        } catch (LogException e) {
            throw new AssertionError(e);
        }
    }

    /** The lines of one task that makes one call a millisecond and then exits; each is what follows the time. */
    static String oneTask(String... calls) {
        StringBuilder log = new StringBuilder();
        int at = 0;
        for (String call : calls) {
            log.append("100 1700000000.")
                    .append(String.format("%06d", at++ * 1000))
                    .append(' ')
                    .append(call);
            log.append(" <0.000010>\n");
        }
        log.append("100 1700000000.").append(String.format("%06d", at * 1000)).append(" +++ exited with 0 +++\n");
        return log.toString();
    }
}
