package dev.nestor.net;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;

/** Network namespaces: net/core/net_namespace.c. */
public final class Nets extends OwnedNamespaces {
    public Nets(NetTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums);
    }

    /** The initial one. */
    public int createRoot(int userNs) {
        return allocRoot(userNs, NsInums.NET_NS_INIT_INO);
    }

    /** copy_net_ns(): a new one owned by userNs; NULL at the limit. */
    public int create(int userNs) {
        return alloc(userNs);
    }
}
