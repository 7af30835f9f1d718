package dev.nestor.kernel.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;

/** Cgroup namespaces: kernel/cgroup/namespace.c. Each shows the tree from where its maker was when it was made. */
public final class CgroupNamespaces extends OwnedNamespaces {
    private final CgroupNamespaceTable namespaces;
    private final CssSets cssSets;
    private int initial; // cgroup_namespace

    public CgroupNamespaces(
            CgroupNamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums, CssSets cssSets) {
        super(namespaces, userNamespaces, inums, UcountType.CGROUP_NAMESPACES);
        this.namespaces = namespaces;
        this.cssSets = cssSets;
    }

    /** init_cgroup_ns. */
    public int createRoot(int userNs, int cset) {
        initial = allocRoot(userNs, NsInums.CGROUP_NS_INIT_INO);
        setRoot(initial, cset);
        return initial;
    }

    /**
     * copy_cgroup_ns(): a new one owned by userNs and counted as kuid's, whose roots are the cgroups of a css_set; NULL at
     * the limit.
     */
    public int create(int userNs, int kuid, int cset) {
        int ns = alloc(userNs, kuid);
        if (ns != NULL) {
            setRoot(ns, cset);
        }
        return ns;
    }

    /** The namespace of a child that was put into another cgroup than its parent's has its roots there. */
    public void moveRoot(int ns, int cset) {
        int old = namespaces.rootCset(ns);
        setRoot(ns, cset);
        cssSets.put(old);
    }

    private void setRoot(int ns, int cset) {
        cssSets.hold(cset);
        namespaces.setRootCset(ns, cset);
    }

    @Override
    protected void destroy(int ns) {
        int cset = namespaces.rootCset(ns);
        namespaces.setRootCset(ns, NULL);
        cssSets.put(cset);
    }

    /** The cgroup of a hierarchy that a namespace shows as its root. */
    public int rootOf(int ns, int hierarchy) {
        return cssSets.table().cgroups(namespaces.rootCset(ns), hierarchy);
    }

    public boolean isInitial(int ns) {
        return ns == initial;
    }
}
