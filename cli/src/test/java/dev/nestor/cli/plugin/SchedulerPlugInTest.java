package dev.nestor.cli.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code nestor run FILE --sched ext:CLASS}, with the examples as a user compiles them. */
class SchedulerPlugInTest {
    private static final Path EXAMPLES = Path.of("..", "examples");
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

    /** Plays a workload of some hogs on one CPU under a scheduler from the class path, or from a directory. */
    private int play(String tasks, String sched, String... more) throws IOException {
        Path workload = directory.resolve("workload.json");
        Files.writeString(workload, "{ \"global\": { \"duration\": 6 }, \"tasks\": {\n" + tasks + "\n} }");
        List<String> args = new ArrayList<>(List.of("run", workload.toString(), "--cpus", "1", "--sched", sched));
        args.addAll(List.of("--json", directory.resolve("report.json").toString()));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    private JsonNode report() throws IOException {
        return new ObjectMapper().readTree(directory.resolve("report.json").toFile());
    }

    /** ms that the threads of a name had. */
    private double busyMs(String command) throws IOException {
        double busy = 0;
        for (JsonNode task : report().get("tasks")) {
            if (task.get("command").asText().equals(command)) {
                busy += (task.get("userCycles").asLong()
                                + task.get("kernelCycles").asLong())
                        / CYCLES_PER_MS;
            }
        }
        return busy;
    }

    private String compiled(Path source) {
        Path classes = directory.resolve("classes");
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(result).isZero();
        return classes.toString();
    }

    @Test
    void fifo_sharesACpuAmongThreeHogs_inSlicesOf20ms() throws IOException {
        String classes = compiled(EXAMPLES.resolve("schedulers/Fifo.java"));
        String tasks = "\"a\": { \"loop\": -1, \"runtime\": 1000000 }, \"b\": { \"loop\": -1, \"runtime\": 1000000 },"
                + " \"c\": { \"loop\": -1, \"runtime\": 1000000 }";
        assertThat(play(tasks, "ext:Fifo", "--class-path", classes))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);
        for (String hog : List.of("a", "b", "c")) {
            assertThat(busyMs(hog)).isCloseTo(2000, Offset.offset(30.0));
        }
        for (JsonNode task : report().get("tasks")) {
            if (task.get("command").asText().length() == 1) {
                assertThat(task.get("involuntarySwitches").asInt()).isBetween(80, 105);
            }
        }
    }

    @Test
    void weightedVtime_sharesByWeight() throws IOException {
        String classes = compiled(EXAMPLES.resolve("schedulers/WeightedVtime.java"));
        String tasks = "\"even\": { \"loop\": -1, \"runtime\": 1000000 },"
                + " \"nice5\": { \"loop\": -1, \"priority\": 5, \"runtime\": 1000000 }";
        assertThat(play(tasks, "ext:WeightedVtime", "--class-path", classes))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);
        double all = busyMs("even") + busyMs("nice5");
        assertThat(all).isCloseTo(6000, Offset.offset(20.0));
        assertThat(busyMs("even") / all).isCloseTo(100.0 / 133, Offset.offset(0.02));
    }

    @Test
    void theExamples_runEverythingElse() throws IOException {
        compiled(EXAMPLES.resolve("schedulers/Fifo.java"));
        String classes = compiled(EXAMPLES.resolve("schedulers/WeightedVtime.java"));
        try (Stream<Path> logs = Files.list(EXAMPLES)) {
            for (Path log : logs.filter(f ->
                            f.toString().contains(".strace") || f.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                for (String sched : List.of("ext:Fifo", "ext:WeightedVtime")) {
                    assertThat(run("run", log.toString(), "--sched", sched, "--class-path", classes))
                            .as(log + ": " + err)
                            .isEqualTo(ExitCode.OK);
                }
            }
        }
    }

    private void assertRefused(int code, String sched, String... parts) throws IOException {
        err.getBuffer().setLength(0);
        assertThat(play("\"a\": { \"run\": 1000 }", sched)).isEqualTo(code);
        assertThat(err.toString().strip().lines().limit(2)).as(err.toString()).hasSizeBetween(1, 2);
        assertThat(err.toString()).contains(parts);
    }

    /** Not public. */
    static class Hidden implements SchedExtOps {}

    public abstract static class Abstract implements SchedExtOps {}

    public static class Demanding implements SchedExtOps {
        public Demanding(int number) {
            assertThat(number).isZero();
        }
    }

    public static class Failing implements SchedExtOps {
        public Failing() {
            throw new IllegalStateException("not today");
        }
    }

    @Test
    void aClassThatCantBeLoaded_isOneLine_andCode9() throws IOException {
        int code = ExitCode.NO_SCHEDULER;
        String here = getClass().getName();
        assertRefused(code, "ext:NoSuch", "nestor: there is no class NoSuch on the class path: see --class-path");
        assertRefused(
                code, "ext:java.lang.String", "java.lang.String does not implement " + SchedExtOps.class.getName());
        assertRefused(code, "ext:" + here + "$Hidden", "is not a public class");
        assertRefused(code, "ext:" + here + "$Abstract", "is not a public class");
        assertRefused(code, "ext:" + here + "$Demanding", "has no public constructor without parameters");
        assertRefused(code, "ext:" + here + "$Failing", "throws java.lang.IllegalStateException: not today");
        assertRefused(code, "ext:" + SchedExtOps.class.getName(), "is not a public class");
        assertRefused(ExitCode.USAGE, "cfq", "--sched: eevdf, cfs or ext:CLASS, not 'cfq'");
        assertRefused(ExitCode.USAGE, "ext:", "--sched: eevdf, cfs or ext:CLASS, not 'ext:'");
        assertThat(directory.resolve("report.json")).doesNotExist();
        err.getBuffer().setLength(0);
        assertThat(play("\"a\": { \"run\": 1000 }", "ext:X", "--class-path", "/no/such/place"))
                .isEqualTo(code);
        assertThat(err.toString()).isEqualTo("nestor: --class-path /no/such/place is not there, or can't be read\n");
    }

    /** Loses the first task that comes after a second. */
    public static class Losing implements SchedExtOps {
        private boolean hasLost;

        @Override
        public int timeoutMs() {
            return 2_000;
        }

        @Override
        public void enqueue(Scx scx, int task, long enqFlags) {
            if (hasLost || scx.now() < 1_000_000_000 || !scx.comm(task).startsWith("hog")) {
                scx.dsqInsert(task, Scx.DSQ_GLOBAL, 0, enqFlags);
            } else {
                hasLost = true;
            }
        }
    }

    @Test
    void aLostTask_isNamed_andTheRunComesToItsEnd() throws IOException {
        String tasks = "\"hog\": { \"instance\": 2, \"loop\": -1, \"runtime\": 1000000 }";
        int code = play(tasks, "ext:" + Losing.class.getName());
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.SCHEDULER_STOPPED);
        String message = "the scheduler Losing (" + Losing.class.getName() + ") was stopped after ";
        assertThat(err.toString())
                .contains(message, "; the fair class went on")
                .containsPattern("hog\\[\\d+] failed to run for [23]\\.\\d{3}s");
        assertThat(out.toString()).contains("stopped: " + message);
        assertThat(report().get("schedulerStopped").asText()).startsWith(message);
        assertThat(busyMs("hog")).isCloseTo(6000, Offset.offset(50.0));
    }

    @Test
    void aCallbackThatDoesNotReturn_isNamed() throws Exception {
        BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
        try (CallbackGuard guard = new CallbackGuard(new PrintWriter(err, true), Duration.ofMillis(200), exits::add)) {
            guard.loading("Spinning", "init()");
            Integer code = exits.poll(20, TimeUnit.SECONDS);
            assertThat(code).isEqualTo(ExitCode.SCHEDULER_STOPPED);
        }
        assertThat(err.toString())
                .isEqualTo(
                        "nestor: the scheduler Spinning was stopped: init(): does not return; the run is given up\n");
    }
}
