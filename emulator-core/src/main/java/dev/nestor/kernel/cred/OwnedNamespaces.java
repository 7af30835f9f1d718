package dev.nestor.kernel.cred;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.kernel.ns.NsInums;

/** The life of namespaces that a user namespace owns and that have no parent: what UTS, IPC, net, time, cgroup share. */
public abstract class OwnedNamespaces {
    private final NamespaceTable namespaces;
    private final UserNamespaces userNamespaces;
    private final NsInums inums;
    private final int ucountType;

    /** @param ucountType UcountType that they are counted as */
    protected OwnedNamespaces(NamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums, int ucountType) {
        this.namespaces = namespaces;
        this.userNamespaces = userNamespaces;
        this.inums = inums;
        this.ucountType = ucountType;
    }

    /** A new row held once, which holds its owner; NULL at the table's limit, or one of the user's that makes it. */
    protected final int alloc(int userNs, int kuid) {
        int counted = userNamespaces.incUcount(userNs, kuid, ucountType);
        if (counted == NULL) {
            return NULL;
        }
        int ns = namespaces.alloc();
        if (ns == NULL) {
            userNamespaces.decUcount(counted, ucountType);
            return NULL;
        }
        namespaces.setUcounts(ns, counted);
        return fill(ns, userNs, inums.alloc());
    }

    /** The initial namespace of the kind, with its fixed inode number. */
    protected final int allocRoot(int userNs, int inum) {
        return fill(namespaces.alloc(), userNs, inum);
    }

    private int fill(int ns, int userNs, int inum) {
        namespaces.setCount(ns, 1);
        userNamespaces.hold(userNs);
        namespaces.setUserNs(ns, userNs);
        namespaces.setInum(ns, inum);
        return ns;
    }

    public final void hold(int ns) {
        namespaces.setCount(ns, namespaces.count(ns) + 1);
    }

    /** Gives back a reference; with the last one the namespace goes, and its hold on its owner. */
    public final void put(int ns) {
        int count = namespaces.count(ns) - 1;
        namespaces.setCount(ns, count);
        if (count == 0) {
            int userNs = namespaces.userNs(ns);
            int counted = namespaces.ucounts(ns);
            destroy(ns);
            inums.free(namespaces.inum(ns));
            namespaces.free(ns);
            if (counted != NULL) {
                userNamespaces.decUcount(counted, ucountType);
            }
            userNamespaces.put(userNs);
        }
    }

    /** Frees what the namespace isolates. */
    protected void destroy(int ns) {}

    public final int inum(int ns) {
        return namespaces.inum(ns);
    }

    public final int owner(int ns) {
        return namespaces.userNs(ns);
    }
}
