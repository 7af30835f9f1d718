package dev.nestor.syscalls.transcripts;

import dev.nestor.syscalls.transcripts.ProcTable.Row;
import dev.nestor.syscalls.transcripts.Programs.Program;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** ps, pstree and pgrep, from /proc alone. */
final class ProcPrograms {
    private ProcPrograms() {}

    static void register(Map<String, Program> programs) {
        programs.put("ps", ProcPrograms::ps);
        programs.put("pstree", ProcPrograms::pstree);
        programs.put("pgrep", ProcPrograms::pgrep);
    }

    /** ps, ps -ef and ps [-e]o LIST. There are no terminals: all processes are on the same as none. */
    private static int ps(UserProcess process, List<String> argv) {
        String option = argv.size() > 1 ? argv.get(1) : "";
        int width = Objects.requireNonNull(process.readFile("/proc/sys/kernel/pid_max"))
                .strip()
                .length();
        StringBuilder text = new StringBuilder();
        if (option.equals("-ef")) {
            text.append("UID      %sPID %sPPID  C STIME TTY          TIME CMD\n"
                    .formatted(" ".repeat(width - 3), " ".repeat(width - 4)));
        } else if (option.isEmpty()) {
            text.append(" ".repeat(width - 3) + "PID TTY          TIME CMD\n");
        } else {
            text.append(header(argv.get(2), width));
        }
        for (Row row : ProcTable.read(process).rows()) {
            if (option.equals("-ef")) {
                text.append("%-8s %{w}d %{w}d  0 00:00 ?        %s %s\n"
                        .replace("{w}", String.valueOf(width))
                        .formatted(FileStat.user(row.uid()), row.pid(), row.ppid(), row.time(), row.command()));
            } else if (option.isEmpty()) {
                text.append("%{w}d ?        %s %s\n"
                        .replace("{w}", String.valueOf(width))
                        .formatted(row.pid(), row.time(), row.comm()));
            } else {
                text.append(columns(process, argv.get(2), row, width));
            }
        }
        process.out(text.toString());
        return 0;
    }

    private static String header(String list, int width) {
        StringBuilder text = new StringBuilder();
        for (String column : list.split(",", -1)) {
            text.append(
                    switch (column) {
                        case "pid" -> " ".repeat(width - 3) + "PID";
                        case "ppid" -> " ".repeat(width - 3) + "PPID";
                        case "pidns" -> "      PIDNS";
                        case "stat" -> " STAT";
                        default -> " COMMAND";
                    });
        }
        return text.append('\n').toString();
    }

    private static String columns(UserProcess process, String list, Row row, int width) {
        StringBuilder text = new StringBuilder();
        for (String column : list.split(",", -1)) {
            text.append(
                    switch (column) {
                        case "pid" -> ("%" + width + "d").formatted(row.pid());
                        case "ppid" -> (" %" + width + "d").formatted(row.ppid());
                        case "pidns" -> " %10s".formatted(inode(process, row.pid()));
                        case "stat" -> " %-4s".formatted(row.state());
                        default -> " " + row.comm();
                    });
        }
        return text.append('\n').toString();
    }

    private static String inode(UserProcess process, int pid) {
        FileStat stat = FileStat.of(process, "/proc/" + pid + "/ns/pid", true);
        return stat == null ? "-" : String.valueOf(stat.ino());
    }

    private static int pgrep(UserProcess process, List<String> argv) {
        int parent = Integer.parseInt(argv.get(2));
        boolean any = false;
        for (Row row : ProcTable.read(process).rows()) {
            if (row.ppid() == parent) {
                process.out(row.pid() + "\n");
                any = true;
            }
        }
        return any ? 0 : 1;
    }

    /** From process 1 on. */
    private static int pstree(UserProcess process, List<String> argv) {
        List<Row> rows = ProcTable.read(process).rows();
        StringBuilder text = new StringBuilder();
        Row root = rows.stream().filter(row -> row.pid() == 1).findFirst().orElseThrow();
        branch(root, rows, new ArrayList<>(), text);
        process.out(text.toString());
        return 0;
    }

    /** @param bars for each column where a branch began: its place, negative once its last twig has been drawn */
    private static void branch(Row row, List<Row> rows, List<Integer> bars, StringBuilder text) {
        String label = row.comm() + "(" + row.pid() + ")";
        text.append(label);
        List<Row> children = rows.stream()
                .filter(one -> one.ppid() == row.pid())
                .sorted(Comparator.comparing(Row::comm).thenComparingInt(Row::pid))
                .toList();
        if (children.isEmpty()) {
            text.append('\n');
            return;
        }
        int column = text.length() - (text.lastIndexOf("\n") + 1) + 1;
        for (int i = 0; i < children.size(); i++) {
            boolean isLast = i == children.size() - 1;
            if (i == 0) {
                text.append(isLast ? "---" : "-+-");
            } else {
                indent(bars, column, text);
                text.append(isLast ? "`-" : "|-");
            }
            List<Integer> below = new ArrayList<>(bars);
            if (!isLast) {
                below.add(column);
            }
            branch(children.get(i), rows, below, text);
        }
    }

    private static void indent(List<Integer> bars, int column, StringBuilder text) {
        for (int at = 0; at < column; at++) {
            text.append(bars.contains(at) ? '|' : ' ');
        }
    }
}
