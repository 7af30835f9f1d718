package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Stat;
import java.util.Arrays;

/**
 * What a driver tells of files that stood on the machine before the emulator began, and of those outside it. All of it is
 * learned late: a name when a program finds it, attributes when they are looked at, bytes when they are read.
 *
 * <p>A directory from before is INCOMPLETE: it may have more names than are known. One that was made in the emulator is
 * not, so that nothing is ever learned of what lies in it; nor of a name that has been removed.
 */
public final class LearnedFiles {
    /** The most names of a path, counted through symlinks. */
    private static final int MAX_NAMES = 512;

    private static final int SECTOR_SHIFT = 9;
    private static final int UNKNOWN_FILE = InodeFlags.SIZE_UNKNOWN | InodeFlags.CONTENT_UNKNOWN;
    private static final int UNKNOWN_DIRECTORY = InodeFlags.SIZE_UNKNOWN | InodeFlags.INCOMPLETE;

    private final Vfs vfs;
    private final InodeTable inodes;
    private final DentryTable dentries;
    private final OutsideFs outside;
    private final int userNs;
    private int namesLearned;
    private int mnt; // of outside; NULL until something is opened there
    private int machineSb; // the file system of the machine's root directory
    private final byte[] path = new byte[Nameidata.PATH_MAX];

    /** @param userNs the initial user namespace */
    public LearnedFiles(Vfs vfs, int userNs) {
        this.vfs = vfs;
        this.userNs = userNs;
        this.inodes = vfs.tables.inodes;
        this.dentries = vfs.tables.dentries;
        this.outside = new OutsideFs(vfs);
    }

    /** Files of no path: pipes, sockets, descriptors of the kernel's that are not emulated. */
    private static final class OutsideFs extends FsType {
        private final int index;

        OutsideFs(Vfs vfs) {
            super("outside", 0);
            this.index = vfs.types.register(this);
        }

        @Override
        public int fileKind(int inode) {
            return FileKinds.OUTSIDE;
        }
    }

    /** The root directory of a mount that has been in use before, and the directories in it. */
    public void setIncomplete(int mount) {
        int root = vfs.mounts.rootOf(mount);
        machineSb = dentries.sb(root);
        setUnknown(dentries.inode(root));
        for (int child = dentries.children().first(root);
                child != NULL;
                child = dentries.children().next(child)) {
            int inode = dentries.inode(child);
            if (inode != NULL && (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR) {
                setUnknown(inode);
            }
        }
    }

    private void setUnknown(int inode) {
        inodes.setFlags(inode, inodes.flags(inode) | UNKNOWN_DIRECTORY);
    }

    /** The root directory of a file system that has been in use before. */
    public void setIncompleteRoot(int sb) {
        int inode = dentries.inode(vfs.tables.superBlocks.root(sb));
        inodes.setFlags(inode, inodes.flags(inode) | UNKNOWN_DIRECTORY);
    }

    /**
     * A task finds an object at a path: where a name is missing in a directory from before, it is put there, a directory on
     * the way, and an object of this mode at the end. Returns its inode, NULL when it does not last, or the error that stands
     * against it.
     *
     * @param lookup LookupFlags
     */
    public int learnPath(int task, int dfd, byte[] path, int lookup, int mode) {
        Nameidata nd = vfs.namei.second();
        for (int i = 0; i < MAX_NAMES; i++) {
            nd.set(path, 0, path.length);
            int result = walk(nd, task, dfd, lookup);
            if (result == 0) {
                return leave(nd);
            }
            boolean isLast = result == LAST;
            int added = isLast || result == MIDDLE ? add(nd, isLast ? mode : Stat.S_IFDIR | 0755) : result;
            nd.release();
            if (added < 0) {
                return added;
            }
        }
        return -Errno.ELOOP;
    }

    /** Objects of the machine's file system from before, known before anybody has looked for them. */
    public interface Inventory {
        int NONE = -1;

        /** What there is at a path of the file system; NONE when nothing is known. */
        int find(byte[] path);

        /** S_IF* and permissions of what was found. */
        int mode(int entry);

        /** What was found has been put into its directory as this inode: tells the rest of it. */
        void place(int entry, int inode);
    }

    /** Where a name of a path is missing in a directory from before: puts there what the inventory has, and goes on. */
    public void stock(int task, int dfd, byte[] path, int lookup, Inventory inventory) {
        Nameidata nd = vfs.namei.second();
        for (int i = 0; i < MAX_NAMES; i++) {
            nd.set(path, 0, path.length);
            int result = walk(nd, task, dfd, lookup);
            boolean isStocked = (result == LAST || result == MIDDLE) && stock(nd, inventory);
            nd.release();
            if (!isStocked) {
                return;
            }
        }
    }

    private boolean stock(Nameidata nd, Inventory inventory) {
        int length = placeInMachine(nd.dentry);
        if (length <= 0 || length + 1 + nd.lastLength > path.length) {
            return false;
        }
        int end = length == 1 ? 0 : length; // the root is "/"
        path[end] = '/';
        System.arraycopy(nd.text, nd.lastOffset, path, end + 1, nd.lastLength);
        int entry = inventory.find(Arrays.copyOf(path, end + 1 + nd.lastLength));
        if (entry == Inventory.NONE || add(nd, inventory.mode(entry)) != 0) {
            return false;
        }
        inventory.place(entry, dentries.inode(vfs.dentries.lookup(nd.dentry, nd.text, nd.lastOffset, nd.lastLength)));
        return true;
    }

    /** Puts the path of a dentry in the machine's file system into path: its length, or 0 where it is in another. */
    private int placeInMachine(int dentry) {
        return dentries.sb(dentry) == machineSb ? vfs.paths.inFileSystem(dentry, path) : 0;
    }

    /** Where a path leads to in the machine's file system, its last name not followed; empty when it is no place of that. */
    public byte[] pathInMachine(int task, int dfd, byte[] name) {
        Nameidata nd = vfs.namei.second().set(name, 0, name.length);
        if (vfs.namei.lookup(nd, task, dfd, 0) != 0) {
            return new byte[0];
        }
        int length = placeInMachine(nd.dentry);
        nd.release();
        return Arrays.copyOf(path, Math.max(0, length));
    }

    /** The number that an object has in its file system. */
    public long ino(int inode) {
        return inodes.ino(inode);
    }

    private static final int MIDDLE = 2; // a name on the way is missing
    private static final int LAST = 3; // the last name is missing

    /** filename_lookup(), but where a name is missing nd stays at its directory. */
    private int walk(Nameidata nd, int task, int dfd, int lookup) {
        int result = vfs.namei.init(nd, task, dfd, lookup);
        if (result == 0) {
            result = Namei.AGAIN;
        }
        while (result == Namei.AGAIN) {
            result = vfs.namei.walkToLast(nd);
            if (result != 0) {
                return result == -Errno.ENOENT ? MIDDLE : result;
            }
            result = vfs.namei.stepLast(nd, (nd.flags & LookupFlags.FOLLOW) != 0);
            if (result == -Errno.ENOENT) {
                return LAST;
            }
        }
        return result;
    }

    private int add(Nameidata nd, int mode) {
        int dir = dentries.inode(nd.dentry);
        int known = vfs.dentries.lookup(nd.dentry, nd.text, nd.lastOffset, nd.lastLength);
        if (nd.lastLength == 0 || known != NULL || (inodes.flags(dir) & InodeFlags.INCOMPLETE) == 0) {
            return -Errno.ENOENT;
        }
        int sb = dentries.sb(nd.dentry);
        int name = vfs.tables.names.intern(nd.text, nd.lastOffset, nd.lastLength);
        int made = (mode & Stat.S_IFMT) != Stat.S_IFDIR
                ? FsType.GENERIC
                : vfs.superBlocks.type(sb).mkdir(NULL, nd.dentry, name, mode & 07777);
        if (made != FsType.GENERIC) {
            return learnMade(nd.dentry, name, made);
        }
        int inode = vfs.inodes.create(sb, mode, 0, 0);
        int dentry = inode == NULL || name == NULL ? NULL : vfs.dentries.add(nd.dentry, name, inode);
        vfs.tables.names.put(name);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return -Errno.ENOSPC;
        }
        inodes.setFlags(inode, unknown(mode));
        vfs.dentries.pin(dentry);
        vfs.dentries.put(dentry);
        namesLearned++;
        return 0;
    }

    /** A directory that its file system has made, as it was from before. */
    private int learnMade(int dir, int name, int error) {
        if (error == 0) {
            int inode = dentries.inode(vfs.dentries.lookup(dir, name));
            inodes.setFlags(inode, inodes.flags(inode) | UNKNOWN_DIRECTORY);
            namesLearned++;
        }
        vfs.tables.names.put(name);
        return error;
    }

    /** A directory that has just been made was there before, and counted: its parent has one link less. */
    public void wasCounted(int dir) {
        if (!hasUnknownAttributes(dir)) {
            inodes.setNlink(dir, inodes.nlink(dir) - 1);
        }
    }

    /** Names that have been learned so far. */
    public int namesLearned() {
        return namesLearned;
    }

    /** The inode at the end of a path, as the task would find it; NULL when it does not last, a negative errno for none. */
    public int find(int task, int dfd, byte[] path, boolean follows) {
        Nameidata nd = vfs.namei.second().set(path, 0, path.length);
        int error = vfs.namei.lookup(nd, task, dfd, follows ? LookupFlags.FOLLOW : 0);
        if (error != 0) {
            return error;
        }
        return leave(nd);
    }

    /** The inode of a path that nobody looks at any more; NULL when it has gone with that, as those of /proc do. */
    private int leave(Nameidata nd) {
        int inode = dentries.inode(nd.dentry);
        nd.release();
        return inodes.isLive(inode) ? inode : NULL;
    }

    /** The PID namespace that a /proc shows whose root directory this is; NULL for anything else. */
    public int pidNsOfProc(int inode) {
        int sb = inodes.sb(inode);
        int root = vfs.tables.superBlocks.root(sb);
        boolean isRoot = root != NULL && dentries.inode(root) == inode;
        return isRoot ? vfs.tables.superBlocks.pidNs(sb) : NULL;
    }

    /** Whether a file is one of a cgroup hierarchy's, of version 1 or 2. */
    public boolean isOfCgroups(int inode) {
        String type =
                vfs.types.get(vfs.tables.superBlocks.type(inodes.sb(inode))).name();
        return type.equals("cgroup2") || type.equals("cgroup");
    }

    public boolean isDirectory(int inode) {
        return (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFDIR;
    }

    /** What was taken for an object of one kind is of another. */
    public void retype(int inode, int mode) {
        inodes.setMode(inode, mode);
        inodes.setFlags(inode, unknown(mode));
    }

    /** What was taken for a file, as long as all followed it, is a symlink: the name is free to be learned anew. */
    public void forgetName(int task, int dfd, byte[] path) {
        Nameidata nd = vfs.namei.second().set(path, 0, path.length);
        if (vfs.namei.lookup(nd, task, dfd, 0) != 0) {
            return;
        }
        if (isFromBefore(dentries.inode(nd.dentry))) {
            vfs.dentries.drop(nd.dentry);
        }
        nd.release();
    }

    /** A file of which not all is known may be executed. False when nothing is new in that. */
    public boolean learnProgram(int inode) {
        boolean isKnown = (inodes.flags(inode) & (UNKNOWN_FILE | InodeFlags.OUTSIDE)) == 0;
        if (isKnown || (inodes.mode(inode) & 0111) != 0) {
            return false;
        }
        inodes.setMode(inode, inodes.mode(inode) | 0111);
        return true;
    }

    /** A symlink of which nobody has said where it leads. */
    public boolean isNewLink(int inode) {
        return (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFLNK && inodes.link(inode) == NULL;
    }

    /** A descriptor's file behaves as its inode, which has become known. */
    public void rekind(int task, int fd) {
        int file = vfs.files.fileOf(task, fd);
        if (file != NULL) {
            int inode = vfs.tables.files.inode(file);
            vfs.tables.files.setKind(
                    file, vfs.superBlocks.type(inodes.sb(inode)).fileKind(inode));
        }
    }

    /** A descriptor of a task has a file that others have too; false when nobody has it any more. */
    public boolean share(int task, int file, int fd, boolean cloexec) {
        if (!vfs.tables.files.isLive(file)) {
            return false;
        }
        vfs.fileTables.replace(task, fd, file, cloexec);
        return true;
    }

    /** Whether an open file stands for something outside. */
    public boolean isOutside(int file) {
        return vfs.tables.files.kind(file) == FileKinds.OUTSIDE;
    }

    /** All tasks that still have {@code before} under a descriptor have the file of this task there: they inherited it. */
    public void passOn(int task, int fd, int before) {
        TaskTable tasks = vfs.below.tasks();
        int file = vfs.files.fileOf(task, fd);
        for (int row = 1; row < tasks.rows(); row++) {
            int other = tasks.handleInRow(row);
            if (other != NULL && tasks.files(other) != NULL && vfs.files.fileOf(other, fd) == before) {
                vfs.fileTables.replace(other, fd, file, false);
            }
        }
    }

    /** The file of a descriptor; NULL when there is none. */
    public int fileOf(int task, int fd) {
        return vfs.files.fileOf(task, fd);
    }

    /** Whether names in the directory that a path leads to may have been there before. */
    public boolean isIncomplete(int task, int dfd, byte[] directory) {
        int inode = find(task, dfd, directory, true);
        return inode > NULL && (inodes.flags(inode) & InodeFlags.INCOMPLETE) != 0;
    }

    /** The position of a descriptor's file. */
    public long position(int task, int fd) {
        int file = vfs.files.fileOf(task, fd);
        return file == NULL ? 0 : vfs.tables.files.pos(file);
    }

    public long size(int task, int fd) {
        int inode = inodeOf(task, fd);
        return inode == NULL ? 0 : inodes.size(inode);
    }

    public void setPosition(int task, int fd, long position) {
        int file = vfs.files.fileOf(task, fd);
        if (file != NULL) {
            vfs.tables.files.setPos(file, position);
        }
    }

    /** O_* of a descriptor's file. */
    public void setFlags(int task, int fd, int flags) {
        int file = vfs.files.fileOf(task, fd);
        if (file != NULL) {
            vfs.tables.files.setFlags(file, flags);
        }
    }

    public boolean isOpen(int task, int fd) {
        return vfs.files.fileOf(task, fd) != NULL;
    }

    public void close(int task, int fd) {
        vfs.fileTables.close(vfs.below.tasks().files(task), fd);
    }

    private static int unknown(int mode) {
        return switch (mode & Stat.S_IFMT) {
            case Stat.S_IFDIR -> UNKNOWN_DIRECTORY;
            case Stat.S_IFREG -> UNKNOWN_FILE;
            default -> InodeFlags.SIZE_UNKNOWN;
        };
    }

    /** A file that was thought to be new was there before: nothing is known of it. */
    public void forgetContent(int inode) {
        inodes.setFlags(inode, inodes.flags(inode) | UNKNOWN_FILE);
    }

    /** What was taken for the attributes of an object were those of another. */
    public void forgetAttributes(int inode) {
        inodes.setFlags(inode, inodes.flags(inode) | unknown(inodes.mode(inode)));
    }

    public boolean isRegular(int inode) {
        return (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFREG;
    }

    /** Whether nobody has seen the attributes of an object from before. */
    public boolean hasUnknownAttributes(int inode) {
        return (inodes.flags(inode) & InodeFlags.SIZE_UNKNOWN) != 0;
    }

    public boolean hasUnknownContent(int inode) {
        return (inodes.flags(inode) & InodeFlags.CONTENT_UNKNOWN) != 0;
    }

    /** Whether the object stood there before the emulator began, in a directory that may have more. */
    public boolean isFromBefore(int inode) {
        return (inodes.flags(inode) & (UNKNOWN_FILE | UNKNOWN_DIRECTORY)) != 0;
    }

    /** Where a symlink from before leads. */
    public void learnLink(int inode, byte[] text) {
        int name = vfs.tables.names.intern(text, 0, text.length);
        vfs.tables.names.put(inodes.link(inode));
        inodes.setLink(inode, name);
        inodes.setSize(inode, text.length);
    }

    /** The attributes of an object from before, with its owners as a task's user namespace numbers them. */
    public void learnAttributes(int task, int inode, KStat stat) {
        learnAttributes(inode, stat);
        inodes.setUid(inode, owner(task, UserNamespaces.UID, stat.uid));
        inodes.setGid(inode, owner(task, UserNamespaces.GID, stat.gid));
    }

    /** The attributes of an object from before, with its owners as kids. */
    public void learnAttributes(int inode, KStat stat) {
        if (((inodes.mode(inode) ^ stat.mode) & Stat.S_IFMT) != 0) {
            retype(inode, stat.mode);
        }
        inodes.setMode(inode, stat.mode);
        inodes.setNlink(inode, stat.nlink);
        inodes.setUid(inode, stat.uid);
        inodes.setGid(inode, stat.gid);
        inodes.setDev(inode, stat.dev);
        inodes.setRdev(inode, stat.rdev);
        inodes.setBlksize(inode, stat.blksize);
        inodes.setIno(inode, stat.ino);
        inodes.setSize(inode, stat.size);
        inodes.setBlocks(inode, stat.blocks);
        inodes.setAtime(inode, stat.atime);
        inodes.setMtime(inode, stat.mtime);
        inodes.setCtime(inode, stat.ctime);
        inodes.setFlags(inode, inodes.flags(inode) & ~InodeFlags.SIZE_UNKNOWN);
    }

    /** Whom a task sees as an owner; of those that it does not know it can only be said that it is most likely root. */
    private int owner(int task, int kind, int shown) {
        int ns = vfs.below.credTable().userNs(vfs.below.tasks().cred(task));
        UserNamespaces namespaces = vfs.below.userNamespaces();
        int kid = namespaces.makeKid(ns, kind, shown);
        if (kid != UserNamespaces.INVALID_ID) {
            return kid;
        }
        boolean rootIsKnown = namespaces.fromKid(ns, kind, 0) != UserNamespaces.INVALID_ID;
        return rootIsKnown ? shown : 0;
    }

    /** Bytes of a file from before; its length stays as it was, if it is known. */
    public void learnContent(int inode, long pos, byte[] bytes, int length) {
        long size = inodes.size(inode);
        vfs.contents.put(inode, pos, bytes, 0, length);
        if (!hasUnknownAttributes(inode)) {
            inodes.setSize(inode, size);
        }
    }

    /** The size of a block device in bytes, or that nobody knows it any more: 0. */
    public void learnDeviceSize(int inode, long bytes) {
        if ((inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFBLK) {
            inodes.setDatum(inode, (int) (bytes >>> SECTOR_SHIFT));
        }
    }

    /** A file ends here, as a read has shown. */
    public void learnEnd(int inode, long size) {
        if (hasUnknownAttributes(inode)) {
            inodes.setSize(inode, size);
        }
    }

    /** The inode that a descriptor of a task refers to; NULL when there is none. */
    public int inodeOf(int task, int fd) {
        int file = vfs.files.fileOf(task, fd);
        return file == NULL ? NULL : vfs.tables.files.inode(file);
    }

    /**
     * A descriptor of a task stands for something outside, whatever it stood for in the emulator. False at a limit.
     *
     * @param name what it stands for, as a symlink of /proc/PID/fd shows it
     */
    public boolean openOutside(int task, int fd, byte[] name, int flags, boolean cloexec) {
        int text = vfs.tables.names.intern(name, 0, name.length);
        if (mnt == NULL) {
            mnt = kernMount(text);
        }
        int sb = vfs.tables.mounts.sb(mnt);
        int inode = vfs.inodes.create(sb, Stat.S_IFREG | 0600, 0, 0);
        int dentry = inode == NULL ? NULL : vfs.dentries.addRoot(sb, text, inode);
        vfs.tables.names.put(text);
        if (dentry == NULL) {
            vfs.inodes.put(inode);
            return false;
        }
        inodes.setFlags(inode, InodeFlags.SIZE_UNKNOWN | InodeFlags.OUTSIDE);
        int file = vfs.files.create(task, mnt, dentry, flags, FileKinds.OUTSIDE);
        vfs.dentries.put(dentry);
        return file != NULL && install(task, fd, file, cloexec);
    }

    private int kernMount(int name) {
        int sb = vfs.superBlocks.create(outside.index, userNs);
        int root = vfs.dentries.addRoot(sb, name, vfs.inodes.create(sb, Stat.S_IFDIR | 0600, 0, 0));
        int mount = vfs.mounts.create(sb, root, name);
        vfs.tables.superBlocks.setRoot(sb, root);
        vfs.superBlocks.put(sb);
        return mount;
    }

    /**
     * A descriptor of a task stands for the object at a path, from before: opened for reading and writing, whatever rights
     * the task has. False when that can't be.
     */
    public boolean openPath(int task, int fd, byte[] path, int flags, boolean cloexec) {
        return openPath(task, task, fd, path, flags, cloexec);
    }

    /** The same, of a path as another task finds it. */
    public boolean openPath(int finder, int task, int fd, byte[] path, int flags, boolean cloexec) {
        Nameidata nd = vfs.namei.second().set(path, 0, path.length);
        if (vfs.namei.lookup(nd, finder, Fcntl.AT_FDCWD, LookupFlags.FOLLOW) != 0) {
            return false;
        }
        int inode = dentries.inode(nd.dentry);
        int kind = vfs.superBlocks.type(inodes.sb(inode)).fileKind(inode);
        int file = vfs.files.create(task, nd.mnt, nd.dentry, flags, kind);
        nd.release();
        return file != NULL && install(task, fd, file, cloexec);
    }

    private boolean install(int task, int fd, int file, boolean cloexec) {
        int result = vfs.fileTables.replace(task, fd, file, cloexec);
        vfs.files.put(file);
        return result == fd;
    }

    /** A descriptor has another number than the emulator has given it. */
    public void moveDescriptor(int task, int from, int to) {
        int struct = vfs.below.tasks().files(task);
        int file = vfs.fileTables.file(struct, from);
        if (file == NULL || from == to) {
            return;
        }
        boolean cloexec = vfs.fileTables.isCloexec(struct, from);
        vfs.fileTables.replace(task, to, file, cloexec);
        vfs.fileTables.close(struct, from);
    }

    /** A directory of the kernel's own, of which not all names are emulated. */
    public void setIncomplete(int task, byte[] path) {
        int inode = find(task, Fcntl.AT_FDCWD, path, true);
        if (inode > NULL) {
            inodes.setFlags(inode, inodes.flags(inode) | UNKNOWN_DIRECTORY);
        }
    }

    /** A task's working directory, from before. */
    public boolean changeDirectory(int task, byte[] path) {
        Nameidata nd = vfs.namei.second().set(path, 0, path.length);
        int error = vfs.namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW | LookupFlags.DIRECTORY);
        if (error != 0) {
            return false;
        }
        vfs.fsStructs.setPwd(vfs.below.tasks().fs(task), nd.mnt, nd.dentry);
        nd.release();
        return true;
    }
}
