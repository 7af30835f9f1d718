package dev.nestor.syscalls.transcripts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** lsns(8) of util-linux 2.38.1: namespaces as the links of all processes show them, each with its first process. */
final class LsNs {
    private static final String[] TYPES = {"mnt", "net", "pid", "uts", "ipc", "user", "cgroup", "time"};
    private static final int PID_WIDTH = 5; // at least
    private static final Pattern LINK = Pattern.compile("[a-z]+:\\[(\\d+)]");

    private static final class Task {
        private final int pid;
        private final int ppid;
        private final String user;
        private final String command;
        private final Map<String, Long> spaces = new HashMap<>();
        private @Nullable Line outline;

        private Task(ProcTable.Row row) {
            pid = row.pid();
            ppid = row.ppid();
            user = FileStat.user(row.uid());
            boolean isKernel = row.command().startsWith("[");
            command = isKernel ? row.comm() : row.command();
        }
    }

    private static final class Line {
        private final long inode;
        private final String type;
        private final int count;
        private final Task first;
        private final List<Line> below = new ArrayList<>();

        private Line(long inode, String type, int count, Task first) {
            this.inode = inode;
            this.type = type;
            this.count = count;
            this.first = first;
        }
    }

    private LsNs() {}

    static int run(UserProcess process, List<String> argv) {
        Options options = new Options(argv, "tp");
        Map<Integer, Task> tasks = tasks(process);
        Map<Long, Line> lines = new TreeMap<>();
        List<Task> ordered = new ArrayList<>(tasks.values());
        ordered.sort(Comparator.comparingInt(task -> task.pid));
        for (String type : TYPES) {
            if (options.has('t') && !options.value("t").equals(type)) {
                continue;
            }
            for (Task task : ordered) {
                Long inode = task.spaces.get(type);
                if (inode != null && !lines.containsKey(inode) && isAsked(tasks, options, type, inode)) {
                    int count = (int) ordered.stream()
                            .filter(one -> inode.equals(one.spaces.get(type)))
                            .count();
                    lines.put(inode, new Line(inode, type, count, task));
                }
            }
        }
        process.out(table(lines, tasks));
        return 0;
    }

    private static boolean isAsked(Map<Integer, Task> tasks, Options options, String type, long inode) {
        if (!options.has('p')) {
            return true;
        }
        Task task = tasks.get(Integer.parseInt(options.value("p")));
        return task != null && Objects.equals(task.spaces.get(type), inode);
    }

    private static Map<Integer, Task> tasks(UserProcess process) {
        Map<Integer, Task> tasks = new TreeMap<>();
        for (ProcTable.Row row : ProcTable.read(process).rows()) {
            if (row.pid() == 1) {
                continue; // as if it could not be looked into, which is so on the recorded machine
            }
            Task task = new Task(row);
            for (String type : TYPES) {
                String link = process.readlink("/proc/" + row.pid() + "/ns/" + type);
                Matcher matcher = LINK.matcher(link == null ? "" : link);
                if (matcher.matches()) {
                    task.spaces.put(type, Long.parseLong(matcher.group(1)));
                }
            }
            tasks.put(row.pid(), task);
        }
        return tasks;
    }

    /** A line hangs below the last one of its process's parent that stands before it. */
    private static String table(Map<Long, Line> lines, Map<Integer, Task> tasks) {
        List<Line> roots = new ArrayList<>();
        for (Line line : lines.values()) {
            Task parent = tasks.get(line.first.ppid);
            (parent == null || parent.outline == null ? roots : parent.outline.below).add(line);
            line.first.outline = line;
        }
        List<String[]> cells = new ArrayList<>();
        String[] header = {"NS", "TYPE", "NPROCS", "PID", "USER", "NETNSID", "NSFS", "COMMAND"};
        cells.add(header);
        roots.forEach(line -> add(line, "", cells));
        int[] widths = {0, 0, 0, PID_WIDTH, 0, 0, 0};
        for (String[] row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        boolean isNet = roots.stream().allMatch(line -> line.type.equals("net"));
        StringBuilder text = new StringBuilder();
        for (String[] row : cells) {
            for (int i = 0; i < (isNet ? widths.length : 5); i++) {
                boolean isRight = i == 0 || i == 2 || i == 3 || i == 5;
                text.append(("%" + (isRight ? "" : "-") + widths[i] + "s ").formatted(row[i]));
            }
            text.append(row[widths.length]).append('\n');
        }
        return text.toString();
    }

    private static void add(Line line, String prefix, List<String[]> cells) {
        cells.add(new String[] {
            String.valueOf(line.inode),
            line.type,
            String.valueOf(line.count),
            String.valueOf(line.first.pid),
            line.first.user,
            "unassigned",
            "",
            prefix + line.first.command
        });
        for (Line below : line.below) {
            add(below, below == line.below.getLast() ? "`-" : "|-", cells);
        }
    }
}
