package dev.nestor.cli.replay.abi;

import java.util.Locale;

/** What a call is about, for reports. */
public enum Family {
    /** Making, ending and waiting for processes, signals, ids of processes, groups and sessions, limits, scheduling. */
    PROCESS,
    NAMESPACE,
    UTS,
    IPC,
    MOUNT,
    NET,
    USER,
    CGROUP,
    TIME,
    FILE,
    MEMORY,
    OTHER;

    /** As reports show it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
