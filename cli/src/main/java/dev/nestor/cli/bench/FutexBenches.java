package dev.nestor.cli.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nestor bench futex}: perf's benchmarks of futexes. */
@Command(
        name = "futex",
        description = "Futex stressing benchmarks, of perf bench.",
        synopsisSubcommandLabel = "BENCHMARK",
        subcommands = {
            FutexBenches.Hash.class,
            FutexBenches.Wake.class,
            FutexBenches.Requeue.class,
            FutexBenches.LockPi.class
        })
final class FutexBenches extends BenchGroup {
    /** What each of them can be asked for. */
    abstract static class Crew extends One {
        @Option(
                names = {"-t", "--threads"},
                paramLabel = "N",
                defaultValue = "0",
                description = "Number of threads (default: one for each CPU).")
        private int threads;

        @Option(
                names = {"-s", "--silent"},
                description = "Do not display details.")
        private boolean isSilent;

        @Option(
                names = {"-S", "--shared"},
                description = "Shared futexes, not private ones.")
        private boolean isShared;

        /** The benchmark of a crew; throws what is wrong with its options. */
        abstract Benchmark benchmark(CommandLine line, int repeat);

        final FutexCrew.Shape shape(int rounds) {
            return new FutexCrew.Shape(threads == 0 ? cpus() : threads, isSilent, isShared, rounds);
        }

        @Override
        final Benchmark benchmark(CommandLine line, BenchCommand bench) {
            if (threads < 0) {
                Counts.check(line, "--threads", threads);
            }
            return benchmark(line, bench.repeat());
        }
    }

    /** {@code futex hash}. */
    @Command(name = "hash", description = "Threads that look futexes up.")
    static final class Hash extends Crew {
        @Option(
                names = {"-r", "--runtime"},
                paramLabel = "SECONDS",
                defaultValue = "10",
                description = "How long (default: ${DEFAULT-VALUE}).")
        private int seconds;

        @Option(
                names = {"-f", "--futexes"},
                paramLabel = "N",
                defaultValue = "1024",
                description = "Futexes of a thread (default: ${DEFAULT-VALUE}).")
        private int futexes;

        @Override
        Benchmark benchmark(CommandLine line, int repeat) {
            Counts.check(line, "--runtime", seconds);
            Counts.check(line, "--futexes", futexes);
            return new FutexHash(shape(1), futexes, seconds);
        }
    }

    /** {@code futex wake}. */
    @Command(name = "wake", description = "Threads that wait for a futex and are woken.")
    static final class Wake extends Crew {
        @Option(
                names = {"-w", "--nwakes"},
                paramLabel = "N",
                defaultValue = "1",
                description = "Threads that are woken at once (default: ${DEFAULT-VALUE}).")
        private int wakes;

        @Override
        Benchmark benchmark(CommandLine line, int repeat) {
            Counts.check(line, "--nwakes", wakes);
            return new FutexWake(shape(repeat), wakes);
        }
    }

    /** {@code futex requeue}. */
    @Command(name = "requeue", description = "Threads that wait for a futex and are made to wait for another.")
    static final class Requeue extends Crew {
        @Option(
                names = {"-q", "--nrequeue"},
                paramLabel = "N",
                defaultValue = "1",
                description = "Threads that are requeued at once (default: ${DEFAULT-VALUE}).")
        private int requeues;

        @Option(
                names = {"-B", "--broadcast"},
                description = "Requeue all threads at once.")
        private boolean broadcast;

        @Option(
                names = {"-p", "--pi"},
                description = "Requeue to a lock with priority inheritance.")
        private boolean isPi;

        @Override
        Benchmark benchmark(CommandLine line, int repeat) {
            Counts.check(line, "--nrequeue", requeues);
            return new FutexRequeue(shape(repeat), broadcast ? Integer.MAX_VALUE : requeues, isPi);
        }
    }

    /** {@code futex lock-pi}. */
    @Command(name = "lock-pi", description = "Threads that take a lock with priority inheritance.")
    static final class LockPi extends Crew {
        @Option(
                names = {"-r", "--runtime"},
                paramLabel = "SECONDS",
                defaultValue = "10",
                description = "How long (default: ${DEFAULT-VALUE}).")
        private int seconds;

        @Option(
                names = {"-M", "--multi"},
                description = "A lock for each thread.")
        private boolean hasMany;

        @Override
        Benchmark benchmark(CommandLine line, int repeat) {
            Counts.check(line, "--runtime", seconds);
            return new FutexLockPi(shape(1), seconds, hasMany);
        }
    }
}
