package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;

/**
 * One kind of file system: file_system_type with its super, inode and dentry operations. What a file system does not
 * override it does not have, and the answers are then those that the VFS gives.
 */
public abstract class FsType {
    /** What setattr() is to change. */
    public static final int ATTR_MODE = 1;

    public static final int ATTR_OWNER = 2;
    public static final int ATTR_SIZE = 8;
    public static final int ATTR_TIMES = 16;

    private final String name;
    private final long magic;

    protected FsType(String name, long magic) {
        this.name = name;
        this.magic = magic;
    }

    /** What mountinfo and mount(2) call it. */
    public final String name() {
        return name;
    }

    /** f_type of statfs(2). */
    public final long magic() {
        return magic;
    }

    /**
     * i_op->lookup() of a name that has no dentry: a new dentry in {@code dir} with a reference for the caller, NULL when
     * there is none, or a negative errno.
     */
    public int lookup(int task, int dir, int nameHandle) {
        return NULL;
    }

    /** d_revalidate(): whether a dentry found by name still stands for what it did. */
    public boolean isValid(int dentry) {
        return true;
    }

    /** i_op->permission(): 0 or a negative errno; {@code generic} is what the mode bits and capabilities say. */
    public int permission(int task, int inode, int mask, Permissions generic) {
        return generic.generic(task, inode, mask);
    }

    /** The text of a symlink that has no {@link InodeTable#link}: its length, or 0 when it leads somewhere without one. */
    public int linkText(int task, int dentry, byte[] into) {
        return 0;
    }

    /** i_op->get_link() of such a one: goes to the place (nd_jump_link) and returns 0, or a negative errno. */
    public int follow(int task, int dentry, Nameidata nd) {
        return -Errno.EINVAL;
    }

    /** i_op->readlink() of such a one: the text and its length, or a negative errno. */
    public int readlink(int task, int dentry, byte[] into) {
        return -Errno.EINVAL;
    }

    /** Whether names can be made and removed: -EPERM, -EACCES … when not. */
    public int mayChange() {
        return -Errno.EPERM;
    }

    /** The answer of a file system that makes and removes directories as {@link #mayChange} says. */
    public static final int GENERIC = 1;

    /** i_op->mkdir() where a directory is more than a name: 0, a negative errno, or GENERIC. */
    public int mkdir(int task, int dir, int nameHandle, int mode) {
        return GENERIC;
    }

    /** i_op->rmdir() of the like, before the name goes: 0, a negative errno, or GENERIC. */
    public int rmdir(int dentry) {
        return GENERIC;
    }

    /**
     * i_op->rename() where names are more than names: 0, a negative errno, or GENERIC.
     *
     * @param target the dentry that has the name already, or NULL
     */
    public int rename(int source, int newDir, int nameHandle, int target, int flags) {
        return GENERIC;
    }

    /** Whether there is an i_op->rmdir() although {@link #mayChange} says no. */
    public boolean removesDirectories() {
        return false;
    }

    /** s_op->show_path(): what mountinfo says of a mount's root to this reader; the length, or 0 for its path. */
    public int showPath(int task, int dentry, byte[] into) {
        return 0;
    }

    /** The same of something of a format (S_IF*); 0 stands for another name of what is there: link(2), rename(2). */
    public int mayMake(int format) {
        return mayChange();
    }

    /** i_op->create(): what a new regular file needs besides its inode. 0, or a negative errno, and then it does not come to be. */
    public int created(int task, int inode) {
        return 0;
    }

    /** i_size of a directory without entries. */
    public int emptyDirSize() {
        return 0;
    }

    /** What i_size grows by for each entry. */
    public int direntSize() {
        return 0;
    }

    /** s_xattr: whether inodes have extended attributes, of the kinds user, trusted and security. */
    public boolean hasXattrs() {
        return false;
    }

    /** Whether there is a handler for names that begin so: "user.", "trusted." or "security.". */
    public boolean hasXattrs(String prefix) {
        return hasXattrs();
    }

    /** IOP_XATTR and SB_POSIXACL: whether inodes can have access control lists. */
    public boolean hasAcls() {
        return false;
    }

    /** The FALLOC_FL_* that its regular files' fallocate() takes; -1 when they have none. */
    public int fallocateModes() {
        return -1;
    }

    /** setattr(): 0, or what stands against it. */
    public int maySetattr(int task, int inode, int what) {
        return 0;
    }

    /** The FileOps index that an open of this inode gets. */
    public abstract int fileKind(int inode);

    /** d_dname(): what a path without a name is called; the length, or 0 for one that has a name. */
    public int dynamicName(int dentry, byte[] into) {
        return 0;
    }

    /** is_mnt_ns_file(). */
    public boolean isMntNs(int dentry) {
        return mntNsOf(dentry) != NULL;
    }

    /** The mount namespace that a dentry stands for, or NULL. */
    public int mntNsOf(int dentry) {
        return NULL;
    }

    /** SB_KERNMOUNT of namespace and process files: they may be bound although no namespace has the mount they are in. */
    public boolean isKernelOwn() {
        return false;
    }

    /** The STATX_ATTR_* that statx(2) can say of its files, beyond those that the VFS knows. */
    public int statxAttributes() {
        return 0;
    }

    /** FS_MGTIME: statx(2) shows no times of change to who does not ask for them. */
    public boolean hasMultigrainTimes() {
        return false;
    }

    /** FS_ALLOW_IDMAP: mounts of it may show owners otherwise than they are. */
    public boolean allowsIdmap() {
        return false;
    }

    /** SB_I_USERNS_VISIBLE: it may be mounted where it can be seen whole already. */
    public boolean isUsernsVisible() {
        return false;
    }

    /** Whether i_op->getattr() shows an inode to a task: 0, or a negative errno. */
    public int mayGetattr(int task, int inode) {
        return 0;
    }

    /** i_op->getattr(): what stat(2) is shown otherwise than the inode has it. */
    public void getattr(int inode, KStat stat) {}

    /** evict_inode(): lets go of what stands behind an inode that is about to be freed. */
    public void evict(int inode) {}

    /** The pid that an inode's handle is and that it holds; NULL when it is none. */
    public int pidHeldBy(int inode) {
        return 0;
    }

    /** The namespace of a kind (NsTypes) that an inode's handle is and that it holds; NULL when it is none. */
    public int nsHeldBy(int inode, int type) {
        return 0;
    }

    /** kill_sb(): lets go of what the super block keeps. */
    public void kill(int sb) {}
}
