package dev.nestor.fs.nsfs;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** An open namespace: ns_ioctl() of fs/nsfs.c. It can be neither read nor written. */
final class NsFsOps implements FileOps {
    private static final int FIONREAD = 0x541B;
    private static final int NS_GET_USERNS = 0xb701;
    private static final int NS_GET_PARENT = 0xb702;
    private static final int NS_GET_NSTYPE = 0xb703;
    private static final int NS_GET_OWNER_UID = 0xb704;
    private static final int NS_GET_MNTNS_ID = 0x8008b705;
    private static final int NS_GET_ID = 0x8008b70d;
    private static final int NS_MNT_GET_INFO = 0xb70a; // with the direction and a size of its own; the next is NEXT
    private static final int NS_MNT_GET_PREV = 0xb70c;
    private static final int IOC_READ = 0x80000000;
    private static final int MNT_NS_INFO_SIZE = 16; // bytes: struct mnt_ns_info
    private static final int NS_GET_PID_FROM_PIDNS = 0x8004b706;
    private static final int NS_GET_TGID_FROM_PIDNS = 0x8004b707;
    private static final int NS_GET_PID_IN_PIDNS = 0x8004b708;
    private static final int NS_GET_TGID_IN_PIDNS = 0x8004b709;

    private final Vfs vfs;
    private final NsFs nsfs;
    private final TaskTable tasks;
    private final CredTable creds;
    private final UserNamespaces userNamespaces;
    private final UserNamespaceTable userNamespaceTable;
    private final Pids pids;

    NsFsOps(Vfs vfs, NsFs nsfs) {
        this.vfs = vfs;
        this.nsfs = nsfs;
        this.tasks = vfs.below.tasks();
        this.creds = vfs.below.credTable();
        this.userNamespaces = vfs.below.userNamespaces();
        this.userNamespaceTable = vfs.below.userNamespaceTable();
        this.pids = vfs.below.pids();
    }

    @Override
    public boolean canPoll(int file) {
        return false;
    }

    @Override
    public boolean canRead() {
        return false;
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    @Override
    public boolean canSeek() {
        return false;
    }

    @Override
    public long ioctl(int task, int file, int cmd, long arg) {
        int type = nsfs.typeOf(file);
        int ns = nsfs.nsOf(file);
        return switch (cmd) {
            case FIONREAD -> vfs.below.memory().putInt(tasks.mm(task), arg, 0);
            case NS_GET_USERNS -> openOwner(task, type, ns);
            case NS_GET_PARENT -> openParent(task, type, ns);
            case NS_GET_NSTYPE -> NsTypes.cloneFlag(type);
            case NS_GET_OWNER_UID -> ownerUid(task, type, ns, arg);
            case NS_GET_PID_FROM_PIDNS, NS_GET_TGID_FROM_PIDNS, NS_GET_PID_IN_PIDNS, NS_GET_TGID_IN_PIDNS ->
                translate(task, type, ns, cmd, (int) arg);
            case NS_GET_MNTNS_ID -> mntNsId(task, type, ns, arg);
            case NS_GET_ID -> nsId(task, type, ns, arg);
            default -> mntIoctl(task, type, ns, cmd, arg);
        };
    }

    private long nsId(int task, int type, int ns, long address) {
        int inum = vfs.below.nsTypes().ops(type).inum(ns);
        return vfs.below
                .memory()
                .putLong(tasks.mm(task), address, vfs.below.inums().id(inum));
    }

    private long mntNsId(int task, int type, int ns, long address) {
        if (type != NsTypes.MNT) {
            return -Errno.EINVAL;
        }
        return vfs.below.memory().putLong(tasks.mm(task), address, vfs.tables.mntNamespaces.seq(ns));
    }

    /** The commands that say themselves how large their structure is. */
    private long mntIoctl(int task, int type, int ns, int cmd, long address) {
        int number = cmd & 0xffff;
        int size = cmd >>> 16 & 0x3fff;
        boolean isKnown = number >= NS_MNT_GET_INFO && number <= NS_MNT_GET_PREV;
        if (!isKnown || (cmd & 0xc0000000) != IOC_READ || size < MNT_NS_INFO_SIZE) {
            return -Errno.ENOTTY;
        }
        if (number == NS_MNT_GET_INFO) {
            return type == NsTypes.MNT ? putInfo(task, ns, address, size) : -Errno.EINVAL;
        }
        int initial = vfs.tables.superBlocks.userNs(vfs.tables.mounts.sb(nsfs.mount()));
        Capabilities capabilities = vfs.below.capabilities();
        if (!capabilities.nsCapable(task, initial, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        if (type != NsTypes.MNT) {
            return -Errno.EINVAL;
        }
        int found = vfs.mntNamespaces.sequential(
                ns,
                number == NS_MNT_GET_PREV,
                userNs -> capabilities.nsCapable(task, userNs, Capability.CAP_SYS_ADMIN));
        if (found == NULL) {
            return -Errno.ENOENT;
        }
        long error = address == 0 ? 0 : putInfo(task, found, address, size);
        return error != 0 ? error : nsfs.open(task, NsTypes.MNT, vfs.mntNamespaces.hold(found));
    }

    /** copy_ns_info_to_user(): of the mounts the first, which nobody sees, is not counted. */
    private long putInfo(int task, int ns, long address, int size) {
        int mm = tasks.mm(task);
        long error = address == 0 ? -Errno.EINVAL : vfs.below.memory().putInt(mm, address, MNT_NS_INFO_SIZE);
        if (error == 0) {
            error = vfs.below.memory().putInt(mm, address + 4, vfs.tables.mntNamespaces.nrMounts(ns) - 1);
        }
        if (error == 0) {
            error = vfs.below.memory().putLong(mm, address + 8, vfs.tables.mntNamespaces.seq(ns));
        }
        for (int at = MNT_NS_INFO_SIZE; error == 0 && at + 4 <= size; at += 4) {
            error = vfs.below.memory().putInt(mm, address + at, 0);
        }
        return error;
    }

    /** ns_get_owner(): the owner, if it is the task's user namespace or below that. */
    private long openOwner(int task, int type, int ns) {
        int fd = vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        int owner = vfs.below.nsTypes().ops(type).owner(ns);
        if (owner == NULL || !userNamespaces.isAncestorOrSelf(creds.userNs(tasks.cred(task)), owner)) {
            return -Errno.EPERM;
        }
        userNamespaces.hold(owner);
        return nsfs.open(task, NsTypes.USER, owner);
    }

    private long openParent(int task, int type, int ns) {
        if (type == NsTypes.USER) {
            return openOwner(task, type, ns);
        }
        if (type != NsTypes.PID) {
            return -Errno.EINVAL;
        }
        int fd = vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        NsOps ops = vfs.below.nsTypes().ops(NsTypes.PID);
        int parent = ops.parent(ns);
        if (parent == NULL || !vfs.below.pidNamespaces().isAncestorOrSelf(pids.activeNs(task), parent)) {
            return -Errno.EPERM;
        }
        ops.hold(parent);
        return nsfs.open(task, NsTypes.PID, parent);
    }

    private long ownerUid(int task, int type, int ns, long address) {
        if (type != NsTypes.USER) {
            return -Errno.EINVAL;
        }
        int uid = userNamespaces.fromKuidMunged(creds.userNs(tasks.cred(task)), userNamespaceTable.owner(ns));
        return vfs.below.memory().putInt(tasks.mm(task), address, uid);
    }

    /** A number of the task's namespace in this one, or the other way round; ESRCH where there is none. */
    private long translate(int task, int type, int ns, int cmd, int nr) {
        if (type != NsTypes.PID) {
            return -Errno.EINVAL;
        }
        int own = pids.activeNs(task);
        boolean from = cmd == NS_GET_PID_FROM_PIDNS || cmd == NS_GET_TGID_FROM_PIDNS;
        boolean thread = cmd == NS_GET_PID_FROM_PIDNS || cmd == NS_GET_PID_IN_PIDNS;
        int found = pids.findTaskByVpid(from ? ns : own, nr);
        if (found == NULL) {
            return -Errno.ESRCH;
        }
        int seenFrom = from ? own : ns;
        int number = thread ? pids.taskNr(found, seenFrom) : pids.taskTgidNr(found, seenFrom);
        return number == 0 ? -Errno.ESRCH : number;
    }
}
