package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.MountTable;
import dev.nestor.fs.Mounts;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.StatMounts;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** statmount(2), listmount(2): fs/namespace.c. */
public final class SysStatmount {
    private static final int PAGE_SIZE = 4096;
    private static final int REQ_SIZE_VER0 = 24; // bytes: struct mnt_id_req
    private static final int REQ_SIZE_VER1 = 32;
    private static final int STATMOUNT_SIZE = 512; // bytes: struct statmount without its strings
    private static final int MAX_IDS = 1_000_000;
    private static final int LISTMOUNT_REVERSE = 1;
    private static final int SB_BASIC = 1;
    private static final int MNT_BASIC = 2;
    private static final int PROPAGATE_FROM = 4;
    private static final int MNT_ROOT = 8;
    private static final int MNT_POINT = 0x10;
    private static final int FS_TYPE = 0x20;
    private static final int MNT_NS_ID = 0x40;
    private static final int MNT_OPTS = 0x80;
    private static final int FS_SUBTYPE = 0x100; // that no file system here has
    private static final int SB_SOURCE = 0x200;
    private static final int OPT_ARRAY = 0x400;
    private static final int OPT_SEC_ARRAY = 0x800; // of security modules, which are not there
    private static final int SUPPORTED_MASK = 0x1000;
    private static final int MNT_UIDMAP = 0x2000;
    private static final int MNT_GIDMAP = 0x4000;
    private static final int SUPPORTED = 0x7fff;
    private static final int STRINGS = MNT_ROOT | MNT_POINT | FS_TYPE | MNT_OPTS | 0x100 | SB_SOURCE | 0x6c00;

    private final TaskTable tasks;
    private final NsProxyTable proxies;
    private final Capabilities capabilities;
    private final UserMemory memory;
    private final Vfs vfs;
    private final NsFs nsFs;
    private final MountTable mounts;
    private final StatMounts stats;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;
    private final int[] extent = new int[3]; // first id, lower id, how many
    private final byte[] req = new byte[PAGE_SIZE];
    private final byte[] fixed = new byte[STATMOUNT_SIZE];
    private final byte[] path = new byte[Nameidata.PATH_MAX];
    private byte[] strings = new byte[4 * PAGE_SIZE];
    private int used; // of strings
    private long[] ids = new long[64];
    private byte[] idBytes = new byte[512];

    public SysStatmount(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.proxies = kernel.nsProxyTable();
        this.capabilities = kernel.capabilities();
        this.memory = kernel.userMemory();
        this.creds = kernel.credTable();
        this.userNamespaces = kernel.userNamespaces();
        this.vfs = kernel.vfs();
        this.nsFs = kernel.fileSystems().nsFs();
        this.mounts = vfs.tables.mounts;
        this.stats = vfs.statMounts;
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_statmount, "statmount", this::statmount).full(Nr.NR_listmount, "listmount", this::listmount);
    }

    private int ownNs(int task) {
        return proxies.mntNs(tasks.nsproxy(task));
    }

    /** copy_mnt_id_req(): EFAULT, E2BIG, EINVAL. */
    private int copyRequest(int task, long address) {
        Arrays.fill(req, 0, REQ_SIZE_VER1, (byte) 0);
        if (memory.copyFromUser(tasks.mm(task), address, req, 0, 4) != 0) {
            return -Errno.EFAULT;
        }
        int size = Bytes.getInt(req, 0);
        if (Integer.compareUnsigned(size, PAGE_SIZE) > 0) {
            return -Errno.E2BIG;
        }
        if (size < REQ_SIZE_VER0) {
            return -Errno.EINVAL;
        }
        if (memory.copyFromUser(tasks.mm(task), address, req, 0, size) != 0) {
            return -Errno.EFAULT;
        }
        for (int i = REQ_SIZE_VER1; i < size; i++) {
            if (req[i] != 0) {
                return -Errno.E2BIG;
            }
        }
        if (Bytes.getInt(req, 4) != 0 && Bytes.getLong(req, 24) != 0) {
            return -Errno.EINVAL;
        }
        return Long.compareUnsigned(Bytes.getLong(req, 8), Mounts.MNT_UNIQUE_ID_OFFSET) <= 0 ? -Errno.EINVAL : 0;
    }

    /** grab_requested_mnt_ns(): EBADF, EINVAL, ENOENT. */
    private int requestedNs(int task) {
        long id = Bytes.getLong(req, 24);
        int fd = Bytes.getInt(req, 4);
        if (id != 0) {
            int ns = vfs.mntNamespaces.find(id);
            return ns == NULL ? -Errno.ENOENT : ns;
        }
        if (fd == 0) {
            return ownNs(task);
        }
        int file = vfs.files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        return nsFs.isNsFile(file) && nsFs.typeOf(file) == NsTypes.MNT ? nsFs.nsOf(file) : -Errno.EINVAL;
    }

    /** A namespace that is asked for by its number shows itself to its owner's administrators. */
    private boolean mayLook(int task, int ns) {
        boolean isOwn = Bytes.getLong(req, 24) == 0 || ns == ownNs(task);
        return isOwn || capabilities.nsCapable(task, vfs.tables.mntNamespaces.userNs(ns), Capability.CAP_SYS_ADMIN);
    }

    private long statmount(int task, SyscallArgs args) {
        long room = args.get(2);
        if (args.intAt(3) != 0) {
            return -Errno.EINVAL;
        }
        int error = copyRequest(task, args.get(0));
        if (error != 0) {
            return error;
        }
        int ns = requestedNs(task);
        if (ns < 0) {
            return ns;
        }
        if (!mayLook(task, ns)) {
            return -Errno.EPERM;
        }
        long mask = Bytes.getLong(req, 16);
        if ((mask & STRINGS) != 0 && room == STATMOUNT_SIZE) {
            return -Errno.EOVERFLOW;
        }
        error = stats.seeFrom(task, ownNs(task), ns);
        long id = Bytes.getLong(req, 8);
        int mnt = error != 0 ? error : id == StatMounts.LSMT_ROOT ? -Errno.ENOENT : stats.find(task, ns, id);
        if (mnt < 0) {
            return mnt;
        }
        return fill(task, ns, mnt, mask, room) ? copyOut(task, args.get(1), room) : -Errno.EOVERFLOW;
    }

    private int copyOut(int task, long address, long room) {
        int size = (int) Math.min(room, STATMOUNT_SIZE);
        int mm = tasks.mm(task);
        Bytes.putInt(fixed, 0, size + used);
        boolean done = (used == 0 || memory.copyToUser(mm, address + STATMOUNT_SIZE, strings, 0, used) == 0)
                && (size == 0 || memory.copyToUser(mm, address, fixed, 0, size) == 0);
        return done ? 0 : -Errno.EFAULT;
    }

    /** do_statmount(): false when the strings do not fit. */
    private boolean fill(int task, int ns, int mnt, long mask, long room) {
        Arrays.fill(fixed, (byte) 0);
        used = 0;
        if ((mask & MNT_BASIC) != 0) {
            fillMount(mnt);
        }
        if ((mask & SB_BASIC) != 0) {
            fillSuperBlock(mnt);
        }
        if ((mask & PROPAGATE_FROM) != 0) {
            add(PROPAGATE_FROM);
            Bytes.putLong(fixed, 96, stats.propagatesFrom(mnt));
        }
        boolean fits = fillStrings(task, mnt, mask, room);
        if (fits && (mask & MNT_NS_ID) != 0) {
            add(MNT_NS_ID);
            Bytes.putLong(fixed, 112, vfs.tables.mntNamespaces.seq(ns));
        }
        if (fits && (mask & SUPPORTED_MASK) != 0) {
            add(SUPPORTED_MASK);
            Bytes.putLong(fixed, 144, SUPPORTED);
        }
        return fits;
    }

    private void add(int bit) {
        Bytes.putLong(fixed, 8, Bytes.getLong(fixed, 8) | bit);
    }

    private void fillMount(int mnt) {
        int parent = stats.parentOrSelf(mnt);
        add(MNT_BASIC);
        Bytes.putLong(fixed, 40, mounts.idUnique(mnt));
        Bytes.putLong(fixed, 48, mounts.idUnique(parent));
        Bytes.putInt(fixed, 56, mounts.id(mnt));
        Bytes.putInt(fixed, 60, mounts.id(parent));
        Bytes.putLong(fixed, 64, stats.attributes(mnt));
        Bytes.putLong(fixed, 72, stats.propagation(mnt));
        Bytes.putLong(fixed, 80, mounts.group(mnt));
        Bytes.putLong(fixed, 88, stats.masterGroup(mnt));
    }

    private void fillSuperBlock(int mnt) {
        int dev = vfs.tables.superBlocks.dev(mounts.sb(mnt));
        add(SB_BASIC);
        Bytes.putInt(fixed, 16, dev >>> 8 & 0xfff);
        Bytes.putInt(fixed, 20, (dev & 0xff) | (dev >>> 12 & 0xfff00));
        Bytes.putLong(fixed, 24, stats.type(mnt).magic());
        Bytes.putInt(fixed, 32, stats.sbFlags(mnt));
    }

    private boolean fillStrings(int task, int mnt, long mask, long room) {
        int root = mounts.root(mnt);
        boolean fits = true;
        if ((mask & FS_TYPE) != 0) {
            byte[] name = stats.type(mnt).name().getBytes(StandardCharsets.ISO_8859_1);
            fits = string(FS_TYPE, 36, name, name.length, room);
        }
        if (fits && (mask & MNT_ROOT) != 0) {
            int length = stats.type(mnt).showPath(task, root, path);
            length = length == 0 ? stats.type(mnt).dynamicName(root, path) : length;
            length = length == 0 ? vfs.paths.inFileSystem(root, path) : length;
            fits = string(MNT_ROOT, 104, path, length, room);
        }
        if (fits && (mask & MNT_POINT) != 0) {
            int length = vfs.paths.reachable(mnt, root, stats.rootMnt(), stats.rootDentry(), path);
            fits = string(MNT_POINT, 108, path, length, room);
        }
        byte[] options = text(vfs.tables.superBlocks.options(mounts.sb(mnt)));
        if (fits && (mask & MNT_OPTS) != 0) {
            fits = string(MNT_OPTS, 4, options, options.length, room);
        }
        if (fits && (mask & OPT_ARRAY) != 0) {
            fits = optionArray(options, room);
        }
        if (fits && (mask & (FS_SUBTYPE | OPT_SEC_ARRAY)) != 0) {
            fits = string(0, 0, path, 0, room);
        }
        if (fits && (mask & SB_SOURCE) != 0) {
            byte[] source = text(mounts.source(mnt));
            fits = string(SB_SOURCE, 124, source, source.length, room);
        }
        if (fits && (mask & MNT_UIDMAP) != 0) {
            fits = map(task, mnt, MNT_UIDMAP, 152, room);
        }
        if (fits && (mask & MNT_GIDMAP) != 0) {
            fits = map(task, mnt, MNT_GIDMAP, 160, room);
        }
        return fits;
    }

    private boolean optionArray(byte[] options, long room) {
        int count = options.length == 0 ? 0 : 1;
        for (int i = 0; i < options.length; i++) {
            if (options[i] == ',') {
                options[i] = 0;
                count++;
            }
        }
        Bytes.putInt(fixed, 128, count);
        return string(OPT_ARRAY, 132, options, options.length, room);
    }

    /** statmount_mnt_uidmap(): the extents whose lower ids the caller's user namespace has, as it numbers them. */
    private boolean map(int task, int mnt, int bit, int offset, long room) {
        int idmap = mounts.idmap(mnt);
        int kind = bit == MNT_UIDMAP ? UserNamespaces.UID : UserNamespaces.GID;
        int reader = creds.userNs(tasks.cred(task));
        StringBuilder text = new StringBuilder();
        int count = 0;
        for (int i = 0; idmap != NULL && i < userNamespaces.extentCount(idmap, kind); i++) {
            userNamespaces.extent(idmap, kind, i, extent);
            int lower = userNamespaces.fromKid(reader, kind, extent[1]);
            if (lower != UserNamespaces.INVALID_ID) {
                text.append(Integer.toUnsignedString(extent[0]))
                        .append(' ')
                        .append(Integer.toUnsignedString(lower))
                        .append(' ')
                        .append(Integer.toUnsignedString(extent[2]))
                        .append('\0');
                count++;
            }
        }
        Bytes.putInt(fixed, offset, count);
        if (idmap != NULL) {
            add(bit);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        return string(bit, offset + 4, bytes, bytes.length, room);
    }

    private byte[] text(int name) {
        byte[] bytes = new byte[name == NULL ? 0 : vfs.tables.names.length(name)];
        if (bytes.length > 0) {
            vfs.tables.names.copy(name, bytes, 0);
        }
        return bytes;
    }

    /** statmount_string(): an empty one comes first, for all that are not there; nothing is nothing. */
    private boolean string(int bit, int offset, byte[] text, int length, long room) {
        used = Math.max(used, 1);
        strings[0] = 0;
        if (length <= 0) {
            return true;
        }
        if (STATMOUNT_SIZE + used + length >= room) {
            return false;
        }
        if (used + length + 1 > strings.length) {
            strings = Arrays.copyOf(strings, 2 * (used + length + 1));
        }
        add(bit);
        Bytes.putInt(fixed, offset, used);
        System.arraycopy(text, 0, strings, used, length);
        used += length;
        strings[used++] = 0;
        return true;
    }

    private long listmount(int task, SyscallArgs args) {
        long most = args.get(2);
        int flags = args.intAt(3);
        if ((flags & ~LISTMOUNT_REVERSE) != 0) {
            return -Errno.EINVAL;
        }
        if (Long.compareUnsigned(most, MAX_IDS) > 0) {
            return -Errno.EOVERFLOW;
        }
        if (args.get(1) < 0) {
            return -Errno.EFAULT;
        }
        int error = copyRequest(task, args.get(0));
        if (error != 0) {
            return error;
        }
        long last = Bytes.getLong(req, 16);
        if (last != 0 && Long.compareUnsigned(last, Mounts.MNT_UNIQUE_ID_OFFSET) <= 0) {
            return -Errno.EINVAL;
        }
        int ns = requestedNs(task);
        if (ns < 0) {
            return ns;
        }
        if (!mayLook(task, ns)) {
            return -Errno.ENOENT;
        }
        error = stats.seeFrom(task, ownNs(task), ns);
        long id = Bytes.getLong(req, 8);
        int below = error != 0 ? error : stats.find(task, ns, id);
        if (below < 0) {
            return below;
        }
        int room = (int) Math.min(most, vfs.tables.mntNamespaces.nrMounts(ns));
        if (room != ids.length) {
            ids = new long[room];
            idBytes = new byte[8 * room];
        }
        int count = stats.list(ns, below, id, last, flags != 0, ids);
        for (int i = 0; i < count; i++) {
            Bytes.putLong(idBytes, 8 * i, ids[i]);
        }
        boolean copied = count == 0 || memory.copyToUser(tasks.mm(task), args.get(1), idBytes, 0, 8 * count) == 0;
        return copied ? count : -Errno.EFAULT;
    }
}
