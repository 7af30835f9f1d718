package dev.nestor.cli.bench;

import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.util.Locale;

/** perf bench futex lock-pi: threads that take a lock, sleep with it, and let it go. */
final class FutexLockPi extends FutexCrew {
    private static final int WORD = 4; // bytes
    private static final int LINE = 64; // bytes

    private final int seconds;
    private final boolean hasMany; // a lock for each thread
    private final long[] operations; // by thread
    private final Elapsed elapsed = new Elapsed();
    private long words;
    private long rooms;
    private long room;
    private boolean isOver;

    FutexLockPi(Shape shape, int seconds, boolean hasMany) {
        super("futex/lock-pi", shape);
        this.seconds = seconds;
        this.hasMany = hasMany;
        this.operations = new long[shape.threads()];
    }

    @Override
    String summary() {
        return String.format(
                Locale.ROOT, "%d threads doing pi lock/unlock pairing for %d secs.", shape.threads(), seconds);
    }

    @Override
    void prepare(Stage stage) {
        words = stage.room(hasMany ? LINE * shape.threads() : WORD);
        rooms = stage.room(LINE * shape.threads());
        room = stage.room(LINE);
        elapsed.begin(stage.nowNs());
    }

    private long word(int thread) {
        return hasMany ? words + (long) LINE * thread : words;
    }

    @Override
    Work work(BenchProgram thread, int index) {
        return new Work() {
            private int step;

            @Override
            public boolean next() {
                switch (step) {
                    case 0 -> {
                        if (isOver && operations[index] > 0) {
                            return false;
                        }
                        thread.call4(Nr.NR_futex, word(index), Futex.FUTEX_LOCK_PI | shape.flag(), 0, 0);
                    }
                    case 1 -> thread.sleep(rooms + (long) LINE * index, BenchProgram.NS_PER_US);
                    default -> thread.call4(Nr.NR_futex, word(index), Futex.FUTEX_UNLOCK_PI | shape.flag(), 0, 0);
                }
                return true;
            }

            @Override
            public void returned(long answer) {
                thread.done(step == 0 ? "FUTEX_LOCK_PI" : "FUTEX_UNLOCK_PI", answer);
                step = (step + 1) % 3;
                operations[index] += step == 0 ? 1 : 0;
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
            long rate = operations[i] / Math.max(1, elapsed.wholeSeconds());
            stats.add((double) rate);
            total += operations[i];
            if (!shape.isSilent()) {
                print(String.format(Locale.ROOT, "[thread %3d] futex: 0x%x [ %d ops/sec ]%n", i, word(i), rate));
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
