package dev.nestor.cli.conform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every kind of bad input ends in one line that names file and line, and in an exit code of its own. */
class BadInputTest {
    private static final String GOOD = """
            100 1700000000.000000 getuid() = 0 <0.000010>
            100 1700000000.000100 getuid() = 0 <0.000010>
            100 1700000000.000200 +++ exited with 0 +++
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int conform(Object... args) {
        List<String> words = new ArrayList<>(List.of("conform", "--jobs", "1"));
        Arrays.stream(args).map(Object::toString).forEach(words::add);
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(words.toArray(String[]::new));
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private Path write(String name, String text) throws IOException {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private void assertOneLine(String... parts) {
        String message = err.toString();
        assertThat(message.strip().lines()).hasSize(1);
        assertThat(message).contains(parts).doesNotContain("Exception").doesNotContain("\tat ");
    }

    @Test
    void good_log_isReplayed() throws IOException {
        Path log = write("good.strace", GOOD);
        assertThat(conform(log)).isLessThan(ExitCode.USAGE);
        assertThat(out.toString()).contains("total");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void gzip_isReadLikePlain() throws IOException {
        assertThat(conform(write("good.strace.gz", gzip(GOOD)))).isLessThan(ExitCode.USAGE);
    }

    @Test
    void missingFile_isUnreadable() {
        assertThat(conform(directory.resolve("none"))).isEqualTo(ExitCode.UNREADABLE);
        assertOneLine("none", "no such file");
    }

    @Test
    void directory_isUnreadable() {
        assertThat(conform(directory)).isEqualTo(ExitCode.UNREADABLE);
        assertOneLine("is a directory");
    }

    @Test
    void noArguments_areBadUsage() {
        assertThat(conform()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void unknownOption_isBadUsage() {
        assertThat(conform("--frobnicate", "x")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void negativeLimit_isBadUsage() {
        assertThat(conform("--max-line=-1", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("positive");
    }

    @Test
    void cutLine_isTruncated() throws IOException {
        Path log = write("cut.strace", GOOD + "100 1700000000.000300 getuid() = 0 <0.0");
        assertThat(conform(log)).isEqualTo(ExitCode.TRUNCATED);
        assertOneLine("cut.strace:4:", "truncated");
    }

    @Test
    void cutLine_isCounted_whenKeepingGoing() throws IOException {
        Path log = write("cut.strace", GOOD + "100 1700000000.000300 getuid() = 0 <0.0");
        assertThat(conform("--keep-going", log)).isLessThan(ExitCode.USAGE);
        assertThat(out.toString()).contains("1 lines");
    }

    @Test
    void brokenGzip_isTruncated() throws IOException {
        byte[] packed = gzip(GOOD.repeat(200));
        Path log = write("broken.strace.gz", Arrays.copyOf(packed, packed.length - 20));
        assertThat(conform(log)).isEqualTo(ExitCode.TRUNCATED);
        assertOneLine("broken.strace.gz", "breaks off");
    }

    @Test
    void binaryFile_isNoLog() throws IOException {
        Path log = write("binary", new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0});
        assertThat(conform(log)).isEqualTo(ExitCode.NOT_A_LOG);
        assertOneLine("binary:1:", "NUL");
    }

    @Test
    void otherText_isNoLog() throws IOException {
        assertThat(conform(write("prose", "It was a dark and stormy night.\n".repeat(30))))
                .isEqualTo(ExitCode.NOT_A_LOG);
        assertOneLine("prose", "not a log of strace");
    }

    @Test
    void strangeLine_isASyntaxError() throws IOException {
        Path log = write("strange.strace", GOOD + "hello, world\n" + GOOD);
        assertThat(conform(log)).isEqualTo(ExitCode.SYNTAX);
        assertOneLine("strange.strace:4:");
    }

    @Test
    void strangeLine_isSkipped_whenKeepingGoing() throws IOException {
        Path log = write("strange.strace", GOOD + "hello, world\n" + GOOD);
        assertThat(conform("--keep-going", log)).isLessThan(ExitCode.USAGE);
        assertThat(out.toString()).contains("skipped: 0 logs, 1 lines");
    }

    @Test
    void strangeArgument_isASyntaxError() throws IOException {
        Path log = write("strange.strace", "100 1700000000.000000 kill(1, , ) = 0 <0.000010>\n" + GOOD);
        assertThat(conform(log)).isEqualTo(ExitCode.SYNTAX);
        assertOneLine("strange.strace:1:");
    }

    @Test
    void strangeArgument_isSkipped_whenKeepingGoing() throws IOException {
        Path log = write("strange.strace", "100 1700000000.000000 kill(1, , ) = 0 <0.000010>\n" + GOOD);
        assertThat(conform("--keep-going", log)).isLessThan(ExitCode.USAGE);
        assertThat(out.toString()).contains("1 lines");
    }

    @Test
    void unknownName_isAnUnknownCall() throws IOException {
        Path log = write("unknown.strace", "100 1700000000.000000 frobnicate(1) = 0 <0.000010>\n" + GOOD);
        assertThat(conform(log)).isEqualTo(ExitCode.UNKNOWN_CALL);
        assertOneLine("unknown.strace:1:", "frobnicate");
    }

    @Test
    void unknownNumber_isAnUnknownCall() throws IOException {
        Path log = write("unknown.strace", "100 1700000000.000000 [9999] syscall_0x270f(0x1) = 0 <0.000010>\n" + GOOD);
        assertThat(conform(log)).isEqualTo(ExitCode.UNKNOWN_CALL);
        assertOneLine("unknown.strace:1:", "9999");
    }

    @Test
    void longLine_exceedsALimit() throws IOException {
        Path log = write("long.strace", GOOD + "100 1700000000.000300 write(1, \"" + "x".repeat(10_000_000) + "\n");
        assertThat(conform(log)).isEqualTo(ExitCode.LIMIT);
        assertOneLine("long.strace:4:", "longer than");
    }

    @Test
    void badLog_isSkipped_whenKeepingGoing() throws IOException {
        Path bad = write("prose", "It was a dark and stormy night.\n".repeat(30));
        Path good = write("good.strace", GOOD);
        assertThat(conform("--keep-going", bad, good)).isIn(ExitCode.DIFFERENT, ExitCode.NOT_A_LOG);
        assertThat(out.toString()).contains("good.strace").contains("skipped: 1 logs");
    }

    @Test
    void badLog_endsTheRun() throws IOException {
        Path bad = write("prose", "It was a dark and stormy night.\n".repeat(30));
        Path good = write("good.strace", GOOD);
        Path json = directory.resolve("result.json");
        assertThat(conform("--json", json, bad, good)).isEqualTo(ExitCode.NOT_A_LOG);
        assertThat(json).doesNotExist();
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(bad, good);
        }
    }

    @Test
    void jsonInMissingFolder_cannotBeWritten() throws IOException {
        Path log = write("good.strace", GOOD);
        assertThat(conform("--json", directory.resolve("no/such/folder.json"), log))
                .isEqualTo(ExitCode.CANNOT_WRITE);
        assertOneLine("folder.json", "can't be written");
    }
}
