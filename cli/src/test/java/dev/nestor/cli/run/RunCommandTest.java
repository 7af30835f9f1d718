package dev.nestor.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line of {@code nestor run}: its options, its report, its exit codes. */
class RunCommandTest {
    private static final String LOG = """
            10 1700000000.000000 getuid() = 0 <0.000010>
            10 1700000000.000110 getuid() = 0 <0.000010>
            10 1700000000.000220 exit_group(0) = ?
            10 1700000000.000300 +++ exited with 0 +++
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... args) {
        List<String> words = new ArrayList<>(List.of("run"));
        Arrays.stream(args).map(Object::toString).forEach(words::add);
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(words.toArray(String[]::new));
    }

    private Path log(String text) throws IOException {
        return Files.writeString(directory.resolve("log.strace"), text);
    }

    private void assertOneLine(String... parts) {
        assertThat(err.toString().strip().lines()).hasSize(1);
        assertThat(err.toString()).contains(parts).doesNotContain("Exception");
    }

    @Test
    void report_endsWithTheDigest() throws IOException {
        assertThat(run(log(LOG))).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("3 calls of 1 task", "2 CPUs at 2.000 GHz", "400,000", "PID namespaces");
        assertThat(out.toString().strip().lines().toList().getLast()).matches("digest [0-9a-f]{16}");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void recordedOrder_hasNoCpus() throws IOException {
        assertThat(run("--order", "recorded", log(LOG))).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("as in the log", "digest ")
                .doesNotContain("cycles")
                .doesNotContain("CPU");
    }

    @Test
    void topologyAndClock_areTakenOver() throws IOException {
        assertThat(run("--topology", "2,1,4,2", "--hz", "1000", "--tsc", "3000000000", log(LOG)))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("16 CPUs (2 sockets, 2 last-level caches, 8 cores, 2 threads each) at 3.000 GHz, 1000 ticks")
                .contains("600,000");
    }

    @Test
    void json_hasTheReport_andNothingElseIsLeft() throws IOException {
        Path file = directory.resolve("report.json");
        assertThat(run("--json", file, "--cpus", 3, log(LOG))).isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(out.toString()).endsWith("digest " + json.get("digest").asText() + System.lineSeparator());
        assertThat(json.get("machine").get("cpus").asInt()).isEqualTo(3);
        assertThat(json.get("cpus")).hasSize(3);
        assertThat(json.get("calls").get("byName").get("getuid").get("count").asInt())
                .isEqualTo(2);
        assertThat(json.get("tasks").get(0).get("userCycles").asLong()).isEqualTo(400_000);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--cpus 0",
                "--cpus many",
                "--cpus 8193",
                "--topology 1,2",
                "--topology 1,0,2,2",
                "--topology 99,99,99,99",
                "--cpus 2 --topology 1,1,2,1",
                "--hz 0",
                "--tsc 5",
                "--order sideways",
                "--max-time 0",
                "--max-tasks -1",
                "--frobnicate"
            })
    void wrongUsage_is2(String options) throws IOException {
        List<Object> words = new ArrayList<>(List.of((Object[]) options.split(" ")));
        words.add(log(LOG));
        assertThat(run(words.toArray())).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void noLog_is2() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scheduled", "recorded"})
    void badInput_hasItsCodes(String order) throws IOException {
        assertThat(run("--order", order, directory.resolve("nowhere"))).isEqualTo(ExitCode.UNREADABLE);
        assertThat(run("--order", order, log("\0\1\2\3\n"))).isEqualTo(ExitCode.NOT_A_LOG);
        assertThat(run("--order", order, log(LOG + "10 1700000000.0004 getuid() = 0 <0.0")))
                .isEqualTo(ExitCode.TRUNCATED);
        assertThat(run("--order", order, log(LOG.replaceFirst("getuid\\(\\)", "kill(1, , )"))))
                .isEqualTo(ExitCode.SYNTAX);
        assertThat(run("--order", order, log(LOG.replace("getuid", "nosuchcall"))))
                .isEqualTo(ExitCode.UNKNOWN_CALL);
        assertThat(run("--order", order, log(LOG.replaceFirst("getuid", "[ 999] syscall_0x3e7"))))
                .isEqualTo(ExitCode.UNKNOWN_CALL);
        assertThat(run("--order", order, "--max-line", 20, log(LOG))).isEqualTo(ExitCode.LIMIT);
        assertThat(err.toString().strip().lines()).hasSize(7).allMatch(line -> line.startsWith("nestor: "));
    }

    @Test
    void badLine_isNamed_orSkipped() throws IOException {
        Path log = log(LOG.replaceFirst("getuid\\(\\)", "kill(1, , )"));
        assertThat(run(log)).isEqualTo(ExitCode.SYNTAX);
        assertOneLine("log.strace:1: ");
        assertThat(run("--keep-going", log)).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("1 line that can't be read");
    }

    @Test
    void jsonThatCannotBeWritten_is73() throws IOException {
        assertThat(run("--json", directory.resolve("no/where.json"), log(LOG))).isEqualTo(ExitCode.CANNOT_WRITE);
        assertOneLine("can't be written");
    }

    @Test
    void limitOfTime_is8() throws IOException {
        Path log = log("10 1700000000.0 getuid() = 0 <0.000010>\n10 1700900000.0 getuid() = 0 <0.000010>\n");
        assertThat(run("--max-time", 10, log)).isEqualTo(ExitCode.LIMIT);
        assertOneLine("10 simulated seconds", "--max-time");
        assertThat(run("--max-events", 20_000, log)).isEqualTo(ExitCode.LIMIT);
    }
}
