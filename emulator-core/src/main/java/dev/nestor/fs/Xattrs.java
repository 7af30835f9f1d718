package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.FileCaps;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.util.Arrays;

/**
 * Extended attributes: fs/xattr.c, and what security/commoncap.c says of them. They are kept, and go with their inode.
 */
public final class Xattrs {
    public static final int XATTR_NAME_MAX = 255;
    public static final int XATTR_SIZE_MAX = 65_536;
    public static final int XATTR_LIST_MAX = 65_536;
    public static final int XATTR_CREATE = 1;
    public static final int XATTR_REPLACE = 2;

    private static final String CAPS = "security.capability";
    private static final String[] PREFIXES = {"user.", "trusted.", "security."};
    private static final String ACL_ACCESS = "system.posix_acl_access";
    private static final String ACL_DEFAULT = "system.posix_acl_default";
    private static final int CAPS_SIZE_2 = 20; // bytes: vfs_cap_data
    private static final int CAPS_SIZE_3 = 24; // bytes: vfs_ns_cap_data, which ends in the rootid
    private static final int REVISION = 3; // byte that has the version

    private final XattrTable table;
    private final InodeTable inodes;
    private final NameTable names;
    private final SuperBlockTable sbs;
    private final SuperBlocks superBlocks;
    private final Permissions permissions;
    private final Capabilities capabilities;
    private final UserNamespaces userNamespaces;
    private final CredTable creds;
    private final TaskTable tasks;
    private final byte[] known = new byte[XATTR_NAME_MAX + 1];
    private final byte[] value = new byte[XATTR_SIZE_MAX]; // to be set, or found
    private int length; // of value

    Xattrs(Vfs vfs) {
        this.table = vfs.tables.xattrs;
        this.inodes = vfs.tables.inodes;
        this.names = vfs.tables.names;
        this.sbs = vfs.tables.superBlocks;
        this.superBlocks = vfs.superBlocks;
        this.permissions = vfs.permissions;
        this.capabilities = vfs.below.capabilities();
        this.userNamespaces = vfs.below.userNamespaces();
        this.creds = vfs.below.credTable();
        this.tasks = vfs.below.tasks();
        vfs.inodes.setFreedHook(this::free);
    }

    /** The buffer of the value: to be filled before {@link #set}, filled after {@link #get} and {@link #list}. */
    public byte[] value() {
        return value;
    }

    /** simple_xattrs_free(). */
    private void free(int inode) {
        for (int xattr = table.ofInode().first(inode);
                xattr != NULL;
                xattr = table.ofInode().first(inode)) {
            remove(xattr);
        }
    }

    private void remove(int xattr) {
        table.ofInode().remove(xattr);
        names.put(table.name(xattr));
        names.put(table.value(xattr));
        table.free(xattr);
    }

    /** xattr_permission(). */
    private int permission(int task, int mnt, int inode, String name, int mask) {
        boolean writes = mask == Permissions.MAY_WRITE;
        if (writes && ((inodes.flags(inode) & InodeFlags.IMMUTABLE) != 0 || permissions.hasUnmappedId(mnt, inode))) {
            return -Errno.EPERM;
        }
        if (name.startsWith("security.") || name.startsWith("system.")) {
            return 0;
        }
        int refused = writes ? -Errno.EPERM : -Errno.ENODATA;
        if (name.startsWith("trusted.")) {
            return permissions.isCapable(task, Capability.CAP_SYS_ADMIN) ? 0 : refused;
        }
        if (name.startsWith("user.")) {
            int mode = inodes.mode(inode);
            boolean isDir = (mode & Stat.S_IFMT) == Stat.S_IFDIR;
            if (!isDir && (mode & Stat.S_IFMT) != Stat.S_IFREG) {
                return refused;
            }
            boolean isSticky = isDir && (mode & Stat.S_ISVTX) != 0;
            if (writes && isSticky && !permissions.isOwnerOrCapable(task, mnt, inode)) {
                return -Errno.EPERM;
            }
        }
        return permissions.check(task, mnt, inode, mask);
    }

    /** xattr_resolve_name(). */
    private int resolve(int inode, String name) {
        FsType type = superBlocks.type(inodes.sb(inode));
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix) && type.hasXattrs(prefix)) {
                return name.length() == prefix.length() ? -Errno.EINVAL : 0;
            }
        }
        return -Errno.EOPNOTSUPP;
    }

    private int fsNs(int inode) {
        return sbs.userNs(inodes.sb(inode));
    }

    /** cap_inode_setxattr(), cap_inode_removexattr(). */
    private int securityPermission(int task, int mnt, int inode, String name, boolean removes) {
        if (!name.startsWith("security.") || (name.equals(CAPS) && !removes)) {
            return 0;
        }
        boolean may = name.equals(CAPS)
                ? permissions.isCapable(task, mnt, inode, Capability.CAP_SETFCAP)
                : capabilities.nsCapable(task, fsNs(inode), Capability.CAP_SYS_ADMIN);
        return may ? 0 : -Errno.EPERM;
    }

    private static boolean isAcl(String name) {
        return name.equals(ACL_ACCESS) || name.equals(ACL_DEFAULT);
    }

    private boolean hasAcls(int inode) {
        boolean isLink = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFLNK;
        return !isLink && superBlocks.type(inodes.sb(inode)).hasAcls();
    }

    /** vfs_setxattr() of what is in {@link #value}: 0, or a negative errno. */
    public int set(int task, int mnt, int inode, String name, int size, int flags) {
        length = size;
        if (isAcl(name)) {
            return hasAcls(inode) ? -Outside.EOUTSIDE : -Errno.EOPNOTSUPP;
        }
        int error = size > 0 && name.equals(CAPS) ? convert(task, mnt, inode) : 0;
        if (error == 0) {
            error = permission(task, mnt, inode, name, Permissions.MAY_WRITE);
        }
        if (error == 0) {
            error = securityPermission(task, mnt, inode, name, false);
        }
        if (error == 0) {
            error = resolve(inode, name);
        }
        return error != 0 ? error : put(inode, name, flags);
    }

    /** simple_xattr_set(). */
    private int put(int inode, String name, int flags) {
        int old = find(inode, name);
        if (old != NULL && (flags & XATTR_CREATE) != 0) {
            return -Errno.EEXIST;
        }
        if (old == NULL && (flags & XATTR_REPLACE) != 0) {
            return -Errno.ENODATA;
        }
        int bytes = names.intern(value, 0, length);
        if (old != NULL && bytes != NULL) {
            names.put(table.value(old));
            table.setValue(old, bytes);
            return 0;
        }
        int handle = bytes == NULL ? NULL : names.intern(name);
        int xattr = handle == NULL ? NULL : table.alloc();
        if (xattr == NULL) {
            names.put(bytes);
            names.put(handle);
            return -Errno.ENOMEM;
        }
        table.setName(xattr, handle);
        table.setValue(xattr, bytes);
        place(inode, xattr, name);
        return 0;
    }

    private void place(int inode, int xattr, String name) {
        Chain chain = table.ofInode();
        int before = NULL;
        for (int at = chain.first(inode); at != NULL && text(at).compareTo(name) > 0; at = chain.next(at)) {
            before = at;
        }
        if (before == NULL) {
            chain.addFirst(inode, xattr);
        } else {
            chain.addAfter(before, xattr);
        }
    }

    private String text(int xattr) {
        int size = names.copy(table.name(xattr), known, 0);
        return new String(known, 0, size, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private int find(int inode, String name) {
        Chain chain = table.ofInode();
        int at = chain.first(inode);
        while (at != NULL && !text(at).equals(name)) {
            at = chain.next(at);
        }
        return at;
    }

    /** vfs_getxattr(): the length of what is in {@link #value} then, or a negative errno. */
    public int get(int task, int mnt, int inode, String name) {
        if (isAcl(name)) {
            return hasAcls(inode) ? -Errno.ENODATA : -Errno.EOPNOTSUPP;
        }
        int error = permission(task, mnt, inode, name, Permissions.MAY_READ);
        if (error == 0) {
            error = resolve(inode, name);
        }
        int xattr = error != 0 ? NULL : find(inode, name);
        if (xattr == NULL) {
            return error != 0 ? error : -Errno.ENODATA;
        }
        length = names.copy(table.value(xattr), value, 0);
        return name.equals(CAPS) ? show(task, mnt, inode) : length;
    }

    /** vfs_listxattr(): the names, each with a NUL, in {@link #value}; their length, or ERANGE beyond all bounds. */
    public int list(int task, int inode) {
        boolean showsTrusted = permissions.isCapable(task, Capability.CAP_SYS_ADMIN);
        Chain chain = table.ofInode();
        int at = 0;
        for (int xattr = chain.first(inode); xattr != NULL; xattr = chain.next(xattr)) {
            if (!showsTrusted && text(xattr).startsWith("trusted.")) {
                continue;
            }
            if (at + names.length(table.name(xattr)) >= value.length) {
                return -Errno.ERANGE;
            }
            at += names.copy(table.name(xattr), value, at);
            value[at++] = 0;
        }
        return at;
    }

    /** vfs_removexattr(). */
    public int remove(int task, int mnt, int inode, String name) {
        if (isAcl(name)) {
            return removeAcl(task, mnt, inode);
        }
        int error = permission(task, mnt, inode, name, Permissions.MAY_WRITE);
        if (error == 0) {
            error = securityPermission(task, mnt, inode, name, true);
        }
        if (error == 0) {
            error = resolve(inode, name);
        }
        int xattr = error != 0 ? NULL : find(inode, name);
        if (xattr == NULL) {
            return error != 0 ? error : -Errno.ENODATA;
        }
        remove(xattr);
        return 0;
    }

    /** vfs_remove_acl() where there is none. */
    private int removeAcl(int task, int mnt, int inode) {
        if (!hasAcls(inode)) {
            return -Errno.EOPNOTSUPP;
        }
        return permissions.isOwnerOrCapable(task, mnt, inode) ? 0 : -Errno.EPERM;
    }

    private int rootid() {
        int id = 0;
        for (int i = 0; length == CAPS_SIZE_3 && i < Integer.BYTES; i++) {
            id |= (value[CAPS_SIZE_2 + i] & 0xff) << (8 * i);
        }
        return id;
    }

    private void setVersion3(int rootid) {
        value[REVISION] = 3;
        for (int i = 0; i < Integer.BYTES; i++) {
            value[CAPS_SIZE_2 + i] = (byte) (rootid >>> (8 * i));
        }
        length = CAPS_SIZE_3;
    }

    /**
     * get_vfs_caps_from_disk(): the capabilities of a file that a task executes; none where they are not those of the root of
     * its user namespace or of one above. 0, or EINVAL for what is no such attribute.
     */
    public int fileCaps(int task, int mnt, int inode, FileCaps into) {
        into.clear();
        int xattr = find(inode, CAPS);
        if (xattr == NULL) {
            return 0;
        }
        length = names.copy(table.value(xattr), value, 0);
        boolean isValid =
                (length == CAPS_SIZE_2 && value[REVISION] == 2) || (length == CAPS_SIZE_3 && value[REVISION] == 3);
        if (!isValid) {
            return -Errno.EINVAL;
        }
        int root = permissions.vfsuidOf(mnt, inode, userNamespaces.makeKuid(fsNs(inode), rootid()));
        for (int at = creds.userNs(tasks.cred(task)); at != NULL; at = userNamespaces.parent(at)) {
            if (root != UserNamespaces.INVALID_ID && userNamespaces.fromKid(at, UserNamespaces.UID, root) == 0) {
                into.set((value[0] & 1) != 0, word(4) | word(12) << 32, word(8) | word(16) << 32);
                return 0;
            }
        }
        return 0;
    }

    private long word(int at) {
        long word = 0;
        for (int i = Integer.BYTES - 1; i >= 0; i--) {
            word = word << 8 | (value[at + i] & 0xff);
        }
        return word;
    }

    /** cap_convert_nscap(): the root whose capabilities these are, as the file system numbers it. EINVAL, EPERM. */
    private int convert(int task, int mnt, int inode) {
        boolean isValid =
                (length == CAPS_SIZE_2 && value[REVISION] == 2) || (length == CAPS_SIZE_3 && value[REVISION] == 3);
        if (!isValid) {
            return -Errno.EINVAL;
        }
        if (!permissions.isCapable(task, mnt, inode, Capability.CAP_SETFCAP)) {
            return -Errno.EPERM;
        }
        int fsNs = fsNs(inode);
        if (length == CAPS_SIZE_2 && capabilities.nsCapable(task, fsNs, Capability.CAP_SETFCAP)) {
            return 0;
        }
        int root = userNamespaces.makeKuid(creds.userNs(tasks.cred(task)), rootid());
        int written = root == UserNamespaces.INVALID_ID ? root : permissions.fromVfsuid(mnt, inode, root);
        int shown =
                written == UserNamespaces.INVALID_ID ? -1 : userNamespaces.fromKid(fsNs, UserNamespaces.UID, written);
        if (shown == -1) {
            return -Errno.EINVAL;
        }
        setVersion3(shown);
        return 0;
    }

    /** cap_inode_getsecurity(): the same as the reader's user namespace numbers it; EOVERFLOW when it can't. */
    private int show(int task, int mnt, int inode) {
        int root = permissions.vfsuidOf(mnt, inode, userNamespaces.makeKuid(fsNs(inode), rootid()));
        int ns = creds.userNs(tasks.cred(task));
        int mapped = userNamespaces.fromKid(ns, UserNamespaces.UID, root);
        if (mapped != -1 && mapped != 0) {
            setVersion3(mapped);
            return length;
        }
        for (int at = ns; at != NULL; at = userNamespaces.parent(at)) {
            if (userNamespaces.fromKid(at, UserNamespaces.UID, root) == 0) {
                value[REVISION] = 2;
                Arrays.fill(value, CAPS_SIZE_2, CAPS_SIZE_3, (byte) 0);
                length = CAPS_SIZE_2;
                return length;
            }
        }
        return -Errno.EOVERFLOW;
    }
}
