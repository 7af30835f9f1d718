package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.StateHash;

/** Peer groups and slaves: fs/pnode.c. Peers are on a ring; a group's slaves are on the list of one of its members. */
public final class PeerGroups {
    private final MountTable mounts;
    private final IdSet groups = new IdSet();

    PeerGroups(MountTable mounts) {
        this.mounts = mounts;
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

    /** Whether anything happens elsewhere when something is mounted here. */
    public boolean propagates(int mnt) {
        return isShared(mnt) && (mounts.nextPeer(mnt) != mnt || !mounts.slaves().isEmpty(mnt));
    }

    /** A copy is a peer of a shared mount, a slave of the same master as a slave, or neither. */
    void joinLike(int copy, int old) {
        if (isShared(old)) {
            insertAfter(old, copy);
            mounts.setGroup(copy, mounts.group(old));
            mounts.setPropagation(copy, MountFlags.SHARED);
        }
        if (isSlave(old)) {
            mounts.slaves().addLast(mounts.master(old), copy);
            mounts.setMaster(copy, mounts.master(old));
        }
    }

    /** The copy becomes a slave of its original. */
    void enslave(int copy, int master) {
        mounts.slaves().addFirst(master, copy);
        mounts.setMaster(copy, master);
    }

    /** MS_SHARED: a group of its own, unless it is in one. */
    public void makeShared(int mnt) {
        if (!isShared(mnt)) {
            mounts.setGroup(mnt, groups.alloc(1));
            mounts.setPropagation(mnt, MountFlags.SHARED);
        } else {
            mounts.setPropagation(mnt, MountFlags.SHARED);
        }
    }

    /** MS_SLAVE: what was shared with others becomes a slave of one of them. */
    public void makeSlave(int mnt) {
        if (isShared(mnt)) {
            leaveGroup(mnt);
        }
        mounts.setPropagation(mnt, 0);
    }

    /** MS_PRIVATE, MS_UNBINDABLE. */
    public void makePrivate(int mnt, boolean unbindable) {
        leave(mnt);
        mounts.setPropagation(mnt, unbindable ? MountFlags.UNBINDABLE : 0);
    }

    /** Leaves group and master; its slaves go over to a peer, or to its master, or become private. */
    void leave(int mnt) {
        if (isShared(mnt)) {
            leaveGroup(mnt);
        }
        handOverSlaves(mnt, mounts.master(mnt));
        if (isSlave(mnt)) {
            mounts.slaves().remove(mnt);
            mounts.setMaster(mnt, NULL);
        }
        mounts.setPropagation(mnt, 0);
    }

    /** do_make_slave() of a shared mount: a peer with the same root is the preferred master. */
    private void leaveGroup(int mnt) {
        int master = preferredPeer(mnt);
        if (master == NULL) {
            groups.free(mounts.group(mnt));
            master = mounts.master(mnt);
            handOverSlaves(mnt, master);
        } else {
            handOverSlaves(mnt, master);
            remove(mnt);
            if (isSlave(mnt)) {
                mounts.slaves().remove(mnt);
            }
            mounts.slaves().addLast(master, mnt);
            mounts.setMaster(mnt, master);
        }
        mounts.setGroup(mnt, 0);
        mounts.setPropagation(mnt, mounts.propagation(mnt) & ~MountFlags.SHARED);
    }

    private int preferredPeer(int mnt) {
        int next = mounts.nextPeer(mnt);
        if (next == mnt) {
            return NULL;
        }
        for (int peer = next; peer != mnt; peer = mounts.nextPeer(peer)) {
            if (mounts.root(peer) == mounts.root(mnt)) {
                return peer;
            }
        }
        return next;
    }

    private void handOverSlaves(int mnt, int master) {
        while (!mounts.slaves().isEmpty(mnt)) {
            int slave = mounts.slaves().first(mnt);
            mounts.slaves().remove(slave);
            mounts.setMaster(slave, master);
            if (master != NULL) {
                mounts.slaves().addLast(master, slave);
            }
        }
    }

    private void insertAfter(int peer, int mnt) {
        int next = mounts.nextPeer(peer);
        mounts.setNextPeer(peer, mnt);
        mounts.setPrevPeer(mnt, peer);
        mounts.setNextPeer(mnt, next);
        mounts.setPrevPeer(next, mnt);
    }

    void digest(StateHash hash) {
        groups.digest(hash);
    }

    private void remove(int mnt) {
        int next = mounts.nextPeer(mnt);
        int prev = mounts.prevPeer(mnt);
        mounts.setNextPeer(prev, next);
        mounts.setPrevPeer(next, prev);
        init(mnt);
    }
}
