package dev.nestor.cli.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.nestor.cli.ExitCode;
import dev.nestor.cli.JsonFile;
import dev.nestor.cli.Main;
import dev.nestor.cli.Progress;
import dev.nestor.cli.plugin.CallbackGuard;
import dev.nestor.cli.plugin.PlugInException;
import dev.nestor.cli.plugin.SchedulerChoice;
import dev.nestor.cli.plugin.SchedulerOptions;
import dev.nestor.cli.program.Noise;
import dev.nestor.cli.run.MachineOptions;
import dev.nestor.cli.run.TraceFiles;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.trace.TraceFile;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.trace.Tracepoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The machine that a benchmark runs on, and what is told of the run beside what the original prints. */
final class BenchOptions {
    @Mixin
    private final MachineOptions machine = new MachineOptions();

    @Mixin
    private final SchedulerOptions sched = new SchedulerOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to this file.")
    private @Nullable Path json;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write what the scheduler does to this file, in the form of its ending: see nestor run.")
    private @Nullable Path trace;

    @Option(
            names = "--noise",
            paramLabel = "N,US",
            split = ",",
            description = "Disturb each CPU N times a second for US microseconds, in the mean, drawn by --seed.")
    private List<Double> noise = List.of();

    @Option(
            names = "--max-tasks",
            paramLabel = "N",
            defaultValue = "32768",
            description = "Most tasks of a run (default: ${DEFAULT-VALUE}).")
    private int maxTasks;

    @Option(
            names = "--max-time",
            paramLabel = "SECONDS",
            defaultValue = "86400",
            description = "Most simulated seconds (default: ${DEFAULT-VALUE}).")
    private long maxTime;

    @Option(
            names = "--max-events",
            paramLabel = "N",
            defaultValue = "5000000000",
            description = "Most events of a run (default: ${DEFAULT-VALUE}).")
    private long maxEvents;

    @SuppressWarnings("unused") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    /** CPUs of the machine. */
    int cpus() {
        return machine.topology().cpus();
    }

    /** Throws what is wrong with the options. */
    void check(CommandLine line) {
        String complaint = complaint();
        if (!complaint.isEmpty()) {
            throw new CommandLine.ParameterException(line, complaint);
        }
    }

    /** Plays it and prints what it has found; the command's exit code. */
    int run(CommandLine line, Benchmark benchmark) {
        PrintWriter err = line.getErr();
        try (CallbackGuard guard = CallbackGuard.of(err)) {
            String stopped = play(line, benchmark, sched.choice(guard), guard);
            if (stopped.isEmpty()) {
                return ExitCode.OK;
            }
            err.println("nestor: " + benchmark.name() + ": " + stopped + "; the fair class went on");
            return ExitCode.SCHEDULER_STOPPED;
        } catch (PlugInException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.NO_SCHEDULER;
        } catch (BenchFailure e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.DIFFERENT;
        } catch (LogException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.of(e.kind());
        } catch (IOException e) {
            err.println("nestor: " + (json == null ? trace : json) + " can't be written: " + e.getMessage());
            return ExitCode.CANNOT_WRITE;
        } catch (OutOfMemoryError e) {
            err.println(
                    "nestor: " + benchmark.name() + ": needs more memory than there is: raise NESTOR_JAVA_OPTS=-Xmx");
            return ExitCode.LIMIT;
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return Main.internalError(err, e);
        }
    }

    /** Why the user's scheduler was stopped, or nothing. */
    private String play(CommandLine line, Benchmark benchmark, SchedulerChoice scheduler, CallbackGuard guard)
            throws LogException, IOException {
        AtomicReference<Kernel> booted = new AtomicReference<>();
        Path target = json;
        Path traceTarget = trace;
        try (JsonFile file = target == null ? null : JsonFile.open(target);
                TraceFile tracer = traceTarget == null ? null : TraceFiles.open(traceTarget)) {
            long start = System.nanoTime();
            AtomicLong done = new AtomicLong();
            BenchRun.Totals totals;
            try (Progress progress = Progress.start(() -> benchmark.name() + ": " + done.get() + " ms simulated")) {
                totals = new BenchRun(
                                benchmark,
                                noise(),
                                scheduler.configure(config()),
                                tracer == null ? Tracepoints.NONE : tracer,
                                kernel -> {
                                    booted.set(kernel);
                                    guard.started(kernel);
                                    if (tracer != null) {
                                        tracer.setKernel(kernel);
                                    }
                                },
                                new BenchRun.Limits(maxTime, maxEvents))
                        .run(done::set);
                progress.erase();
            }
            long wallNs = System.nanoTime() - start;
            benchmark.print(line.getOut());
            line.getOut().flush();
            summary(line.getErr(), totals, wallNs);
            if (file != null) {
                write(file, benchmark, totals, wallNs);
            }
            if (tracer != null) {
                tracer.commit();
            }
            return SchedulerChoice.stopped(Objects.requireNonNull(booted.get(), "no kernel was booted"));
        }
    }

    private void summary(PrintWriter err, BenchRun.Totals totals, long wallNs) {
        err.printf(
                Locale.ROOT,
                "nestor: %.3f s simulated in %.2f s, %d events, digest %s%n",
                (double) totals.cycles() / machine.tscHz(),
                wallNs / 1e9,
                totals.events(),
                totals.digest());
        err.flush();
    }

    private void write(JsonFile file, Benchmark benchmark, BenchRun.Totals totals, long wallNs) throws IOException {
        JsonGenerator out = file.json();
        out.writeStartObject();
        out.writeStringField("benchmark", benchmark.name());
        out.writeNumberField("cpus", cpus());
        out.writeNumberField("tscHz", machine.tscHz());
        out.writeNumberField("hz", machine.hz());
        out.writeObjectFieldStart("figures");
        for (Map.Entry<String, Number> figure : benchmark.figures().entrySet()) {
            out.writeFieldName(figure.getKey());
            if (figure.getValue() instanceof Double value) {
                out.writeNumber(value);
            } else {
                out.writeNumber(figure.getValue().longValue());
            }
        }
        out.writeEndObject();
        out.writeNumberField("cycles", totals.cycles());
        out.writeNumberField("events", totals.events());
        out.writeNumberField("tasks", totals.tasks());
        out.writeNumberField("voluntarySwitches", totals.voluntary());
        out.writeNumberField("involuntarySwitches", totals.involuntary());
        out.writeNumberField("migrations", totals.migrations());
        out.writeNumberField("wallNs", wallNs);
        out.writeStringField("digest", totals.digest());
        out.writeEndObject();
        file.commit();
    }

    private KernelConfig config() {
        return new KernelConfig()
                .maxTasks(maxTasks)
                .topology(machine.topology())
                .hz(machine.hz())
                .tscHz(machine.tscHz())
                .seed(machine.seed())
                .preemption(machine.preemption())
                .hrtick(machine.hrtick());
    }

    private Noise noise() {
        return noise.isEmpty() ? Noise.NONE : new Noise(noise.get(0), noise.get(1), machine.seed());
    }

    private String complaint() {
        if (!sched.complaint().isEmpty()) {
            return sched.complaint();
        }
        if (!noise.isEmpty() && (noise.size() != 2 || noise.get(0) <= 0 || noise.get(1) <= 0)) {
            return "--noise takes two numbers above 0: times a second, microseconds";
        }
        if (maxTime < 1 || maxEvents < 1 || maxTasks < 1) {
            return "a limit must be positive";
        }
        return machine.complaint();
    }
}
