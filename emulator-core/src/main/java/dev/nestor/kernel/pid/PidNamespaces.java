package dev.nestor.kernel.pid;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.ns.NsInums;
import dev.nestor.uapi.Errno;
import java.util.function.IntConsumer;

/** Creation, nesting and death of PID namespaces: kernel/pid_namespace.c. */
public final class PidNamespaces {
    /** MAX_PID_NS_LEVEL: namespaces nest this deep below the root. */
    public static final int MAX_PID_NS_LEVEL = 32;

    /** PID_MAX_LIMIT of a 64-bit kernel; a new namespace starts with it, whatever its parent has. */
    public static final int PID_MAX_LIMIT = 4 * 1024 * 1024;

    private final PidNamespaceTable namespaces;
    private final PidTable pids;

    private final NsInums inums;
    private final IntConsumer holdUserNs;
    private final IntConsumer putUserNs;

    /** The two ways to a user namespace's count, which is a room above. */
    public PidNamespaces(
            PidNamespaceTable namespaces, PidTable pids, NsInums inums, IntConsumer holdUserNs, IntConsumer putUserNs) {
        this.namespaces = namespaces;
        this.pids = pids;
        this.inums = inums;
        this.holdUserNs = holdUserNs;
        this.putUserNs = putUserNs;
    }

    /** The root namespace, init_pid_ns. */
    public int createRoot(int userNs, int pidMax) {
        return fill(namespaces.alloc(), NULL, userNs, NsInums.PID_NS_INIT_INO, pidMax);
    }

    /**
     * create_pid_namespace(): a child of the parent, or -ENOSPC beyond level 32 or at the table's limit. Holds its
     * parent and its owner.
     */
    public int create(int parent, int userNs) {
        if (namespaces.level(parent) + 1 > MAX_PID_NS_LEVEL) {
            return -Errno.ENOSPC;
        }
        int ns = namespaces.alloc();
        if (ns == NULL) {
            return -Errno.ENOSPC;
        }
        get(parent);
        return fill(ns, parent, userNs, inums.alloc(), PID_MAX_LIMIT);
    }

    private int fill(int ns, int parent, int userNs, int inum, int pidMax) {
        int level = parent == NULL ? 0 : namespaces.level(parent) + 1;
        namespaces.setCount(ns, 1);
        namespaces.setParent(ns, parent);
        namespaces.setLevel(ns, level);
        holdUserNs.accept(userNs);
        namespaces.setUserNs(ns, userNs);
        namespaces.setInum(ns, inum);
        namespaces.setPidMax(ns, pidMax);
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
            inums.free(namespaces.inum(at));
            namespaces.free(at);
            putUserNs.accept(userNs);
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
}
