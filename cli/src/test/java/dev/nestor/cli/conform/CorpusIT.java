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

    private final StringWriter out = new StringWriter();

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
        List<String> logs = new ArrayList<>();
        add(CORPUS.resolve("ltp-containers"), "(pidns|utsname).*[.]gz", logs);
        add(CORPUS.resolve("nested"), "pidns.*[.]gz", logs);
        JsonNode result = conform(logs);
        JsonNode total = result.get("total");
        for (String family : List.of("process", "namespace", "uts")) {
            JsonNode counts = total.get("families").get(family);
            assertShare(counts, "computed", "calls", 0.98);
            assertShare(counts, "equal", "computed", 1);
        }
        for (JsonNode log : result.get("logs")) {
            assertShare(log, "computed", "calls", 0.85);
        }
        assertShare(total, "equal", "computed", 0.99);
    }

    /** A quarter of a minute on an idle machine; a log that can't be read, or a bug that is met, is listed as skipped. */
    @Test
    void wholeCorpus_runsToItsEnd_andNamespacesAreAsOnLinux() throws IOException {
        assumeTrue(Files.isDirectory(CORPUS), "no recorded logs here");
        List<String> logs = new ArrayList<>();
        try (Stream<Path> files = Files.walk(CORPUS)) {
            files.filter(file -> file.toString().endsWith(".strace.gz"))
                    .sorted()
                    .forEach(file -> logs.add(file.toString()));
        }
        JsonNode result = conform(logs);
        assertThat(result.get("skipped")).isEmpty();
        JsonNode total = result.get("total");
        for (String family : List.of("process", "namespace", "uts", "ipc", "mount", "user", "cgroup", "time")) {
            JsonNode counts = total.get("families").get(family);
            assertShare(counts, "computed", "calls", 0.98);
            assertShare(counts, "equal", "computed", 0.995);
        }
        assertShare(total.get("families").get("net"), "computed", "calls", 0.95);
        assertShare(total.get("families").get("net"), "equal", "computed", 0.99);
        assertShare(total.get("families").get("file"), "computed", "calls", 0.95);
        assertShare(total.get("families").get("file"), "equal", "computed", 0.99);
        assertShare(total, "computed", "calls", 0.93);
        assertShare(total, "equal", "computed", 0.99);
    }

    private JsonNode conform(List<String> logs) throws IOException {
        Path json = directory.resolve("corpus.json");
        List<String> words = new ArrayList<>(List.of("conform", "--keep-going", "--json", json.toString()));
        words.addAll(logs);
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        line.execute(words.toArray(String[]::new));
        return new ObjectMapper().readTree(json.toFile());
    }

    private void assertShare(JsonNode counts, String part, String whole, double least) {
        assertThat(counts.get(part).asDouble())
                .as("%s of %s%n%s", part, whole, out)
                .isGreaterThanOrEqualTo(least * counts.get(whole).asDouble());
    }
}
