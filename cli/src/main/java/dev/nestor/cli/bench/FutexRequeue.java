package dev.nestor.cli.bench;

import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.util.Locale;

/** perf bench futex requeue: threads wait for one futex, are made to wait for another, some at a time, and then woken. */
final class FutexRequeue extends FutexCrew {
    private static final long SETTLE_NS = 100_000_000;
    private static final double US_PER_MS = 1000;

    private final int atOnce;
    private final boolean isPi;
    private final RunStats counts = new RunStats();
    private final RunStats times = new RunStats();
    private long from;
    private long to;
    private long room;
    private long waited; // waits that have ended

    /** @param isPi whether the other futex is a lock, which those who waited take and let go of */
    FutexRequeue(Shape shape, int atOnce, boolean isPi) {
        super("futex/requeue", shape);
        this.isPi = isPi;
        this.atOnce = Math.min(atOnce, shape.threads());
    }

    @Override
    String summary() {
        return String.format(
                Locale.ROOT,
                "Requeuing %d threads (from [%s] 0x%x to %s0x%x), %d at a time.",
                shape.threads(),
                shape.kind(),
                from,
                isPi ? "PI " : "",
                to,
                atOnce);
    }

    @Override
    void prepare(Stage stage) {
        from = stage.room(4);
        to = stage.room(4);
        room = stage.room(16);
    }

    @Override
    Work work(BenchProgram thread, int index) {
        return new Work() {
            private boolean hasWaited;
            private boolean isOver;

            @Override
            public boolean next() {
                if (isOver) {
                    return false;
                }
                if (hasWaited) {
                    thread.call3(Nr.NR_futex, to, Futex.FUTEX_UNLOCK_PI | shape.flag(), 0);
                } else if (isPi) {
                    thread.call(Nr.NR_futex, from, Futex.FUTEX_WAIT_REQUEUE_PI | shape.flag(), 0, 0, to, 0);
                } else {
                    thread.call4(Nr.NR_futex, from, Futex.FUTEX_WAIT | shape.flag(), 0, 0);
                }
                return true;
            }

            @Override
            public void returned(long answer) {
                thread.done("FUTEX_WAIT", answer);
                waited += hasWaited ? 0 : 1;
                isOver = hasWaited || !isPi;
                hasWaited = true;
            }
        };
    }

    @Override
    Work measure(BenchProgram main, int round) {
        return new Requeueing(main, round);
    }

    /** One round: the threads have settled, are moved, and woken. */
    private final class Requeueing implements Work {
        private final BenchProgram main;
        private final int round;
        private final Elapsed elapsed = new Elapsed();
        private boolean hasSlept;
        private boolean isTold;
        private boolean isOver;
        private int moved;
        private int calls;

        Requeueing(BenchProgram main, int round) {
            this.main = main;
            this.round = round;
        }

        @Override
        public boolean next() {
            if (!hasSlept) {
                main.sleep(room, SETTLE_NS);
                return true;
            }
            if (moved == 0) {
                elapsed.begin(main.stage.nowNs());
            }
            if (moved < shape.threads()) {
                int command = isPi ? Futex.FUTEX_CMP_REQUEUE_PI : Futex.FUTEX_CMP_REQUEUE;
                calls++;
                main.call(Nr.NR_futex, from, command | shape.flag(), isPi ? 1 : 0, atOnce, to, 0);
                return true;
            }
            if (!isTold) {
                isTold = true;
                elapsed.end(main.stage.nowNs());
                tell();
            }
            if (!isPi && !isOver) {
                main.call3(Nr.NR_futex, to, Futex.FUTEX_WAKE | shape.flag(), moved);
                return true;
            }
            return false;
        }

        private void tell() {
            counts.add(moved);
            times.add((double) elapsed.micros());
            if (!shape.isSilent() && isPi) {
                print(String.format(
                        Locale.ROOT,
                        "[Run %d]: Awoke and Requeued (%d+%d) of %d threads in %.4f ms%n",
                        round + 1,
                        calls,
                        moved - calls,
                        shape.threads(),
                        elapsed.micros() / US_PER_MS));
            } else if (!shape.isSilent()) {
                print(String.format(
                        Locale.ROOT,
                        "[Run %d]: Requeued %d of %d threads in %.4f ms%n",
                        round + 1,
                        moved,
                        shape.threads(),
                        elapsed.micros() / US_PER_MS));
            }
        }

        @Override
        public void returned(long answer) {
            if (hasSlept && !isTold) {
                moved += (int) main.done("FUTEX_CMP_REQUEUE", answer);
            } else if (isTold && !isOver) {
                isOver = true;
                int woken = (int) main.done("FUTEX_WAKE", answer);
                if (woken != shape.threads()) {
                    print(String.format(Locale.ROOT, "couldn't wakeup all tasks (%d/%d)%n", woken, shape.threads()));
                }
            }
            hasSlept = true;
        }
    }

    @Override
    void conclude() {
        print(String.format(
                Locale.ROOT,
                "Requeued %d of %d threads in %.4f ms (+-%.2f%%)%n",
                (int) counts.mean(),
                shape.threads(),
                times.mean() / US_PER_MS,
                times.error()));
        figure("milliseconds", times.mean() / US_PER_MS);
        figure("woken", waited);
    }
}
