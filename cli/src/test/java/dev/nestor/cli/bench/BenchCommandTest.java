package dev.nestor.cli.bench;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code nestor bench}: the shapes are those of perf 6.1, rt-tests 2.4 and schbench, with the figures taken out. */
class BenchCommandTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    /** Runs a benchmark, and what it found beside what it printed. */
    private JsonNode run(String command) throws IOException {
        Path json = directory.resolve("bench.json");
        assertThat(execute(("bench " + command + " --json " + json).split(" ")))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(json.toFile());
    }

    /** What was printed, each number as N with one space before it. */
    private String shape() {
        return out.toString()
                .replaceAll("0x[0-9a-f]+", "ADDRESS")
                .replaceAll("\\d+(\\.\\d+)?", "N")
                .replaceAll(" +N", " N");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " -T"})
    void pipe_sendsAsManyMessagesEachWay(String threaded) throws IOException {
        JsonNode report = run("sched pipe -l 500" + threaded);

        assertThat(report.at("/figures/messages").asInt()).isEqualTo(1000);
        assertThat(report.get("tasks").asInt()).isEqualTo(threaded.isEmpty() ? 2 : 3);
        assertThat(report.get("voluntarySwitches").asInt()).isBetween(900, 1100);
        assertThat(shape()).isEqualTo("""
                        # Running 'sched/pipe' benchmark:
                        # Executed N pipe operations between two %s

                             Total time: N [sec]

                         N usecs/op
                         N ops/sec
                        """.formatted(threaded.isEmpty() ? "processes" : "threads"));
    }

    @Test
    void scheduler_isChosenAsForRuns() throws IOException {
        assertThat(run("sched pipe -l 500 --sched cfs").at("/figures/messages").asInt())
                .isEqualTo(1000);
    }

    @Test
    void schedulerThatIsNotThere_isNamed() {
        assertThat(execute("bench", "sched", "pipe", "-l", "5", "--sched", "ext:no.Where"))
                .isEqualTo(ExitCode.NO_SCHEDULER);
        assertThat(err.toString()).contains("no.Where");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " -p", " -t", " -t -p"})
    void messaging_deliversEveryMessage(String how) throws IOException {
        JsonNode report = run("sched messaging -g 2 -l 3" + how);

        assertThat(report.at("/figures/sent").asInt()).isEqualTo(2 * 20 * 20 * 3);
        assertThat(report.at("/figures/received").asInt()).isEqualTo(2 * 20 * 20 * 3);
        assertThat(report.get("tasks").asInt()).isEqualTo(81);
        String what = how.contains("-t") ? "threads" : "processes";
        assertThat(out.toString())
                .startsWith("# Running 'sched/messaging' benchmark:\n# 20 sender and receiver " + what
                        + " per group\n# 2 groups == 80 " + what + " run\n\n     Total time: 0.0");
    }

    @Test
    void simpleFormat_isOneNumber() throws IOException {
        run("-f simple sched pipe -l 10");

        assertThat(out.toString()).matches("\\d+\\.\\d{3}\n");
    }

    @Test
    void basic_callsAsOftenAsAsked() throws IOException {
        JsonNode report = run("syscall basic -l 1000");

        assertThat(report.at("/figures/calls").asInt()).isEqualTo(1000);
        assertThat(shape()).isEqualTo("""
                        # Running 'syscall/basic' benchmark:
                        # Executed N getppid() calls
                             Total time: N [sec]

                         N usecs/op
                         N ops/sec
                        """);
    }

    @Test
    void hash_isRefusedEveryTime() throws IOException {
        JsonNode report = run("futex hash -r 1 -t 1 -f 4");

        assertThat(report.at("/figures/refused").asInt()).isZero();
        assertThat(report.at("/figures/operations").asLong()).isGreaterThan(1_000_000);
        assertThat(shape()).isEqualTo("""
                        # Running 'futex/hash' benchmark:
                        Run summary [PID N]: N threads, each operating on N [private] futexes for N secs.

                        [thread N] futexes: ADDRESS ... ADDRESS [ N ops/sec ]

                        Averaged N operations/sec (+- N%), total secs = N
                        """);
    }

    @Test
    void wake_wakesAllInEachRound() throws IOException {
        JsonNode report = run("-r 3 futex wake -t 5 -w 2");

        assertThat(report.at("/figures/woken").asInt()).isEqualTo(15);
        assertThat(out.toString())
                .contains("blocking on 5 threads (at [private] futex 0x", "waking up 2 at a time.\n\n");
        assertThat(shape()).endsWith("""
                        [Run N]: Wokeup N of N threads in N ms
                        [Run N]: Wokeup N of N threads in N ms
                        [Run N]: Wokeup N of N threads in N ms
                        Wokeup N of N threads in N ms (+-N%)
                        """);
    }

    @Test
    void requeue_movesAllAndWakesThem() throws IOException {
        JsonNode report = run("-r 2 futex requeue -t 4 -B -S");

        assertThat(report.at("/figures/woken").asInt()).isEqualTo(8);
        assertThat(out.toString()).contains("Requeuing 4 threads (from [shared] 0x", ", 4 at a time.\n\n");
        assertThat(shape()).endsWith("""
                        [Run N]: Requeued N of N threads in N ms
                        [Run N]: Requeued N of N threads in N ms
                        Requeued N of N threads in N ms (+-N%)
                        """);
    }

    @Test
    void requeue_handsALockRound() throws IOException {
        JsonNode report = run("-r 2 futex requeue -p -t 4 -B");

        assertThat(report.at("/figures/woken").asInt()).isEqualTo(8);
        assertThat(out.toString()).contains(" to PI 0x", "[Run 1]: Awoke and Requeued (1+3) of 4 threads in ");
    }

    @Test
    void lockPi_isTakenInTurn() throws IOException {
        JsonNode report = run("futex lock-pi -r 1 -t 3");

        assertThat(report.at("/figures/operations").asInt()).isGreaterThan(3000);
        assertThat(shape()).isEqualTo("""
                        # Running 'futex/lock-pi' benchmark:
                        Run summary [PID N]: N threads doing pi lock/unlock pairing for N secs.

                        [thread N] futex: ADDRESS [ N ops/sec ]
                        [thread N] futex: ADDRESS [ N ops/sec ]
                        [thread N] futex: ADDRESS [ N ops/sec ]

                        Averaged N operations/sec (+- N%), total secs = N
                        """);
    }

    @Test
    void hackbench_deliversMessagesOfAnySize() throws IOException {
        JsonNode report = run("hackbench -g 1 -f 3 -l 5 -s 5000 -T -p");

        assertThat(report.at("/figures/received").asInt()).isEqualTo(3 * 3 * 5);
        assertThat(out.toString())
                .startsWith("Running in threaded mode with 1 groups using 6 file descriptors each (== 6 tasks)\n")
                .contains("\nEach sender will pass 5 messages of 5000 bytes\nTime: 0.0");
    }

    @Test
    void cyclictest_sleepsPeriods() throws IOException {
        JsonNode report = run("cyclictest -q -t 2 -p 80 -l 100");

        assertThat(report.at("/figures/cycles.0").asInt()).isEqualTo(100);
        assertThat(report.at("/figures/cycles.1").asInt()).isBetween(66, 75);
        assertThat(out.toString())
                .startsWith("# /dev/cpu_dma_latency set to 0us\n")
                .containsPattern(
                        "T: 0 \\( {4}\\d\\) P:80 I:1000 C: {4}100 Min: {6}\\d Act: {4}\\d Avg: {4}\\d Max: {7}\\d\n")
                .containsPattern(
                        "T: 1 \\( {4}\\d\\) P:80 I:1500 C: {5}\\d\\d Min: {6}\\d Act: {4}\\d Avg: {4}\\d Max: {7}\\d\n");
    }

    /** A thread that is not real-time wakes late by the timer slack of 50 µs. */
    @Test
    void cyclictest_countsLatencies() throws IOException {
        JsonNode report = run("cyclictest -l 50 -h 100");

        assertThat(report.at("/figures/min.0").asInt()).isGreaterThanOrEqualTo(50);
        assertThat(out.toString())
                .contains("\n000099 0000", "\n# Total: 000000050\n", "\n# Histogram Overflows: 00000\n");
    }

    @Test
    void cyclictest_needsAnEnd() {
        assertThat(execute("bench", "cyclictest", "-q")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--loops or --duration is needed");
    }

    @Test
    void schbench_countsRequests() throws IOException {
        JsonNode report = run("schbench -r 2 -t 3 -L");

        assertThat(report.at("/figures/requestsPerSecond").asDouble()).isBetween(100.0, 120.0);
        assertThat(shape().replaceAll(" +\\(", " (")).isEqualTo("""
                        Wakeup Latencies percentiles (usec) runtime N (s) (N total samples)
                        \t Nth: N (N samples)
                        \t Nth: N (N samples)
                        \t* Nth: N (N samples)
                        \t Nth: N (N samples)
                        \t  min=N, max=N
                        Request Latencies percentiles (usec) runtime N (s) (N total samples)
                        \t Nth: N (N samples)
                        \t Nth: N (N samples)
                        \t* Nth: N (N samples)
                        \t Nth: N (N samples)
                        \t  min=N, max=N
                        RPS percentiles (requests) runtime N (s) (N total samples)
                        \t Nth: N (N samples)
                        \t* Nth: N (N samples)
                        \t Nth: N (N samples)
                        \t  min=N, max=N
                        average rps: N
                        sched delay: message N (usec) worker N (usec)
                        """);
    }

    @Test
    void runs_areTheSameEveryTime_andSeedsDiffer() throws IOException {
        String command = "sched messaging -g 1 -l 5 --cpus 4 --noise 100,50 --seed ";
        JsonNode first = run(command + 1);
        JsonNode second = run(command + 1);
        JsonNode other = run(command + 2);

        assertThat(second.get("digest")).isEqualTo(first.get("digest"));
        assertThat(other.get("digest")).isNotEqualTo(first.get("digest"));
    }

    @Test
    void trace_isWritten() throws IOException {
        Path trace = directory.resolve("bench.ftrace");
        run("sched pipe -l 20 --trace " + trace);

        assertThat(Files.readString(trace)).contains("sched_switch", "sched_wakeup");
    }

    @Test
    void refusedCall_endsTheBenchmark() {
        assertThat(execute("bench", "hackbench", "-g", "1", "--max-tasks", "20"))
                .isEqualTo(ExitCode.DIFFERENT);
        assertThat(err.toString()).contains("hackbench: call 56 answers -11"); // clone: EAGAIN
    }
}
