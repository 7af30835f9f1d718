package dev.nestor.cli.run;

import dev.nestor.cli.image.FileImage;
import dev.nestor.cli.plugin.SchedulerChoice;
import dev.nestor.cli.replay.ReplayOptions;
import dev.nestor.cli.run.CallAccount.Source;
import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.LogSource;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.kernel.sched.Preemption;
import dev.nestor.machine.Topology;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Runs logs that a test has written down, in scheduled order. Times in them are seconds of one digit. */
final class Runs {
    static final int CYCLES_PER_MICRO = 2000;

    private Runs() {}

    static RunReport of(String log) {
        return of(log, 2);
    }

    static RunReport of(String log, int cpus) {
        try {
            return run(log, cpus, 60);
        } catch (LogException e) {
            throw new AssertionError(e);
        }
    }

    static RunReport run(String log, int cpus, long maxSeconds) throws LogException {
        LogLimits limits = LogLimits.DEFAULT;
        byte[] bytes = log.replaceAll("(?m)^(\\d+) (\\d)\\.", "$1 170000000$2.").getBytes(StandardCharsets.UTF_8);
        try (LogSource source = LogSource.of("test", new ByteArrayInputStream(bytes), limits);
                TraceSpool spool = TraceSpool.read(source, limits, lines -> {})) {
            RunOptions options = new RunOptions(
                    Topology.plain(cpus),
                    250,
                    2_000_000_000L,
                    0,
                    Preemption.NONE,
                    false,
                    SchedulerChoice.EEVDF,
                    kernel -> {},
                    new ReplayOptions(false, 64 << 20, 4096, FileImage.NONE),
                    maxSeconds,
                    10_000_000);
            return new ScheduledRun(spool, limits, options, null).run(records -> {});
        }
    }

    static TaskAccount task(RunReport report, int number) {
        return report.tasks().stream()
                .filter(task -> task.number() == number)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no task " + number));
    }

    static long userMicros(RunReport report, int number) {
        return task(report, number).user() / CYCLES_PER_MICRO;
    }

    static CallAccount call(RunReport report, String name) {
        return report.calls().all().stream()
                .filter(call -> call.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    static long forced(RunReport report) {
        return report.calls().count(Source.FORCED);
    }

    static double seconds(RunReport report) {
        return report.totals().cycles() / 2e9;
    }
}
