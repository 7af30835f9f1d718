package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.Files;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.fs.proc.PtraceAccess;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.nsproxy.NsProxies;
import dev.nestor.kernel.nsproxy.Setns;
import dev.nestor.kernel.nsproxy.Unshare;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;

/** unshare(2), setns(2), pidfd_open(2): kernel/fork.c, kernel/nsproxy.c, kernel/pid.c. */
public final class SysNs {
    private static final int PIDFD_NONBLOCK = Fcntl.O_NONBLOCK;
    private static final int PIDFD_THREAD = PidFds.PIDFD_THREAD;

    private final Unshare unshare;
    private final Setns setns;
    private final Files files;
    private final FileTable fileTable;
    private final NsFs nsFs;
    private final PidFds pidFds;
    private final PtraceAccess access;
    private final PidTable pidTable;
    private final Pids pids;

    public SysNs(Kernel kernel) {
        this.unshare = kernel.unshare();
        this.setns = kernel.setns();
        this.files = kernel.files();
        this.fileTable = kernel.vfs().tables.files;
        this.nsFs = kernel.fileSystems().nsFs();
        this.pidFds = kernel.fileSystems().pidFds();
        this.access = new PtraceAccess(
                kernel.tasks(),
                kernel.credTable(),
                kernel.capabilities(),
                kernel.addressSpaces().mms());
        this.pidTable = kernel.pidTable();
        this.pids = kernel.pids();
    }

    public void register(SyscallTable.Builder table) {
        table.partial(Nr.NR_unshare, "unshare", this::unshare, "CLONE_SYSVSEM has no undo lists to leave yet")
                .full(Nr.NR_setns, "setns", this::setns)
                .full(Nr.NR_pidfd_open, "pidfd_open", this::pidfdOpen);
    }

    private long unshare(int task, SyscallArgs args) {
        return unshare.unshare(task, args.get(0));
    }

    private long setns(int task, SyscallArgs args) {
        int file = files.fileOf(task, args.intAt(0));
        if (file == NULL || (fileTable.mode(file) & FileModes.FMODE_PATH) != 0) {
            return -Errno.EBADF;
        }
        int flags = args.intAt(1);
        if (nsFs.isNsFile(file)) {
            return setnsFile(task, file, flags);
        }
        if (!pidFds.isPidfd(file)) {
            return -Errno.EINVAL;
        }
        if (flags == 0 || (flags & ~(NsProxies.NSPROXY_FLAGS | Sched.CLONE_NEWUSER)) != 0) {
            return -Errno.EINVAL;
        }
        int target = pidTable.thread(pidFds.pidOf(file));
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        if (!access.mayReadReal(task, target)) {
            return -Errno.EPERM;
        }
        int failed = setns.prepare(task, flags);
        return failed < 0 ? failed : finish(task, setns.installFromTask(task, target, flags));
    }

    private long setnsFile(int task, int file, int flags) {
        int type = nsFs.typeOf(file);
        if (flags != 0 && flags != NsTypes.cloneFlag(type)) {
            return -Errno.EINVAL;
        }
        int failed = setns.prepare(task, NsTypes.cloneFlag(type));
        return failed < 0 ? failed : finish(task, setns.install(task, type, nsFs.nsOf(file)));
    }

    private long finish(int task, int result) {
        if (result < 0) {
            setns.abandon();
        } else {
            setns.commit(task);
        }
        return result;
    }

    private long pidfdOpen(int task, SyscallArgs args) {
        int nr = args.intAt(0);
        int flags = args.intAt(1);
        if ((flags & ~(PIDFD_NONBLOCK | PIDFD_THREAD)) != 0 || nr <= 0) {
            return -Errno.EINVAL;
        }
        int pid = pids.findVpid(pids.activeNs(task), nr);
        if (pid == NULL) {
            return -Errno.ESRCH;
        }
        if ((flags & PIDFD_THREAD) == 0 && pidTable.process(pid) == NULL) {
            return pidTable.thread(pid) == NULL ? -Errno.ESRCH : -Errno.ENOENT;
        }
        return pidFds.create(task, pid, flags);
    }
}
