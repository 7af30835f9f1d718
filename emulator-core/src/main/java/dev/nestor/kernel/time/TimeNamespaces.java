package dev.nestor.kernel.time;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;

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

    /** timens_commit(): a task enters, and the offsets stay as they are from now on. */
    public void freezeOffsets(int ns) {
        namespaces.setFrozen(ns, true);
    }
}
