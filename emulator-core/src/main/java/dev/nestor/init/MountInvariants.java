package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.MntNamespaceTable;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.MountTable;
import dev.nestor.fs.PeerGroups;
import dev.nestor.table.Chain;

/** Peer groups, slaves and namespaces of mounts: what each says of the other is what the other says of it. */
final class MountInvariants {
    private final MountTable mounts;
    private final MntNamespaceTable namespaces;
    private final PeerGroups peers;

    MountInvariants(Kernel kernel) {
        this.mounts = kernel.vfs().tables.mounts;
        this.namespaces = kernel.vfs().tables.mntNamespaces;
        this.peers = kernel.vfs().mounts.peers();
    }

    void check() {
        Claims.forEach(mounts, this::checkPeers);
        Claims.forEach(mounts, this::checkPlace);
        Claims.forEach(namespaces, this::checkNamespace);
    }

    private void checkPeers(int mnt) {
        int next = mounts.nextPeer(mnt);
        Claims.that(mounts.prevPeer(next) == mnt, "a peer's neighbour does not know it", mounts, mnt);
        Claims.that(mounts.group(next) == mounts.group(mnt), "neighbours on a ring are of two groups", mounts, mnt);
        Claims.that(
                peers.isShared(mnt) == (mounts.group(mnt) != 0),
                "a mount is shared exactly when it has a group",
                mounts,
                mnt);
        Claims.that(peers.isShared(mnt) || next == mnt, "a mount that is not shared has peers", mounts, mnt);
        Claims.that(
                mounts.slaves().owner(mnt) == mounts.master(mnt), "a slave is not on its master's list", mounts, mnt);
        Claims.that(mounts.master(next) == mounts.master(mnt), "peers have different masters", mounts, mnt);
    }

    private void checkPlace(int mnt) {
        int parent = mounts.parent(mnt);
        Claims.that(mounts.children().owner(mnt) == parent, "a mount is not among its parent's", mounts, mnt);
        Claims.that(
                mounts.onDentry().owner(mnt) == mounts.mountpoint(mnt),
                "a mount is not known where it is mounted",
                mounts,
                mnt);
        Claims.that((parent == NULL) == (mounts.mountpoint(mnt) == NULL), "a mount has half a place", mounts, mnt);
        int locked = 0;
        for (int child = mounts.children().first(mnt);
                child != NULL;
                child = mounts.children().next(child)) {
            locked += (mounts.flags(child) & MountFlags.MNT_LOCKED) != 0 ? 1 : 0;
        }
        Claims.that(locked == mounts.lockedChildren(mnt), "a mount has miscounted what is locked on it", mounts, mnt);
        boolean isApart = parent == NULL || mounts.ns(mnt) == mounts.ns(parent);
        Claims.that(isApart, "a mount is in another namespace than its parent", mounts, mnt);
    }

    private void checkNamespace(int ns) {
        Chain list = namespaces.mounts();
        int count = 0;
        long last = 0;
        for (int mnt = list.first(ns); mnt != NULL; mnt = list.next(mnt)) {
            Claims.that(mounts.idUnique(mnt) > last, "mounts of a namespace are out of order", namespaces, ns);
            last = mounts.idUnique(mnt);
            count++;
        }
        Claims.that(count == namespaces.nrMounts(ns), "a namespace has miscounted its mounts", namespaces, ns);
    }
}
