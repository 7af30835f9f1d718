package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Socket;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/** Names of AF_UNIX sockets: files, and abstract ones that each net has for itself. net/unix/af_unix.c. */
final class UnixNames {
    /** Where sun_path begins. */
    static final int PATH = 2;

    private static final int PATH_MAX = 108; // UNIX_PATH_MAX
    private static final int AUTOBIND_NAMES = 0x100000;
    private static final int AUTOBIND_LENGTH = 6; // bytes, the first of them 0

    private final Vfs vfs;
    private final NameTable names;
    private final InodeTable inodes;
    private final SockTable table;
    private final Random random;
    private final byte[] number = new byte[AUTOBIND_LENGTH];

    /* By (net, name), of each type; by inode: look up, never walk. */
    private final Long2IntOpenHashMap[] abstracts = {null, map(), map(), null, null, map()};
    private final Int2IntOpenHashMap byInode = new Int2IntOpenHashMap();

    UnixNames(Sockets sockets, Random random) {
        this.vfs = sockets.vfs;
        this.names = vfs.tables.names;
        this.inodes = vfs.tables.inodes;
        this.table = sockets.table;
        this.random = random;
    }

    private static Long2IntOpenHashMap map() {
        return new Long2IntOpenHashMap();
    }

    private static long key(int net, int name) {
        return (long) net << 32 | name;
    }

    /** unix_validate_addr(): 0 or -EINVAL. */
    int validate(byte[] address, int length) {
        boolean isValid = length > PATH && length <= PATH + PATH_MAX && Bytes.getShort(address, 0) == Socket.AF_UNIX;
        return isValid ? 0 : -Errno.EINVAL;
    }

    /** unix_bind(): EINVAL, EADDRINUSE, and what making a file answers. */
    int bind(int task, int sk, byte[] address, int length) {
        if (length == PATH && Bytes.getShort(address, 0) == Socket.AF_UNIX) {
            return autobind(sk);
        }
        int error = validate(address, length);
        if (error != 0) {
            return error;
        }
        return address[PATH] != 0 ? bindFile(task, sk, address, length) : bindAbstract(sk, address, length);
    }

    /** unix_mkname_bsd(): the length of the path, without its NUL. */
    private static int pathLength(byte[] address, int length) {
        int end = PATH;
        while (end < length && address[end] != 0) {
            end++;
        }
        return end - PATH;
    }

    private int bindFile(int task, int sk, byte[] address, int length) {
        int bytes = pathLength(address, length);
        Nameidata nd = vfs.namei.first().set(address, PATH, bytes);
        int error = vfs.creation.prepare(nd, task, Fcntl.AT_FDCWD, false);
        if (error != 0) {
            return error == -Errno.EEXIST ? -Errno.EADDRINUSE : error;
        }
        if (table.name(sk) != NULL) {
            nd.release();
            return -Errno.EINVAL;
        }
        int mode = inodes.mode(vfs.tables.files.inode(table.file(sk))) & 07777;
        error = vfs.creation.mknod(task, nd, Stat.S_IFSOCK | mode, 0);
        int dentry = error != 0 ? error : vfs.namei.lookupLast(nd);
        if (dentry <= NULL) {
            nd.release();
            return dentry == -Errno.EEXIST ? -Errno.EADDRINUSE : dentry == NULL ? -Errno.ENOENT : dentry;
        }
        address[PATH + bytes] = 0;
        table.setName(sk, names.intern(address, PATH, bytes + 1));
        table.setPathMnt(sk, vfs.mounts.get(nd.mnt()));
        table.setPathDentry(sk, dentry);
        table.setBoundInode(sk, vfs.tables.dentries.inode(dentry));
        byInode.put(table.boundInode(sk), sk);
        nd.release();
        return 0;
    }

    private int bindAbstract(int sk, byte[] address, int length) {
        if (table.name(sk) != NULL) {
            return -Errno.EINVAL;
        }
        return takeName(sk, address, PATH, length - PATH) ? 0 : -Errno.EADDRINUSE;
    }

    private boolean takeName(int sk, byte[] text, int at, int length) {
        int name = names.intern(text, at, length);
        Long2IntOpenHashMap map = abstracts[table.type(sk)];
        long key = key(table.net(sk), name);
        if (map.containsKey(key)) {
            names.put(name);
            return false;
        }
        map.put(key, sk);
        table.setName(sk, name);
        return true;
    }

    /** unix_autobind(): five hexadecimal digits behind a NUL; ENOSPC. */
    int autobind(int sk) {
        if (table.name(sk) != NULL) {
            return 0;
        }
        int first = (int) (random.nextLong() & (AUTOBIND_NAMES - 1));
        for (int i = 1; i <= AUTOBIND_NAMES; i++) {
            int nr = (first + i) & (AUTOBIND_NAMES - 1);
            for (int digit = 0; digit < AUTOBIND_LENGTH - 1; digit++) {
                number[AUTOBIND_LENGTH - 1 - digit] = (byte) Character.forDigit((nr >> (4 * digit)) & 15, 16);
            }
            if (takeName(sk, number, 0, AUTOBIND_LENGTH)) {
                return 0;
            }
        }
        return -Errno.ENOSPC;
    }

    /** Another name in place of one by autobind, if it is free. */
    void choose(int sk, byte[] name) {
        int before = table.name(sk);
        boolean isAutobound = before != NULL
                && table.pathDentry(sk) == NULL
                && names.length(before) == AUTOBIND_LENGTH
                && name.length == AUTOBIND_LENGTH;
        if (isAutobound && !names.isEqual(before, name, 0, name.length) && takeName(sk, name, 0, name.length)) {
            abstracts[table.type(sk)].remove(key(table.net(sk), before), sk);
            names.put(before);
        }
    }

    /** unix_find_other(): a sock, or ECONNREFUSED, EPROTOTYPE, EACCES, and what a path walk answers. */
    int find(int task, int net, byte[] address, int length, int type) {
        if (address[PATH] == 0) {
            int name = names.find(address, PATH, length - PATH);
            int sk = name == NULL ? NULL : abstracts[type].get(key(net, name));
            return sk == NULL ? -Errno.ECONNREFUSED : sk;
        }
        Nameidata nd = vfs.namei.first().set(address, PATH, pathLength(address, length));
        int error = vfs.namei.lookup(nd, task, Fcntl.AT_FDCWD, LookupFlags.FOLLOW);
        if (error != 0) {
            return error;
        }
        int found = findFile(task, nd, type);
        nd.release();
        return found;
    }

    private int findFile(int task, Nameidata nd, int type) {
        int inode = vfs.tables.dentries.inode(nd.dentry());
        int error = vfs.permissions.check(task, nd.mnt(), inode, Permissions.MAY_WRITE);
        if (error != 0) {
            return error;
        }
        boolean isSocket = (inodes.mode(inode) & Stat.S_IFMT) == Stat.S_IFSOCK;
        int sk = isSocket ? byInode.get(inode) : NULL;
        if (sk == NULL) {
            boolean isOutside = isSocket && (inodes.flags(inode) & InodeFlags.OUTSIDE) != 0;
            return isOutside ? -Outside.EOUTSIDE : -Errno.ECONNREFUSED;
        }
        if (table.type(sk) != type) {
            return -Errno.EPROTOTYPE;
        }
        vfs.inodes.touchAtime(inode);
        return sk;
    }

    /** An accepted socket has the name of its listener, which is not found by it. */
    void share(int from, int to) {
        int name = table.name(from);
        table.setName(to, name == NULL ? NULL : names.get(name));
        if (table.pathDentry(from) != NULL) {
            table.setPathMnt(to, vfs.mounts.get(table.pathMnt(from)));
            table.setPathDentry(to, vfs.dentries.get(table.pathDentry(from)));
        }
    }

    /** unix_remove_socket(): the name is free again; the socket keeps it to show. */
    void unhash(int sk) {
        int name = table.name(sk);
        if (table.boundInode(sk) != NULL) {
            byInode.remove(table.boundInode(sk));
            table.setBoundInode(sk, NULL);
        } else if (name != NULL) {
            abstracts[table.type(sk)].remove(key(table.net(sk), name), sk);
        }
        int dentry = table.pathDentry(sk);
        if (dentry != NULL) {
            int mnt = table.pathMnt(sk);
            table.setPathDentry(sk, NULL);
            table.setPathMnt(sk, NULL);
            vfs.dentries.put(dentry);
            vfs.mounts.put(mnt);
        }
    }

    /** The address of a name: its length. */
    int put(int name, byte[] into) {
        Bytes.putShort(into, 0, Socket.AF_UNIX);
        return PATH + (name == NULL ? 0 : names.copy(name, into, PATH));
    }
}
