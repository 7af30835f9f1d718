package dev.nestor.cli.replay;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Files of /proc and of cgroups whose texts hold what was measured on the recorded machine: times, sizes, counts, addresses. They
 * are compared as the structures are that show the like: everything exactly, and that there is a number where one was measured.
 */
final class MeasuredTexts {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /** A number and what aligns it. */
    private static final Pattern COLUMN = Pattern.compile(" *[0-9]+");

    /** How much of two texts may differ. */
    enum Leeway {
        /** What was measured. */
        MEASURES,
        /** That, and what nobody can know: what a program was begun with, and whether it was running at that moment. */
        UNKNOWNS
    }

    /** Fields of /proc/PID/stat, counted from 1: faults, times, sizes, addresses, the processor. */
    private static final Set<Integer> MEASURED_FIELDS = Set.of(
            10, 11, 12, 13, 14, 15, 16, 17, 22, 23, 24, 26, 27, 28, 29, 30, 35, 39, 42, 43, 44, 45, 46, 47, 48, 49, 50,
            51);

    /** Fields of it that say what a program was begun with: state, parent, group, session, terminal, nice value. */
    private static final Set<Integer> UNKNOWN_FIELDS = Set.of(3, 4, 5, 6, 7, 8, 18, 19);

    /** What is measured in the lines of a file. */
    private static final Map<String, Pattern> MEASURED_LINES = Map.of(
            "PID/status", Pattern.compile("(?m)^((?:Vm|Rss)\\w+|\\w*voluntary_ctxt_switches):.*$"),
            "PID/io", Pattern.compile("(?m)^(\\w+):.*$"),
            "PID/sched", Pattern.compile("(?m)^(\\S+) +:.*$"),
            "cgroup.stat.local", Pattern.compile("(?m)^(frozen_usec) [1-9].*$"));

    private static final Pattern UNKNOWN_LINES =
            Pattern.compile("(?m)^(State|PPid|TracerPid|NSpgid|NSsid|SigQ|HugetlbPages|untag_mask|THP_enabled"
                    + "|Speculation\\w+|Cpus_allowed\\w*|Mems_allowed\\w*|FDSize):.*$");

    /** Files of nothing but measured numbers. */
    private static final Set<String> NUMBERS = Set.of(
            "uptime",
            "loadavg",
            "stat",
            "meminfo",
            "vmstat",
            "interrupts",
            "softirqs",
            "diskstats",
            "schedstat",
            "PID/statm",
            "PID/schedstat",
            "PID/smaps",
            "PID/smaps_rollup");

    /** Files that list the mounts of the recorded machine. */
    private static final Set<String> MOUNTS = Set.of("PID/mountinfo", "PID/mounts", "PID/mountstats");

    private MeasuredTexts() {}

    static boolean listsMounts(String file) {
        return MOUNTS.contains(file);
    }

    /**
     * Whether two texts of a file, both from its beginning, are the same but for what may differ.
     *
     * @param file as {@link dev.nestor.fs.proc.ProcFs#nameOf} says
     * @param isCut whether the log shows only the beginning of the first one
     */
    static boolean areSameBut(Leeway leeway, String file, byte[] recorded, boolean isCut, byte[] found) {
        if (!file.equals("PID/stat") && !MEASURED_LINES.containsKey(file) && !NUMBERS.contains(file)) {
            return false;
        }
        String one = masked(leeway, file, recorded);
        String other = masked(leeway, file, found);
        if (!isCut) {
            return one.equals(other);
        }
        int end = one.lastIndexOf('\n') + 1; // the last line may be cut
        return end > 0 && other.length() >= end && other.startsWith(one.substring(0, end));
    }

    /**
     * What /proc/PID/stat or status shows of how a process was begun, in the numbers of its PID namespace; 0 for what is not
     * shown.
     *
     * @param nice from -20 to 19, or UNKNOWN
     * @param tracer 0 is no number of a tracer
     */
    record Begun(int number, int group, int session, int nice, int tracer) {
        static final int UNKNOWN = Integer.MIN_VALUE;
        static final Begun NOTHING = new Begun(0, 0, 0, UNKNOWN, 0);
    }

    private static final Pattern STATUS_LINE = Pattern.compile("(?m)^(Pid|TracerPid|NSpgid|NSsid):\\t(\\d{1,9})");

    static Begun begun(String file, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return switch (file) {
            case "PID/stat" -> begunOfStat(text);
            case "PID/status" -> begunOfStatus(text);
            default -> Begun.NOTHING;
        };
    }

    private static Begun begunOfStat(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        String[] fields = open < 0 || close < open
                ? new String[0]
                : text.substring(close + 1).trim().split(" ", -1);
        if (fields.length < 17) {
            return Begun.NOTHING;
        }
        String nice = fields[16];
        return new Begun(
                number(text.substring(0, open).trim()),
                number(fields[2]),
                number(fields[3]),
                nice.matches("-?\\d{1,2}") ? Integer.parseInt(nice) : Begun.UNKNOWN,
                0);
    }

    private static Begun begunOfStatus(String text) {
        Map<String, Integer> lines = new HashMap<>();
        STATUS_LINE.matcher(text).results().forEach(line -> lines.put(line.group(1), number(line.group(2))));
        return new Begun(
                lines.getOrDefault("Pid", 0),
                lines.getOrDefault("NSpgid", 0),
                lines.getOrDefault("NSsid", 0),
                Begun.UNKNOWN,
                lines.getOrDefault("TracerPid", 0));
    }

    private static int number(String text) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    /** Whether a text of lines is another one with lines of its own in between. */
    static boolean hasMoreLines(byte[] recorded, byte[] found) {
        String[] lines = new String(found, StandardCharsets.ISO_8859_1).split("\n", -1);
        int next = 0;
        for (String line : new String(recorded, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            if (next < lines.length && line.equals(lines[next])) {
                next++;
            }
        }
        return next == lines.length && recorded.length > found.length;
    }

    private static String masked(Leeway leeway, String file, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (file.equals("PID/stat")) {
            return maskedStat(leeway, text);
        }
        Pattern lines = MEASURED_LINES.get(file);
        if (lines == null) {
            return COLUMN.matcher(text).replaceAll(" N");
        }
        String masked = lines.matcher(text).replaceAll("$1");
        return leeway == Leeway.UNKNOWNS ? UNKNOWN_LINES.matcher(masked).replaceAll("$1") : masked;
    }

    private static String maskedStat(Leeway leeway, String text) {
        int name = text.lastIndexOf(')');
        String[] fields = text.substring(name + 1).trim().split(" ", -1);
        for (int i = 0; i < fields.length; i++) {
            if (MEASURED_FIELDS.contains(i + 3)) {
                fields[i] = NUMBER.matcher(fields[i]).replaceAll("N");
            } else if (leeway == Leeway.UNKNOWNS && UNKNOWN_FIELDS.contains(i + 3)) {
                fields[i] = "";
            }
        }
        return text.substring(0, name + 1) + String.join(" ", fields);
    }
}
