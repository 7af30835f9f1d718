package dev.nestor.cli.sched;

import dev.nestor.cli.ftrace.SchedEvents;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** perf sched timehist: a line for each time that a task leaves a CPU. */
@Command(
        name = "timehist",
        description =
                "A line for each time that a task leaves a CPU: how long it had been off it, how long it had been woken"
                        + " before it came to it, and how long it ran.",
        mixinStandardHelpOptions = true)
public final class TimehistCommand implements Callable<Integer> {
    private static final double MS = 1e6;

    @Mixin
    private final TraceFile trace = new TraceFile();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /** Times in ns; 0 for none. */
    private static final class History {
        private long out; // when it last left a CPU
        private long ready; // when it was woken
        private long in; // when it came to its CPU
    }

    /** Prints as it reads: a trace may be long. */
    private static final class Printer implements SchedEvents {
        private final PrintWriter out;
        private final Int2ObjectOpenHashMap<History> tasks = new Int2ObjectOpenHashMap<>();

        private Printer(PrintWriter out) {
            this.out = out;
        }

        private History of(TracedTask task) {
            return tasks.computeIfAbsent(task.pid(), pid -> new History());
        }

        @Override
        public void schedSwitch(long ns, int cpu, TracedTask prev, String prevState, TracedTask next) {
            if (prev.pid() != IDLE) {
                print(ns, cpu, prev, of(prev));
            }
            if (next.pid() != IDLE) {
                of(next).in = ns;
            }
        }

        private void print(long ns, int cpu, TracedTask task, History history) {
            boolean isKnown = history.in != 0;
            long run = isKnown ? ns - history.in : 0;
            long wait = isKnown && history.out != 0 ? history.in - history.out : 0;
            long delay = isKnown && history.ready != 0 ? history.in - history.ready : 0;
            String name = task.comm() + "[" + task.pid() + "]";
            out.printf(
                    Locale.ROOT,
                    "%15.6f [%04d]  %-30s  %9.3f  %9.3f  %9.3f%n",
                    ns / 1e9,
                    cpu,
                    name,
                    wait / MS,
                    delay / MS,
                    run / MS);
            history.out = ns;
            history.ready = 0;
            history.in = 0;
        }

        @Override
        public void schedWaking(long ns, TracedTask task) {
            wake(ns, of(task));
        }

        @Override
        public void schedWakeup(long ns, TracedTask task, int targetCpu) {
            wake(ns, of(task));
        }

        /** The first event of a wake-up counts: sched_waking, or where that is not traced, and for a new task, sched_wakeup. */
        private static void wake(long ns, History history) {
            if (history.ready == 0 && history.in == 0) {
                history.ready = ns;
            }
        }
    }

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        PrintWriter out = line.getOut();
        out.println("           time    cpu  task name                       wait time  sch delay   run time");
        out.println("                        [pid]                              (msec)     (msec)     (msec)");
        out.println("--------------- ------  ------------------------------  ---------  ---------  ---------");
        return trace.read(line, new Printer(out), () -> {});
    }
}
