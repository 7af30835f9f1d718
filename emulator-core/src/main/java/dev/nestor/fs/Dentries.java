package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.machine.Work;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/**
 * Names in directories: fs/dcache.c.
 *
 * <p>A dentry lives while it has references: children, mounts, open files, working directories, and calls under way. Where
 * names last without being looked at (tmpfs), a listed dentry is pinned: it holds one on itself until it is unlinked.
 */
public final class Dentries {
    private final DentryTable dentries;
    private final NameTable names;
    private final Inodes inodes;
    private final InodeTable inodeTable;
    private final FsNotify notify;
    private final Work work;

    /** (parent, name) to dentry: look up, never walk. */
    private final Long2IntOpenHashMap byName = new Long2IntOpenHashMap();

    Dentries(FsTables tables, Inodes inodes, FsNotify notify, Work work) {
        this.dentries = tables.dentries;
        this.names = tables.names;
        this.inodes = inodes;
        this.inodeTable = tables.inodes;
        this.notify = notify;
        this.work = work;
    }

    /** d_lookup(): without a reference; NULL when there is none, which does not mean that the name is absent. */
    public int lookup(int dir, int name) {
        work.add(Work.LOOKUP);
        return byName.get(key(dir, name));
    }

    /** The same by bytes. */
    public int lookup(int dir, byte[] text, int offset, int length) {
        int name = names.find(text, offset, length);
        return name == NULL ? NULL : lookup(dir, name);
    }

    /**
     * d_alloc() and d_add(): a listed dentry with a reference for the caller. Takes over the reference on inode, which may
     * be NULL for a name known to be absent; NULL at the limit, and then the inode stays the caller's.
     */
    public int add(int parent, int name, int inode) {
        int dentry = allocate(parent, name, dentries.sb(parent));
        if (dentry != NULL) {
            dentries.setInode(dentry, inode);
            hash(dentry);
        }
        return dentry;
    }

    /** d_alloc_pseudo(), d_make_root(): without a parent and not listed. Takes over the reference on inode. */
    public int addRoot(int sb, int name, int inode) {
        int dentry = allocate(NULL, name, sb);
        if (dentry != NULL) {
            dentries.setInode(dentry, inode);
        }
        return dentry;
    }

    /** A dentry under a parent that no lookup finds: O_TMPFILE. Takes over the reference on inode. */
    public int addUnlisted(int parent, int name, int inode) {
        int dentry = allocate(parent, name, dentries.sb(parent));
        if (dentry != NULL) {
            dentries.setInode(dentry, inode);
        }
        return dentry;
    }

    private int allocate(int parent, int name, int sb) {
        int dentry = dentries.alloc();
        if (dentry == NULL) {
            return NULL;
        }
        dentries.setCount(dentry, 1);
        dentries.setName(dentry, names.get(name));
        dentries.setSb(dentry, sb);
        if (parent != NULL) {
            dentries.setParent(dentry, get(parent));
        }
        return dentry;
    }

    /** d_instantiate(): a name known to be absent leads to an inode now. Takes over the reference on inode. */
    public void instantiate(int dentry, int inode) {
        assert isNegative(dentry);
        dentries.setInode(dentry, inode);
    }

    /** Makes a listed dentry last until it is unlinked. */
    public void pin(int dentry) {
        if (!dentries.pinned(dentry)) {
            dentries.setPinned(dentry, true);
            get(dentry);
        }
    }

    /** dget(). */
    public int get(int dentry) {
        dentries.setCount(dentry, dentries.count(dentry) + 1);
        return dentry;
    }

    /** dput(): with the last reference the dentry goes, and gives back its own on inode, name and parent. */
    public void put(int dentry) {
        int at = dentry;
        while (at != NULL) {
            int count = dentries.count(at) - 1;
            assert count >= 0 : "dentry is put too often";
            dentries.setCount(at, count);
            if (count > 0) {
                return;
            }
            if (dentries.hashed(at)) {
                unhash(at);
            }
            int parent = dentries.parent(at);
            int inode = dentries.inode(at);
            int name = dentries.name(at);
            if (inode != NULL && inodeTable.nlink(inode) == 0) {
                notify.inodeRemoved(inode);
            }
            dentries.free(at);
            inodes.put(inode);
            names.put(name);
            at = parent;
        }
    }

    /** d_delete(), d_drop(): no lookup finds it any more; it goes when nobody looks at it. The caller holds a reference. */
    public void drop(int dentry) {
        if (dentries.hashed(dentry)) {
            unhash(dentry);
        }
        if (dentries.pinned(dentry)) {
            dentries.setPinned(dentry, false);
            put(dentry);
        }
    }

    /** d_move(): the dentry gets another name or parent. What stood there has been dropped. */
    public void move(int dentry, int newParent, int newName) {
        if (dentries.hashed(dentry)) {
            unhash(dentry);
        }
        int oldParent = dentries.parent(dentry);
        int oldName = dentries.name(dentry);
        dentries.setParent(dentry, get(newParent));
        dentries.setName(dentry, names.get(newName));
        hash(dentry);
        names.put(oldName);
        put(oldParent);
    }

    /** Puts a listed dentry behind a sibling in its directory's order, or at the front. */
    public void placeAfter(int sibling, int dentry) {
        int parent = dentries.parent(dentry);
        dentries.children().remove(dentry);
        if (sibling == NULL) {
            dentries.children().addFirst(parent, dentry);
        } else {
            dentries.children().addAfter(sibling, dentry);
        }
    }

    /** Puts a listed dentry where its offset has its place in a directory that is listed by ascending offsets. */
    public void placeByOffset(int dentry, int offset) {
        dentries.setOffset(dentry, offset);
        int parent = dentries.parent(dentry);
        int before = NULL;
        for (int at = dentries.children().first(parent);
                at != NULL;
                at = dentries.children().next(at)) {
            if (at != dentry && dentries.offset(at) <= offset) {
                before = at;
            }
        }
        placeAfter(before, dentry);
    }

    /** Drops the names known to be absent, so that a directory without entries can go. */
    public void dropNegativeChildren(int dir) {
        int child = dentries.children().first(dir);
        while (child != NULL) {
            int next = dentries.children().next(child);
            if (isNegative(child)) {
                get(child);
                drop(child);
                put(child);
            }
            child = next;
        }
    }

    /** d_genocide(): takes apart all that hangs below a root whose super block goes. The way down to a leaf is held. */
    public void dropTree(int root) {
        int at = root;
        while (true) {
            int child = dentries.children().first(at);
            if (child != NULL) {
                at = get(child);
                continue;
            }
            if (at == root) {
                return;
            }
            int parent = dentries.parent(at);
            drop(at);
            put(at);
            at = parent;
        }
    }

    public boolean isNegative(int dentry) {
        return dentries.inode(dentry) == NULL;
    }

    /** is_subdir(): whether a dentry is the other one or lies below it. */
    public boolean isBelow(int dentry, int ancestor) {
        int at = dentry;
        while (at != NULL && at != ancestor) {
            at = dentries.parent(at);
        }
        return at == ancestor;
    }

    private void hash(int dentry) {
        int parent = dentries.parent(dentry);
        int before = byName.put(key(parent, dentries.name(dentry)), dentry);
        assert before == NULL : "the name is taken";
        dentries.setHashed(dentry, true);
        dentries.children().addLast(parent, dentry);
    }

    private void unhash(int dentry) {
        byName.remove(key(dentries.parent(dentry), dentries.name(dentry)));
        dentries.children().remove(dentry);
        dentries.setHashed(dentry, false);
    }

    private static long key(int dir, int name) {
        return (long) dir << 32 | name;
    }
}
