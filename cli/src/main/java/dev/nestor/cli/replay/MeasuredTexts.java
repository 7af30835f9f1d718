package dev.nestor.cli.replay;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Files of /proc and of cgroups whose texts hold what was measured on the recorded machine: times, sizes, counts, addresses, the tracer. Texts
 * that differ in these and in nothing else are not different answers; nor could the emulator have worked them out.
 */
final class MeasuredTexts {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /**
     * Fields of /proc/PID/stat, counted from 1: whether it runs at the moment, faults, times, sizes, addresses, the
     * processor; and what a program was begun with, parent, group, session, terminal and nice value.
     */
    private static final Set<Integer> MEASURED_FIELDS = Set.of(
            3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 22, 23, 24, 26, 27, 28, 29, 30, 35, 39, 42, 43,
            44, 45, 46, 47, 48, 49, 50, 51);

    /** What is measured in the lines of a file. */
    private static final Map<String, Pattern> MEASURED_LINES = Map.of(
            "PID/status",
            Pattern.compile(
                    "(?m)^((?:Vm|Rss)\\w+|HugetlbPages|State|PPid|TracerPid|NSpgid|NSsid|SigQ|untag_mask|THP_enabled|Speculation\\w+"
                            + "|\\w*voluntary_ctxt_switches|Cpus_allowed\\w*|Mems_allowed\\w*|FDSize):.*$"),
            "PID/io",
            Pattern.compile("(?m)^(\\w+):.*$"),
            "PID/sched",
            Pattern.compile("(?m)^(\\S+) +:.*$"),
            "cgroup.stat.local",
            Pattern.compile("(?m)^(frozen_usec) [1-9].*$"));

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
     * Whether two texts of a file, both from its beginning, differ in measured things only.
     *
     * @param file as {@link dev.nestor.fs.proc.ProcFs#nameOf} says
     * @param isCut whether the log shows only the beginning of the first one
     */
    static boolean differInMeasuresOnly(String file, byte[] recorded, boolean isCut, byte[] found) {
        Pattern lines = MEASURED_LINES.get(file);
        if (!file.equals("PID/stat") && lines == null && !NUMBERS.contains(file)) {
            return false;
        }
        String one = masked(file, recorded);
        String other = masked(file, found);
        if (!isCut) {
            return one.equals(other);
        }
        int end = one.lastIndexOf('\n') + 1; // the last line may be cut
        return end > 0 && other.length() >= end && other.startsWith(one.substring(0, end));
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

    private static String masked(String file, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (file.equals("PID/stat")) {
            return maskedStat(text);
        }
        Pattern lines = MEASURED_LINES.get(file);
        return lines != null
                ? lines.matcher(text).replaceAll("$1")
                : NUMBER.matcher(text).replaceAll("N");
    }

    private static String maskedStat(String text) {
        int name = text.lastIndexOf(')');
        String[] fields = text.substring(name + 1).trim().split(" ", -1);
        for (int i = 0; i < fields.length; i++) {
            if (MEASURED_FIELDS.contains(i + 3)) {
                fields[i] = "N";
            }
        }
        return text.substring(0, name + 1) + String.join(" ", fields);
    }
}
