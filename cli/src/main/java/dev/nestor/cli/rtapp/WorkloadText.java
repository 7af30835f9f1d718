package dev.nestor.cli.rtapp;

import dev.nestor.cli.TextTable;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A workload's report on standard output. */
public final class WorkloadText {
    private static final int ROWS = 40;

    private WorkloadText() {}

    /**
     * @param all whether a long table is printed in full
     * @param wallNs how long the run took
     */
    public static void print(PrintWriter out, WorkloadReport report, boolean all, long wallNs) {
        double tscHz = report.config().tscHz();
        out.printf(
                Locale.ROOT,
                "%s: %d threads, %.1f ms simulated in %.2f s, %d events%n",
                report.file(),
                report.tasks().size(),
                1e3 * report.cycles() / tscHz,
                wallNs / 1e9,
                report.events());
        for (String ignored : report.ignored()) {
            out.println("not honoured: " + ignored);
        }
        for (String complaint : report.complaints()) {
            out.println("refused: " + complaint);
        }
        if (!report.stopped().isEmpty()) {
            out.println("stopped: " + report.stopped());
        }
        out.println();
        List<WorkloadReport.Task> tasks = report.tasks().stream()
                .sorted(Comparator.comparingInt(WorkloadReport.Task::pid))
                .toList();
        TextTable table = new TextTable(
                "rlrrrrrrr",
                "pid",
                "command",
                "CPU ms",
                "share",
                "queued ms",
                "runs",
                "voluntary",
                "involuntary",
                "migrations");
        for (WorkloadReport.Task task : all ? tasks : tasks.subList(0, Math.min(ROWS, tasks.size()))) {
            long busy = task.user() + task.kernel();
            table.add(
                    String.valueOf(task.pid()),
                    task.command(),
                    String.format(Locale.ROOT, "%.2f", 1e3 * busy / tscHz),
                    String.format(Locale.ROOT, "%.2f %%", 100.0 * busy / Math.max(1, report.cycles())),
                    String.format(Locale.ROOT, "%.2f", 1e3 * task.queued() / tscHz),
                    String.valueOf(task.runs()),
                    String.valueOf(task.voluntary()),
                    String.valueOf(task.involuntary()),
                    String.valueOf(task.migrations()));
        }
        table.print(out);
        if (!all && tasks.size() > ROWS) {
            out.println("… " + (tasks.size() - ROWS) + " more: --all");
        }
        out.println();
        out.println("digest " + report.digest());
        out.flush();
    }
}
