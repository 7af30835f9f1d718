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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code nestor run FILE --preempt MODEL}. */
class PreemptTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(new StringWriter(), true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private JsonNode report(Path file, String model) throws IOException {
        Path json = directory.resolve("report.json");
        assertThat(run("run", file.toString(), "--preempt", model, "--json", json.toString()))
                .as(file + " " + model + ": " + err)
                .isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(json.toFile());
    }

    /** The calls are the same whoever gives way to whom, and so is what they answer; only when differs. */
    @ParameterizedTest
    @ValueSource(strings = {"voluntary", "full", "lazy"})
    void everyLog_runsToItsEnd_theSameTwice(String model) throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            List<Path> logs =
                    files.filter(f -> f.toString().contains(".strace")).sorted().toList();
            assertThat(logs).hasSizeGreaterThan(5);
            for (Path log : logs) {
                JsonNode none = report(log, "none");
                JsonNode other = report(log, model);
                assertThat(other.get("calls").get("inLog"))
                        .isEqualTo(none.get("calls").get("inLog"));
                assertThat(other.get("tasks").size())
                        .isEqualTo(none.get("tasks").size());
                assertThat(report(log, model).get("digest")).isEqualTo(other.get("digest"));
            }
        }
    }

    @Test
    void anUnknownModel_isWrongUsage() {
        assertThat(run("run", "x.json", "--preempt", "rt")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--preempt");
    }
}
