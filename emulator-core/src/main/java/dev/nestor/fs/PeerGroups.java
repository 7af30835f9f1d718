package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.table.StateHash;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * Peer groups and slaves: the bookkeeping of fs/pnode.c. Peers are on a ring; a group's slaves are on the lists of its
 * members, and slaves that are peers of each other stand side by side there, in the order of their ring.
 */
public final class PeerGroups {
    private final MountTable mounts;
    private final Chain slaves;
    private final IdSet groups = new IdSet();

    PeerGroups(MountTable mounts) {
        this.mounts = mounts;
        this.slaves = mounts.slaves();
    }

    /** A new mount is its own only peer, and private. */
    void init(int mnt) {
        mounts.setNextPeer(mnt, mnt);
        mounts.setPrevPeer(mnt, mnt);
    }

    public boolean isShared(int mnt) {
        return (mounts.propagation(mnt) & MountFlags.SHARED) != 0;
    }

    public boolean isSlave(int mnt) {
        return mounts.master(mnt) != NULL;
    }

    public boolean isUnbindable(int mnt) {
        return (mounts.propagation(mnt) & MountFlags.UNBINDABLE) != 0;
    }

    /** peers(): whether two mounts are of one group. */
    boolean arePeers(int one, int other) {
        return mounts.group(one) != 0 && mounts.group(one) == mounts.group(other);
    }

    /** mnt_alloc_group_id() for one that has none; it is not shared by that yet. */
    void inventGroup(int mnt) {
        if (mounts.group(mnt) == 0) {
            mounts.setGroup(mnt, groups.alloc(1));
        }
    }

    /** cleanup_group_ids(): gives back what inventGroup() gave a mount that has not come to be shared. */
    void forgetGroup(int mnt) {
        if (mounts.group(mnt) != 0 && !isShared(mnt)) {
            releaseGroup(mnt);
        }
    }

    private void releaseGroup(int mnt) {
        groups.free(mounts.group(mnt));
        mounts.setGroup(mnt, 0);
    }

    /** set_mnt_shared() of one that has a group. */
    void setShared(int mnt) {
        assert mounts.group(mnt) != 0;
        mounts.setPropagation(mnt, (mounts.propagation(mnt) & ~MountFlags.UNBINDABLE) | MountFlags.SHARED);
    }

    /** MS_SHARED: a group of its own, unless it is in one. */
    public void makeShared(int mnt) {
        inventGroup(mnt);
        setShared(mnt);
    }

    /**
     * What clone_mnt() makes of a fresh copy: a peer of a shared mount, or its slave; a slave beside a slave; or neither. That
     * its original is unbindable it does not inherit.
     *
     * @param asSlave of what is shared
     * @param shared it gets a group of its own where it comes into none
     */
    void initCopy(int copy, int old, boolean asSlave, boolean shared) {
        boolean isPeer = !asSlave && mounts.group(old) != 0;
        if (isPeer) {
            mounts.setGroup(copy, mounts.group(old));
        } else if (shared) {
            inventGroup(copy);
        }
        if (mounts.group(copy) != 0) {
            setShared(copy);
        }
        if (isPeer) {
            insertAfter(old, copy);
        }
        if (asSlave && mounts.group(old) != 0) {
            slaves.addFirst(old, copy);
            mounts.setMaster(copy, old);
        } else if (isSlave(old)) {
            slaves.addAfter(old, copy);
            mounts.setMaster(copy, mounts.master(old));
        }
    }

    /** do_set_group(): a private mount gets the group and the master of another. */
    void join(int mnt, int from) {
        if (isSlave(from)) {
            slaves.addAfter(from, mnt);
            mounts.setMaster(mnt, mounts.master(from));
        }
        if (isShared(from)) {
            mounts.setGroup(mnt, mounts.group(from));
            insertAfter(from, mnt);
            setShared(mnt);
        }
    }

    /** change_mnt_propagation(MS_SLAVE): what was shared with others becomes a slave of one of them. */
    public void makeSlave(int mnt) {
        int master = leaveGroup(mnt);
        removeFromMaster(mnt);
        mounts.setMaster(mnt, master);
        if (master != NULL) {
            slaves.addFirst(master, mnt);
        }
    }

    /** change_mnt_propagation(): MS_PRIVATE, MS_UNBINDABLE. */
    public void makePrivate(int mnt, boolean unbindable) {
        leaveGroup(mnt);
        removeFromMaster(mnt);
        mounts.setMaster(mnt, NULL);
        int marks = mounts.propagation(mnt) & ~(MountFlags.SHARED | MountFlags.UNBINDABLE);
        mounts.setPropagation(mnt, unbindable ? marks | MountFlags.UNBINDABLE : marks);
    }

    /** The mount that one receives from when it is not shared any more; its own slaves receive from there too. */
    private int leaveGroup(int mnt) {
        int master = mounts.master(mnt);
        if (!isShared(mnt)) {
            return master;
        }
        int next = mounts.nextPeer(mnt);
        if (next == mnt) {
            releaseGroup(mnt);
        } else {
            master = next;
            leaveRing(mnt);
            mounts.setGroup(mnt, 0);
        }
        mounts.setPropagation(mnt, mounts.propagation(mnt) & ~MountFlags.SHARED);
        transferSlaves(mnt, master);
        return master;
    }

    private void removeFromMaster(int mnt) {
        if (slaves.owner(mnt) != NULL) {
            slaves.remove(mnt);
        }
    }

    /** transfer_propagation(): the slaves of one go before those of another, in their order; or they have no master. */
    private void transferSlaves(int from, int to) {
        while (!slaves.isEmpty(from)) {
            int slave = slaves.last(from);
            slaves.remove(slave);
            mounts.setMaster(slave, to);
            if (to != NULL) {
                slaves.addFirst(to, slave);
            }
        }
    }

    /**
     * bulk_make_private(): mounts that go, all of them marked MNT_UMOUNT, leave their groups; what received from them
     * receives from the nearest peer or master that stays. Where that is, is found once for each, along chains of those
     * that go.
     */
    void leaveAll(IntArrayList set) {
        for (int i = 0; i < set.size(); i++) {
            int mnt = set.getInt(i);
            if (!isMarked(mnt)) {
                shortcut(mnt, traceTransfers(mnt));
            }
        }
        for (int i = 0; i < set.size(); i++) {
            int mnt = set.getInt(i);
            transferSlaves(mnt, mounts.master(mnt));
            mounts.setMaster(mnt, NULL);
            mounts.setPropagation(mnt, mounts.propagation(mnt) & MountFlags.UNBINDABLE);
        }
    }

    /** Takes a mount, and those that its slaves would go to and that go themselves, out of their rings: who is left. */
    private int traceTransfers(int mnt) {
        int at = mnt;
        while (true) {
            int next = mounts.nextPeer(at);
            if (next != at) {
                leaveRing(at);
                mounts.setGroup(at, 0);
                mounts.setMaster(at, next);
            } else {
                if (isShared(at)) {
                    releaseGroup(at);
                }
                next = mounts.master(at);
            }
            removeFromMaster(at);
            mounts.setPropagation(at, (mounts.propagation(at) & ~MountFlags.SHARED) | MountFlags.MARKED);
            if (next == NULL || (mounts.flags(next) & MountFlags.MNT_UMOUNT) == 0) {
                return next;
            }
            if (isMarked(next)) {
                return mounts.master(next);
            }
            at = next;
        }
    }

    private void shortcut(int mnt, int master) {
        int at = mnt;
        while (mounts.master(at) != master) {
            int next = mounts.master(at);
            mounts.setMaster(at, master);
            at = next;
        }
    }

    boolean isMarked(int mnt) {
        return (mounts.propagation(mnt) & MountFlags.MARKED) != 0;
    }

    void setMarked(int mnt, boolean on) {
        int marks = mounts.propagation(mnt);
        mounts.setPropagation(mnt, on ? marks | MountFlags.MARKED : marks & ~MountFlags.MARKED);
    }

    private void insertAfter(int peer, int mnt) {
        int next = mounts.nextPeer(peer);
        mounts.setNextPeer(peer, mnt);
        mounts.setPrevPeer(mnt, peer);
        mounts.setNextPeer(mnt, next);
        mounts.setPrevPeer(next, mnt);
    }

    private void leaveRing(int mnt) {
        int next = mounts.nextPeer(mnt);
        int prev = mounts.prevPeer(mnt);
        mounts.setNextPeer(prev, next);
        mounts.setPrevPeer(next, prev);
        init(mnt);
    }

    void digest(StateHash hash) {
        groups.digest(hash);
    }
}
