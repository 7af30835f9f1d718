package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Stat;

/** Makes directories and files of the kernel's own, without a task and without asking who may. */
final class TreeMaker {
    private final Vfs vfs;

    TreeMaker(Vfs vfs) {
        this.vfs = vfs;
    }

    /** A new directory; its dentry, which lasts. */
    int directory(int parent, String name, int mode) {
        int dentry = add(parent, name, Stat.S_IFDIR | mode, 0);
        int inode = vfs.tables.dentries.inode(parent);
        vfs.tables.inodes.setNlink(inode, vfs.tables.inodes.nlink(inode) + 1);
        return dentry;
    }

    /** A directory, made unless it is there. */
    int existing(int parent, String name) {
        int text = vfs.tables.names.intern(name);
        int dentry = vfs.dentries.lookup(parent, text);
        vfs.tables.names.put(text);
        int mode = name.equals("proc") || name.equals("sys") ? 0555 : name.equals("shm") ? 01777 : 0755;
        return dentry == NULL ? directory(parent, name, mode) : dentry;
    }

    /** A directory that has more than is known here. */
    int incomplete(int dentry) {
        int inode = vfs.tables.dentries.inode(dentry);
        vfs.tables.inodes.setFlags(inode, vfs.tables.inodes.flags(inode) | InodeFlags.INCOMPLETE);
        return dentry;
    }

    /** A name that lasts; its dentry is not held beyond that. */
    int add(int parent, String text, int mode, int rdev) {
        int sb = vfs.tables.dentries.sb(parent);
        int inode = vfs.inodes.create(sb, mode, 0, 0);
        vfs.tables.inodes.setRdev(inode, rdev);
        boolean isDir = (mode & Stat.S_IFMT) == Stat.S_IFDIR;
        vfs.tables.inodes.setSize(inode, isDir ? vfs.superBlocks.type(sb).emptyDirSize() : 0);
        int name = vfs.tables.names.intern(text);
        int dentry = vfs.dentries.add(parent, name, inode);
        assert dentry != NULL : text;
        vfs.tables.names.put(name);
        vfs.creation.enteredAtBoot(parent, dentry);
        vfs.dentries.pin(dentry);
        vfs.dentries.put(dentry);
        return dentry;
    }
}
