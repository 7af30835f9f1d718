package dev.nestor.cli.bench;

/** Mean and standard error of what several runs have measured, as perf works them out. */
final class RunStats {
    private long count;
    private double mean;
    private double squares; // sum of squared distances from the mean

    void add(double value) {
        count++;
        double distance = value - mean;
        mean += distance / count;
        squares += distance * (value - mean);
    }

    double mean() {
        return mean;
    }

    /** Percent of the mean. */
    double error() {
        if (count < 2 || mean == 0) {
            return 0;
        }
        return 100 * Math.sqrt(squares / (count - 1) / count) / mean;
    }
}
