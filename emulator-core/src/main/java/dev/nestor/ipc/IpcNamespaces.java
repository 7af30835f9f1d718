package dev.nestor.ipc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.uapi.Ipc;
import java.util.ArrayList;
import java.util.List;

/** IPC namespaces: ipc/namespace.c. */
public final class IpcNamespaces extends OwnedNamespaces {
    private final IpcNamespaceTable namespaces;
    private final List<Contents> contents = new ArrayList<>();

    /** One kind of what a namespace has: it is there with the namespace and goes with it. */
    public interface Contents {
        /** A new namespace, whose limits are set. */
        void initNs(int ns);

        /** A task with these ids (kuid, kgid) for files has made the namespace. */
        default void madeBy(int ns, int fsuid, int fsgid) {}

        /** The namespace is about to be freed: all of the kind that is left in it goes. */
        void exitNs(int ns);
    }

    public IpcNamespaces(IpcNamespaceTable namespaces, UserNamespaces userNamespaces, NsInums inums) {
        super(namespaces, userNamespaces, inums, UcountType.IPC_NAMESPACES);
        this.namespaces = namespaces;
    }

    /** Adds a kind of contents, before the first namespace is made. They go in the order in which they came. */
    public void add(Contents kind) {
        contents.add(kind);
    }

    /** init_ipc_ns. */
    public int createRoot(int userNs) {
        int ns = allocRoot(userNs, NsInums.IPC_NS_INIT_INO);
        init(ns);
        return ns;
    }

    /** create_ipc_ns(): a new one owned by userNs and counted as kuid's; NULL at the limit. */
    public int create(int userNs, int kuid) {
        int ns = alloc(userNs, kuid);
        if (ns != NULL) {
            init(ns);
        }
        return ns;
    }

    /** msg_init_ns(), sem_init_ns(), shm_init_ns(). */
    private void init(int ns) {
        namespaces.setMsgCtlmax(ns, Ipc.MSGMAX);
        namespaces.setMsgCtlmnb(ns, Ipc.MSGMNB);
        namespaces.setMsgCtlmni(ns, Ipc.MSGMNI);
        namespaces.setSemCtl(ns, IpcNamespaceTable.SEMMSL, Ipc.SEMMSL);
        namespaces.setSemCtl(ns, IpcNamespaceTable.SEMMNS, Ipc.SEMMNS);
        namespaces.setSemCtl(ns, IpcNamespaceTable.SEMOPM, Ipc.SEMOPM);
        namespaces.setSemCtl(ns, IpcNamespaceTable.SEMMNI, Ipc.SEMMNI);
        namespaces.setShmCtlmax(ns, Ipc.SHMMAX);
        namespaces.setShmCtlall(ns, Ipc.SHMALL);
        namespaces.setShmCtlmni(ns, Ipc.SHMMNI);
        for (int i = 0; i < contents.size(); i++) {
            contents.get(i).initNs(ns);
        }
    }

    /** Tells the contents of a new namespace who has made it. */
    public void madeBy(int ns, int fsuid, int fsgid) {
        for (int i = 0; i < contents.size(); i++) {
            contents.get(i).madeBy(ns, fsuid, fsgid);
        }
    }

    /** free_ipc_ns(). */
    @Override
    protected void destroy(int ns) {
        for (int i = 0; i < contents.size(); i++) {
            contents.get(i).exitNs(ns);
        }
    }
}
