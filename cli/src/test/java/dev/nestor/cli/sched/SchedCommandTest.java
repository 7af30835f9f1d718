package dev.nestor.cli.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A recording of perf sched (script.txt: perf script), and what perf 6 printed of it. */
class SchedCommandTest {
    private static final Pattern ROW = Pattern.compile(
            "  (.*?):(\\S+) +\\| +([\\d.]+) ms \\| +(\\d+) \\| avg: +([\\d.]+) ms \\| max: +([\\d.]+) ms .*");

    /** perf's own times are in ns, those of its script in us. */
    private static final double ROUNDED_MS = 0.0025;

    private final StringWriter err = new StringWriter();

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(SchedCommandTest.class.getResource(name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> run(String... args) {
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute(args)).as(err.toString()).isEqualTo(ExitCode.OK);
        return out.toString().lines().toList();
    }

    @Test
    void map_isPerfs() throws IOException {
        assertThat(run("sched", "map", resource("script.txt").toString()))
                .isEqualTo(Files.readAllLines(resource("map.txt")));
    }

    /** perf shows the thread group behind a thread's number, which the events do not tell. */
    @Test
    void timehist_isPerfs() throws IOException {
        List<String> ours = run("sched", "timehist", resource("script.txt").toString());
        List<String> perfs = Files.readAllLines(resource("timehist.txt"));

        assertThat(ours).hasSameSizeAs(perfs);
        for (int i = 3; i < perfs.size(); i++) {
            List<String> own = columns(ours.get(i));
            List<String> perf = columns(perfs.get(i));
            assertThat(own.subList(0, 2)).as("line " + (i + 1)).isEqualTo(perf.subList(0, 2));
            for (int column = 2; column < 5; column++) {
                assertThat(Double.parseDouble(own.get(column)))
                        .as("line " + (i + 1))
                        .isCloseTo(Double.parseDouble(perf.get(column)), Offset.offset(ROUNDED_MS));
            }
        }
    }

    private static List<String> columns(String line) {
        return List.of(line.replaceAll("/\\d+]", "]").strip().split(" {2,}|(?<=]) "));
    }

    /**
     * The CPU time is perf's but for what the counters of tasks know beyond the switches. perf does not see that a task waits that
     * was preempted in the kernel.
     */
    @Test
    void latency_isPerfs() throws IOException {
        List<String> ours = run("sched", "latency", resource("script.txt").toString());
        List<String> perfs = Files.readAllLines(resource("latency.txt"));
        String script = Files.readString(resource("script.txt"));

        assertThat(ours).hasSameSizeAs(perfs);
        for (String line : perfs) {
            Matcher perf = ROW.matcher(line);
            if (perf.matches()
                    && !script.contains("prev_comm=" + perf.group(1) + " prev_pid=" + perf.group(2)
                            + " prev_prio=120 prev_state=R+")) {
                Matcher own = ours.stream()
                        .map(ROW::matcher)
                        .filter(m -> m.matches() && m.group(1).equals(perf.group(1)))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(perf.group(1)));
                assertThat(own.group(2)).as(line).isEqualTo(perf.group(2));
                assertThat(own.group(4)).as(line).isEqualTo(perf.group(4));
                for (int group = 5; group <= 6; group++) {
                    assertThat(Double.parseDouble(own.group(group)))
                            .as(line)
                            .isCloseTo(Double.parseDouble(perf.group(group)), Offset.offset(ROUNDED_MS));
                }
                assertThat(Double.parseDouble(own.group(3)))
                        .as(line)
                        .isCloseTo(Double.parseDouble(perf.group(3)), Offset.offset(0.5));
            }
        }
    }

    @Test
    void noTrace_isSaid() {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true));

        assertThat(line.execute("sched", "map", resource("map.txt").toString())).isEqualTo(ExitCode.NOT_A_LOG);
        assertThat(err.toString()).contains("no event of ftrace is in it");
    }
}
