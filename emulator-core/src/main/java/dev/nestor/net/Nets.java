package dev.nestor.net;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;

/** Network namespaces: net/core/net_namespace.c. */
public final class Nets extends OwnedNamespaces {
    public Nets(NetTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums, UcountType.NET_NAMESPACES);
    }

    /** The initial one. */
    public int createRoot(int userNs) {
        return allocRoot(userNs, NsInums.NET_NS_INIT_INO);
    }

    /** copy_net_ns(): a new one owned by userNs and counted as kuid's; NULL at the limit. */
    public int create(int userNs, int kuid) {
        return alloc(userNs, kuid);
    }
}
