package dev.nestor.kernel.time;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.uapi.Time;

/** Time namespaces: kernel/time/namespace.c. */
public final class TimeNamespaces extends OwnedNamespaces {
    private final TimeNamespaceTable namespaces;

    public TimeNamespaces(TimeNamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums, UcountType.TIME_NAMESPACES);
        this.namespaces = namespaces;
    }

    /** The initial one. */
    public int createRoot(int userNs) {
        return allocRoot(userNs, NsInums.TIME_NS_INIT_INO);
    }

    /** clone_time_ns(): a copy with the same offsets, owned by userNs and counted as kuid's; NULL at the limit. */
    public int create(int from, int userNs, int kuid) {
        int ns = alloc(userNs, kuid);
        if (ns != NULL) {
            namespaces.setMonotonicNs(ns, namespaces.monotonicNs(from));
            namespaces.setBoottimeNs(ns, namespaces.boottimeNs(from));
        }
        return ns;
    }

    /** What a clock shows in a namespace more than outside, in ns. */
    public long offsetNs(int ns, int clock) {
        return switch (clock) {
            case Time.CLOCK_MONOTONIC, Time.CLOCK_MONOTONIC_RAW, Time.CLOCK_MONOTONIC_COARSE ->
                namespaces.monotonicNs(ns);
            case Time.CLOCK_BOOTTIME, Time.CLOCK_BOOTTIME_ALARM -> namespaces.boottimeNs(ns);
            default -> 0;
        };
    }

    /** timens_ktime_to_host(): a time of a namespace's clock by the host's; 0 for one before the namespace's beginning. */
    public long toHost(int ns, int clock, long timeNs) {
        long offset = offsetNs(ns, clock);
        if (offset == 0 || timeNs == Long.MAX_VALUE) {
            return timeNs;
        }
        if (timeNs < offset) {
            return 0;
        }
        long host = timeNs - offset;
        return host < 0 ? Long.MAX_VALUE : host;
    }

    /** timens_commit(): a task enters, and the offsets stay as they are from now on. */
    public void freezeOffsets(int ns) {
        namespaces.setFrozen(ns, true);
    }
}
