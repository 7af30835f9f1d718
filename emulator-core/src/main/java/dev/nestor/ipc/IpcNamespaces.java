package dev.nestor.ipc;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;

/** IPC namespaces: ipc/namespace.c. */
public final class IpcNamespaces extends OwnedNamespaces {
    public IpcNamespaces(IpcNamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums, UcountType.IPC_NAMESPACES);
    }

    /** The initial one. */
    public int createRoot(int userNs) {
        return allocRoot(userNs, NsInums.IPC_NS_INIT_INO);
    }

    /** create_ipc_ns(): a new one owned by userNs and counted as kuid's; NULL at the limit. */
    public int create(int userNs, int kuid) {
        return alloc(userNs, kuid);
    }
}
