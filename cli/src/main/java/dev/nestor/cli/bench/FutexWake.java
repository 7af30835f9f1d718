package dev.nestor.cli.bench;

import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.util.Locale;

/** perf bench futex wake: threads wait for one futex and are woken, some at a time. */
final class FutexWake extends FutexCrew {
    private static final long SETTLE_NS = 100_000_000;
    private static final double US_PER_MS = 1000;

    private final int atOnce;
    private final RunStats counts = new RunStats();
    private final RunStats times = new RunStats();
    private long word;
    private long room;
    private long waited; // waits that have ended

    FutexWake(Shape shape, int atOnce) {
        super("futex/wake", shape);
        this.atOnce = atOnce;
    }

    @Override
    String summary() {
        return String.format(
                Locale.ROOT,
                "blocking on %d threads (at [%s] futex 0x%x), waking up %d at a time.",
                shape.threads(),
                shape.kind(),
                word,
                atOnce);
    }

    @Override
    void prepare(Stage stage) {
        word = stage.room(4);
        room = stage.room(16);
    }

    @Override
    Work work(BenchProgram thread, int index) {
        return new Work() {
            private boolean hasWaited;

            @Override
            public boolean next() {
                if (!hasWaited) {
                    thread.call4(Nr.NR_futex, word, Futex.FUTEX_WAIT | shape.flag(), 0, 0);
                }
                return !hasWaited;
            }

            @Override
            public void returned(long answer) {
                thread.done("FUTEX_WAIT", answer);
                hasWaited = true;
                waited++;
            }
        };
    }

    @Override
    Work measure(BenchProgram main, int round) {
        return new Work() {
            private final Elapsed elapsed = new Elapsed();
            private boolean hasSlept;
            private boolean isOver;
            private int woken;

            @Override
            public boolean next() {
                if (!hasSlept) {
                    main.sleep(room, SETTLE_NS);
                    return true;
                }
                if (woken == 0) {
                    elapsed.begin(main.stage.nowNs());
                }
                if (woken < shape.threads()) {
                    main.call3(Nr.NR_futex, word, Futex.FUTEX_WAKE | shape.flag(), atOnce);
                    return true;
                }
                if (!isOver) {
                    isOver = true;
                    elapsed.end(main.stage.nowNs());
                    tell();
                }
                return false;
            }

            private void tell() {
                counts.add(woken);
                times.add((double) elapsed.micros());
                if (!shape.isSilent()) {
                    print(String.format(
                            Locale.ROOT,
                            "[Run %d]: Wokeup %d of %d threads in %.4f ms%n",
                            round + 1,
                            woken,
                            shape.threads(),
                            elapsed.micros() / US_PER_MS));
                }
            }

            @Override
            public void returned(long answer) {
                if (hasSlept) {
                    woken += (int) main.done("FUTEX_WAKE", answer);
                }
                hasSlept = true;
            }
        };
    }

    @Override
    void conclude() {
        print(String.format(
                Locale.ROOT,
                "Wokeup %d of %d threads in %.4f ms (+-%.2f%%)%n",
                (int) counts.mean(),
                shape.threads(),
                times.mean() / US_PER_MS,
                times.error()));
        figure("milliseconds", times.mean() / US_PER_MS);
        figure("woken", waited);
    }
}
