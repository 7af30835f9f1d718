package dev.nestor.cli.bench;

import java.util.Locale;

/** A crew whose threads work until a time is over; what each has done in a second is told. */
abstract class TimedCrew extends FutexCrew {
    private static final int TIMESPEC = 16; // bytes

    final int seconds;
    private final long[] operations; // by thread
    private final Elapsed elapsed = new Elapsed();
    private long room;
    private boolean isOver;

    TimedCrew(String name, Shape shape, int seconds) {
        super(name, shape);
        this.seconds = seconds;
        this.operations = new long[shape.threads()];
    }

    @Override
    final void prepare(Stage stage) {
        prepareWords(stage);
        room = stage.room(TIMESPEC);
        elapsed.begin(stage.nowNs());
    }

    /** Takes the memory of the threads' futexes. */
    abstract void prepareWords(Stage stage);

    final boolean isOver() {
        return isOver;
    }

    /** A thread has done one more. */
    final void count(int thread) {
        operations[thread]++;
    }

    /** What a thread has done so far. */
    final long counted(int thread) {
        return operations[thread];
    }

    @Override
    final Work measure(BenchProgram main, int round) {
        return new Sleep(main, room, seconds) {
            @Override
            void over() {
                isOver = true;
                elapsed.end(main.stage.nowNs());
            }
        };
    }

    /** The line of one thread. */
    abstract String line(int thread, long rate);

    @Override
    void conclude() {
        RunStats stats = new RunStats();
        long total = 0;
        for (int i = 0; i < operations.length; i++) {
            long rate = operations[i] / Math.max(1, elapsed.wholeSeconds());
            stats.add((double) rate);
            total += operations[i];
            if (!shape.isSilent()) {
                print(line(i, rate));
            }
        }
        print(String.format(
                Locale.ROOT,
                "%sAveraged %d operations/sec (+- %.2f%%), total secs = %d%n",
                shape.isSilent() ? "" : System.lineSeparator(),
                (long) stats.mean(),
                stats.error(),
                elapsed.wholeSeconds()));
        figure("operationsPerSecond", (long) stats.mean());
        figure("operations", total);
    }
}
