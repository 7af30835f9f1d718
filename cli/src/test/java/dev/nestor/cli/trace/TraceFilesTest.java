package dev.nestor.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import dev.nestor.cli.ftrace.FtraceReader;
import dev.nestor.cli.ftrace.SchedEvents;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.trace.ProtobufReader.Field;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run written in three forms: what is read back from each is the same. */
class TraceFilesTest {
    private static final Path EXAMPLE = Path.of("../examples/three-hogs.json");

    /** clone3, three children that compute, wait for each other by nothing, and exit. */
    private static final String LOG = """
            10 1700000000.000000 getuid() = 0 <0.000010>
            10 1700000000.005000 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=3000000}, NULL) = 0 <0.003060>
            10 1700000000.009000 exit_group(0) = ?
            10 1700000000.009100 +++ exited with 0 +++
            """;

    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();

    /** A switch: ns, CPU, previous and next. */
    record Switch(long ns, int cpu, String prev, int prevPid, String next, int nextPid) {}

    /** A wake-up: ns, task, CPU. */
    record Wakeup(long ns, String comm, int pid, int cpu) {}

    private Path trace(Path input, String name) {
        Path file = directory.resolve(name);
        var line = Main.commandLine();
        line.setOut(new PrintWriter(new StringWriter(), true));
        line.setErr(new PrintWriter(err, true));
        assertThat(line.execute("run", input.toString(), "--trace", file.toString()))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);
        return file;
    }

    private static void read(Path ftrace, List<Switch> switches, List<Wakeup> wakeups) throws LogException {
        new FtraceReader(ftrace, 1_000_000_000)
                .read(
                        new SchedEvents() {
                            @Override
                            public void schedSwitch(long ns, int cpu, TracedTask prev, String state, TracedTask next) {
                                switches.add(new Switch(ns, cpu, prev.comm(), prev.pid(), next.comm(), next.pid()));
                            }

                            @Override
                            public void schedWakeup(long ns, TracedTask task, int targetCpu) {
                                wakeups.add(new Wakeup(ns, task.comm(), task.pid(), targetCpu));
                            }
                        },
                        line -> {});
    }

    private static void readPerfetto(
            Path file, List<Switch> switches, List<Wakeup> wakeups, Map<Integer, String> threads) throws IOException {
        for (Field packet : ProtobufReader.read(Files.readAllBytes(file))) {
            assertThat(packet.number()).isEqualTo(1);
            Field data = packet.message().getFirst();
            assertThat(ProtobufReader.one(packet.message(), 10).value()).isPositive();
            if (data.number() == 2) {
                List<Field> thread = ProtobufReader.one(data.message(), 2).message();
                threads.put(
                        (int) ProtobufReader.one(thread, 1).value(),
                        ProtobufReader.one(thread, 2).text());
            } else {
                assertThat(data.number()).isEqualTo(1);
                readBundle(data.message(), switches, wakeups);
            }
        }
    }

    private static void readBundle(List<Field> bundle, List<Switch> switches, List<Wakeup> wakeups) {
        int cpu = (int) ProtobufReader.one(bundle, 1).value();
        for (Field field : bundle) {
            if (field.number() == 2) {
                long ns = ProtobufReader.one(field.message(), 1).value();
                Field event = field.message().getLast();
                List<Field> of = event.message();
                if (event.number() == 4) {
                    switches.add(new Switch(
                            ns,
                            cpu,
                            ProtobufReader.one(of, 1).text(),
                            (int) ProtobufReader.one(of, 2).value(),
                            ProtobufReader.one(of, 5).text(),
                            (int) ProtobufReader.one(of, 6).value()));
                } else if (event.number() == 17 || event.number() == 114) {
                    wakeups.add(new Wakeup(
                            ns,
                            ProtobufReader.one(of, 1).text(),
                            (int) ProtobufReader.one(of, 2).value(),
                            (int) ProtobufReader.one(of, 5).value()));
                }
            }
        }
    }

    @Test
    void perfetto_saysWhatFtraceSays() throws IOException, LogException {
        List<Switch> switches = new ArrayList<>();
        List<Wakeup> wakeups = new ArrayList<>();
        read(trace(EXAMPLE, "run.ftrace"), switches, wakeups);
        List<Switch> perfettoSwitches = new ArrayList<>();
        List<Wakeup> perfettoWakeups = new ArrayList<>();
        Map<Integer, String> threads = new TreeMap<>();
        readPerfetto(trace(EXAMPLE, "run.perfetto-trace"), perfettoSwitches, perfettoWakeups, threads);

        assertThat(switches).hasSizeGreaterThan(100);
        assertThat(perfettoSwitches).containsExactlyInAnyOrderElementsOf(switches);
        assertThat(wakeups).hasSizeGreaterThan(10);
        assertThat(perfettoWakeups).containsExactlyInAnyOrderElementsOf(wakeups);
        for (Switch of : switches) {
            if (of.nextPid() != 0) {
                assertThat(threads).containsKey(of.nextPid());
            }
        }
    }

    @Test
    void chrome_saysWhatFtraceSays() throws IOException, LogException {
        List<Switch> switches = new ArrayList<>();
        read(trace(EXAMPLE, "run.ftrace"), switches, new ArrayList<>());
        JsonNode events =
                new ObjectMapper().readTree(trace(EXAMPLE, "run.json").toFile()).get("traceEvents");
        Map<Integer, Long> onCpus = new TreeMap<>(); // ns, by thread
        Map<Integer, Long> running = new TreeMap<>(); // ns, by thread
        for (JsonNode event : events) {
            if (event.get("ph").asText().equals("X")) {
                long ns = event.get("dur").decimalValue().movePointRight(3).longValueExact();
                if (event.get("cat").asText().equals("cpu")) {
                    String name = event.get("name").asText();
                    onCpus.merge(Integer.valueOf(name.substring(name.lastIndexOf(' ') + 1)), ns, Long::sum);
                } else if (event.get("name").asText().equals("Running")) {
                    running.merge(event.get("tid").asInt(), ns, Long::sum);
                }
            }
        }
        assertThat(onCpus).isEqualTo(running).isEqualTo(onCpus(switches));
    }

    private static Map<Integer, Long> onCpus(List<Switch> switches) {
        Map<Integer, Long> total = new TreeMap<>();
        Map<Integer, Switch> last = new TreeMap<>(); // by CPU
        for (Switch of : switches) {
            Switch before = last.put(of.cpu(), of);
            if (before != null && before.nextPid() != 0) {
                total.merge(before.nextPid(), of.ns() - before.ns(), Long::sum);
            }
        }
        return total;
    }

    /** The calls of a log have their CPUs and switches too. */
    @Test
    void logOfStrace_isTraced() throws IOException, LogException {
        Path log = Files.writeString(directory.resolve("log.strace"), LOG);
        List<Switch> switches = new ArrayList<>();
        List<Wakeup> wakeups = new ArrayList<>();
        read(trace(log, "log.ftrace"), switches, wakeups);
        List<Switch> perfettoSwitches = new ArrayList<>();
        readPerfetto(trace(log, "log.pftrace"), perfettoSwitches, new ArrayList<>(), new TreeMap<>());

        assertThat(switches).hasSizeGreaterThanOrEqualTo(4);
        assertThat(wakeups).isNotEmpty();
        assertThat(perfettoSwitches).containsExactlyInAnyOrderElementsOf(switches);
    }
}
