package dev.nestor.cli.run;

import dev.nestor.kernel.sched.Preemption;
import dev.nestor.machine.Topology;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The machine that a log runs on, as options. */
public final class MachineOptions {
    private static final int MAX_CPUS = 8192; // NR_CPUS of x86-64
    private static final int MAX_HZ = 1000;
    private static final long MIN_TSC_HZ = 1_000_000;
    private static final long MAX_TSC_HZ = 9_000_000_000L;

    /** How many CPUs, in one of two ways. */
    static final class Cpus {
        @Option(
                names = "--cpus",
                paramLabel = "N",
                description = "So many cores under one last-level cache (default: 2).")
        private @Nullable Integer cpus;

        @Option(
                names = "--topology",
                paramLabel = "S,L,C,T",
                converter = TopologyConverter.class,
                description = "Sockets, last-level caches of a socket, cores of a cache, threads of a core.")
        private @Nullable Topology topology;
    }

    @ArgGroup
    private @Nullable Cpus cpus;

    @Option(
            names = "--hz",
            paramLabel = "N",
            defaultValue = "250",
            description = "Ticks a second (default: ${DEFAULT-VALUE}).")
    private int hz;

    @Option(
            names = "--hrtick",
            description = "End slices by a timer of their own and not at the tick (HRTICK, HRTICK_DL).")
    private boolean hrtick;

    /** preempt= of the kernel's command line. */
    enum Preempt {
        NONE,
        VOLUNTARY,
        FULL,
        LAZY
    }

    @Option(
            names = "--preempt",
            paramLabel = "MODEL",
            defaultValue = "none",
            description =
                    "Where a task in the kernel gives way: none, voluntary, full or lazy (default: ${DEFAULT-VALUE}).")
    private Preempt preempt = Preempt.NONE;

    @Option(
            names = "--tsc",
            paramLabel = "HZ",
            defaultValue = "2000000000",
            description = "Cycles a second (default: ${DEFAULT-VALUE}).")
    private long tscHz;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of the machine's random numbers (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** {@code 1,2,4,2}. */
    static final class TopologyConverter implements ITypeConverter<Topology> {
        @Override
        public Topology convert(String text) {
            String[] parts = text.split(",", -1);
            if (parts.length != 4) {
                throw new TypeConversionException("'" + text + "' is not four numbers S,L,C,T");
            }
            long product = 1;
            int[] counts = new int[parts.length];
            for (int i = 0; i < counts.length; i++) {
                try {
                    counts[i] = Integer.parseInt(parts[i].trim());
                } catch (NumberFormatException e) {
                    throw new TypeConversionException("'" + parts[i] + "' is not a number");
                }
                product *= counts[i];
                if (counts[i] < 1 || product > MAX_CPUS) {
                    throw new TypeConversionException("'" + text + "' is not a machine of 1 to " + MAX_CPUS + " CPUs");
                }
            }
            return Topology.of(counts[0], counts[1], counts[2], counts[3]);
        }
    }

    public Topology topology() {
        Cpus wanted = cpus;
        if (wanted == null) {
            return Topology.plain(2);
        }
        Integer plain = wanted.cpus;
        Topology named = wanted.topology;
        return named != null ? named : Topology.plain(plain == null ? 2 : plain);
    }

    public int hz() {
        return hz;
    }

    /** Preemption.*. */
    public boolean hrtick() {
        return hrtick;
    }

    public int preemption() {
        return switch (preempt) {
            case NONE -> Preemption.NONE;
            case VOLUNTARY -> Preemption.VOLUNTARY;
            case FULL -> Preemption.FULL;
            case LAZY -> Preemption.LAZY;
        };
    }

    public long tscHz() {
        return tscHz;
    }

    public long seed() {
        return seed;
    }

    /** What is wrong with the values given; empty when nothing is. */
    public String complaint() {
        Integer plain = cpus == null ? null : cpus.cpus;
        if (plain != null && (plain < 1 || plain > MAX_CPUS)) {
            return "--cpus: 1 to " + MAX_CPUS;
        }
        if (hz < 1 || hz > MAX_HZ) {
            return "--hz: 1 to " + MAX_HZ;
        }
        if (tscHz < MIN_TSC_HZ || tscHz > MAX_TSC_HZ) {
            return "--tsc: " + MIN_TSC_HZ + " to " + MAX_TSC_HZ;
        }
        return "";
    }
}
