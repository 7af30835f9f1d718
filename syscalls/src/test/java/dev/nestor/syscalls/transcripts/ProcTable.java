package dev.nestor.syscalls.transcripts;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the programs of procps read of the processes that /proc shows. */
record ProcTable(List<Row> rows) {
    private static final int TICKS = 100; // a second

    /** One process. */
    record Row(int pid, String comm, char state, int ppid, int group, int tty, int uid, String command, long ticks) {
        /** Minutes and hours of CPU time. */
        String time() {
            long seconds = ticks / TICKS;
            return "%02d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
        }
    }

    static ProcTable read(UserProcess process) {
        List<Row> rows = new ArrayList<>();
        for (String name : Objects.requireNonNull(process.names("/proc"))) {
            if (name.matches("\\d+")) {
                String stat = process.readFile("/proc/" + name + "/stat");
                String status = process.readFile("/proc/" + name + "/status");
                String command = process.readFile("/proc/" + name + "/cmdline");
                if (stat != null && status != null && command != null) {
                    rows.add(row(stat, status, command));
                }
            }
        }
        return new ProcTable(rows);
    }

    private static Row row(String stat, String status, String cmdline) {
        String comm = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1); // from field 3, the state, on
        String uid = status.lines()
                .filter(line -> line.startsWith("Uid:"))
                .findFirst()
                .orElseThrow();
        String command = cmdline.isEmpty()
                ? "[" + comm + "]"
                : cmdline.replace('\0', ' ').strip();
        return new Row(
                Integer.parseInt(stat.substring(0, stat.indexOf(' '))),
                comm,
                fields[0].charAt(0),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Integer.parseInt(fields[4]),
                Integer.parseInt(uid.split("\t", -1)[2]),
                command,
                Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }
}
