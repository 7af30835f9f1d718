package dev.nestor.cli.conform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** What PID and UTS namespaces have to reach on the recorded tests of the Linux Test Project, where these are at hand. */
class CorpusIT {
    private static final Path CORPUS = Path.of("..", "..", "shared", "corpus");

    @TempDir
    private Path directory;

    private static void add(Path folder, String pattern, List<String> words) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.getFileName().toString().matches(pattern))
                    .sorted()
                    .forEach(file -> words.add(file.toString()));
        }
    }

    @Test
    void pidAndUtsNamespaces_areComputedAndEqual() throws IOException {
        assumeTrue(Files.isDirectory(CORPUS), "no recorded logs here");
        Path json = directory.resolve("corpus.json");
        List<String> words = new ArrayList<>(List.of("conform", "--json", json.toString()));
        add(CORPUS.resolve("ltp-containers"), "(pidns|utsname).*[.]gz", words);
        add(CORPUS.resolve("nested"), "pidns.*[.]gz", words);
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        line.execute(words.toArray(String[]::new));
        JsonNode result = new ObjectMapper().readTree(json.toFile());
        JsonNode total = result.get("total");
        for (String family : List.of("process", "namespace", "uts")) {
            JsonNode counts = total.get("families").get(family);
            assertShare(counts, "computed", "calls", 0.98, out);
            assertShare(counts, "equal", "computed", 1, out);
        }
        for (JsonNode log : result.get("logs")) {
            assertShare(log, "computed", "calls", 0.85, out);
        }
        assertShare(total, "equal", "computed", 0.99, out);
    }

    private static void assertShare(JsonNode counts, String part, String whole, double least, StringWriter out) {
        assertThat(counts.get(part).asDouble())
                .as("%s of %s%n%s", part, whole, out)
                .isGreaterThanOrEqualTo(least * counts.get(whole).asDouble());
    }
}
