package dev.nestor.kernel.cgroup;

/** The controllers by number, and sets of them as bits: include/linux/cgroup_subsys.h, as the reference kernel is built. */
public final class CgroupSubsys {
    public static final int CPUSET = 0;
    public static final int CPU = 1;
    public static final int CPUACCT = 2;
    public static final int IO = 3;
    public static final int MEMORY = 4;
    public static final int DEVICES = 5;
    public static final int FREEZER = 6;
    public static final int PERF_EVENT = 8;
    public static final int HUGETLB = 10;
    public static final int PIDS = 11;
    public static final int COUNT = 12;

    private static final String[] NAMES = {
        "cpuset",
        "cpu",
        "cpuacct",
        "io",
        "memory",
        "devices",
        "freezer",
        "net_cls",
        "perf_event",
        "net_prio",
        "hugetlb",
        "pids"
    };

    /** Those without files in the default hierarchy: cgrp_dfl_inhibit_ss_mask. */
    static final int INHIBITED = mask(2) | mask(5) | mask(6) | mask(7) | mask(9);

    /** Those that every cgroup of the default hierarchy has: cgrp_dfl_implicit_ss_mask. */
    static final int IMPLICIT = mask(PERF_EVENT);

    /** Those that can share between threads of a process: cgrp_dfl_threaded_ss_mask. */
    static final int THREADED = mask(CPUSET) | mask(CPU) | mask(PERF_EVENT) | mask(PIDS);

    private CgroupSubsys() {}

    public static int mask(int ssid) {
        return 1 << ssid;
    }

    public static String name(int ssid) {
        return NAMES[ssid];
    }

    /** What hierarchies of the first version call it. */
    public static String legacyName(int ssid) {
        return ssid == IO ? "blkio" : NAMES[ssid];
    }

    /** Whether the default hierarchy can have it. */
    public static boolean isOnDefault(int ssid) {
        return (INHIBITED & mask(ssid)) == 0;
    }

    /** The number of a controller by its name in the default hierarchy, -1 for none that can be asked for there. */
    static int find(byte[] text, int start, int end) {
        for (int ssid = 0; ssid < COUNT; ssid++) {
            boolean inhibited = (INHIBITED & mask(ssid)) != 0;
            if (!inhibited && isText(NAMES[ssid], text, start, end)) {
                return ssid;
            }
        }
        return -1;
    }

    /** The number by the name of the first version, or -1. */
    public static int findLegacy(String name) {
        for (int ssid = 0; ssid < COUNT; ssid++) {
            if (legacyName(ssid).equals(name)) {
                return ssid;
            }
        }
        return -1;
    }

    private static boolean isText(String name, byte[] text, int start, int end) {
        if (name.length() != end - start) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (text[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
