package dev.nestor.kernel.pid;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.NsOwners;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.uapi.Errno;

/** Creation, nesting and death of PID namespaces: kernel/pid_namespace.c. */
public final class PidNamespaces {
    /** MAX_PID_NS_LEVEL: namespaces nest this deep below the root. */
    public static final int MAX_PID_NS_LEVEL = 32;

    /** PID_MAX_LIMIT of a 64-bit kernel; a new namespace starts with it, whatever its parent has. */
    public static final int PID_MAX_LIMIT = 4 * 1024 * 1024;

    private final PidNamespaceTable namespaces;
    private final PidTable pids;

    private final NsInums inums;
    private final NsOwners owners;

    public PidNamespaces(PidNamespaceTable namespaces, PidTable pids, NsInums inums, NsOwners owners) {
        this.namespaces = namespaces;
        this.pids = pids;
        this.inums = inums;
        this.owners = owners;
    }

    /** The root namespace, init_pid_ns. */
    public int createRoot(int userNs, int pidMax) {
        return fill(namespaces.alloc(), NULL, userNs, NsInums.PID_NS_INIT_INO, pidMax);
    }

    /**
     * create_pid_namespace(): a child of the parent, counted as kuid's. EINVAL unless its owner is the parent's or lies
     * below it, ENOSPC beyond level 32, at the table's limit, or at one of the user's. Holds its parent and its owner.
     */
    public int create(int parent, int userNs, int kuid) {
        if (!owners.isAncestorOrSelf(namespaces.userNs(parent), userNs)) {
            return -Errno.EINVAL;
        }
        if (namespaces.level(parent) + 1 > MAX_PID_NS_LEVEL) {
            return -Errno.ENOSPC;
        }
        int counted = owners.incUcount(userNs, kuid, UcountType.PID_NAMESPACES);
        if (counted == NULL) {
            return -Errno.ENOSPC;
        }
        int ns = namespaces.alloc();
        if (ns == NULL) {
            owners.decUcount(counted, UcountType.PID_NAMESPACES);
            return -Errno.ENOSPC;
        }
        namespaces.setUcounts(ns, counted);
        get(parent);
        return fill(ns, parent, userNs, inums.alloc(), PID_MAX_LIMIT);
    }

    private int fill(int ns, int parent, int userNs, int inum, int pidMax) {
        int level = parent == NULL ? 0 : namespaces.level(parent) + 1;
        namespaces.setCount(ns, 1);
        namespaces.setParent(ns, parent);
        namespaces.setLevel(ns, level);
        owners.hold(userNs);
        namespaces.setUserNs(ns, userNs);
        namespaces.setInum(ns, inum);
        namespaces.setPidMax(ns, pidMax);
        namespaces.setMemfdNoexecScope(ns, namespaces.parent(ns) == NULL ? 0 : memfdNoexecScope(namespaces.parent(ns)));
        namespaces.setIdrCursor(ns, 1);
        namespaces.idrInit(ns);
        pids.reserveLevel(level);
        return ns;
    }

    /** get_pid_ns(). */
    public int get(int ns) {
        namespaces.setCount(ns, namespaces.count(ns) + 1);
        return ns;
    }

    /** put_pid_ns(): gives back a reference; a namespace that dies gives back those on its owner and its parent. */
    public void put(int ns) {
        int at = ns;
        while (at != NULL) {
            int count = namespaces.count(at) - 1;
            namespaces.setCount(at, count);
            if (count > 0) {
                return;
            }
            int parent = namespaces.parent(at);
            int userNs = namespaces.userNs(at);
            int counted = namespaces.ucounts(at);
            inums.free(namespaces.inum(at));
            namespaces.free(at);
            if (counted != NULL) {
                owners.decUcount(counted, UcountType.PID_NAMESPACES);
            }
            owners.put(userNs);
            at = parent;
        }
    }

    public int owner(int ns) {
        return namespaces.userNs(ns);
    }

    /** How deep below the root a namespace is. */
    public int level(int ns) {
        return namespaces.level(ns);
    }

    /** init_pid_ns: the root above a namespace. */
    public int rootOf(int ns) {
        int at = ns;
        while (namespaces.parent(at) != NULL) {
            at = namespaces.parent(at);
        }
        return at;
    }

    /** Whether a namespace is the other one or lies below it. */
    public boolean isAncestorOrSelf(int ancestor, int ns) {
        int at = ns;
        while (namespaces.level(at) > namespaces.level(ancestor)) {
            at = namespaces.parent(at);
        }
        return at == ancestor;
    }

    /** disable_pid_allocation(): no number is given out in the namespace any more; alloc_pid() says ENOMEM. */
    public void disablePidAllocation(int ns) {
        namespaces.setDying(ns, true);
    }

    /** ns_last_pid: the number given out last. */
    public int lastPid(int ns) {
        return namespaces.idrCursor(ns) - 1;
    }

    /** Writes ns_last_pid: the next number is the lowest free one above it. */
    public void setLastPid(int ns, int nr) {
        namespaces.setIdrCursor(ns, nr + 1);
    }

    /** The lowest number in use from {@code from} on, or -1: how /proc walks a namespace. */
    public int nextNumber(int ns, int from) {
        return namespaces.idrNextUsed(ns, from);
    }

    /** pidns_memfd_noexec_scope(): the strictest of a namespace and all above. */
    public int memfdNoexecScope(int ns) {
        int scope = 0;
        for (int at = ns; at != NULL; at = namespaces.parent(at)) {
            scope = Math.max(scope, namespaces.memfdNoexecScope(at));
        }
        return scope;
    }
}
