package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;

/**
 * Path walk: fs/namei.c.
 *
 * <p>The walk holds the place that it has reached. A symlink is followed by putting its text before what is left of the
 * path, so that there is no recursion; one without a text (of /proc) takes the walk to its place itself.
 */
public final class Namei {
    /** NAME_MAX. */
    public static final int NAME_MAX = 255;

    private static final int MAXSYMLINKS = 40;

    /** The text of a symlink has been put before the rest: go on walking. */
    static final int AGAIN = 1;

    private final InodeTable inodes;
    private final DentryTable dentryTable;
    private final NameTable names;
    private final FileTable files;
    private final FsStructTable fsStructs;
    private final MountTable mountTable;
    private final Inodes inodeLife;
    private final Dentries dentries;
    private final Mounts mounts;
    private final SuperBlocks superBlocks;
    private final Permissions permissions;
    private final FileTables descriptors;
    private final TaskTable tasks;
    private final UserMemory memory;
    private final Work work;
    private final Nameidata first;
    private final Nameidata second;
    private final byte[] link = new byte[Nameidata.PATH_MAX];

    Namei(Vfs vfs) {
        this.inodes = vfs.tables.inodes;
        this.dentryTable = vfs.tables.dentries;
        this.names = vfs.tables.names;
        this.files = vfs.tables.files;
        this.fsStructs = vfs.tables.fsStructs;
        this.mountTable = vfs.tables.mounts;
        this.inodeLife = vfs.inodes;
        this.dentries = vfs.dentries;
        this.mounts = vfs.mounts;
        this.superBlocks = vfs.superBlocks;
        this.permissions = vfs.permissions;
        this.descriptors = vfs.fileTables;
        this.tasks = vfs.below.tasks();
        this.memory = vfs.below.memory();
        this.work = vfs.below.work();
        this.first = new Nameidata(mounts, dentries);
        this.second = new Nameidata(mounts, dentries);
    }

    /** For a call with one path. */
    public Nameidata first() {
        return first;
    }

    /** For the other path of a call with two. */
    public Nameidata second() {
        return second;
    }

    /** getname(): takes a path from user memory. EFAULT, ENAMETOOLONG, ENOENT when it is empty and may not be. */
    public int getname(Nameidata nd, int task, long address, int flags) {
        int length = memory.strncpyFromUser(tasks.mm(task), address, nd.text, Nameidata.PATH_MAX);
        if (length < 0) {
            return length;
        }
        work.add(Work.USER_COPY);
        work.add(Work.BYTES_COPIED, length);
        nd.end = length;
        return length == 0 && (flags & LookupFlags.EMPTY) == 0 ? -Errno.ENOENT : 0;
    }

    /** filename_lookup(): goes to the end of the path. On success the caller releases nd. */
    public int lookup(Nameidata nd, int task, int dfd, int flags) {
        int result = init(nd, task, dfd, flags);
        if (result == 0) {
            result = AGAIN;
        }
        while (result == AGAIN) {
            result = walkToLast(nd);
            if (result == 0) {
                result = stepLast(nd, (nd.flags & LookupFlags.FOLLOW) != 0);
            }
        }
        if (result == 0 && (nd.flags & LookupFlags.DIRECTORY) != 0 && !isDirectory(nd.dentry)) {
            result = -Errno.ENOTDIR;
        }
        if (result != 0) {
            nd.release();
        }
        return result;
    }

    /** filename_parentat(): goes to the directory that the last name is in. On success the caller releases nd. */
    public int parent(Nameidata nd, int task, int dfd, int flags) {
        int result = init(nd, task, dfd, flags);
        if (result == 0) {
            result = walkToLast(nd);
        }
        if (result != 0) {
            nd.release();
        }
        return result;
    }

    /** path_init(): where the walk begins. */
    int init(Nameidata nd, int task, int dfd, int flags) {
        assert nd.mnt == NULL : "a walk was not released";
        work.add(Work.PATH_WALK);
        nd.task = task;
        nd.flags = flags;
        nd.links = 0;
        nd.at = 0;
        nd.lastType = Nameidata.LAST_ROOT;
        nd.trailingSlash = false;
        int fs = tasks.fs(task);
        nd.rootMnt = fsStructs.rootMnt(fs);
        nd.rootDentry = fsStructs.rootDentry(fs);
        boolean isAbsolute = nd.end > 0 && nd.text[0] == '/';
        if (isAbsolute && (flags & LookupFlags.BENEATH) != 0) {
            return -Errno.EXDEV;
        }
        if (isAbsolute && (flags & LookupFlags.IN_ROOT) == 0) {
            nd.jump(nd.rootMnt, nd.rootDentry);
            return 0;
        }
        if (dfd == Fcntl.AT_FDCWD) {
            nd.jump(fsStructs.pwdMnt(fs), fsStructs.pwdDentry(fs));
        } else {
            int file = descriptors.file(tasks.files(task), dfd);
            if (file == NULL) {
                return -Errno.EBADF;
            }
            if (nd.end > 0 && !isDirectory(files.dentry(file))) {
                return -Errno.ENOTDIR;
            }
            nd.jump(files.mnt(file), files.dentry(file));
        }
        if ((flags & LookupFlags.IS_SCOPED) != 0) {
            nd.rootMnt = nd.mnt;
            nd.rootDentry = nd.dentry;
        }
        return 0;
    }

    /** link_path_walk(): walks all names but the last, which is then in nd.last. */
    int walkToLast(Nameidata nd) {
        skipSlashes(nd);
        if (nd.at == nd.end) {
            nd.lastType = Nameidata.LAST_ROOT;
            nd.trailingSlash = false;
            return 0;
        }
        while (true) {
            int error = permissions.check(nd.task, nd.mnt, dentryTable.inode(nd.dentry), Permissions.MAY_EXEC);
            if (error != 0) {
                return error;
            }
            nextName(nd);
            if (nd.at == nd.end) {
                return 0;
            }
            int result = step(nd, true);
            if (result == AGAIN) {
                skipSlashes(nd);
                continue;
            }
            if (result != 0) {
                return result;
            }
            if (!isDirectory(nd.dentry)) {
                return -Errno.ENOTDIR;
            }
        }
    }

    private static void skipSlashes(Nameidata nd) {
        while (nd.at < nd.end && nd.text[nd.at] == '/') {
            nd.at++;
        }
    }

    private void nextName(Nameidata nd) {
        work.add(Work.PATH_COMPONENT);
        nd.lastOffset = nd.at;
        while (nd.at < nd.end && nd.text[nd.at] != '/') {
            nd.at++;
        }
        nd.lastLength = nd.at - nd.lastOffset;
        nd.trailingSlash = nd.at < nd.end;
        skipSlashes(nd);
        boolean isDot = nd.text[nd.lastOffset] == '.';
        if (isDot && nd.lastLength == 1) {
            nd.lastType = Nameidata.LAST_DOT;
        } else if (isDot && nd.lastLength == 2 && nd.text[nd.lastOffset + 1] == '.') {
            nd.lastType = Nameidata.LAST_DOTDOT;
        } else {
            nd.lastType = Nameidata.LAST_NORM;
        }
    }

    /** lookup_last(): goes to the last name; AGAIN when it is a symlink that is to be followed. */
    int stepLast(Nameidata nd, boolean follow) {
        if (nd.lastType == Nameidata.LAST_ROOT) {
            return 0;
        }
        if (nd.lastType == Nameidata.LAST_NORM && nd.trailingSlash) {
            nd.flags |= LookupFlags.FOLLOW | LookupFlags.DIRECTORY;
            return step(nd, true);
        }
        return step(nd, follow);
    }

    /** walk_component(): goes to the name in nd.last. */
    private int step(Nameidata nd, boolean follow) {
        if (nd.lastType == Nameidata.LAST_DOT) {
            return 0;
        }
        if (nd.lastType == Nameidata.LAST_DOTDOT) {
            return stepUp(nd);
        }
        int dentry = lookupLast(nd);
        if (dentry < 0) {
            return dentry;
        }
        if (dentry == NULL) {
            return -Errno.ENOENT;
        }
        return stepInto(nd, dentry, follow);
    }

    /**
     * The dentry of the last name in the directory reached, with a reference for the caller; NULL when there is none.
     */
    public int lookupLast(Nameidata nd) {
        if (nd.lastLength > NAME_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        return lookupIn(nd.task, nd.dentry, nd.text, nd.lastOffset, nd.lastLength);
    }

    /**
     * lookup_noperm(): the one name that nd has been given, in a directory where nd then stands: a dentry with a reference,
     * NULL when there is none, EACCES for what is not a single name.
     */
    public int lookupSingle(Nameidata nd, int task, int mnt, int dir) {
        nd.jump(mnt, dir);
        nd.task = task;
        nd.lastOffset = 0;
        nd.lastLength = nd.end;
        nd.lastType = Nameidata.LAST_NORM;
        nd.trailingSlash = false;
        boolean isDots = nd.text[0] == '.' && (nd.end == 1 || (nd.end == 2 && nd.text[1] == '.'));
        if (nd.end == 0 || isDots) {
            return -Errno.EACCES;
        }
        for (int i = 0; i < nd.end; i++) {
            if (nd.text[i] == '/') {
                return -Errno.EACCES;
            }
        }
        return lookupLast(nd);
    }

    /** lookup_one(): as above, in any directory. */
    public int lookupIn(int task, int dir, byte[] text, int offset, int length) {
        int dentry = dentries.lookup(dir, text, offset, length);
        FsType type = superBlocks.type(dentryTable.sb(dir));
        if (dentry != NULL) {
            if (type.isValid(dentry)) {
                return dentries.isNegative(dentry) ? NULL : dentries.get(dentry);
            }
            dentries.get(dentry);
            dentries.drop(dentry);
            dentries.put(dentry);
        }
        int dirInode = dentryTable.inode(dir);
        if ((inodes.flags(dirInode) & InodeFlags.DEAD) != 0) {
            return NULL;
        }
        int name = names.intern(text, offset, length);
        if (name == NULL) {
            return -Errno.ENOMEM;
        }
        dentry = type.lookup(task, dir, name);
        names.put(name);
        return dentry;
    }

    /** step_into(): crosses mounts, and follows a symlink. Takes over the reference on dentry. */
    int stepInto(Nameidata nd, int dentry, boolean follow) {
        int oldMnt = nd.mnt;
        int link = dentryTable.inode(dentry);
        if (follow && (inodes.mode(link) & Stat.S_IFMT) == Stat.S_IFLNK && mounts.lookup(oldMnt, dentry) == NULL) {
            int result = followLink(nd, dentry, link);
            dentries.put(dentry);
            return result;
        }
        nd.stepTo(dentry);
        crossMounts(nd);
        return nd.mnt != oldMnt && (nd.flags & LookupFlags.NO_XDEV) != 0 ? -Errno.EXDEV : 0;
    }

    /** __traverse_mounts(): what is mounted here comes first. */
    public void crossMounts(Nameidata nd) {
        while (true) {
            int above = mounts.lookup(nd.mnt, nd.dentry);
            if (above == NULL) {
                return;
            }
            work.add(Work.MOUNT_CROSSING);
            nd.jump(above, mountTable.root(above));
        }
    }

    /** pick_link(). */
    private int followLink(Nameidata nd, int dentry, int inode) {
        if (nd.links++ >= MAXSYMLINKS) {
            return -Errno.ELOOP;
        }
        boolean refused = (nd.flags & LookupFlags.NO_SYMLINKS) != 0
                || (mountTable.flags(nd.mnt) & MountFlags.MNT_NOSYMFOLLOW) != 0;
        if (refused) {
            return -Errno.ELOOP;
        }
        inodeLife.touchAtime(inode);
        int length = linkText(nd.task, dentry);
        if (length <= 0) {
            return length < 0 ? length : followMagic(nd, dentry);
        }
        nd.prepend(length, nd.lastOffset + nd.lastLength);
        System.arraycopy(link, 0, nd.text, 0, length);
        if (link[0] == '/') {
            if ((nd.flags & LookupFlags.BENEATH) != 0) {
                return -Errno.EXDEV;
            }
            if ((nd.flags & LookupFlags.NO_XDEV) != 0 && nd.mnt != nd.rootMnt) {
                return -Errno.EXDEV;
            }
            nd.jump(nd.rootMnt, nd.rootDentry);
        }
        return AGAIN;
    }

    /** The text of a symlink, into link; 0 for one that has none. */
    private int linkText(int task, int dentry) {
        int inode = dentryTable.inode(dentry);
        int text = inodes.link(inode);
        return text != NULL
                ? names.copy(text, link, 0)
                : superBlocks.type(inodes.sb(inode)).linkText(task, dentry, link);
    }

    /** vfs_readlink(): the text of a symlink, or of a link of /proc what it would lead to; a negative errno. */
    public int readlink(int task, int dentry, byte[] into) {
        int inode = dentryTable.inode(dentry);
        inodeLife.touchAtime(inode);
        int text = inodes.link(inode);
        return text != NULL
                ? names.copy(text, into, 0)
                : superBlocks.type(inodes.sb(inode)).readlink(task, dentry, into);
    }

    private int followMagic(Nameidata nd, int dentry) {
        if ((nd.flags & LookupFlags.NO_MAGICLINKS) != 0) {
            return -Errno.ELOOP;
        }
        if ((nd.flags & (LookupFlags.NO_XDEV | LookupFlags.IS_SCOPED)) != 0) {
            return -Errno.EXDEV;
        }
        return superBlocks.type(dentryTable.sb(dentry)).follow(nd.task, dentry, nd);
    }

    /** handle_dots(): the parent, but never above the root. */
    private int stepUp(Nameidata nd) {
        int atMnt = nd.mnt;
        int at = nd.dentry;
        boolean inRoot = atMnt == nd.rootMnt && at == nd.rootDentry;
        while (!inRoot && at == mountTable.root(atMnt)) {
            at = mountTable.mountpoint(atMnt);
            atMnt = mountTable.parent(atMnt);
            inRoot = atMnt == NULL || (atMnt == nd.rootMnt && at == nd.rootDentry);
        }
        if (inRoot) {
            return (nd.flags & LookupFlags.BENEATH) != 0 ? -Errno.EXDEV : 0;
        }
        if (atMnt != nd.mnt && (nd.flags & LookupFlags.NO_XDEV) != 0) {
            return -Errno.EXDEV;
        }
        nd.jump(atMnt, dentryTable.parent(at) == NULL ? at : dentryTable.parent(at));
        crossMounts(nd);
        return 0;
    }

    /** d_can_lookup(). */
    public boolean isDirectory(int dentry) {
        int inode = dentryTable.inode(dentry);
        return inode != NULL && (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR;
    }
}
