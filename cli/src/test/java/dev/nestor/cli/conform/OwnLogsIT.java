package dev.nestor.cli.conform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nestor.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Logs that this machine's strace records now, of small programs: what the emulator computes is what this kernel said. */
class OwnLogsIT {
    @TempDir
    private Path directory;

    private boolean record(Path log, String script) throws IOException, InterruptedException {
        List<String> words = List.of("strace", "-f", "-ttt", "-T", "-o", log.toString(), "sh", "-c", script);
        try {
            Process strace = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output").toFile())
                    .start();
            return strace.waitFor(20, TimeUnit.SECONDS) && log.toFile().length() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 3",
                "(exit 7); echo $?; (exit 8); echo $?",
                "sleep 0.05; kill -0 $$; kill -0 1",
                "trap 'echo caught' USR1; kill -USR1 $$; echo after",
                "sh -c 'kill -KILL $$'; echo $?",
                "cd /; umask 077; ulimit -n 64; ulimit -n; pwd",
                "echo text | { read word; echo $word; }",
                "unshare --uts sh -c 'hostname nested; uname -n'",
                "unshare --pid --fork sh -c 'echo $$; sh -c \"exit 4\"; echo $?'"
            })
    void ownLog_isEqual(String script) throws IOException, InterruptedException {
        Path log = directory.resolve("own.strace");
        assumeTrue(record(log, script), "no strace here");
        Path json = directory.resolve("own.json");
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        line.execute("conform", "--json", json.toString(), log.toString());
        JsonNode families =
                new ObjectMapper().readTree(json.toFile()).get("total").get("families");
        List<String> wrong = new ArrayList<>();
        for (String family : List.of("process", "namespace", "uts", "user", "time")) {
            if (families.get(family).get("equal").asLong()
                    != families.get(family).get("computed").asLong()) {
                wrong.add(family);
            }
        }
        assertThat(wrong).as(out.toString()).isEmpty();
    }
}
