package dev.nestor.cli.bench;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.util.Locale;

/** perf bench futex hash: threads that would wait, each for its own futexes, but that their words have other values. */
final class FutexHash extends FutexCrew {
    private static final int WORD = 4; // bytes
    private static final int EXPECTED = 1234; // of words that are 0

    private final int futexes; // of a thread
    private final int seconds;
    private final long[] operations; // by thread
    private final Elapsed elapsed = new Elapsed();
    private long words;
    private long room;
    private long refused; // calls that answered something else
    private boolean isOver;

    FutexHash(Shape shape, int futexes, int seconds) {
        super("futex/hash", shape);
        this.futexes = futexes;
        this.seconds = seconds;
        this.operations = new long[shape.threads()];
    }

    @Override
    String summary() {
        return String.format(
                Locale.ROOT,
                "%d threads, each operating on %d [%s] futexes for %d secs.",
                shape.threads(),
                futexes,
                shape.kind(),
                seconds);
    }

    @Override
    void prepare(Stage stage) {
        words = stage.room(Math.multiplyExact(WORD * futexes, shape.threads()));
        room = stage.room(16);
        elapsed.begin(stage.nowNs());
    }

    private long word(int thread, int futex) {
        return words + (long) WORD * (thread * futexes + futex);
    }

    @Override
    Work work(BenchProgram thread, int index) {
        return new Work() {
            private int futex;

            @Override
            public boolean next() {
                if (futex == futexes) {
                    if (isOver) {
                        return false;
                    }
                    futex = 0;
                }
                thread.call4(Nr.NR_futex, word(index, futex), Futex.FUTEX_WAIT | shape.flag(), EXPECTED, 0);
                return true;
            }

            @Override
            public void returned(long answer) {
                refused += answer == -Errno.EAGAIN ? 0 : 1;
                operations[index]++;
                futex++;
            }
        };
    }

    @Override
    Work measure(BenchProgram main, int round) {
        return new Sleep(main, room, seconds) {
            @Override
            void over() {
                isOver = true;
                elapsed.end(main.stage.nowNs());
            }
        };
    }

    @Override
    void conclude() {
        RunStats stats = new RunStats();
        long total = 0;
        for (int i = 0; i < operations.length; i++) {
            long rate = elapsed.wholeSeconds() > 0 ? operations[i] / elapsed.wholeSeconds() : 0;
            stats.add((double) rate);
            total += operations[i];
            if (!shape.isSilent() && futexes == 1) {
                print(String.format(Locale.ROOT, "[thread %2d] futex: 0x%x [ %d ops/sec ]%n", i, word(i, 0), rate));
            } else if (!shape.isSilent()) {
                print(String.format(
                        Locale.ROOT,
                        "[thread %2d] futexes: 0x%x ... 0x%x [ %d ops/sec ]%n",
                        i,
                        word(i, 0),
                        word(i, futexes - 1),
                        rate));
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
        figure("refused", refused);
    }
}
