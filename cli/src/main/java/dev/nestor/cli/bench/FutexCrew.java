package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What perf's benchmarks of futexes have in common: a process makes threads, each on the next CPU, waits until all have come up,
 * lets them go, measures, and waits for their ends; some of them several times.
 */
abstract class FutexCrew implements Benchmark {
    /**
     * What all of them can be asked for.
     *
     * @param rounds how often it is measured
     */
    record Shape(int threads, boolean isSilent, boolean isShared, int rounds) {
        int flag() {
            return isShared ? 0 : Futex.FUTEX_PRIVATE_FLAG;
        }

        String kind() {
            return isShared ? "shared" : "private";
        }
    }

    private static final int WORD = 4; // bytes
    private static final int GATE_CLOSED = 2;

    final Shape shape;
    private final String name;
    private final StringBuilder text = new StringBuilder();
    private final Map<String, Number> figures = new LinkedHashMap<>();
    private int pid; // of the process

    FutexCrew(String name, Shape shape) {
        this.name = name;
        this.shape = shape;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Program main(Stage stage) {
        return new Main(stage);
    }

    @Override
    public final void print(PrintWriter out) {
        out.printf("Run summary [PID %d]: %s%n%n", pid, summary());
        out.print(text);
    }

    @Override
    public final Map<String, Number> figures() {
        return figures;
    }

    /** What is printed first. */
    abstract String summary();

    /** Takes the memory that it needs. */
    abstract void prepare(Stage stage);

    /** What one thread does when it has been let go. */
    abstract Work work(BenchProgram thread, int index);

    /** What is measured in a round. */
    abstract Work measure(BenchProgram main, int round);

    /** All rounds are over. */
    abstract void conclude();

    /** Adds to what is printed behind the summary. */
    final void print(String more) {
        text.append(more);
    }

    final void figure(String of, Number value) {
        figures.put(of, value);
    }

    /** A part of a program. */
    interface Work {
        /** Sets the next call; false when there is none. */
        boolean next();

        /** A call has ended. */
        void returned(long answer);
    }

    private final class Main extends BenchProgram {
        private final long tids;
        private final long gates; // what a new thread waits at until its CPU has been set
        private final long mask;
        private final long parent; // 1 when all have come up
        private final long start; // 1 when they may go
        private int round;
        private int made;
        private int starting;
        private int joined;
        private boolean isPlaced; // the thread made last has its CPU
        private boolean isOpen; // and its gate has been opened
        private boolean areGone;
        private boolean isMeasuring; // the call in progress is of what is measured
        private Work measuring;

        Main(Stage stage) {
            super(stage, name);
            tids = stage.room(WORD * shape.threads());
            gates = stage.room(WORD * shape.threads());
            mask = stage.room(WorkloadMemory.MASK_BYTES);
            parent = stage.room(WORD);
            start = stage.room(WORD);
            prepare(stage);
            starting = shape.threads();
            measuring = FutexCrew.this.measure(this, 0);
        }

        @Override
        protected void advance() {
            pid = pid();
            while (nr == NO_CALL) {
                if (made > 0 && !isPlaced) {
                    pin(mask, getInt(tids + (long) WORD * (made - 1)), (made - 1) % stage.cpus());
                } else if (made > 0 && !isOpen) {
                    isOpen = true;
                    long gate = gates + (long) WORD * (made - 1);
                    putInt(gate, 0);
                    wake(gate, 1);
                } else if (made < shape.threads()) {
                    long gate = gates + (long) WORD * made;
                    putInt(gate, GATE_CLOSED);
                    thread(new Member(stage, this, made, gate), tids + (long) WORD * made);
                } else if (starting > 0) {
                    waitFor(parent, 0);
                } else if (!areGone) {
                    areGone = true;
                    putInt(start, 1);
                    wake(start, Integer.MAX_VALUE);
                } else {
                    isMeasuring = measuring.next();
                    if (!isMeasuring && !reap()) {
                        again();
                    }
                }
            }
        }

        /** Whether it has to wait for a thread's end. */
        private boolean reap() {
            while (joined < shape.threads()) {
                if (join(tids + (long) WORD * joined)) {
                    return true;
                }
                joined++;
            }
            return false;
        }

        private void again() {
            round++;
            if (round == shape.rounds()) {
                conclude();
                exitGroup();
                return;
            }
            made = 0;
            joined = 0;
            starting = shape.threads();
            isPlaced = false;
            isOpen = false;
            areGone = false;
            putInt(parent, 0);
            putInt(start, 0);
            measuring = FutexCrew.this.measure(this, round);
        }

        @Override
        protected void returned(long answer) {
            if (nr == Nr.NR_clone) {
                done("clone", answer);
                made++;
                isPlaced = false;
                isOpen = false;
            } else if (nr == Nr.NR_sched_setaffinity) {
                done("sched_setaffinity", answer);
                isPlaced = true;
            } else if (isMeasuring) {
                isMeasuring = false;
                measuring.returned(answer);
            }
        }
    }

    private final class Member extends BenchProgram {
        private final Main main;
        private final long gate;
        private final Work work;
        private boolean isUp;
        private boolean hasToTell;
        private boolean isWorking; // the call in progress is of its work

        Member(Stage stage, Main main, int index, long gate) {
            super(stage, name);
            this.main = main;
            this.gate = gate;
            this.work = FutexCrew.this.work(this, index);
        }

        @Override
        protected void advance() {
            if (!isUp && getInt(gate) == GATE_CLOSED) {
                waitFor(gate, GATE_CLOSED);
                return;
            }
            if (!isUp) {
                isUp = true;
                main.starting--;
                hasToTell = main.starting == 0;
            }
            isWorking = false;
            if (hasToTell) {
                hasToTell = false;
                putInt(main.parent, 1);
                wake(main.parent, 1);
            } else if (getInt(main.start) == 0) {
                waitFor(main.start, 0);
            } else {
                isWorking = work.next();
                if (!isWorking) {
                    exit();
                }
            }
        }

        @Override
        protected void returned(long answer) {
            if (isWorking) {
                work.returned(answer);
            }
        }
    }
}
