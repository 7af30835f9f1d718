package dev.nestor.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The logs in examples/ on machines of several sizes. */
class RunExamplesIT {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final int[] CPUS = {1, 2, 8, 64};

    @TempDir
    private Path directory;

    private static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().contains(".strace")).sorted().toList().stream();
        }
    }

    private JsonNode run(Path log, int cpus) {
        Path file = directory.resolve("report.json");
        StringWriter said = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(said, true));
        line.setErr(new PrintWriter(said, true));
        int code = line.execute(
                "run",
                "--order",
                "scheduled",
                "--cpus",
                Integer.toString(cpus),
                "--json",
                file.toString(),
                log.toString());
        assertThat(code).as(said.toString()).isEqualTo(ExitCode.OK);
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By number in the outermost PID namespace. */
    private static Map<Integer, Long> computeTimes(JsonNode report) {
        Map<Integer, Long> times = new TreeMap<>();
        for (JsonNode task : report.get("tasks")) {
            times.merge(
                    task.get("numbers").get(0).asInt(), task.get("userCycles").asLong(), Long::sum);
        }
        return times;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void finishes_withTheSameComputeTimes_andARepeatableDigest(Path log) {
        Map<Integer, Long> expected = computeTimes(run(log, CPUS[0]));
        for (int cpus : CPUS) {
            JsonNode report = run(log, cpus);
            assertThat(computeTimes(report)).as("%d CPUs", cpus).isEqualTo(expected);
            assertThat(run(log, cpus).get("digest")).as("%d CPUs", cpus).isEqualTo(report.get("digest"));
            assertThat(report.get("calls").get("forced").asLong()).isZero();
            assertThat(report.get("missingTasks").asInt()).isZero();
        }
    }
}
