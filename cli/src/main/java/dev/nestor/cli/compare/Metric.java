package dev.nestor.cli.compare;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Locale;
import java.util.OptionalDouble;

/** A figure that two traces are compared by. */
enum Metric {
    CPU_SHARE("CPU share", "%", 0.01) {
        @Override
        OptionalDouble of(Figures figures) {
            return OptionalDouble.of(100.0 * figures.cpuNs() / figures.windowNs());
        }
    },
    CPU_TIME("CPU time", "ms") {
        @Override
        OptionalDouble of(Figures figures) {
            return OptionalDouble.of(figures.cpuNs() / 1e6);
        }
    },
    VOLUNTARY("voluntary switches", "", 0.1) {
        @Override
        OptionalDouble of(Figures figures) {
            return OptionalDouble.of((double) figures.voluntary());
        }
    },
    INVOLUNTARY("involuntary switches", "", 0.1) {
        @Override
        OptionalDouble of(Figures figures) {
            return OptionalDouble.of((double) figures.involuntary());
        }
    },
    SLICE_P50("slice p50", "us", 0.05) {
        @Override
        OptionalDouble of(Figures figures) {
            return percentile(figures.slices(), 0.5);
        }
    },
    SLICE_P99("slice p99", "us") {
        @Override
        OptionalDouble of(Figures figures) {
            return percentile(figures.slices(), 0.99);
        }
    },
    DELAY_P50("delay p50", "us", 0.2) {
        @Override
        OptionalDouble of(Figures figures) {
            return delay(figures, 0.5);
        }
    },
    DELAY_P90("delay p90", "us") {
        @Override
        OptionalDouble of(Figures figures) {
            return delay(figures, 0.9);
        }
    },
    DELAY_P99("delay p99", "us", 0.2) {
        @Override
        OptionalDouble of(Figures figures) {
            return delay(figures, 0.99);
        }
    },
    DELAY_MAX("delay max", "us") {
        @Override
        OptionalDouble of(Figures figures) {
            return delay(figures, 1);
        }
    },
    WAKEUPS("wakeups", "") {
        @Override
        OptionalDouble of(Figures figures) {
            return figures.showsDelays() ? OptionalDouble.of((double) figures.wakeups()) : OptionalDouble.empty();
        }
    },
    MIGRATIONS("migrations", "", 1) {
        @Override
        OptionalDouble of(Figures figures) {
            return OptionalDouble.of((double) figures.migrations());
        }
    };

    private final String label;
    private final String unit;
    private final double tolerance; // of the real figure; infinite for one that is only shown

    /** A figure that is only shown. */
    Metric(String label, String unit) {
        this(label, unit, Double.POSITIVE_INFINITY);
    }

    Metric(String label, String unit, double tolerance) {
        this.label = label;
        this.unit = unit;
        this.tolerance = tolerance;
    }

    /** The figure, or nothing where the trace can't tell. */
    abstract OptionalDouble of(Figures figures);

    /** The value at or below which so much of a sample lies, in us; nothing of an empty one. */
    private static OptionalDouble percentile(LongArrayList sorted, double part) {
        if (sorted.isEmpty()) {
            return OptionalDouble.empty();
        }
        int index = (int) Math.ceil(part * sorted.size()) - 1;
        return OptionalDouble.of(sorted.getLong(Math.max(index, 0)) / 1e3);
    }

    private static OptionalDouble delay(Figures figures, double part) {
        return figures.showsDelays() ? percentile(figures.delays(), part) : OptionalDouble.empty();
    }

    String label() {
        return label;
    }

    String unit() {
        return unit;
    }

    boolean isHeld() {
        return tolerance != Double.POSITIVE_INFINITY;
    }

    /** As people read it: 5 %, or factor 2. */
    String tolerance() {
        if (!isHeld()) {
            return "";
        }
        return this == MIGRATIONS ? "factor 2" : String.format(Locale.ROOT, "%.0f %%", 100 * tolerance);
    }

    /** Whether a simulated figure is as near to the real one as it has to be. */
    boolean holds(double real, double simulated) {
        if (this == MIGRATIONS) {
            return Math.max(real, simulated) <= 2 * Math.min(real, simulated);
        }
        return Math.abs(simulated - real) <= tolerance * Math.abs(real);
    }
}
