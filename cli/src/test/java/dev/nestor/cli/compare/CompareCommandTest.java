package dev.nestor.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CompareCommandTest {
    private static final Path SCHED = Path.of("..", "..", "shared", "linux", "sched");

    /** The summaries end after five seconds, the tasks some slices later. */
    private static final double TAIL_MS = 20;

    /** Two tasks on one CPU: a runs 4 ms, is preempted by b, which runs 2 ms and sleeps; a waits 2 ms and runs 3 more. */
    private static final String TRACE = """
            # tracer: nop
            #
                      <idle>-0       [000] d..2.    10.000000: sched_wakeup: comm=a pid=11 prio=120 target_cpu=000
                      <idle>-0       [000] d..2.    10.000500: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=a next_pid=11 next_prio=120
                           a-11      [000] dN.4.    10.004000: sched_wakeup: comm=b c pid=12 prio=120 target_cpu=000
                           a-11      [000] d..2.    10.004500: sched_switch: prev_comm=a prev_pid=11 prev_prio=120 prev_state=R+ ==> next_comm=b c next_pid=12 next_prio=120
                         b c-12      [000] d..2.    10.006500: sched_switch: prev_comm=b c prev_pid=12 prev_prio=120 prev_state=S ==> next_comm=a next_pid=11 next_prio=120
                           a-11      [000] d..2.    10.009500: sched_switch: prev_comm=a prev_pid=11 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private JsonNode figures(String task) throws IOException {
        JsonNode report =
                new ObjectMapper().readTree(directory.resolve("out.json").toFile());
        for (JsonNode row : report.get("tasks")) {
            if (row.get("task").asText().equals(task)) {
                return row;
            }
        }
        throw new AssertionError(task + " in " + report);
    }

    private static double real(JsonNode row, String figure) {
        return row.get(figure).get("real").asDouble();
    }

    @Test
    void compare_addsUpWhatTheTraceShows() throws IOException {
        String trace = file("a.txt", TRACE);

        int code = run(
                "compare", trace, trace, "--json", directory.resolve("out.json").toString());

        assertThat(code).as(err.toString()).isEqualTo(ExitCode.OK);
        JsonNode a = figures("a");
        assertThat(real(a, "cpu_time")).isCloseTo(7.0, Offset.offset(1e-9));
        assertThat(real(a, "cpu_share")).isCloseTo(100 * 7.0 / 9.5, Offset.offset(1e-9));
        assertThat(real(a, "voluntary")).isEqualTo(1);
        assertThat(real(a, "involuntary")).isEqualTo(1);
        assertThat(real(a, "delay_p50")).isEqualTo(500);
        assertThat(real(a, "delay_max")).isEqualTo(2000);
        assertThat(real(a, "slice_p50")).isEqualTo(3000);
        JsonNode b = figures("b c");
        assertThat(real(b, "cpu_time")).isCloseTo(2.0, Offset.offset(1e-9));
        assertThat(real(b, "delay_p99")).isEqualTo(500);
    }

    @Test
    void compare_figureFurtherAwayThanItMayBe_isNamed() throws IOException {
        String one = file("a.txt", TRACE);
        String other = file("b.txt", TRACE.replace("10.006500", "10.006700"));

        int code = run("compare", one, other);

        assertThat(code).isEqualTo(ExitCode.DIFFERENT);
        assertThat(out.toString()).containsPattern("CPU share, % +73.68 +71.58 +-2.9 % +1 % +missed");
    }

    /** As trace-cmd report prints them; without wake-ups nobody can tell how long a task that slept has waited. */
    @Test
    void compare_shortForm_isReadToo() throws IOException {
        String trace = file("c.txt", """
                cpus=1
                          <idle>-0     [000]    10.000500: sched_switch:         swapper/0:0 [120] R ==> a:11 [120]
                               a-11    [000]    10.004500: sched_switch:         a:11 [120] S ==> swapper/0:0 [120]
                """);

        int code = run("compare", trace, trace);

        assertThat(code).as(err.toString()).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).containsPattern("delay p50, us +not measured +not measured");
        assertThat(out.toString()).containsPattern("slice p50, us +4000 +4000");
    }

    /** A switch that the trace does not show: the slice's length is not measured, the time is. */
    @Test
    void compare_unseenArrival_isInferredFromTheWakeup() throws IOException {
        String trace = file("d.txt", """
                   <idle>-0   [001] d..2. 10.000000: sched_switch: prev_comm=a prev_pid=11 prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120
                   <idle>-0   [001] d..2. 10.002000: sched_wakeup: comm=a pid=11 prio=120 target_cpu=001
                        a-11  [001] d..2. 10.005000: sched_switch: prev_comm=a prev_pid=11 prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120
                """);

        int code = run(
                "compare",
                trace,
                trace,
                "--all",
                "--json",
                directory.resolve("out.json").toString());

        assertThat(code).as(err.toString()).isEqualTo(ExitCode.OK);
        assertThat(real(figures("a"), "cpu_time")).isCloseTo(3.0, Offset.offset(1e-9));
        assertThat(out.toString()).containsPattern("slice p50, us +not measured");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing\nof the kind\n", ""})
    void compare_noTrace_isSaid(String text) throws IOException {
        String trace = file("e.txt", text);

        assertThat(run("compare", trace, trace)).isEqualTo(ExitCode.NOT_A_LOG);
        assertThat(err.toString()).isEqualToIgnoringNewLines("nestor: " + trace + ": no event of ftrace is in it");
    }

    @Test
    void compare_brokenEvent_namesFileAndLine() throws IOException {
        String trace = file("f.txt", TRACE.replace("prev_state=R+", "prev_stat=R+"));

        assertThat(run("compare", trace, trace)).isEqualTo(ExitCode.SYNTAX);
        assertThat(err.toString()).startsWith("nestor: " + trace + ":6: what the event says can't be read");
    }

    /** What was added up from the recorded traces by another program. */
    @ParameterizedTest
    @ValueSource(strings = {"d_hog_periodic_2_10", "e_16periodic_2hogs_2cpus", "b_nice_0_5_10_m5"})
    void compare_recordedTrace_agreesWithItsSummary(String workload) throws IOException {
        assumeTrue(
                Files.isDirectory(SCHED),
                "the recorded workloads, ../shared/linux/sched beside the project, are not here");
        String trace = SCHED.resolve(workload + ".ftrace.gz").toString();
        JsonNode measured = new ObjectMapper()
                .readTree(SCHED.resolve("summary.json").toFile())
                .get(workload)
                .get("measured");

        assertThat(run(
                        "compare",
                        trace,
                        trace,
                        "--json",
                        directory.resolve("out.json").toString()))
                .isZero();

        for (JsonNode task : measured.get("tasks")) {
            JsonNode row = figures(Objects.requireNonNull(task.get("name")).asText());
            assertThat(real(row, "cpu_time")).isCloseTo(task.get("cpu_ms").asDouble(), Offset.offset(TAIL_MS));
            assertThat(real(row, "involuntary")).isCloseTo(task.get("preempted").asDouble(), Offset.offset(1.0));
            assertThat(real(row, "slice_p50"))
                    .isCloseTo(task.get("slice_us").get("p50").asDouble(), Offset.offset(5.0));
        }
    }
}
