package dev.nestor.fs.cgroup;

import dev.nestor.uapi.Errno;

/** The options of a cgroup2 mount: cgroup2_fs_parameters. */
final class CgroupOptions {
    static final int NSDELEGATE = 1;
    static final int PIDS_LOCALEVENTS = 0x20;

    private static final String[] NAMES = {
        "nsdelegate",
        "favordynmods",
        "memory_localevents",
        "memory_recursiveprot",
        "memory_hugetlb_accounting",
        "pids_localevents"
    };

    private CgroupOptions() {}

    /** Options as bits, or EINVAL. */
    static int parse(byte[] text, int length) {
        int options = 0;
        int start = 0;
        while (start < length) {
            int end = start;
            while (end < length && text[end] != ',') {
                end++;
            }
            int option = end == start ? 0 : find(text, start, end);
            if (option < 0) {
                return -Errno.EINVAL;
            }
            options |= option;
            start = end + 1;
        }
        return options;
    }

    private static int find(byte[] text, int start, int end) {
        for (int i = 0; i < NAMES.length; i++) {
            boolean same = NAMES[i].length() == end - start;
            for (int at = start; same && at < end; at++) {
                same = text[at] == NAMES[i].charAt(at - start);
            }
            if (same) {
                return 1 << i;
            }
        }
        return -1;
    }

    /** What mountinfo shows. */
    static String shown(int options) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            if ((options & (1 << i)) != 0) {
                text.append(text.isEmpty() ? "" : ",").append(NAMES[i]);
            }
        }
        return text.toString();
    }
}
