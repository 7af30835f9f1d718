package dev.nestor.cli.conform;

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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The logs in examples/, as the README replays them. */
class ExamplesIT {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();

    private JsonNode conform(String json) throws IOException {
        List<String> words = new ArrayList<>(
                List.of("conform", "--json", directory.resolve(json).toString()));
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            files.filter(file -> file.toString().contains(".strace"))
                    .sorted()
                    .forEach(file -> words.add(file.toString()));
        }
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        assertThat(line.execute(words.toArray(String[]::new)))
                .as(out.toString())
                .isIn(ExitCode.OK, ExitCode.DIFFERENT);
        return new ObjectMapper().readTree(directory.resolve(json).toFile());
    }

    @Test
    void examples_areComputedAndEqual() throws IOException {
        JsonNode total = conform("first.json").get("total");
        assertThat(total.get("computed").asDouble() / total.get("calls").asDouble())
                .isGreaterThan(0.85);
        assertThat(total.get("equal").asDouble() / total.get("computed").asDouble())
                .isGreaterThan(0.99);
        for (String family : List.of("process", "namespace", "uts")) {
            JsonNode counts = total.get("families").get(family);
            assertThat(counts.get("computed").asDouble() / counts.get("calls").asDouble())
                    .as(family)
                    .isGreaterThan(0.98);
            assertThat(counts.get("equal").asLong())
                    .as(family)
                    .isEqualTo(counts.get("computed").asLong());
        }
    }

    @Test
    void twoRuns_saySame() throws IOException {
        assertThat(conform("first.json")).isEqualTo(conform("second.json"));
        String both = out.toString();
        assertThat(both.substring(0, both.length() / 2)).isEqualTo(both.substring(both.length() / 2));
    }
}
