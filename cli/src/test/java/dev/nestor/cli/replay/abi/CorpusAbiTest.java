package dev.nestor.cli.replay.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.LogSource;
import dev.nestor.cli.strace.RecordParser;
import dev.nestor.cli.strace.TaskCursor;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.cli.strace.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every call of every log is encoded, answered with what the log shows, and must then be found equal. */
class CorpusAbiTest {

    /** Calls that always write something that is compared: without an answer they must not be found equal. */
    private static final Set<String> ANSWERED =
            Set.of("uname", "getresuid", "newfstatat", "statx", "pipe2", "wait4", "clock_gettime");

    private final LogLimits limits = LogLimits.DEFAULT.leavingOut();
    private final RecordParser parser = new RecordParser(Machine.SIGNATURES::nr, limits);
    private final Map<String, int[]> counts =
            new TreeMap<>(); // by call: all, not encoded, not told, for want of an end
    private final List<String> differences = new ArrayList<>();
    private final List<String> silences = new ArrayList<>();

    @Test
    void everyCall_isFoundEqual_whenAnsweredAsRecorded() throws Exception {
        Optional<Path> corpus = Machine.corpus();
        assumeTrue(corpus.isPresent(), "the corpus, ../shared/corpus beside the project, is not here");
        for (Path log : logs(corpus.get())) {
            read(log);
        }
        int[] sum = new int[4];
        counts.values().forEach(count -> Arrays.setAll(sum, i -> sum[i] + count[i]));
        System.out.println(
                sum[0] + " calls: not encoded " + sum[1] + ", not told " + sum[2] + ", without an end " + sum[3]);
        counts.forEach((name, count) -> {
            if (count[1] + count[2] > 0) {
                System.out.println(
                        "  " + name + " " + count[0] + ": not encoded " + count[1] + ", not told " + count[2]);
            }
        });
        assertThat(differences).isEmpty();
        assertThat(silences).isEmpty();
        assertThat(sum[0]).isGreaterThan(1_000_000);
        assertThat(sum[1] + sum[2]).isLessThan(sum[0] / 1000);
    }

    private static List<Path> logs(Path corpus) throws IOException {
        try (Stream<Path> files = Files.walk(corpus)) {
            return files.filter(file -> file.toString().endsWith(".strace.gz"))
                    .sorted()
                    .toList();
        }
    }

    private void read(Path log) throws LogException {
        Machine machine = new Machine();
        EchoKernel kernel = new EchoKernel(machine.spaces);
        try (LogSource source = LogSource.open(log, limits);
                TraceSpool spool = TraceSpool.read(source, limits, line -> {})) {
            for (int task = 0; task < spool.tasks(); task++) {
                for (TaskCursor cursor = spool.cursor(task); cursor.advance(); ) {
                    if (cursor.isCall()) {
                        check(
                                machine,
                                kernel,
                                (TraceCall) cursor.parse(parser),
                                log.getFileName() + ":" + cursor.span().entryLine());
                    }
                }
            }
        }
    }

    private void check(Machine machine, EchoKernel kernel, TraceCall call, String where) {
        int[] count = counts.computeIfAbsent(call.name(), name -> new int[4]);
        count[0]++;
        if (!machine.encoder.encode(machine.task, machine.mm, call, machine.registers)) {
            count[1]++;
            return;
        }
        boolean isDeath = call.result().outcome() == CallResult.Outcome.UNKNOWN;
        long result = isDeath ? OutcomeComparer.DIED : call.result().value();
        boolean isAnswered = ANSWERED.contains(call.name()) && call.result().isKnown() && result >= 0;
        if (isAnswered
                && isWritten(call)
                && machine.comparer
                        .compare(machine.mm, call, machine.registers, result)
                        .isEqual()) {
            silences.add(where + " " + call.name());
        }
        kernel.answer(machine.mm, Machine.SIGNATURES.of(call), call, machine.registers);
        Outcome outcome = machine.comparer.compare(machine.mm, call, machine.registers, result);
        if (outcome.isDifferent()) {
            differences.add(where + " " + call.name() + " " + outcome);
        } else if (!outcome.isEqual()) {
            count[call.result().isKnown() ? 2 : 3]++;
        }
    }

    private static boolean isWritten(TraceCall call) {
        Signature signature = Machine.SIGNATURES.of(call);
        for (int i = 0; i < signature.arity(); i++) {
            Value value = call.arg(i);
            if (signature.kind(i) == Kind.OUT && value != null && !value.isNumber()) {
                return true;
            }
        }
        return false;
    }
}
