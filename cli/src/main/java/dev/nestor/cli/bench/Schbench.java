package dev.nestor.cli.bench;

import dev.nestor.cli.program.Program;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * schbench: workers that ask a message thread for work, sleep, multiply matrices, and ask again. How long a worker takes to run
 * once it has been woken, how long a request takes, and how many a second are done.
 */
final class Schbench implements Benchmark {
    private static final String NAME = "schbench";
    private static final int WORD = 4; // bytes
    private static final int BLOCKED = 0;
    private static final int RUNNING = 1;
    private static final int WAIT = Futex.FUTEX_WAIT | Futex.FUTEX_PRIVATE_FLAG;
    private static final int WAKE = Futex.FUTEX_WAKE | Futex.FUTEX_PRIVATE_FLAG;
    private static final long US_PER_SECOND = 1_000_000;
    private static final int TENTHS = 10;

    /* One step of the innermost loop, which waits for its own last store; measured on the machine that the prices are of. */
    private static final int STEP_TENTHS = 61; // of a cycle
    private static final int SPIN_NS = 1000; // between looks at a lock that somebody else holds
    private static final int COPY_BYTES = 32; // a cycle, of memset(3)

    private static final double[] PERCENTS = {20, 50, 90, 99, 99.9};
    private static final int FOR_LATENCIES = 0b11110;
    private static final int FOR_RATES = 0b00111;

    /**
     * What is asked for.
     *
     * @param workers of a message thread
     * @param kilobytes of a worker's matrices
     * @param pipeBytes that are handed over in place of work; 0 for work
     */
    record Shape(
            int messengers,
            int workers,
            int seconds,
            int warmup,
            int interval,
            int sleepMicros,
            int kilobytes,
            int operations,
            int pipeBytes,
            boolean isCalibrating,
            boolean locks) {}

    private final Shape shape;
    private final List<Messenger> messengers = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final LatencyHistogram rates = new LatencyHistogram();
    private final LatencyHistogram wakeups = new LatencyHistogram();
    private final LatencyHistogram requests = new LatencyHistogram();
    private boolean[] locked = {}; // by CPU
    private boolean isStopping;

    Schbench(Shape shape) {
        this.shape = shape;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Program main(Stage stage) {
        locked = new boolean[stage.cpus()];
        return new Main(stage);
    }

    private long workCycles() {
        long size = (long) Math.sqrt(shape.kilobytes * 1024.0 / 3 / Long.BYTES);
        return shape.operations * size * size * size * STEP_TENTHS / TENTHS;
    }

    /** A thread that is posted by others and waits until it is. */
    private abstract static class Posted extends BenchProgram {
        final long word;

        Posted(Stage stage) {
            super(stage, NAME);
            word = stage.room(WORD);
        }

        /** fpost(): whether a call has been set that wakes it. */
        final boolean post(Posted other) {
            if (getInt(other.word) != BLOCKED) {
                return false;
            }
            putInt(other.word, RUNNING);
            call3(Nr.NR_futex, other.word, WAKE, 1);
            return true;
        }

        /** fwait(): whether a call has been set that waits; if so this is to be asked again. */
        final boolean await() {
            if (getInt(word) == RUNNING) {
                putInt(word, BLOCKED);
                return false;
            }
            call4(Nr.NR_futex, word, WAIT, BLOCKED, 0);
            return true;
        }
    }

    private final class Messenger extends Posted {
        private final List<Worker> workers = new ArrayList<>();
        private final long tids;
        private final List<Worker> asking = new ArrayList<>(); // the last one first
        private final List<Worker> posting = new ArrayList<>();
        private int made;
        private boolean isAwake = true;
        private boolean isLast;
        private int joined;

        Messenger(Stage stage) {
            super(stage);
            tids = stage.room(WORD * shape.workers);
            for (int i = 0; i < shape.workers; i++) {
                workers.add(new Worker(stage, this));
            }
        }

        @Override
        protected void advance() {
            if (made < shape.workers) {
                thread(workers.get(made), tids + (long) WORD * made);
                return;
            }
            while (nr == NO_CALL) {
                if (!posting.isEmpty()) {
                    Worker worker = posting.removeLast();
                    if (shape.pipeBytes > 0) {
                        worker.wakeNs = stage.nowNs();
                    }
                    post(worker);
                } else if (isLast) {
                    end();
                } else if (isAwake) {
                    isAwake = false;
                    isLast = isStopping;
                    putInt(word, BLOCKED);
                    splice();
                } else if (!await()) {
                    isAwake = true;
                }
            }
        }

        private void splice() {
            for (Worker worker : asking) {
                worker.wakeNs = stage.nowNs();
                posting.add(worker);
            }
            asking.clear();
            cycles = shape.pipeBytes > 0 ? (long) posting.size() * shape.pipeBytes / COPY_BYTES : 0;
        }

        private void end() {
            while (joined < shape.workers) {
                if (post(workers.get(joined)) || join(tids + (long) WORD * joined)) {
                    return;
                }
                joined++;
            }
            exit();
        }

        @Override
        protected void returned(long answer) {
            if (nr == Nr.NR_clone) {
                done("clone", answer);
                made++;
            }
        }
    }

    /** What a worker does, in turn. */
    private enum Step {
        ASK,
        POST,
        AWAIT,
        SLEEP,
        LOCK,
        WORKED
    }

    private final class Worker extends Posted {
        private final Messenger messenger;
        private final LatencyHistogram wakeup = new LatencyHistogram();
        private final LatencyHistogram request = new LatencyHistogram();
        private final long room;
        private Step step = Step.ASK;
        private long wakeNs;
        private long startNs;
        private long loops;
        private int lock;

        Worker(Stage stage, Messenger messenger) {
            super(stage);
            this.messenger = messenger;
            this.room = stage.room(16);
        }

        @Override
        protected void advance() {
            while (nr == NO_CALL && cycles == 0) {
                switch (step) {
                    case ASK -> ask();
                    case POST -> {
                        step = Step.AWAIT;
                        post(messenger);
                    }
                    case AWAIT -> awaitWork();
                    case SLEEP -> {
                        startNs = stage.nowNs();
                        step = Step.LOCK;
                        if (shape.sleepMicros > 0) {
                            sleep(room, shape.sleepMicros * NS_PER_US);
                        }
                    }
                    case LOCK -> lock();
                    case WORKED -> worked();
                }
            }
        }

        private void ask() {
            if (isStopping) {
                exit();
                return;
            }
            cycles = shape.pipeBytes / COPY_BYTES;
            putInt(word, BLOCKED);
            wakeNs = stage.nowNs();
            messenger.asking.add(this);
            step = Step.POST;
        }

        private void awaitWork() {
            if (!isStopping && await()) {
                return;
            }
            long late = (stage.nowNs() - wakeNs) / NS_PER_US;
            if (late > 0) {
                wakeup.add(late);
            }
            step = shape.pipeBytes > 0 ? Step.WORKED : Step.SLEEP;
            startNs = stage.nowNs();
        }

        /** A lock of the CPU it is on: whoever was preempted with it has all others of that CPU spin. */
        private void lock() {
            if (shape.isCalibrating) {
                startNs = stage.nowNs();
            }
            lock = -1;
            if (shape.locks) {
                int cpu = stage.cpu(task());
                if (locked[cpu]) {
                    cycles = stage.cycles(SPIN_NS);
                    return;
                }
                lock = cpu;
                locked[cpu] = true;
            }
            cycles = workCycles();
            step = Step.WORKED;
        }

        private void worked() {
            if (lock >= 0) {
                locked[lock] = false;
                lock = -1;
            }
            loops++;
            long took = (stage.nowNs() - startNs) / NS_PER_US;
            if (took > 0 && shape.pipeBytes == 0) {
                request.add(took);
            }
            step = Step.ASK;
        }
    }

    /** The first thread: makes the message threads, looks at them every second, and ends them. */
    private final class Main extends BenchProgram {
        private final long tids;
        private final long room;
        private int made;
        private long startNs;
        private long lastRateNs;
        private long lastShownNs;
        private long lastLoops;
        private boolean isWarm;
        private int joined;

        Main(Stage stage) {
            super(stage, NAME);
            tids = stage.room(WORD * shape.messengers);
            room = stage.room(16);
            for (int i = 0; i < shape.messengers; i++) {
                messengers.add(new Messenger(stage));
            }
        }

        @Override
        protected void advance() {
            if (made < shape.messengers) {
                thread(messengers.get(made), tids + (long) WORD * made);
                return;
            }
            if (startNs == 0) {
                startNs = stage.nowNs();
                lastRateNs = startNs;
                lastShownNs = startNs;
            }
            if (!isStopping) {
                look();
            }
            if (!isStopping) {
                sleep(room, NS_PER_SECOND);
                return;
            }
            while (joined < shape.messengers) {
                Messenger messenger = messengers.get(joined);
                if (getInt(messenger.word) == BLOCKED) {
                    putInt(messenger.word, RUNNING);
                    call3(Nr.NR_futex, messenger.word, WAKE, 1);
                    return;
                }
                if (join(tids + (long) WORD * joined)) {
                    return;
                }
                joined++;
            }
            conclude();
            exitGroup();
        }

        /** sleep_for_runtime(), once a second. */
        private void look() {
            long now = stage.nowNs();
            long ran = now - startNs;
            isStopping = ran >= shape.seconds * NS_PER_SECOND;
            if (shape.pipeBytes > 0) {
                return;
            }
            if (shape.warmup > 0 && !isWarm && ran > shape.warmup * NS_PER_SECOND) {
                isWarm = true;
                tell(String.format(Locale.ROOT, "warmup done, zeroing stats%n"));
                forget();
                return;
            }
            long loops = loops();
            long micros = (now - lastRateNs) / NS_PER_US;
            double rate = micros == 0 ? 0 : (double) (loops - lastLoops) * US_PER_SECOND / micros;
            lastLoops = loops;
            lastRateNs = now;
            rates.add((long) rate);
            if (now - lastShownNs >= shape.interval * NS_PER_SECOND) {
                lastShownNs = now;
                combine();
                show(ran / NS_PER_SECOND);
                tell(String.format(
                        Locale.ROOT, "sched delay: message %d (usec) worker %d (usec)%n", delay(true), delay(false)));
                tell(String.format(Locale.ROOT, "current rps: %.2f%n", rate));
            }
        }

        private void forget() {
            rates.clear();
            for (Messenger messenger : messengers) {
                for (Worker worker : messenger.workers) {
                    worker.wakeup.clear();
                    worker.request.clear();
                }
            }
        }

        /** µs that a thread has waited for a CPU, in the mean of its times on one. */
        private long delay(boolean ofMessengers) {
            long sum = 0;
            int count = 0;
            for (Messenger messenger : messengers) {
                if (ofMessengers) {
                    sum += stage.delayNs(messenger.task());
                    count++;
                }
                for (Worker worker : ofMessengers ? List.<Worker>of() : messenger.workers) {
                    sum += stage.delayNs(worker.task());
                    count++;
                }
            }
            return sum / count / NS_PER_US;
        }

        @Override
        protected void returned(long answer) {
            if (nr == Nr.NR_clone) {
                done("clone", answer);
                made++;
            }
        }
    }

    private long loops() {
        long sum = 0;
        for (Messenger messenger : messengers) {
            for (Worker worker : messenger.workers) {
                sum += worker.loops;
            }
        }
        return sum;
    }

    private void combine() {
        wakeups.clear();
        requests.clear();
        for (Messenger messenger : messengers) {
            for (Worker worker : messenger.workers) {
                wakeups.add(worker.wakeup);
                requests.add(worker.request);
            }
        }
    }

    private void conclude() {
        combine();
        if (shape.pipeBytes > 0) {
            percentiles(wakeups, "Wakeup Latencies", "usec", shape.seconds, 0b11111, 3);
            double rate = (double) loops() / (shape.messengers * shape.workers) / shape.seconds;
            String[] units = {"B", "KB", "MB", "GB", "TB"};
            double bytes = rate * shape.pipeBytes;
            int unit = 0;
            while (bytes >= 1024 && unit < units.length - 1) {
                bytes /= 1024;
                unit++;
            }
            tell(String.format(Locale.ROOT, "avg worker transfer: %.2f ops/sec %.2f%s/s%n", rate, bytes, units[unit]));
            return;
        }
        show(shape.seconds);
        tell(String.format(Locale.ROOT, "average rps: %.2f%n", (double) loops() / shape.seconds));
        tell(String.format(
                Locale.ROOT,
                "sched delay: message 0 (usec) worker 0 (usec)%n")); // the threads are gone, and their files in /proc
        // with them
    }

    private void show(long seconds) {
        percentiles(wakeups, "Wakeup Latencies", "usec", seconds, FOR_LATENCIES, 3);
        percentiles(requests, "Request Latencies", "usec", seconds, FOR_LATENCIES, 3);
        percentiles(rates, "RPS", "requests", seconds, FOR_RATES, 1);
    }

    /** show_latencies(): of the percentiles the mask chooses, the starred one marked. */
    private void percentiles(LatencyHistogram of, String label, String unit, long seconds, int mask, int starred) {
        tell(String.format(
                Locale.ROOT,
                "%s percentiles (%s) runtime %d (s) (%d total samples)%n",
                label,
                unit,
                seconds,
                of.samples()));
        long counted = 0;
        for (int i = 0; i < PERCENTS.length; i++) {
            int place = of.placeOf(PERCENTS[i]);
            long here = of.upTo(place) - counted;
            counted += here;
            if ((mask & (1 << i)) != 0) {
                tell(String.format(
                        Locale.ROOT,
                        "\t%s%2.1fth: %-10d (%d samples)%n",
                        i == starred ? "* " : "  ",
                        PERCENTS[i],
                        LatencyHistogram.value(place),
                        here));
            }
        }
        tell(String.format(Locale.ROOT, "\t  min=%d, max=%d%n", of.min(), of.max()));
    }

    private void tell(String more) {
        text.append(more);
    }

    @Override
    public void print(PrintWriter out) {
        out.print(text);
    }

    @Override
    public Map<String, Number> figures() {
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("requests", loops());
        figures.put("requestsPerSecond", (double) loops() / shape.seconds);
        figures.put("wakeup.p50", LatencyHistogram.value(wakeups.placeOf(50)));
        figures.put("wakeup.p99", LatencyHistogram.value(wakeups.placeOf(99)));
        figures.put("wakeup.max", wakeups.max());
        figures.put("request.p50", LatencyHistogram.value(requests.placeOf(50)));
        figures.put("request.p99", LatencyHistogram.value(requests.placeOf(99)));
        return figures;
    }
}
