package dev.nestor.cli.run;

import dev.nestor.cli.TextTable;
import dev.nestor.cli.run.CallAccount.Source;
import dev.nestor.machine.Topology;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** A run's report on standard output. */
final class RunText {
    /** Rows of a table that is not printed in full. */
    static final int ROWS = 20;

    private static final int PERCENT = 100;

    private final PrintWriter out;
    private final RunReport report;
    private final boolean all;

    /** @param all whether long tables are printed in full */
    RunText(PrintWriter out, RunReport report, boolean all) {
        this.out = out;
        this.report = report;
        this.all = all;
    }

    /** @param wallNs how long the run took */
    void print(long wallNs) {
        summary(wallNs);
        tasks();
        calls();
        cpus();
        tree();
        out.println();
        out.println("digest " + report.digest());
        out.flush();
    }

    private void summary(long wallNs) {
        RunReport.Totals totals = report.totals();
        line(
                "log",
                shown(report.log()) + ": " + plural(totals.logCalls(), "call") + " of "
                        + plural(report.tasks().size(), "task"));
        if (report.isScheduled()) {
            line("machine", machine());
        }
        line("kernel", "Linux " + report.config().release());
        String events = report.isScheduled() ? ", " + count(totals.events()) + " events" : "";
        line("time", millis(totals.cycles()) + " ms simulated in " + seconds(wallNs) + " s" + events);
        line("calls", sources());
        if (!report.stopped().isEmpty()) {
            line("stopped", report.stopped());
        }
        if (totals.badLines() > 0) {
            line("skipped", plural(totals.badLines(), "line") + " that can't be read");
        }
        long alive = report.tasks().stream().filter(TaskAccount::isAlive).count();
        if (alive > 0) {
            line("alive", plural(alive, "task") + " when the log ends");
        }
        if (totals.neverBegan() > 0) {
            line("missing", plural(totals.neverBegan(), "task") + " of the log never began");
        }
    }

    private String sources() {
        CallAccounts calls = report.calls();
        String computed = count(calls.count(Source.COMPUTED)) + " computed";
        String taken = count(calls.count(Source.TAKEN)) + " taken from the log";
        return report.isScheduled()
                ? computed + ", " + taken + ", " + count(calls.count(Source.FORCED)) + " forced"
                : computed + ", " + count(report.equal()) + " of them as in the log, " + taken;
    }

    private String machine() {
        Topology of = report.config().topology();
        String parts = of.sockets() == 1 && of.llcs() == 1 && of.threadsPerCore() == 1
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (%s, %s, %s, %s)",
                        plural(of.sockets(), "socket"),
                        plural(of.llcs(), "last-level cache"),
                        plural(of.cores(), "core"),
                        plural(of.threadsPerCore(), "thread") + " each");
        double ghz = report.config().tscHz() / 1e9;
        return plural(of.cpus(), "CPU")
                + parts
                + String.format(
                        Locale.ROOT,
                        " at %.3f GHz, %d ticks a second",
                        ghz,
                        report.config().hz());
    }

    private void tasks() {
        List<TaskAccount> rows = report.tasks();
        if (report.isScheduled()) {
            rows = rows.stream()
                    .sorted(Comparator.comparingLong(TaskAccount::busy).reversed())
                    .toList();
        }
        heading("tasks", rows.size());
        if (!report.isScheduled()) {
            TextTable table = new TextTable("rrlr", "number", "inner", "command", "calls");
            cut(rows).forEach(task -> table.add(number(task), inner(task), shown(task.command()), count(task.calls())));
            table.print(out);
            return;
        }
        TextTable table = new TextTable(
                "rrlrrrrrrrr",
                "number",
                "inner",
                "command",
                "user cycles",
                "kernel cycles",
                "CPU",
                "queued ms",
                "blocked ms",
                "voluntary",
                "involuntary",
                "migrations");
        for (TaskAccount task : cut(rows)) {
            table.add(
                    number(task),
                    inner(task),
                    shown(task.command()),
                    count(task.user()),
                    count(task.kernel()),
                    percent(task.busy(), task.end() - task.start()),
                    millis(task.runDelay()),
                    millis(task.blocked()),
                    count(task.voluntary()),
                    count(task.involuntary()),
                    count(task.migrations()));
        }
        table.print(out);
    }

    private static String number(TaskAccount task) {
        return Integer.toString(task.number());
    }

    /** The number in the task's own PID namespace; nothing for one of the outermost. */
    private static String inner(TaskAccount task) {
        int[] numbers = task.numbers();
        return numbers.length == 1 ? "" : Integer.toString(numbers[numbers.length - 1]);
    }

    private void calls() {
        ToLongFunction<CallAccount> size = report.isScheduled() ? CallAccount::total : CallAccount::count;
        List<CallAccount> rows = report.calls().all().stream()
                .sorted(Comparator.comparingLong(size).reversed())
                .toList();
        heading("calls", rows.size());
        if (!report.isScheduled()) {
            TextTable table = new TextTable("lrrr", "call", "count", "computed", "errors");
            cut(rows)
                    .forEach(call -> table.add(
                            call.name(),
                            count(call.count()),
                            count(call.count(Source.COMPUTED)),
                            count(call.errors())));
            table.print(out);
            return;
        }
        TextTable table = new TextTable(
                "lrrrrrr", "call", "count", "computed", "errors", "p50 cycles", "p99 cycles", "all cycles");
        for (CallAccount call : cut(rows)) {
            table.add(
                    call.name(),
                    count(call.count()),
                    count(call.count(Source.COMPUTED)),
                    count(call.errors()),
                    count(call.percentile(50)),
                    count(call.percentile(99)),
                    count(call.total()));
        }
        table.print(out);
    }

    private void cpus() {
        if (!report.isScheduled()) {
            return;
        }
        List<RunReport.Cpu> cpus = report.cpus();
        Comparator<Integer> busiest =
                Comparator.comparingLong(cpu -> -cpus.get(cpu).busyCycles());
        List<Integer> rows = IntStream.range(0, cpus.size())
                .boxed()
                .sorted(busiest.thenComparing(Comparator.naturalOrder()))
                .toList();
        heading("CPUs", rows.size());
        TextTable table = new TextTable("rrr", "CPU", "busy", "switches");
        for (int cpu : cut(rows).stream().sorted().toList()) {
            RunReport.Cpu of = cpus.get(cpu);
            table.add(
                    Integer.toString(cpu),
                    percent(of.busyCycles(), report.totals().cycles()),
                    count(of.switches()));
        }
        table.print(out);
    }

    private void tree() {
        out.println();
        out.println("PID namespaces, with each task's numbers from the outermost to its own");
        PidTree.Node root = report.pidNamespaces();
        out.println("pid:[" + root.inode() + "]");
        branches(root, "");
    }

    private void branches(PidTree.Node node, String indent) {
        List<TaskAccount> members = cut(node.members());
        int hidden = node.members().size() - members.size();
        int left = members.size() + node.children().size() + (hidden > 0 ? 1 : 0);
        for (TaskAccount task : members) {
            left--;
            out.println(indent + branch(left) + numbers(task) + " " + shown(task.command()));
        }
        if (hidden > 0) {
            left--;
            out.println(indent + branch(left) + count(hidden) + " more");
        }
        for (PidTree.Node child : node.children()) {
            left--;
            out.println(indent + branch(left) + "pid:[" + child.inode() + "]");
            branches(child, indent + (left == 0 ? "   " : "│  "));
        }
    }

    private static String branch(int left) {
        return left == 0 ? "└─ " : "├─ ";
    }

    private static String numbers(TaskAccount task) {
        StringBuilder text = new StringBuilder();
        for (int number : task.numbers()) {
            text.append(text.isEmpty() ? "" : " ").append(number);
        }
        return text.toString();
    }

    private void heading(String what, int rows) {
        String note = !all && rows > ROWS ? ", the busiest " + ROWS + " of " + count(rows) + " (all: --all)" : "";
        out.println();
        out.println(what + note);
    }

    private <T> List<T> cut(List<T> rows) {
        return all || rows.size() <= ROWS ? rows : rows.subList(0, ROWS);
    }

    private void line(String name, String text) {
        out.printf(Locale.ROOT, "%-8s %s%n", name, text);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String plural(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    private String millis(long cycles) {
        return String.format(
                Locale.ROOT, "%,.3f", cycles * 1e3 / report.config().tscHz());
    }

    private static String seconds(long ns) {
        return String.format(Locale.ROOT, "%.2f", ns / 1e9);
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", (double) part * PERCENT / whole);
    }

    /** Names come from the log, which may hold anything. */
    private static String shown(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
