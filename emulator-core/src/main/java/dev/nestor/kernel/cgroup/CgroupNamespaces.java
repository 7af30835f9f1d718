package dev.nestor.kernel.cgroup;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;

/** Cgroup namespaces: kernel/cgroup/namespace.c. */
public final class CgroupNamespaces extends OwnedNamespaces {
    public CgroupNamespaces(CgroupNamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums, UcountType.CGROUP_NAMESPACES);
    }

    /** The initial one. */
    public int createRoot(int userNs) {
        return allocRoot(userNs, NsInums.CGROUP_NS_INIT_INO);
    }

    /** copy_cgroup_ns(): a new one owned by userNs and counted as kuid's; NULL at the limit. */
    public int create(int userNs, int kuid) {
        return alloc(userNs, kuid);
    }
}
