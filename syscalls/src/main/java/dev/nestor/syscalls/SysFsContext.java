package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsContextTable;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.MountAttrs;
import dev.nestor.fs.MountChanges;
import dev.nestor.fs.MountTrees;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Vfs;
import dev.nestor.init.FsContexts;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import java.nio.charset.StandardCharsets;

/** fsopen(2), fsconfig(2), fsmount(2), fspick(2): fs/fsopen.c, fs/namespace.c. */
public final class SysFsContext {
    private static final int PAGE_SIZE = 4096;
    private static final int MAX_TEXT = 256; // bytes of a key or a value, the NUL included
    private static final int MAX_BINARY = 1024 * 1024; // bytes
    private static final int CLOEXEC = 1; // FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC, FSPICK_CLOEXEC
    private static final int FSPICK_SYMLINK_NOFOLLOW = 2;
    private static final int FSPICK_EMPTY_PATH = 8;
    private static final int FSPICK_FLAGS = 0xf;
    private static final int SET_FLAG = 0;
    private static final int SET_STRING = 1;
    private static final int SET_BINARY = 2;
    private static final int SET_PATH = 3;
    private static final int SET_PATH_EMPTY = 4;
    private static final int SET_FD = 5;
    private static final int CMD_CREATE = 6;
    private static final int CMD_RECONFIGURE = 7;
    private static final int CMD_CREATE_EXCL = 8;

    private final TaskTable tasks;
    private final NsProxyTable proxies;
    private final UserMemory memory;
    private final Vfs vfs;
    private final Namei namei;
    private final MountChanges changes;
    private final MountTrees trees;
    private final FsContexts contexts;
    private final byte[] text = new byte[PAGE_SIZE];

    public SysFsContext(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.proxies = kernel.nsProxyTable();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.namei = vfs.namei;
        this.changes = vfs.mountChanges;
        this.trees = vfs.mountTrees;
        this.contexts = kernel.fileSystems().contexts();
    }

    public void register(SyscallTable.Builder calls) {
        String lacks = "file systems on devices, what overlay, FUSE and the kernel's own show";
        calls.full(Nr.NR_fsopen, "fsopen", this::fsopen)
                .partial(Nr.NR_fsconfig, "fsconfig", this::fsconfig, lacks)
                .full(Nr.NR_fsmount, "fsmount", this::fsmount)
                .full(Nr.NR_fspick, "fspick", this::fspick);
    }

    private boolean mayMount(int task) {
        return changes.mayMount(task, proxies.mntNs(tasks.nsproxy(task)));
    }

    /** strndup_user(): the length, or EFAULT, EINVAL for what is longer. */
    private int copyText(int task, long address, int room) {
        int length = memory.strncpyFromUser(tasks.mm(task), address, text, room);
        return length == -Errno.ENAMETOOLONG ? -Errno.EINVAL : length;
    }

    private String shown(int length) {
        return new String(text, 0, length, StandardCharsets.ISO_8859_1);
    }

    private long fsopen(int task, SyscallArgs args) {
        if (!mayMount(task)) {
            return -Errno.EPERM;
        }
        int flags = args.intAt(1);
        if ((flags & ~CLOEXEC) != 0) {
            return -Errno.EINVAL;
        }
        int length = copyText(task, args.get(0), PAGE_SIZE);
        if (length < 0) {
            return length;
        }
        int fc = contexts.create(task, text, length);
        return fc < 0 ? fc : contexts.open(task, fc, flags != 0);
    }

    private long fspick(int task, SyscallArgs args) {
        if (!mayMount(task)) {
            return -Errno.EPERM;
        }
        int flags = args.intAt(2);
        if ((flags & ~FSPICK_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        int lookup = (flags & FSPICK_SYMLINK_NOFOLLOW) == 0 ? LookupFlags.FOLLOW : 0;
        lookup |= (flags & FSPICK_EMPTY_PATH) != 0 ? LookupFlags.EMPTY : 0;
        Nameidata nd = namei.first();
        int error = namei.getname(nd, task, args.get(1), lookup);
        if (error == 0) {
            error = namei.lookup(nd, task, args.intAt(0), lookup);
        }
        if (error != 0) {
            return error;
        }
        boolean isRoot = vfs.tables.mounts.root(nd.mnt()) == nd.dentry();
        int fc = isRoot ? contexts.createFor(nd.dentry()) : -Errno.EINVAL;
        nd.release();
        return fc < 0 ? fc : contexts.open(task, fc, (flags & CLOEXEC) != 0);
    }

    private long fsconfig(int task, SyscallArgs args) {
        int fd = args.intAt(0);
        int cmd = args.intAt(1);
        long key = args.get(2);
        long value = args.get(3);
        int aux = args.intAt(4);
        int error = fd < 0 ? -Errno.EINVAL : checkArguments(cmd, key, value, aux);
        if (error != 0) {
            return error;
        }
        int file = vfs.files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int fc = contexts.contextOf(file);
        if (fc == NULL) {
            return -Errno.EINVAL;
        }
        String name = "";
        if (key != 0) {
            int length = copyText(task, key, MAX_TEXT);
            if (length < 0) {
                return length;
            }
            name = shown(length);
        }
        return switch (cmd) {
            case CMD_CREATE, CMD_CREATE_EXCL -> {
                contexts.begin(fc);
                yield contexts.commandCreate(task, fc, cmd == CMD_CREATE_EXCL);
            }
            case CMD_RECONFIGURE -> {
                contexts.begin(fc);
                yield contexts.commandReconfigure(task, fc);
            }
            default -> set(task, fc, cmd, name, value, aux);
        };
    }

    private static int checkArguments(int cmd, long key, long value, int aux) {
        boolean fits =
                switch (cmd) {
                    case SET_FLAG -> key != 0 && value == 0 && aux == 0;
                    case SET_STRING -> key != 0 && value != 0 && aux == 0;
                    case SET_BINARY -> key != 0 && value != 0 && aux > 0 && aux <= MAX_BINARY;
                    case SET_PATH, SET_PATH_EMPTY -> key != 0 && value != 0 && (aux == Fcntl.AT_FDCWD || aux >= 0);
                    case SET_FD -> key != 0 && value == 0 && aux >= 0;
                    default -> key == 0 && value == 0 && aux == 0;
                };
        boolean known = cmd >= SET_FLAG && cmd <= CMD_CREATE_EXCL;
        return !known ? -Errno.EOPNOTSUPP : fits ? 0 : -Errno.EINVAL;
    }

    /** The parameter is copied in before the context's phase is looked at. */
    private long set(int task, int fc, int cmd, String key, long value, int aux) {
        String given = null;
        switch (cmd) {
            case SET_STRING -> {
                int length = copyText(task, value, MAX_TEXT);
                if (length < 0) {
                    return length;
                }
                given = shown(length);
            }
            case SET_BINARY -> {
                if (memory.copyFromUser(tasks.mm(task), value, text, 0, Math.min(aux, PAGE_SIZE)) != 0) {
                    return -Errno.EFAULT;
                }
            }
            case SET_PATH, SET_PATH_EMPTY -> {
                int flags = cmd == SET_PATH_EMPTY ? LookupFlags.EMPTY : 0;
                int error = namei.getname(namei.first(), task, value, flags);
                if (error != 0) {
                    return error;
                }
            }
            case SET_FD -> {
                if (vfs.files.fileOf(task, aux) == NULL) {
                    return -Errno.EBADF;
                }
            }
            default -> {}
        }
        contexts.begin(fc);
        int phase = contexts.table().phase(fc);
        if (phase != FsContextTable.CREATE_PARAMS && phase != FsContextTable.RECONF_PARAMS) {
            return -Errno.EBUSY;
        }
        if (cmd == SET_FD && key.equals("pidns")) {
            return contexts.pidns(task, fc, aux);
        }
        boolean isText = cmd == SET_STRING || cmd == SET_FLAG;
        return isText ? contexts.parameter(task, fc, key, given) : contexts.otherParameter(fc, key);
    }

    private long fsmount(int task, SyscallArgs args) {
        if (!mayMount(task)) {
            return -Errno.EPERM;
        }
        int flags = args.intAt(1);
        int mountFlags = MountAttrs.fsmountFlags(args.intAt(2));
        if ((flags & ~CLOEXEC) != 0 || mountFlags < 0) {
            return -Errno.EINVAL;
        }
        int file = vfs.files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int fc = contexts.contextOf(file);
        int root = fc == NULL ? NULL : contexts.table().root(fc);
        if (root == NULL) {
            return -Errno.EINVAL;
        }
        int ns = proxies.mntNs(tasks.nsproxy(task));
        int visible = changes.visibleFlags(ns, vfs.tables.dentries.sb(root), mountFlags);
        if (visible < 0) {
            return visible;
        }
        if (contexts.table().phase(fc) != FsContextTable.AWAITING_MOUNT) {
            return -Errno.EBUSY;
        }
        int none = vfs.tables.names.intern("none");
        int source = contexts.table().source(fc);
        long result = trees.openNew(task, ns, root, source == NULL ? none : source, visible, flags != 0);
        vfs.tables.names.put(none);
        contexts.mounted(fc);
        return result;
    }
}
