package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.machine.Work;
import dev.nestor.uapi.Stat;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** The life of inodes: fs/inode.c. */
public final class Inodes {
    private final InodeTable inodes;
    private final SuperBlockTable superBlocks;
    private final NameTable names;
    private final Contents contents;
    private final FsTypes types;
    private final LongSupplier realtimeNs;
    private final Work work;

    private IntConsumer freedHook = inode -> {};

    Inodes(FsTables tables, Contents contents, FsTypes types, LongSupplier realtimeNs, Work work) {
        this.inodes = tables.inodes;
        this.superBlocks = tables.superBlocks;
        this.names = tables.names;
        this.contents = contents;
        this.types = types;
        this.realtimeNs = realtimeNs;
        this.work = work;
    }

    /** new_inode(): with one reference and one link (two for a directory), all times now; NULL at the limit. */
    public int create(int sb, int mode, int uid, int gid) {
        int inode = inodes.alloc();
        if (inode == NULL) {
            return NULL;
        }
        work.add(Work.INODE_ALLOC);
        inodes.setCount(inode, 1);
        inodes.setSb(inode, sb);
        inodes.setMode(inode, mode);
        inodes.setUid(inode, uid);
        inodes.setGid(inode, gid);
        inodes.setNlink(inode, (mode & Stat.S_IFMT) == Stat.S_IFDIR ? 2 : 1);
        inodes.setIno(inode, nextIno(sb));
        inodes.setDev(inode, superBlocks.dev(sb));
        inodes.setBlksize(inode, superBlocks.blocksize(sb));
        superBlocks.setInodes(sb, superBlocks.inodes(sb) + 1);
        long now = now();
        inodes.setAtime(inode, now);
        inodes.setMtime(inode, now);
        inodes.setCtime(inode, now);
        return inode;
    }

    /** get_next_ino(). */
    public long nextIno(int sb) {
        long ino = superBlocks.nextIno(sb) + 1;
        superBlocks.setNextIno(sb, ino);
        return ino;
    }

    public int get(int inode) {
        inodes.setCount(inode, inodes.count(inode) + 1);
        return inode;
    }

    /** Who lets go of an inode's extended attributes, once. */
    void setFreedHook(IntConsumer hook) {
        freedHook = hook;
    }

    /** iput(): the last reference frees the inode and its contents. */
    public void put(int inode) {
        if (inode == NULL) {
            return;
        }
        int count = inodes.count(inode) - 1;
        inodes.setCount(inode, count);
        if (count > 0) {
            return;
        }
        work.add(Work.INODE_FREE);
        int sb = inodes.sb(inode);
        types.get(superBlocks.type(sb)).evict(inode);
        freedHook.accept(inode);
        contents.free(inode);
        names.put(inodes.link(inode));
        superBlocks.setInodes(sb, superBlocks.inodes(sb) - 1);
        inodes.free(inode);
    }

    /** inode_set_ctime_current(). */
    public void touchCtime(int inode) {
        inodes.setCtime(inode, now());
    }

    /** file_update_time(): it was written. */
    public void touchMtime(int inode) {
        long now = now();
        inodes.setMtime(inode, now);
        inodes.setCtime(inode, now);
    }

    /** simple_inode_init_ts(): all times are now. */
    public void initTimes(int inode) {
        long now = now();
        inodes.setAtime(inode, now);
        inodes.setMtime(inode, now);
        inodes.setCtime(inode, now);
    }

    /** inode_set_atime_to_ts() and inode_set_ctime_current(). */
    public void touchAtimeAndCtime(int inode) {
        long now = now();
        inodes.setAtime(inode, now);
        inodes.setCtime(inode, now);
    }

    /** touch_atime() of a relatime mount: once after each change, and once a day. */
    public void touchAtime(int inode) {
        long now = now();
        long atime = inodes.atime(inode);
        if (atime <= inodes.mtime(inode) || atime <= inodes.ctime(inode) || now - atime >= 86_400_000_000_000L) {
            inodes.setAtime(inode, now);
        }
    }

    /** current_time(), in ns since 1970. */
    public long now() {
        return realtimeNs.getAsLong();
    }
}
