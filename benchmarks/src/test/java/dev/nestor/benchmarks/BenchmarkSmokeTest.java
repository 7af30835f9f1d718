package dev.nestor.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, in its smallest size. What it measures here means nothing. */
class BenchmarkSmokeTest {
    @Test
    void everyBenchmark_runs() throws RunnerException {
        Options tiny = new OptionsBuilder()
                .include("dev.nestor.benchmarks.*")
                .param("tasks", "100")
                .param("queues", "32000")
                .param("level", "1", "31")
                .param("mounts", "10")
                .param("peers", "10")
                .param("depth", "2")
                .param("nets", "10")
                .param("devices", "10")
                .param("sockets", "1000")
                .param("size", "1000")
                .param("names", "1000")
                .param("ports", "1000")
                .param("cpusAndTasks", "8x1000")
                .param("length", "100")
                .param("cpus", "8")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(new TimeValue(1, TimeUnit.MILLISECONDS))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(tiny).run();
        assertThat(results).hasSize(93);
    }
}
