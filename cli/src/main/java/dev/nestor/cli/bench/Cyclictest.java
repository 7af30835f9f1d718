package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.cli.program.WorkloadMemory;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * cyclictest's latency loop: threads that sleep to the beginning of their next period, and look how much later it is when
 * they run.
 */
final class Cyclictest implements Benchmark {
    private static final String NAME = "cyclictest";
    private static final int WORD = 4; // bytes
    private static final long LOOK_NS = 10_000_000; // how long the first thread sleeps between looks at the others

    /**
     * What is asked for. Times are µs.
     *
     * @param priority of real-time threads
     * @param isSpread whether each thread has one less than the one before
     * @param loops of the first thread; 0 for no end
     * @param duration s; 0 for no end
     * @param histogram latencies that are counted apart; 0 for none
     * @param cpus that the threads are pinned to, in turn
     */
    record Shape(
            int threads,
            int policy,
            int priority,
            boolean isSpread,
            int interval,
            int distance,
            int loops,
            int duration,
            int histogram,
            List<Integer> cpus,
            boolean isRelative,
            boolean inNs) {}

    private final Shape shape;
    private final List<Cycle> loopers = new ArrayList<>();
    private boolean isOver;

    Cyclictest(Shape shape) {
        this.shape = shape;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Program main(Stage stage) {
        return new Main(stage);
    }

    /** The first thread: makes the others and waits until they are done. */
    private final class Main extends BenchProgram {
        private final long tids;
        private final long room;
        private int made;
        private long endNs;
        private boolean hasBegun;

        Main(Stage stage) {
            super(stage, NAME);
            tids = stage.room(WORD * shape.threads);
            room = stage.room(16);
            for (int i = 0; i < shape.threads; i++) {
                loopers.add(new Cycle(stage, i));
            }
        }

        @Override
        protected void advance() {
            if (!hasBegun) {
                hasBegun = true;
                endNs = shape.duration == 0 ? Long.MAX_VALUE : stage.nowNs() + shape.duration * NS_PER_SECOND;
            }
            if (made < shape.threads) {
                thread(loopers.get(made), tids + (long) WORD * made);
            } else if (!isOver && stage.nowNs() < endNs) {
                sleep(room, Math.min(LOOK_NS, endNs - stage.nowNs()));
            } else {
                isOver = true;
                for (int i = 0; i < shape.threads; i++) {
                    if (join(tids + (long) WORD * i)) {
                        return;
                    }
                }
                exitGroup();
            }
        }

        @Override
        protected void returned(long answer) {
            if (nr == Nr.NR_clone) {
                done("clone", answer);
                made++;
            }
        }
    }

    /** A thread that measures. */
    private final class Cycle extends BenchProgram {
        private final int index;
        private final long room;
        private final long[] counts = new long[shape.histogram];
        private final long[] firstOverflows = new long[shape.histogram]; // cycles
        private int step;
        private long nextNs;
        private long count;
        private long min = Long.MAX_VALUE;
        private long max;
        private long last;
        private long sum;
        private long overflows;

        Cycle(Stage stage, int index) {
            super(stage, NAME);
            this.index = index;
            this.room = stage.room(WorkloadMemory.MASK_BYTES);
        }

        long interval() {
            return shape.interval + (long) index * shape.distance;
        }

        int priority() {
            return shape.isSpread ? Math.max(1, shape.priority - index) : shape.priority;
        }

        @Override
        protected void advance() {
            if (step == 1 && shape.policy == Sched.SCHED_NORMAL) {
                step++;
            }
            switch (step) {
                case 0 -> pin(room, 0, shape.cpus.get(index % shape.cpus.size()));
                case 1 -> {
                    putInt(room, priority());
                    call3(Nr.NR_sched_setscheduler, 0, shape.policy, room);
                }
                default -> cycle();
            }
        }

        private void cycle() {
            if (isDone()) {
                isOver |= index == 0;
                exit();
                return;
            }
            long period = interval() * NS_PER_US;
            if (nextNs == 0) {
                nextNs = stage.nowNs();
            }
            nextNs += period;
            if (shape.isRelative) {
                nextNs = stage.nowNs() + period;
                sleep(room, period);
            } else {
                sleepUntil(room, nextNs);
            }
        }

        private boolean isDone() {
            return isOver || (shape.loops > 0 && count >= shape.loops);
        }

        @Override
        protected void returned(long answer) {
            if (step < 2) {
                done(step == 0 ? "sched_setaffinity" : "sched_setscheduler", answer);
                step++;
                return;
            }
            done("clock_nanosleep", answer);
            hasSlept();
        }

        private void hasSlept() {
            long now = stage.nowNs();
            long late = now - nextNs;
            last = shape.inNs ? late : late / NS_PER_US;
            min = Math.min(min, last);
            max = Math.max(max, last);
            sum += last;
            count++;
            if (last < counts.length) {
                counts[(int) Math.max(0, last)]++;
            } else {
                if (overflows < firstOverflows.length) {
                    firstOverflows[(int) overflows] = count - 1;
                }
                overflows++;
            }
            while (!shape.isRelative && nextNs + interval() * NS_PER_US < now) {
                nextNs += interval() * NS_PER_US;
            }
        }

        long average() {
            return count == 0 ? 0 : sum / count;
        }

        long least() {
            return count == 0 ? 1_000_000 : min;
        }
    }

    @Override
    public void print(PrintWriter out) {
        out.println("# /dev/cpu_dma_latency set to 0us");
        if (shape.histogram > 0) {
            histogram(out);
            return;
        }
        for (Cycle cycle : loopers) {
            out.printf(
                    Locale.ROOT,
                    shape.inNs
                            ? "T:%2d (%5d) P:%2d I:%d C:%7d Min:%7d Act:%8d Avg:%8d Max:%8d%n"
                            : "T:%2d (%5d) P:%2d I:%d C:%7d Min:%7d Act:%5d Avg:%5d Max:%8d%n",
                    cycle.index,
                    cycle.pid(),
                    cycle.priority(),
                    cycle.interval(),
                    cycle.count,
                    cycle.least(),
                    cycle.last,
                    cycle.average(),
                    cycle.max);
        }
    }

    private void histogram(PrintWriter out) {
        out.println("# Histogram");
        for (int late = 0; late < shape.histogram; late++) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%06d ", late));
            for (Cycle cycle : loopers) {
                line.append(String.format(Locale.ROOT, "%06d\t", cycle.counts[late]));
            }
            out.println(line.substring(0, line.length() - 1));
        }
        line(
                out,
                "# Total:",
                "%09d",
                loopers.stream().mapToLong(c -> c.count - c.overflows).toArray());
        line(
                out,
                "# Min Latencies:",
                "%05d",
                loopers.stream().mapToLong(Cycle::least).toArray());
        line(
                out,
                "# Avg Latencies:",
                "%05d",
                loopers.stream().mapToLong(Cycle::average).toArray());
        line(
                out,
                "# Max Latencies:",
                "%05d",
                loopers.stream().mapToLong(c -> c.max).toArray());
        line(
                out,
                "# Histogram Overflows:",
                "%05d",
                loopers.stream().mapToLong(c -> c.overflows).toArray());
        out.println("# Histogram Overflow at cycle number:");
        for (Cycle cycle : loopers) {
            int shown = (int) Math.min(cycle.overflows, cycle.firstOverflows.length);
            StringBuilder line = new StringBuilder("# Thread " + cycle.index + ":");
            for (int i = 0; i < shown; i++) {
                line.append(String.format(Locale.ROOT, " %05d", cycle.firstOverflows[i]));
            }
            if (shown < cycle.overflows) {
                line.append(String.format(Locale.ROOT, " # %05d others", cycle.overflows - shown));
            }
            out.println(line);
        }
        out.println();
    }

    private static void line(PrintWriter out, String title, String format, long[] values) {
        StringBuilder line = new StringBuilder(title);
        for (long value : values) {
            line.append(' ').append(String.format(Locale.ROOT, format, value));
        }
        out.println(line);
    }

    @Override
    public Map<String, Number> figures() {
        Map<String, Number> figures = new LinkedHashMap<>();
        for (Cycle cycle : loopers) {
            figures.put("cycles." + cycle.index, cycle.count);
            figures.put("min." + cycle.index, cycle.least());
            figures.put("average." + cycle.index, cycle.average());
            figures.put("max." + cycle.index, cycle.max);
        }
        return figures;
    }
}
