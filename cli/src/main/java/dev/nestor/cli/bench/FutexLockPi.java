package dev.nestor.cli.bench;

import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.util.Locale;

/** perf bench futex lock-pi: threads that take a lock, sleep with it, and let it go. */
final class FutexLockPi extends TimedCrew {
    private static final int WORD = 4; // bytes
    private static final int LINE = 64; // bytes

    private final boolean hasMany; // a lock for each thread
    private long words;
    private long rooms;

    FutexLockPi(Shape shape, int seconds, boolean hasMany) {
        super("futex/lock-pi", shape, seconds);
        this.hasMany = hasMany;
    }

    @Override
    String summary() {
        return String.format(
                Locale.ROOT, "%d threads doing pi lock/unlock pairing for %d secs.", shape.threads(), seconds);
    }

    @Override
    void prepareWords(Stage stage) {
        words = stage.room(hasMany ? LINE * shape.threads() : WORD);
        rooms = stage.room(LINE * shape.threads());
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
                        if (isOver() && counted(index) > 0) {
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
                if (step == 0) {
                    count(index);
                }
            }
        };
    }

    @Override
    String line(int thread, long rate) {
        return String.format(Locale.ROOT, "[thread %3d] futex: 0x%x [ %d ops/sec ]%n", thread, word(thread), rate);
    }
}
