package dev.nestor.cli.replay;

import java.nio.charset.StandardCharsets;
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

    /** The fields of a text of /proc/PID/stat; the second is the name with its brackets. */
    static String[] statFields(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        String rest = open < 0 || close < open ? "" : text.substring(close + 1).trim();
        return rest.isEmpty() ? new String[0] : (text.substring(0, open).trim() + " - " + rest).split(" ", -1);
    }

    /** A field, counted from 1, as a number; 0 when it is none. */
    static long number(String[] fields, int field) {
        boolean isNumber = fields.length >= field && fields[field - 1].matches("-?[0-9]{1,18}");
        return isNumber ? Long.parseLong(fields[field - 1]) : 0;
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
