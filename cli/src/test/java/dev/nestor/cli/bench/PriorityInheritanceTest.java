package dev.nestor.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.cli.program.Noise;
import dev.nestor.cli.program.Program;
import dev.nestor.event.Random;
import dev.nestor.init.Kernel;
import dev.nestor.init.KernelConfig;
import dev.nestor.init.KernelInvariants;
import dev.nestor.machine.Topology;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The classic inversion: a task holds a lock, a more urgent one waits for it, and those between the two would keep the first from
 * running. One CPU; times are ms.
 */
class PriorityInheritanceTest {
    private static final int HOG_MS = 200;
    private static final int LOW = 0; // SCHED_NORMAL
    private static final int MIDDLE = 30;
    private static final int HIGH = 60;

    /** What one thread does from its start on: sleeps, takes locks, works, lets go of them. */
    private record Part(int priority, int sleepMs, List<Integer> locks, int workMs) {}

    private static final class Play implements Benchmark {
        private final List<Part> parts;
        private final boolean lends;
        private final long[] waitedNs;
        private final long[] endNs;

        /** @param lends whether the locks are of the kind that lends priorities */
        Play(List<Part> parts, boolean lends) {
            this.parts = parts;
            this.lends = lends;
            this.waitedNs = new long[parts.size()];
            this.endNs = new long[parts.size()];
        }

        @Override
        public String name() {
            return "inversion";
        }

        @Override
        public Program main(Stage stage) {
            return new Main(stage);
        }

        @Override
        public void print(PrintWriter out) {}

        @Override
        public Map<String, Number> figures() {
            return Map.of();
        }

        private final class Main extends BenchProgram {
            private final long tids;
            private final long locks;
            private int made;

            Main(Stage stage) {
                super(stage, "inversion");
                tids = stage.room(4 * parts.size());
                locks = stage.room(64 * 8);
            }

            @Override
            protected void advance() {
                if (made < parts.size()) {
                    thread(new Actor(stage, made, locks), tids + 4L * made);
                    return;
                }
                for (int i = 0; i < parts.size(); i++) {
                    if (join(tids + 4L * i)) {
                        return;
                    }
                }
                exitGroup();
            }

            @Override
            protected void returned(long answer) {
                made += nr == Nr.NR_clone ? 1 : 0;
            }
        }

        private final class Actor extends BenchProgram {
            private final Part part;
            private final int index;
            private final long locks;
            private final long room;
            private int step;
            private int held;
            private long askedNs;

            Actor(Stage stage, int index, long locks) {
                super(stage, "inversion");
                this.part = parts.get(index);
                this.index = index;
                this.locks = locks;
                this.room = stage.room(64);
            }

            @Override
            protected void advance() {
                switch (step) {
                    case 0 -> {
                        putInt(room, part.priority);
                        int policy = part.priority == LOW ? Sched.SCHED_NORMAL : Sched.SCHED_FIFO;
                        call3(Nr.NR_sched_setscheduler, 0, policy, room);
                    }
                    case 1 -> sleep(room, 1 + part.sleepMs * 1_000_000L);
                    case 2 -> take();
                    case 3 -> {
                        step++;
                        waitedNs[index] = stage.nowNs() - askedNs;
                        cycles = stage.cycles(part.workMs * 1_000_000L);
                    }
                    case 4 -> letGo();
                    default -> {
                        endNs[index] = stage.nowNs();
                        exit();
                    }
                }
            }

            private void take() {
                askedNs = askedNs == 0 ? stage.nowNs() : askedNs;
                if (held == part.locks.size()) {
                    step++;
                    advance();
                    return;
                }
                long word = locks + 64L * part.locks.get(held);
                if (lends) {
                    call4(Nr.NR_futex, word, Futex.FUTEX_LOCK_PI, 0, 0);
                } else if (getInt(word) == 0) {
                    putInt(word, 1);
                    held++;
                    advance();
                } else {
                    putInt(word, 2);
                    call4(Nr.NR_futex, word, Futex.FUTEX_WAIT, 2, 0);
                }
            }

            private void letGo() {
                if (held == 0) {
                    step++;
                    advance();
                    return;
                }
                long word = locks + 64L * part.locks.get(held - 1);
                if (lends) {
                    call3(Nr.NR_futex, word, Futex.FUTEX_UNLOCK_PI, 0);
                } else {
                    putInt(word, 0);
                    held--;
                    call3(Nr.NR_futex, word, Futex.FUTEX_WAKE, 1);
                }
            }

            @Override
            protected void returned(long answer) {
                switch (step) {
                    case 0, 1 -> {
                        assertThat(answer).isZero();
                        step++;
                    }
                    case 2, 4 -> {
                        assertThat(lends ? answer : 0).isZero();
                        if (lends) {
                            held += step == 2 ? 1 : -1;
                        }
                    }
                    default -> {}
                }
            }
        }
    }

    private static Play play(boolean lends, Part... parts) throws Exception {
        Play play = new Play(List.of(parts), lends);
        List<Kernel> kernels = new ArrayList<>();
        KernelConfig config = new KernelConfig().topology(Topology.plain(1));
        BenchRun run = new BenchRun(
                play, Noise.NONE, config, Tracepoints.NONE, kernels::add, new BenchRun.Limits(100, 10_000_000));
        run.run(ms -> KernelInvariants.check(kernels.getFirst()));
        KernelInvariants.check(kernels.getFirst());
        return play;
    }

    private static long ms(long ns) {
        return ns / 1_000_000;
    }

    @Test
    void urgentTask_waitsForTheHolderOnly() throws Exception {
        Part holder = new Part(LOW, 0, List.of(0), 10);
        Part urgent = new Part(HIGH, 2, List.of(0), 1);
        Part hog = new Part(MIDDLE, 3, List.of(), HOG_MS);

        assertThat(ms(play(true, holder, urgent, hog).waitedNs[1])).isBetween(7L, 9L);
        assertThat(ms(play(false, holder, urgent, hog).waitedNs[1])).isBetween(HOG_MS + 7L, HOG_MS + 20L);
    }

    /** Over two locks: who holds the second waits for the first. */
    @Test
    void priority_isLentOverChains() throws Exception {
        Part holder = new Part(LOW, 0, List.of(0), 10);
        Part between = new Part(LOW, 1, List.of(1, 0), 2);
        Part urgent = new Part(HIGH, 4, List.of(1), 1);
        Part hog = new Part(MIDDLE, 5, List.of(), HOG_MS);

        Play lent = play(true, holder, between, urgent, hog);
        assertThat(ms(lent.waitedNs[2])).isBetween(6L, 14L);
        assertThat(ms(play(false, holder, between, urgent, hog).waitedNs[2])).isGreaterThan(HOG_MS);
    }

    /** What was lent is given back: once it has let go, the holder waits for the hog. */
    @Test
    void priority_isGivenBack() throws Exception {
        Part holder = new Part(LOW, 0, List.of(0), 10);
        Part urgent = new Part(HIGH, 2, List.of(0), 1);
        Part hog = new Part(MIDDLE, 3, List.of(), HOG_MS);

        Play play = play(true, holder, urgent, hog);
        assertThat(play.endNs[1]).isLessThan(play.endNs[2]);
        assertThat(play.endNs[2]).isLessThan(play.endNs[0]);
    }

    /** Of however many, at whatever time: nobody waits behind who is less urgent, but for what the holders have still to do. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void urgentTask_neverWaitsForMiddleOnes(long seed) throws Exception {
        Random random = new Random(seed);
        List<Part> parts = new ArrayList<>();
        int held = 5 + random.nextInt(20);
        parts.add(new Part(random.nextInt(MIDDLE), 0, List.of(0), held));
        parts.add(new Part(HIGH, 1 + random.nextInt(3), List.of(0), 1));
        int others = 1 + random.nextInt(4);
        for (int i = 0; i < others; i++) {
            parts.add(new Part(MIDDLE + random.nextInt(20), random.nextInt(10), List.of(), HOG_MS));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            parts.add(new Part(1 + random.nextInt(50), 2 + random.nextInt(5), List.of(0), 1));
        }

        Play play = play(true, parts.toArray(Part[]::new));

        assertThat(ms(play.waitedNs[1])).as("seed " + seed).isLessThanOrEqualTo(held + 5);
    }
}
