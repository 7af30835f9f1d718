package dev.nestor.cli.bench;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.util.Locale;

/** perf bench futex hash: threads that would wait, each for its own futexes, but that their words have other values. */
final class FutexHash extends TimedCrew {
    private static final int WORD = 4; // bytes
    private static final int EXPECTED = 1234; // of words that are 0

    private final int futexes; // of a thread
    private long words;
    private long refused; // calls that answered something else

    FutexHash(Shape shape, int futexes, int seconds) {
        super("futex/hash", shape, seconds);
        this.futexes = futexes;
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
    void prepareWords(Stage stage) {
        words = stage.room(Math.multiplyExact(WORD * futexes, shape.threads()));
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
                    if (isOver()) {
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
                count(index);
                futex++;
            }
        };
    }

    @Override
    String line(int thread, long rate) {
        return futexes == 1
                ? String.format(Locale.ROOT, "[thread %2d] futex: 0x%x [ %d ops/sec ]%n", thread, word(thread, 0), rate)
                : String.format(
                        Locale.ROOT,
                        "[thread %2d] futexes: 0x%x ... 0x%x [ %d ops/sec ]%n",
                        thread,
                        word(thread, 0),
                        word(thread, futexes - 1),
                        rate);
    }

    @Override
    void conclude() {
        super.conclude();
        figure("refused", refused);
    }
}
