package dev.nestor.cli.rtapp;

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
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code nestor run FILE.json}. */
class WorkloadTest {
    private static final Path SCHED = Path.of("..", "..", "shared", "linux", "sched");
    private static final Path EXAMPLE = Path.of("..", "examples", "three-hogs.json");
    private static final double CYCLES_PER_MS = 2e6;

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

    private JsonNode play(String workload, String... options) throws IOException {
        Path report = directory.resolve("report.json");
        String[] args = new String[options.length + 4];
        System.arraycopy(options, 0, args, 4, options.length);
        args[0] = "run";
        args[1] = workload;
        args[2] = "--json";
        args[3] = report.toString();
        assertThat(run(args)).as(err.toString()).isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(report.toFile());
    }

    private String workload(String tasks) throws IOException {
        String text = "{ \"global\": { \"duration\": 1 },\n\"tasks\": {\n" + tasks + "\n} }";
        return Files.writeString(directory.resolve("workload.json"), text).toString();
    }

    private static JsonNode task(JsonNode report, String command) {
        for (JsonNode task : report.get("tasks")) {
            if (task.get("command").asText().equals(command)) {
                return task;
            }
        }
        throw new AssertionError(command + " in " + report);
    }

    private static double busyMs(JsonNode task) {
        return (task.get("userCycles").asLong() + task.get("kernelCycles").asLong()) / CYCLES_PER_MS;
    }

    @Test
    void example_isPlayedTheSameEveryTime() throws IOException {
        JsonNode first = play(EXAMPLE.toString());
        JsonNode second = play(EXAMPLE.toString());

        assertThat(second.get("digest")).isEqualTo(first.get("digest"));
        assertThat(busyMs(task(first, "periodic"))).isCloseTo(400, Offset.offset(4.0));
        assertThat(busyMs(task(first, "hog"))).isCloseTo(1600.0 / 3, Offset.offset(8.0));
    }

    /** run is work, however long it takes; runtime is time, however much work it allows; both beside a hog. */
    @Test
    void runIsWork_runtimeIsTime() throws IOException {
        JsonNode report = play(workload("""
                "hog": { "cpus": [0], "runtime": 2000000 },
                "work": { "cpus": [0], "loop": 1, "run": 100000 },
                "time": { "cpus": [0], "loop": 1, "runtime": 300000 }"""));

        assertThat(busyMs(task(report, "work"))).isCloseTo(100, Offset.offset(1.0));
        assertThat(busyMs(task(report, "time"))).isCloseTo(100, Offset.offset(8.0));
    }

    /** A duration of one second holds a hundred periods of 10 ms; a sleep of 10 ms takes longer by the work before it. */
    @Test
    void timersAreAbsolute_sleepsAreNot() throws IOException {
        JsonNode report = play(workload("""
                "timed": { "run": 2000, "timer": { "ref": "t", "period": 10000, "mode": "absolute" } },
                "sleeper": { "run": 2000, "sleep": 10000 }"""));

        assertThat(task(report, "timed").get("voluntarySwitches").asInt()).isBetween(99, 102);
        assertThat(task(report, "sleeper").get("voluntarySwitches").asInt()).isBetween(81, 85);
    }

    /** Two threads on two CPUs that work 3 ms under one mutex and 1 ms without: one at a time has it, all the time. */
    @Test
    void mutex_isHeldByOneAtATime() throws IOException {
        JsonNode report = play(workload("""
                "a": { "cpus": [0], "lock": "m", "run": 3000, "unlock": "m", "run2": 1000 },
                "b": { "cpus": [1], "lock": "m", "run": 3000, "unlock": "m", "run2": 1000 }"""), "--cpus", "2");

        double both = busyMs(task(report, "a")) + busyMs(task(report, "b"));
        assertThat(both).isCloseTo(1000.0 / 3 * 4, Offset.offset(10.0));
        assertThat(task(report, "a").get("voluntarySwitches").asInt()).isBetween(160, 170);
    }

    /** A mutex that nobody else wants, and a signal that nobody waits for, cost no call: only the sleeps switch. */
    @Test
    void withoutContention_nothingIsCalled() throws IOException {
        JsonNode report = play(workload("""
                "a": { "loop": 10, "lock": "m", "run": 100, "signal": "c", "broad": "c", "unlock": "m", "sleep": 1000 }"""));

        assertThat(task(report, "a").get("voluntarySwitches").asInt()).isBetween(10, 12);
    }

    /** Each is woken once for each of the other's turns: suspend, a condition variable, sync, and a barrier; forked threads come to be. */
    @Test
    void threadsWaitForEachOther() throws IOException {
        JsonNode report = play(workload("""
                "waker": { "loop": 100, "run": 1000, "resume": "sleeper", "sleep": 2000 },
                "sleeper": { "loop": 100, "suspend": "", "run": 500 },
                "waiter": { "loop": 20, "lock": "q", "wait": { "ref": "c", "mutex": "q" }, "unlock": "q", "run": 1000 },
                "caller": { "loop": 30, "sleep": 5000, "lock": "q", "signal": "c", "unlock": "q" },
                "ping": { "loop": 50, "sync": { "ref": "d", "mutex": "r" }, "run": 1000 },
                "pong": { "loop": 50, "run": 1000, "sync": { "ref": "d", "mutex": "r" } },
                "meeting": { "instance": 2, "loop": 1, "barrier": "x", "run": 3000 },
                "late": { "loop": 1, "sleep": 500000, "barrier": "x", "run": 3000 },
                "forker": { "loop": 3, "run": 1000, "fork": "forked" },
                "forked": { "instance": 0, "loop": 1, "run": 2000 }"""), "--cpus", "4");

        assertThat(busyMs(task(report, "sleeper"))).isCloseTo(50, Offset.offset(1.0));
        assertThat(busyMs(task(report, "waiter"))).isCloseTo(20, Offset.offset(1.0));
        assertThat(busyMs(task(report, "ping"))).isCloseTo(50, Offset.offset(3.0));
        assertThat(busyMs(task(report, "meeting"))).isCloseTo(3, Offset.offset(0.2));
        int forked = 0;
        for (JsonNode one : report.get("tasks")) {
            forked += one.get("command").asText().equals("forked") ? 1 : 0;
        }
        assertThat(forked).isEqualTo(3);
    }

    /** shared/linux/sched/g_dl_periodic_hogs.rtapp.json says no more. */
    @Test
    void deadlineTaskWithoutItsRuntime_isGivenWhatItNeeds() throws IOException {
        Path file = Files.writeString(directory.resolve("deadline.json"), """
                { "global": { "duration": 1 }, "tasks": {
                "hog": { "cpus": [0], "runtime": 1000000 },
                "dl": { "policy": "SCHED_DEADLINE", "run": 1500,
                        "timer": { "ref": "t", "period": 10000, "mode": "absolute" } } } }""");
        JsonNode report = play(file.toString(), "--cpus", "1");

        assertThat(report.get("refused")).isEmpty();
        assertThat(report.get("notHonoured").get(0).asText()).contains(":3: ", "1575 us in 10000 taken");
        assertThat(busyMs(task(report, "dl"))).isCloseTo(150, Offset.offset(2.0));
        assertThat(task(report, "dl").get("involuntarySwitches").asInt()).isZero();
    }

    /** 64 MiB at 0.12 cycles a byte are 4 ms; 10 MB go to the device in three writes. */
    @Test
    void memAndIorun_takeTimeAndWrite() throws IOException {
        Path file = Files.writeString(directory.resolve("memory.json"), """
                { "tasks": {
                "m": { "loop": 2, "mem": 67108864 },
                "i": { "loop": 1, "iorun": 10000000 } } }""");
        JsonNode report = play(file.toString());

        assertThat(busyMs(task(report, "m"))).isCloseTo(8.05, Offset.offset(0.1));
        assertThat(busyMs(task(report, "i"))).isBetween(0.001, 0.1);
        assertThat(report.get("refused")).isEmpty();
    }

    @Test
    void iorun_toWhatIsNotThere_isNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("device.json"), """
                { "global": { "io_device": "/nowhere" }, "tasks": { "i": { "loop": 1, "iorun": 10 } } }""");
        JsonNode report = play(file.toString());

        assertThat(report.get("refused").get(0).asText()).isEqualTo("i: /nowhere answers -2");
    }

    @Test
    void deadlock_isNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("deadlock.json"), """
                { "tasks": {
                "a": { "loop": 1, "lock": "m", "sleep": 1000, "lock2": "n", "unlock": "n", "unlock2": "m" },
                "b": { "loop": 1, "lock": "n", "sleep": 1000, "lock2": "m", "unlock": "m", "unlock2": "n" } } }""");

        assertThat(run("run", file.toString(), "--cpus", "2")).isEqualTo(ExitCode.SYNTAX);
        assertThat(err.toString())
                .contains("a waits for the mutex n, which b holds; b waits for the mutex m, which a holds");
    }

    @Test
    void trace_isReadByCompare_andShowsWhatTheReportSays() throws IOException {
        Path trace = directory.resolve("trace.gz");
        JsonNode report = play(EXAMPLE.toString(), "--trace", trace.toString());
        Path figures = directory.resolve("figures.json");

        assertThat(run("compare", trace.toString(), trace.toString(), "--json", figures.toString()))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);

        for (JsonNode row : new ObjectMapper().readTree(figures.toFile()).get("tasks")) {
            if (row.get("task").asText().equals("periodic")) {
                JsonNode of = task(report, "periodic");
                assertThat(row.get("cpu_time").get("real").asDouble()).isCloseTo(busyMs(of), Offset.offset(0.1));
                assertThat(row.get("involuntary").get("real").asInt())
                        .isEqualTo(of.get("involuntarySwitches").asInt());
                assertThat(row.get("voluntary").get("real").asInt())
                        .as("without the sleep until the workload begins")
                        .isEqualTo(of.get("voluntarySwitches").asInt() - 1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"a\": { \"runn\": -1 }| :3: \"runn\" is not a number from 0",
                "\"a\": {\\n\"walk\": 1 }| :4: \"walk\" is not an event",
                "\"a\": { \"run\": 1, \"run\": 2 }| :3: \"run\" is there twice",
                "\"a\": { \"run\": 1, \"policy\": \"SCHED_FAST\" }| :3: \"policy\" is not a policy",
                "\"a\": { \"run\": 1, \"priority\": 99 }| :3: \"priority\" is not a number from -20 to 19",
                "\"a\": { \"run\": 1, \"cpus\": 3 }| :3: \"cpus\" is not a list",
                "\"a\": { \"run\": 1, \"cpus\": [-1] }| :3: \"cpus\" is not a number from 0",
                "\"a\": { \"timer\": { \"period\": 5 } }| :3: \"timer\" has no \"ref\"",
                "\"a\": { \"timer\": { \"ref\": \"x\" } }| :3: \"timer\" has no \"period\"",
                "\"a\": { \"mem\": -3 }| :3: \"mem\" is not a number from 0",
                "\"a\": {\\n\"lock\": \"m\" }| :4: \"lock\": a never unlocks m",
                "\"a\": { \"phases\": { \"p\": {\\n\"lock\": \"m\" }, \"q\": { \"run\": 1 } } }| :4: \"lock\": a never unlocks m",
                "\"a\": {\\n\"unlock\": \"m\" }| :4: \"unlock\": a does not hold m",
                "\"a\": { \"lock\": \"m\", \"lock2\": \"m\" }| :3: \"lock\": a holds m already",
                "\"a\": { \"wait\": { \"ref\": \"c\", \"mutex\": \"m\" } }| :3: \"wait\": a does not hold m",
                "\"a\": { \"wait\": { \"ref\": \"c\" } }| :3: \"wait\" has no \"mutex\"",
                "\"a\": { \"signal\": 3 }| :3: \"signal\" is not a name",
                "\"a\": { \"fork\": \"b\" }| :3: \"fork\" names no task: b",
                "\"a\": { \"loop\": 3 }| :3: a task without an event",
                "\"a\": { \"run\": 1.5 }| :3: \"run\" is not a whole number",
            })
    void badInput_isNamedByFileLineAndKey(String tasks, String complaint) throws IOException {
        String file = workload(tasks.replace("\\n", "\n"));

        assertThat(run("run", file)).isEqualTo(ExitCode.SYNTAX);
        assertThat(err.toString()).startsWith("nestor: " + file + complaint.strip());
    }

    @Test
    void affinityToNoCpu_isRefusedByTheCall_andSaid() throws IOException {
        play(workload("\"a\": { \"run\": 1000, \"loop\": 1, \"cpus\": [70] }"));

        assertThat(out.toString()).contains("refused: a: sched_setaffinity answers -22");
    }

    /** With as much going on beside it as in the recording (some 60 bursts of 20 us a second), three hogs do as there in all that is held. */
    @Test
    void recordedWorkload_withNoise_waitsAndSwitchesAsOnTheRealMachine() throws IOException {
        assumeTrue(
                Files.isDirectory(SCHED),
                "the recorded workloads, ../shared/linux/sched beside the project, are not here");
        Path trace = directory.resolve("trace.gz");
        Path figures = directory.resolve("figures.json");
        play(SCHED.resolve("a_3hogs_pinned.rtapp.json").toString(), "--noise", "60,20", "--trace", trace.toString());

        run(
                "compare",
                SCHED.resolve("a_3hogs_pinned.ftrace.gz").toString(),
                trace.toString(),
                "--json",
                figures.toString());

        for (JsonNode row : new ObjectMapper().readTree(figures.toFile()).get("tasks")) {
            for (String figure :
                    new String[] {"cpu_share", "voluntary", "involuntary", "slice_p50", "delay_p50", "delay_p99"}) {
                assertThat(row.get(figure).get("missed").asBoolean())
                        .as(figure + " of " + row)
                        .isFalse();
            }
        }
    }

    /** Shares of CPU time within 1 %, as on the real machine. */
    @ParameterizedTest
    @CsvSource({"a_3hogs_pinned", "d_hog_periodic_2_10"})
    void recordedWorkload_hasItsShares(String workload) throws IOException {
        assumeTrue(
                Files.isDirectory(SCHED),
                "the recorded workloads, ../shared/linux/sched beside the project, are not here");
        Path trace = directory.resolve("trace.gz");
        Path figures = directory.resolve("figures.json");
        play(SCHED.resolve(workload + ".rtapp.json").toString(), "--trace", trace.toString());

        run(
                "compare",
                SCHED.resolve(workload + ".ftrace.gz").toString(),
                trace.toString(),
                "--json",
                figures.toString());

        for (JsonNode row : new ObjectMapper().readTree(figures.toFile()).get("tasks")) {
            assertThat(row.get("cpu_share").get("missed").asBoolean())
                    .as(row.toString())
                    .isFalse();
        }
    }
}
