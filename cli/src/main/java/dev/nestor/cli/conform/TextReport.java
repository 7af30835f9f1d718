package dev.nestor.cli.conform;

import dev.nestor.cli.replay.Difference;
import dev.nestor.cli.replay.ReplayReport;
import dev.nestor.cli.replay.Tally;
import dev.nestor.cli.replay.abi.Family;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** The results as a table on standard output. */
final class TextReport {
    private static final int WIDEST_NAME = 60;

    private final PrintWriter out;
    private final int width; // of the first column
    private final int maxDifferences;
    private final boolean showTaken;
    private boolean hasHeading;

    TextReport(PrintWriter out, List<String> logs, int maxDifferences, boolean showTaken) {
        this.out = out;
        int widest = logs.stream().mapToInt(String::length).max().orElse(0);
        this.width = Math.clamp(widest, "namespace".length(), WIDEST_NAME);
        this.maxDifferences = maxDifferences;
        this.showTaken = showTaken;
    }

    void log(LogResult.Replayed log) {
        if (!hasHeading) {
            heading("log");
            hasHeading = true;
        }
        row(shorten(log.name()), log.report().total());
        List<Difference> differences = log.report().differences();
        differences.stream().limit(maxDifferences).forEach(this::difference);
        if (maxDifferences > 0 && differences.size() > maxDifferences) {
            out.println("  " + (differences.size() - maxDifferences) + " more");
        }
        out.flush();
    }

    void flush() {
        out.flush();
    }

    void end(ReplayReport total, long badLogs) {
        out.println();
        heading("family");
        for (Family family : Family.values()) {
            if (total.family(family).calls() > 0) {
                row(family.label(), total.family(family));
            }
        }
        out.println();
        heading("");
        row("total", total.total());
        if (total.signals() > 0) {
            out.println("signals: " + total.signals() + " delivered, of these " + total.signalsFromOutside()
                    + " from outside, of the others " + total.signalsEqual() + " equal");
        }
        if (badLogs > 0 || total.badLines() > 0) {
            out.println("skipped: " + badLogs + " logs, " + total.badLines() + " lines of others");
        }
        if (showTaken) {
            out.println();
            out.println("results taken from the log:");
            total.taken().forEach((why, count) -> out.printf(Locale.ROOT, "%9d  %s%n", count, why));
        }
        out.flush();
    }

    private void heading(String first) {
        out.printf(Locale.ROOT, "%-" + width + "s %9s %9s          %9s%n", first, "calls", "computed", "equal");
    }

    private void row(String name, Tally tally) {
        out.printf(
                Locale.ROOT,
                "%-" + width + "s %9d %9d %7s  %9d %7s%n",
                name,
                tally.calls(),
                tally.computed(),
                percent(tally.computed(), tally.calls()),
                tally.equal(),
                percent(tally.equal(), tally.computed()));
    }

    /** Rounded down, so that 100 % is all. */
    static String percent(long part, long whole) {
        if (whole == 0) {
            return "-";
        }
        long tenths = part * 1000 / whole;
        return tenths / 10 + "." + tenths % 10 + " %";
    }

    private void difference(Difference difference) {
        out.println("  " + difference.line() + ": " + difference.call() + ": expected " + difference.expected()
                + ", but " + difference.actual());
    }

    private String shorten(String name) {
        String shown = name.replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= width ? shown : "..." + shown.substring(shown.length() - width + 3);
    }
}
