package dev.nestor.fs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;

/**
 * The path that leads to a place: fs/d_path.c. A path is built from its end, and lies at the end of the buffer until it is
 * copied out.
 */
public final class Paths {
    private static final byte[] DELETED = {' ', '(', 'd', 'e', 'l', 'e', 't', 'e', 'd', ')'};
    private static final byte[] UNREACHABLE = {'(', 'u', 'n', 'r', 'e', 'a', 'c', 'h', 'a', 'b', 'l', 'e', ')'};

    private final DentryTable dentries;
    private final MountTable mounts;
    private final NameTable names;
    private final SuperBlocks superBlocks;
    private final byte[] buffer = new byte[Nameidata.PATH_MAX];
    private final byte[] name = new byte[Nameidata.PATH_MAX];
    private int at; // where the path begins in buffer

    Paths(Vfs vfs) {
        this.dentries = vfs.tables.dentries;
        this.mounts = vfs.tables.mounts;
        this.names = vfs.tables.names;
        this.superBlocks = vfs.superBlocks;
    }

    /** d_path(): the length, or -ENAMETOOLONG. A place that the root does not lead to is shown without it. */
    public int dPath(int mnt, int dentry, int rootMnt, int rootDentry, byte[] into) {
        int dynamic = superBlocks.type(dentries.sb(dentry)).dynamicName(dentry, into);
        if (dynamic > 0) {
            return dynamic;
        }
        at = buffer.length;
        if (isUnlinked(dentry)) {
            prepend(DELETED, DELETED.length);
        }
        prependPath(mnt, dentry, rootMnt, rootDentry);
        return copyOut(into);
    }

    /** getcwd(2): as above, but marked when the root does not lead there; ENOENT for what was removed. */
    public int getcwd(int mnt, int dentry, int rootMnt, int rootDentry, byte[] into) {
        if (isUnlinked(dentry)) {
            return -Errno.ENOENT;
        }
        at = buffer.length;
        if (!prependPath(mnt, dentry, rootMnt, rootDentry)) {
            prepend(UNREACHABLE, UNREACHABLE.length);
        }
        return copyOut(into);
    }

    /** seq_path_root() for mountinfo: the length, or 0 when the root does not lead there. */
    public int reachable(int mnt, int dentry, int rootMnt, int rootDentry, byte[] into) {
        at = buffer.length;
        return prependPath(mnt, dentry, rootMnt, rootDentry) ? copyOut(into) : 0;
    }

    /** dentry_path(): within the file system. */
    public int inFileSystem(int dentry, byte[] into) {
        at = buffer.length;
        for (int step = dentry; dentries.parent(step) != NULL && at >= 0; step = dentries.parent(step)) {
            prependName(step);
        }
        if (at == buffer.length) {
            prependSlash();
        }
        return copyOut(into);
    }

    /** d_unlinked(). */
    public boolean isUnlinked(int dentry) {
        return !dentries.hashed(dentry) && dentries.parent(dentry) != NULL;
    }

    /** prepend_path(): false when it ended at the top of another tree. */
    private boolean prependPath(int mnt, int dentry, int rootMnt, int rootDentry) {
        int atMnt = mnt;
        int step = dentry;
        boolean empty = at == buffer.length || isUnlinked(dentry);
        int before = at;
        boolean reached = true;
        while (at >= 0 && (atMnt != rootMnt || step != rootDentry)) {
            if (step == mounts.root(atMnt)) {
                int parent = mounts.parent(atMnt);
                if (parent == NULL) {
                    reached = false;
                    break;
                }
                step = mounts.mountpoint(atMnt);
                atMnt = parent;
                continue;
            }
            if (dentries.parent(step) == NULL) {
                reached = false;
                break;
            }
            prependName(step);
            step = dentries.parent(step);
        }
        if (at == before && empty) {
            prependSlash();
        }
        return reached;
    }

    private void prependName(int dentry) {
        int length = names.copy(dentries.name(dentry), name, 0);
        prepend(name, length);
        prependSlash();
    }

    private void prependSlash() {
        at--;
        if (at >= 0) {
            buffer[at] = '/';
        }
    }

    private void prepend(byte[] text, int length) {
        at -= length;
        if (at >= 0) {
            System.arraycopy(text, 0, buffer, at, length);
        }
    }

    private int copyOut(byte[] into) {
        int length = buffer.length - at;
        if (at < 0 || length >= into.length) {
            return -Errno.ENAMETOOLONG;
        }
        System.arraycopy(buffer, at, into, 0, length);
        return length;
    }
}
