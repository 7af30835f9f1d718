package dev.nestor.kernel.cgroup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A hierarchy of the first version, as configured: it takes its controllers from the default one and shows where tasks are.
 *
 * @param id what /proc/PID/cgroup begins with
 * @param controllers as there: {@code cpu,cpuacct}, {@code name=systemd}
 * @param path where the programs are that a machine is observed through; init is in the root
 */
public record LegacyHierarchy(int id, String controllers, String path) {
    /** The lines of a /proc/PID/cgroup; that of the default hierarchy, which begins with 0, is passed over. Lowest id first. */
    public static List<LegacyHierarchy> parse(String lines) {
        List<LegacyHierarchy> parsed = new ArrayList<>();
        for (String line : lines.split("\n", -1)) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && !fields[0].equals("0")) {
                parsed.add(new LegacyHierarchy(Integer.parseInt(fields[0]), fields[1], fields[2]));
            }
        }
        parsed.sort(Comparator.comparingInt(LegacyHierarchy::id));
        if (parsed.size() >= CssSetTable.HIERARCHIES) {
            throw new IllegalArgumentException("too many hierarchies");
        }
        return List.copyOf(parsed);
    }

    /** Where the programs are in the default hierarchy, by such lines: the root when they don't say. */
    public static String defaultPath(String lines) {
        for (String line : lines.split("\n", -1)) {
            if (line.startsWith("0::")) {
                return line.substring(3);
            }
        }
        return "/";
    }

    /** Its controllers as bits of {@link CgroupSubsys}. */
    public int subsysMask() {
        int mask = 0;
        for (String name : controllers.split(",", -1)) {
            int ssid = CgroupSubsys.findLegacy(name);
            mask |= ssid < 0 ? 0 : CgroupSubsys.mask(ssid);
        }
        return mask;
    }

    /** What follows name=, or "". */
    public String name() {
        for (String part : controllers.split(",", -1)) {
            if (part.startsWith("name=")) {
                return part.substring(5);
            }
        }
        return "";
    }

    /** Whether it has a controller. */
    public boolean has(int ssid) {
        return (subsysMask() & CgroupSubsys.mask(ssid)) != 0;
    }
}
