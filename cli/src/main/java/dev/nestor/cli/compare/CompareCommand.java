package dev.nestor.cli.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.nestor.cli.ExitCode;
import dev.nestor.cli.JsonFile;
import dev.nestor.cli.Main;
import dev.nestor.cli.Progress;
import dev.nestor.cli.TextTable;
import dev.nestor.cli.ftrace.FtraceReader;
import dev.nestor.cli.strace.LogException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nestor compare REAL SIM}. */
@Command(
        name = "compare",
        description = {
            "Compares two traces of the scheduler, of one workload on a real machine and on an emulated one.",
            "",
            "Tasks are the same that have the same name. For each and for all of them: the figures, their difference, and what it"
                    + " was held to. Delay is the time that a task is runnable and has no CPU.",
            ""
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every figure is as near as it has to be",
            "1:some figure is not",
            "2:wrong usage",
            "3:a trace can't be read",
            "4:a file is no trace of ftrace, or the two have no task in common",
            "5:a trace breaks off",
            "6:a line can't be parsed",
            "8:a line is too long",
            "70:a bug of Nestor",
            "73:the JSON file could not be written"
        })
public final class CompareCommand implements Callable<Integer> {
    private static final String NOT_MEASURED = "not measured";

    @Parameters(
            index = "0",
            paramLabel = "REAL",
            description = "What tracefs or trace-cmd report wrote, plain or gzip.")
    private Path real = Path.of("");

    @Parameters(index = "1", paramLabel = "SIM", description = "The other trace, of nestor run --trace.")
    private Path simulated = Path.of("");

    @Option(
            names = "--clock",
            paramLabel = "HZ",
            defaultValue = "2000000000",
            description = "Frequency of time stamps that are whole numbers, as of trace_clock x86-tsc"
                    + " (default: ${DEFAULT-VALUE}).")
    private long clockHz;

    @Option(names = "--all", description = "Print figures too that are held to nothing.")
    private boolean all;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all figures to this file.")
    private @Nullable Path json;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        if (clockHz < 1) {
            throw new CommandLine.ParameterException(line, "--clock must be positive");
        }
        PrintWriter err = line.getErr();
        Path target = json;
        try (JsonFile file = target == null ? null : JsonFile.open(target)) {
            Comparison comparison = compare();
            if (comparison.rows().isEmpty()) {
                throw new LogException(LogException.Kind.BINARY, simulated.toString(), 0, "has no task of " + real);
            }
            print(line.getOut(), comparison);
            if (file != null) {
                write(file.json(), comparison);
                file.commit();
            }
            return comparison.misses() == 0 ? ExitCode.OK : ExitCode.DIFFERENT;
        } catch (LogException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.of(e.kind());
        } catch (IOException e) {
            err.println("nestor: " + json + " can't be written: " + e.getMessage());
            return ExitCode.CANNOT_WRITE;
        } catch (RuntimeException | AssertionError e) {
            return Main.internalError(err, e);
        }
    }

    private Comparison compare() throws LogException {
        AtomicReference<Path> reading = new AtomicReference<>(real);
        AtomicLong lines = new AtomicLong();
        try (Progress progress = Progress.start(() -> reading.get() + ": " + lines.get() + " lines read")) {
            TraceTimes one = read(real, lines);
            reading.set(simulated);
            TraceTimes other = read(simulated, lines);
            progress.erase();
            return new Comparison(one, other);
        }
    }

    private TraceTimes read(Path trace, AtomicLong lines) throws LogException {
        TraceTimes times = new TraceTimes();
        new FtraceReader(trace, clockHz).read(times, lines::set);
        if (!times.hasSwitches()) {
            throw new LogException(LogException.Kind.BINARY, trace.toString(), 0, "has no sched_switch");
        }
        times.end();
        return times;
    }

    private void print(PrintWriter out, Comparison comparison) {
        TextTable table = new TextTable("llrrrll", "task", "figure", "real", "simulated", "difference", "held to", "");
        int held = 0;
        for (Comparison.Row row : comparison.rows()) {
            String name = row.task();
            for (Metric metric : Metric.values()) {
                if (all || metric.isHeld()) {
                    table.add(cells(row, metric, name));
                    name = "";
                }
                held += isTold(row, metric) ? 1 : 0;
            }
        }
        table.print(out);
        out.println();
        list(out, "only in " + real, comparison.onlyReal());
        list(out, "only in " + simulated, comparison.onlySimulated());
        out.println(held - comparison.misses() + " of " + held + " figures are as near as they have to be");
        out.flush();
    }

    private static boolean isTold(Comparison.Row row, Metric metric) {
        return metric.isHeld()
                && metric.of(row.real()).isPresent()
                && metric.of(row.simulated()).isPresent();
    }

    private static String[] cells(Comparison.Row row, Metric metric, String name) {
        OptionalDouble one = metric.of(row.real());
        OptionalDouble other = metric.of(row.simulated());
        String label = metric.unit().isEmpty() ? metric.label() : metric.label() + ", " + metric.unit();
        String mark = Comparison.isMissed(row, metric) ? "missed" : "";
        return new String[] {name, label, shown(one), shown(other), difference(one, other), metric.tolerance(), mark};
    }

    private static String shown(OptionalDouble value) {
        if (value.isEmpty()) {
            return NOT_MEASURED;
        }
        double number = value.getAsDouble();
        boolean isWhole = number == Math.rint(number);
        return isWhole ? String.format(Locale.ROOT, "%.0f", number) : String.format(Locale.ROOT, "%.2f", number);
    }

    private static String difference(OptionalDouble one, OptionalDouble other) {
        if (one.isEmpty() || other.isEmpty() || one.getAsDouble() == 0) {
            return "";
        }
        return String.format(Locale.ROOT, "%+.1f %%", 100 * (other.getAsDouble() / one.getAsDouble() - 1));
    }

    private static void list(PrintWriter out, String what, List<String> tasks) {
        if (!tasks.isEmpty()) {
            out.println(what + ": " + String.join(", ", tasks));
        }
    }

    private void write(JsonGenerator out, Comparison comparison) throws IOException {
        out.writeStartObject();
        out.writeStringField("real", real.toString());
        out.writeStringField("simulated", simulated.toString());
        out.writeArrayFieldStart("tasks");
        for (Comparison.Row row : comparison.rows()) {
            out.writeStartObject();
            out.writeStringField("task", row.task());
            for (Metric metric : Metric.values()) {
                out.writeObjectFieldStart(metric.name().toLowerCase(Locale.ROOT));
                writeNumber(out, "real", metric.of(row.real()));
                writeNumber(out, "simulated", metric.of(row.simulated()));
                out.writeStringField("heldTo", metric.tolerance());
                out.writeBooleanField("missed", Comparison.isMissed(row, metric));
                out.writeEndObject();
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        writeList(out, "onlyReal", comparison.onlyReal());
        writeList(out, "onlySimulated", comparison.onlySimulated());
        out.writeNumberField("misses", comparison.misses());
        out.writeEndObject();
    }

    private static void writeNumber(JsonGenerator out, String key, OptionalDouble value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(key, value.getAsDouble());
        } else {
            out.writeNullField(key);
        }
    }

    private static void writeList(JsonGenerator out, String key, List<String> names) throws IOException {
        out.writeArrayFieldStart(key);
        for (String name : names) {
            out.writeString(name);
        }
        out.writeEndArray();
    }
}
