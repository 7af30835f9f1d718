package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * What happens elsewhere when something is mounted or unmounted at one place: the walks of fs/pnode.c.
 *
 * <p>Peers receive from each other, slaves from their master's group. A walk visits everything that receives from a mount
 * once, depth first: the slaves of each mount, and then its next peer. Mounts that an operation is about to add have no
 * namespace yet, by which the walks know them.
 */
final class Propagation {
    private final MountTable mounts;
    private final MntNamespaceTable namespaces;
    private final Chain slaves;
    private final PeerGroups peers;
    private final Dentries dentries;
    private final Mounts life;
    private final Work work;
    private final IntArrayList candidates = new IntArrayList();
    private final IntArrayList goers = new IntArrayList();

    Propagation(FsTables tables, Mounts life, PeerGroups peers, Dentries dentries, Work work) {
        this.mounts = tables.mounts;
        this.namespaces = tables.mntNamespaces;
        this.slaves = mounts.slaves();
        this.peers = peers;
        this.dentries = dentries;
        this.life = life;
        this.work = work;
    }

    private boolean isNew(int mnt) {
        return mounts.ns(mnt) == NULL;
    }

    /** propagation_next(): what receives from origin and comes after mnt, or NULL. */
    private int next(int mnt, int origin) {
        work.add(Work.MOUNT_STEP);
        return !isNew(mnt) && !slaves.isEmpty(mnt) ? slaves.first(mnt) : nextBeside(mnt, origin);
    }

    /** __propagation_next(): the same, without what receives from mnt itself. */
    private int nextBeside(int mnt, int origin) {
        int at = mnt;
        while (true) {
            int master = mounts.master(at);
            if (master == mounts.master(origin)) {
                int peer = mounts.nextPeer(at);
                return peer == origin ? NULL : peer;
            }
            if (slaves.next(at) != NULL) {
                return slaves.next(at);
            }
            at = master;
        }
    }

    /** skip_propagation_subtree(): past everything that receives from mnt, its peers too. */
    private int skipReceivers(int mnt, int origin) {
        int at = nextBeside(mnt, origin);
        while (at != NULL && peers.arePeers(mnt, at)) {
            at = nextBeside(at, origin);
        }
        return at;
    }

    /** next_group(): a mount of the next peer group, depth first. */
    private int nextGroup(int mnt, int origin) {
        int at = mnt;
        while (true) {
            while (true) {
                if (!isNew(at) && !slaves.isEmpty(at)) {
                    return slaves.first(at);
                }
                int peer = mounts.nextPeer(at);
                if (mounts.group(at) == mounts.group(origin)) {
                    if (peer == origin) {
                        return NULL;
                    }
                } else if (slaves.next(at) != peer) {
                    break;
                }
                at = peer;
            }
            while (true) { // at is the last of its peers
                int master = mounts.master(at);
                if (slaves.next(at) != NULL) {
                    return slaves.next(at);
                }
                at = mounts.nextPeer(master);
                if (mounts.group(master) == mounts.group(origin) || slaves.next(master) == at) {
                    break;
                }
                at = master;
            }
            if (at == origin) {
                return NULL;
            }
        }
    }

    /** need_secondary(): whether a place shows in a mount that a copy is to be mounted in. */
    private boolean needsCopy(int mnt, int mountpoint) {
        return !isNew(mnt) && dentries.isBelow(mountpoint, mounts.root(mnt)) && !namespaces.anon(mounts.ns(mnt));
    }

    /**
     * propagate_mnt(): makes a copy of a tree for each mount that receives from destination, with its parent and mount point
     * set though it is not there to be found yet. 0, ENOSPC or ENOMEM; the copies are in {@code copies}, newest last.
     */
    int copyForAll(int destination, int mountpoint, int source, IntArrayList copies) {
        int error = 0;
        int copy = source;
        mark(mounts.master(destination), true);
        for (int group = destination; group != NULL && error >= 0; group = nextGroup(group, destination)) {
            boolean isOwn = group == destination;
            int how = isOwn
                    ? Mounts.CL_MAKE_SHARED
                    : Mounts.CL_SLAVE | (peers.isShared(group) ? Mounts.CL_MAKE_SHARED : 0);
            int peer = isOwn ? mounts.nextPeer(group) : group;
            if (isOwn) {
                copy = source;
                if (peer == group) {
                    continue;
                }
            }
            do {
                if (needsCopy(peer, mountpoint)) {
                    if ((how & Mounts.CL_SLAVE) != 0) {
                        copy = findMaster(peer, copy, source);
                    }
                    error = life.copyTree(copy, mounts.root(copy), how);
                    if (error < 0) {
                        break;
                    }
                    copy = error;
                    life.setMountpoint(copy, peer, mountpoint);
                    mark(mounts.master(peer), true);
                    copies.add(copy);
                    error = life.reserve(mounts.ns(peer), copy);
                    if (error < 0) {
                        break;
                    }
                    how = Mounts.CL_MAKE_SHARED;
                }
                peer = mounts.nextPeer(peer);
            } while (peer != group);
        }
        for (int i = 0; i < copies.size(); i++) {
            mark(mounts.master(mounts.parent(copies.getInt(i))), false);
        }
        mark(mounts.master(destination), false);
        return Math.min(error, 0);
    }

    private void mark(int mnt, boolean on) {
        if (mnt != NULL) {
            peers.setMarked(mnt, on);
        }
    }

    /** find_master(): the copy that the one for mnt is to be a slave of. */
    private int findMaster(int mnt, int lastCopy, int original) {
        int at = mnt;
        int master = mounts.master(at);
        while (master != NULL && !peers.isMarked(master)) {
            at = master;
            master = mounts.master(at);
        }
        int copy = lastCopy;
        while (!peers.arePeers(copy, original)) {
            int parent = mounts.parent(copy);
            if (mounts.master(parent) == master) {
                return peers.arePeers(parent, at) ? copy : mounts.master(copy);
            }
            copy = mounts.master(copy);
        }
        return copy;
    }

    /** propagation_would_overmount(): whether what is mounted in {@code from} at a place comes to lie on another mount. */
    boolean wouldOvermount(int from, int to, int mountpoint) {
        if (!peers.isShared(from) || mounts.root(to) != mountpoint) {
            return false;
        }
        for (int mnt = to; mnt != NULL; mnt = mounts.master(mnt)) {
            if (peers.arePeers(from, mnt)) {
                return true;
            }
        }
        return false;
    }

    /** propagate_mount_busy(): whether a mount, or one that would go with it, is in use. */
    boolean isBusy(int mnt, int references) {
        if (!mounts.children().isEmpty(mnt) || mounts.count(mnt) > references) {
            return true;
        }
        int parent = mounts.parent(mnt);
        if (parent == NULL) {
            return false;
        }
        int mountpoint = mounts.mountpoint(mnt);
        for (int at = next(parent, parent); at != NULL; at = next(at, parent)) {
            int child = life.lookup(at, mountpoint);
            if (child != NULL && !isHeldBelow(child) && mounts.count(child) > 1) {
                return true;
            }
        }
        return false;
    }

    /** Whether something is mounted in it that does not cover it whole, so that it stays anyway. */
    private boolean isHeldBelow(int mnt) {
        int child = mounts.children().first(mnt);
        boolean isCovered =
                child != NULL && mounts.children().next(child) == NULL && life.lookup(mnt, mounts.root(mnt)) != NULL;
        return child != NULL && !isCovered;
    }

    /** propagate_mount_unlock(): what goes with a mount need not be locked. */
    void unlock(int mnt) {
        int parent = mounts.parent(mnt);
        int mountpoint = mounts.mountpoint(mnt);
        for (int at = next(parent, parent); at != NULL; at = next(at, parent)) {
            int child = life.lookup(at, mountpoint);
            if (child != NULL) {
                mounts.setFlags(child, mounts.flags(child) & ~MountFlags.MNT_LOCKED);
            }
        }
    }

    private boolean isCandidate(int mnt) {
        return mnt != NULL && (mounts.propagation(mnt) & MountFlags.CANDIDATE) != 0;
    }

    private void setCandidate(int mnt, boolean on) {
        int marks = mounts.propagation(mnt);
        mounts.setPropagation(mnt, on ? marks | MountFlags.CANDIDATE : marks & ~MountFlags.CANDIDATE);
    }

    private boolean goes(int mnt) {
        return (mounts.flags(mnt) & MountFlags.MNT_UMOUNT) != 0;
    }

    private boolean isLocked(int mnt) {
        return (mounts.flags(mnt) & MountFlags.MNT_LOCKED) != 0;
    }

    /**
     * propagate_umount(): adds to a set of mounts that are being unmounted those that received them and that nothing holds.
     *
     * <p>Such a one stays when something is mounted in it that stays, unless that covers it whole: then it is slid to where
     * the lowest of those that it covers was. It stays when it is locked on one that stays, too. (See
     * Documentation/filesystems/propagate_umount.txt: the set has to be non-shifting and non-revealing.)
     */
    void addReceivers(IntArrayList set) {
        candidates.clear();
        goers.clear();
        gather(set);
        for (int i = candidates.size() - 1; i >= 0; i--) {
            trim(candidates.getInt(i));
        }
        for (int i = candidates.size() - 1; i >= 0; i--) {
            decideLocked(candidates.getInt(i));
        }
        for (int i = 0; i < goers.size(); i++) {
            int mnt = goers.getInt(i);
            int over = life.lookup(mnt, mounts.root(mnt));
            if (over != NULL && !goes(over)) {
                slideDown(over);
            }
        }
        set.addAll(goers);
    }

    /** gather_candidates(). */
    private void gather(IntArrayList set) {
        for (int i = 0; i < set.size(); i++) {
            int mnt = set.getInt(i);
            int parent = mounts.parent(mnt);
            if (isCandidate(mnt) || parent == NULL) {
                continue;
            }
            setCandidate(mnt, true);
            int mountpoint = mounts.mountpoint(mnt);
            int at = next(parent, parent);
            while (at != NULL) {
                int child = life.lookup(at, mountpoint);
                if (isCandidate(child)) {
                    at = skipReceivers(at, parent); // they have been seen with an earlier one
                    continue;
                }
                if (child != NULL) {
                    setCandidate(child, true);
                    if (!goes(child)) {
                        candidates.add(child);
                    }
                }
                at = next(at, parent);
            }
        }
        for (int i = 0; i < set.size(); i++) {
            setCandidate(set.getInt(i), false);
        }
    }

    /** trim_one(): takes a candidate off that something holds; one that nothing can hold goes. */
    private void trim(int mnt) {
        if (!isCandidate(mnt)) {
            drop(mnt);
            return;
        }
        boolean hasStaying = false;
        boolean stays = false;
        int over = life.lookup(mnt, mounts.root(mnt));
        Chain children = mounts.children();
        for (int child = children.first(mnt); child != NULL && !stays; child = children.next(child)) {
            if (!isCandidate(child)) {
                hasStaying = true;
                stays = child != over;
            }
        }
        if (hasStaying) {
            trimAncestors(mnt);
            if (stays) {
                drop(mnt);
            }
        } else if (!isLocked(mnt) && children.isEmpty(mnt)) {
            drop(mnt);
            go(mnt);
        }
    }

    /** trim_ancestors(): something in mnt stays; so does each candidate that is not just covered on the way up. */
    private void trimAncestors(int mnt) {
        int at = mnt;
        for (int parent = mounts.parent(at); isCandidate(parent); parent = mounts.parent(at)) {
            if (peers.isMarked(at)) {
                return;
            }
            peers.setMarked(at, true);
            if (at != life.lookup(parent, mounts.root(parent))) {
                setCandidate(parent, false);
            }
            at = parent;
        }
    }

    /** remove_from_candidate_list(). */
    private void drop(int mnt) {
        mounts.setPropagation(mnt, mounts.propagation(mnt) & ~(MountFlags.MARKED | MountFlags.CANDIDATE));
    }

    /** umount_one(). */
    private void go(int mnt) {
        mounts.setFlags(mnt, mounts.flags(mnt) | MountFlags.MNT_UMOUNT);
        mounts.children().remove(mnt);
        goers.add(mnt);
    }

    /** handle_locked(): of a chain of candidates each goes but those that are locked on something that stays. */
    private void decideLocked(int mnt) {
        if (!isCandidate(mnt)) {
            drop(mnt);
            return;
        }
        int cutoff = mnt;
        int at = mnt;
        while (isCandidate(at)) {
            drop(at);
            if (!isLocked(at)) {
                cutoff = mounts.parent(at);
            }
            at = mounts.parent(at);
        }
        if (goes(at)) {
            cutoff = at;
        }
        for (at = mnt; at != cutoff; at = mounts.parent(at)) {
            go(at);
        }
    }

    /** reparent(): a mount whose base goes is attached where the lowest one of those that go below it was. */
    private void slideDown(int mnt) {
        int at = mnt;
        int mountpoint;
        do {
            mountpoint = mounts.mountpoint(at);
            at = mounts.parent(at);
        } while (goes(at));
        life.changeMountpoint(mnt, at, mountpoint);
        life.noteChange(mnt);
    }

    /** get_dominating_id(): the nearest group of masters that has a member below a root, or 0. */
    int dominatingGroup(int mnt, int rootMnt, int rootDentry) {
        for (int master = mounts.master(mnt); master != NULL; master = mounts.master(master)) {
            int peer = master;
            do {
                if (mounts.ns(peer) == mounts.ns(mnt)
                        && life.isReachable(peer, mounts.root(peer), rootMnt, rootDentry)) {
                    return mounts.group(peer);
                }
                peer = mounts.nextPeer(peer);
            } while (peer != master);
        }
        return 0;
    }
}
