package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSourceTest {

    @TempDir
    Path directory;

    private static List<String> lines(LogSource source) throws LogException {
        List<String> lines = new ArrayList<>();
        while (source.advance()) {
            lines.add(new String(
                    source.bytes(), source.start(), source.end() - source.start(), StandardCharsets.ISO_8859_1));
        }
        return lines;
    }

    private static LogSource of(byte[] bytes) throws LogException {
        return LogSource.of(Logs.NAME, new ByteArrayInputStream(bytes), LogLimits.DEFAULT);
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("a.log"), bytes);
    }

    @Test
    void advance_givesEveryLine_ofPlainAndOfGzip() throws Exception {
        String text = "one\n\ntwo\r\nlast";
        for (byte[] bytes : List.of(text.getBytes(StandardCharsets.US_ASCII), Logs.gzip(text))) {
            try (LogSource source = LogSource.open(file(bytes), LogLimits.DEFAULT)) {
                assertEquals(List.of("one", "", "two", "last"), lines(source));
                assertEquals(4, source.line());
                assertFalse(source.terminated());
            }
        }
    }

    @Test
    void advance_keepsLinesWhole_acrossItsBuffer() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            text.append("x".repeat(i * 1000)).append(i).append('\n');
        }
        try (LogSource source = of(Logs.gzip(text.toString()))) {
            assertEquals(Arrays.asList(text.toString().split("\n")), lines(source));
            assertEquals(50, source.line());
        }
    }

    @Test
    void advance_isFalse_forNothing() throws Exception {
        try (LogSource source = of(new byte[0])) {
            assertFalse(source.advance());
            assertFalse(source.advance());
        }
    }

    @Test
    void open_fails_withoutFile() {
        Path missing = directory.resolve("missing.strace");
        LogException e = assertThrows(LogException.class, () -> LogSource.open(missing, LogLimits.DEFAULT));
        assertEquals(LogException.Kind.NOT_FOUND, e.kind());
        assertEquals(missing + ": no such file", e.getMessage());
    }

    @Test
    void open_fails_forDirectory() {
        LogException e = assertThrows(LogException.class, () -> LogSource.open(directory, LogLimits.DEFAULT));
        assertEquals(LogException.Kind.IO, e.kind());
    }

    @Test
    void advance_fails_whereGzipBreaksOff() throws Exception {
        byte[] whole = Logs.gzip("read(0) = 0\n".repeat(100_000));
        try (LogSource source = of(Arrays.copyOf(whole, whole.length / 2))) {
            LogException e = assertThrows(LogException.class, () -> lines(source));
            assertEquals(LogException.Kind.GZIP, e.kind());
            assertTrue(e.line() > 1, e::getMessage);
        }
    }

    @Test
    void advance_fails_whereGzipIsDamaged() throws Exception {
        byte[] bytes = Logs.gzip("read(0) = 0\n".repeat(1000));
        Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0x55);
        try (LogSource source = of(bytes)) {
            LogException e = assertThrows(LogException.class, () -> lines(source));
            assertEquals(LogException.Kind.GZIP, e.kind());
        }
    }

    @Test
    void of_fails_forHeadOfGzipAlone() {
        LogException e = assertThrows(LogException.class, () -> of(new byte[] {0x1f, (byte) 0x8b}));
        assertEquals(LogException.Kind.GZIP, e.kind());
    }

    @Test
    void advance_fails_atNul() throws Exception {
        try (LogSource source = of("read(0) = 0\nre\0ad".getBytes(StandardCharsets.US_ASCII))) {
            LogException e = assertThrows(LogException.class, () -> lines(source));
            assertEquals(LogException.Kind.BINARY, e.kind());
            assertEquals(2, e.line());
        }
    }

    @Test
    void advance_fails_atLineOfTenMegabytes() throws Exception {
        for (String end : List.of("", "\n")) {
            try (LogSource source = of(("ok\n" + "x".repeat(10 << 20) + end).getBytes(StandardCharsets.US_ASCII))) {
                LogException e = assertThrows(LogException.class, () -> lines(source));
                assertEquals(LogException.Kind.LIMIT, e.kind());
                assertEquals("test.strace:2: a line longer than 4194304 bytes", e.getMessage());
            }
        }
    }
}
