package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.uapi.Nr;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** perf bench sched pipe: two tasks that send each other an int through two pipes, one at a time. */
final class SchedPipe implements Benchmark {
    private static final String NAME = "sched/pipe";
    private static final int INT = 4; // bytes

    private final int loops;
    private final boolean threaded;
    private final boolean isSimple;
    private final Elapsed elapsed = new Elapsed();
    private long messages; // that came

    SchedPipe(int loops, boolean threaded, boolean isSimple) {
        this.loops = loops;
        this.threaded = threaded;
        this.isSimple = isSimple;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Program main(Stage stage) {
        return threaded ? new ThreadedMain(stage) : new Main(stage);
    }

    /** Reads and writes in turn, and then what comes after. */
    private class Worker extends BenchProgram {
        private final boolean writesFirst;
        private final long word;
        private int readFd;
        private int writeFd;
        private int half; // of all reads and writes that have been made

        Worker(Stage stage, boolean writesFirst) {
            super(stage, NAME);
            this.writesFirst = writesFirst;
            this.word = stage.room(INT);
        }

        final Worker ends(int from, int to) {
            readFd = from;
            writeFd = to;
            return this;
        }

        final boolean isDone() {
            return half == 2 * loops;
        }

        final void work() {
            boolean writes = (half & 1) == 0 == writesFirst;
            call3(writes ? Nr.NR_write : Nr.NR_read, writes ? writeFd : readFd, word, INT);
        }

        final void worked(long answer) {
            if (nr == Nr.NR_read) {
                messages++;
            }
            done(nr == Nr.NR_read ? "read" : "write", answer);
            half++;
        }

        @Override
        protected void advance() {
            if (isDone()) {
                finish();
            } else {
                work();
            }
        }

        void finish() {
            if (threaded) {
                exit();
            } else {
                exitGroup();
            }
        }

        @Override
        protected void returned(long answer) {
            worked(answer);
        }
    }

    /** The process that makes the pipes and is one of the two. */
    private final class Main extends Worker {
        private final long pipes;
        private int step;

        Main(Stage stage) {
            super(stage, true);
            pipes = stage.room(4 * INT);
        }

        @Override
        protected void advance() {
            switch (step) {
                case 0 -> fdpair(true, pipes);
                case 1 -> fdpair(true, pipes + 2 * INT);
                case 2 -> {
                    elapsed.begin(stage.nowNs());
                    ends(getInt(pipes + 2 * INT), getInt(pipes + INT));
                    fork(new Worker(stage, false).ends(getInt(pipes), getInt(pipes + 3 * INT)));
                }
                case 3 -> {
                    if (!isDone()) {
                        work();
                        return;
                    }
                    call(Nr.NR_wait4, -1, 0, 0, 0);
                }
                default -> {
                    elapsed.end(stage.nowNs());
                    exitGroup();
                }
            }
        }

        @Override
        protected void returned(long answer) {
            if (nr == Nr.NR_read || nr == Nr.NR_write) {
                worked(answer);
            } else {
                done("call " + nr, answer);
                step++;
            }
        }
    }

    /** The process that makes the pipes and two threads. */
    private final class ThreadedMain extends BenchProgram {
        private final long pipes;
        private final long tids;
        private int step;

        ThreadedMain(Stage stage) {
            super(stage, NAME);
            pipes = stage.room(4 * INT);
            tids = stage.room(2 * INT);
        }

        @Override
        protected void advance() {
            switch (step) {
                case 0 -> fdpair(true, pipes);
                case 1 -> fdpair(true, pipes + 2 * INT);
                case 2 -> {
                    elapsed.begin(stage.nowNs());
                    thread(new Worker(stage, false).ends(getInt(pipes), getInt(pipes + 3 * INT)), tids);
                }
                case 3 ->
                    thread(new Worker(stage, true).ends(getInt(pipes + 2 * INT), getInt(pipes + INT)), tids + INT);
                default -> {
                    if (!join(tids) && !join(tids + INT)) {
                        elapsed.end(stage.nowNs());
                        exitGroup();
                    }
                }
            }
        }

        @Override
        protected void returned(long answer) {
            if (step < 4) {
                done("call " + nr, answer);
                step++;
            }
        }
    }

    @Override
    public void print(PrintWriter out) {
        if (isSimple) {
            out.println(elapsed.text());
            return;
        }
        out.printf("# Executed %d pipe operations between two %s%n%n", loops, threaded ? "threads" : "processes");
        out.println(elapsed.total());
        out.println();
        out.println(elapsed.rate(loops));
    }

    @Override
    public Map<String, Number> figures() {
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("seconds", elapsed.seconds());
        figures.put("operations", loops);
        figures.put("messages", messages);
        return figures;
    }
}
