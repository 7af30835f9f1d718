package dev.nestor.cli.sched;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.ftrace.SchedEvents;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** perf sched map: a line for each switch, a column for each CPU, a short name for each task. */
@Command(
        name = "map",
        description = "A line for each switch and a column for each CPU: which task it has, the one that"
                + " switches with a star; what a short name stands for beside its first time.",
        mixinStandardHelpOptions = true)
public final class MapCommand implements Callable<Integer> {
    private static final String IDLE_NAME = ". ";
    private static final String UNKNOWN = "  ";
    private static final int LETTERS = 26;
    private static final int DIGITS = 10;

    @Mixin
    private final TraceFile trace = new TraceFile();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    private static final class Printer implements SchedEvents {
        private final PrintWriter out;
        private final Int2ObjectOpenHashMap<String> names = new Int2ObjectOpenHashMap<>();
        private final Int2ObjectOpenHashMap<String> comms = new Int2ObjectOpenHashMap<>(); // as they were last shown
        private final String[] cpus; // what each has
        private int given; // short names

        private Printer(PrintWriter out, int count) {
            this.out = out;
            this.cpus = new String[count];
            Arrays.fill(cpus, UNKNOWN);
        }

        @Override
        public void schedSwitch(long ns, int cpu, TracedTask prev, String prevState, TracedTask next) {
            String known = next.pid() == IDLE ? IDLE_NAME : names.get(next.pid());
            String name = known == null ? newName() : known;
            names.putIfAbsent(next.pid(), name);
            cpus[cpu] = name;
            boolean isShown = next.pid() == IDLE || next.comm().equals(comms.put(next.pid(), next.comm()));
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < cpus.length; i++) {
                line.append(i == cpu ? '*' : ' ').append(cpus[i]).append(' ');
            }
            line.append(String.format(Locale.ROOT, "  %12.6f secs ", ns / 1e9));
            if (!isShown) {
                line.append(name).append(" => ").append(next.comm()).append(':').append(next.pid());
            }
            out.println(line);
        }

        /** A0 to Z0, A1 to Z9, and again from A0 when all have been given. */
        private String newName() {
            int index = given % (LETTERS * DIGITS);
            given++;
            return (char) ('A' + index % LETTERS) + String.valueOf(index / LETTERS);
        }
    }

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        Cpus cpus = new Cpus();
        int code = trace.read(line, cpus, () -> {});
        return code != ExitCode.OK ? code : trace.read(line, new Printer(line.getOut(), cpus.count), () -> {});
    }

    /** How many columns there are. */
    private static final class Cpus implements SchedEvents {
        private int count;

        @Override
        public void event(long ns, int cpu) {
            count = Math.max(count, cpu + 1);
        }
    }
}
