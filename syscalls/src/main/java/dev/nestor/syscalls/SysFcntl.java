package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileLocks;
import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.mm.VmFlags;
import dev.nestor.mm.VmaTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Memfd;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;

/** dup(2) and its kind, fcntl(2), flock(2): fs/file.c, fs/fcntl.c, fs/locks.c. */
public final class SysFcntl {
    private static final int F_DUPFD_QUERY = 0x403;
    private static final int F_CREATED_QUERY = 0x404;
    private static final int F_CANCELLK = 0x405;
    private static final int F_UNLCK = 2;
    private static final int F_OWNER_TID = 0;
    private static final int F_OWNER_PGRP = 2;
    private static final int SETFL_MASK = Fcntl.O_APPEND | Fcntl.O_NONBLOCK | Fcntl.O_DIRECT | Fcntl.O_NOATIME;
    private static final int FLOCK_SIZE = 32; // bytes: struct flock
    private static final int LOCK_NB = 4;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Vfs vfs;
    private final FileTable fileTable;
    private final Files files;
    private final FileTables descriptors;
    private final FileLocks locks;
    private final Pids pids;
    private final Kernel kernel;
    private final byte[] flock = new byte[FLOCK_SIZE];

    public SysFcntl(Kernel kernel) {
        this.kernel = kernel;
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.vfs = kernel.vfs();
        this.fileTable = vfs.tables.files;
        this.files = kernel.files();
        this.descriptors = kernel.fileTables();
        this.locks = vfs.locks;
        this.pids = kernel.pids();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_dup, "dup", this::dup)
                .full(Nr.NR_dup2, "dup2", this::dup2)
                .full(Nr.NR_dup3, "dup3", this::dup3)
                .partial(Nr.NR_fcntl, "fcntl", this::fcntl, "leases, directory notification, write hints")
                .full(Nr.NR_flock, "flock", this::flock);
    }

    private long dup(int task, SyscallArgs args) {
        int file = files.fileOf(task, args.intAt(0));
        return file == NULL ? -Errno.EBADF : duplicate(task, file, 0, false);
    }

    private long duplicate(int task, int file, int start, boolean cloexec) {
        int fd = descriptors.unused(task, start);
        if (fd >= 0) {
            descriptors.install(tasks.files(task), fd, files.get(file), cloexec);
        }
        return fd;
    }

    private long dup2(int task, SyscallArgs args) {
        int oldFd = args.intAt(0);
        int newFd = args.intAt(1);
        int file = files.fileOf(task, oldFd);
        if (oldFd == newFd) {
            return file == NULL ? -Errno.EBADF : newFd;
        }
        return dupTo(task, file, newFd, false);
    }

    private long dup3(int task, SyscallArgs args) {
        int flags = args.intAt(2);
        if ((flags & ~Fcntl.O_CLOEXEC) != 0 || args.intAt(0) == args.intAt(1)) {
            return -Errno.EINVAL;
        }
        return dupTo(task, files.fileOf(task, args.intAt(0)), args.intAt(1), flags != 0);
    }

    private long dupTo(int task, int file, int fd, boolean cloexec) {
        if (Integer.compareUnsigned(fd, descriptors.limit(task)) >= 0) {
            return -Errno.EBADF;
        }
        return file == NULL ? -Errno.EBADF : descriptors.replace(task, fd, file, cloexec);
    }

    private long fcntl(int task, SyscallArgs args) {
        int fd = args.intAt(0);
        int file = files.fileOf(task, fd);
        int cmd = args.intAt(1);
        if (file == NULL || (files.hasMode(file, FileModes.FMODE_PATH) && !isForPath(cmd))) {
            return -Errno.EBADF;
        }
        int arg = args.intAt(2);
        return switch (cmd) {
            case Fcntl.F_DUPFD -> dupFd(task, file, arg, false);
            case Fcntl.F_DUPFD_CLOEXEC -> dupFd(task, file, arg, true);
            case F_DUPFD_QUERY -> dupFdQuery(task, file, arg);
            case F_CREATED_QUERY -> files.hasMode(file, FileModes.FMODE_CREATED) ? 1 : 0;
            case Fcntl.F_GETFD -> descriptors.isCloexec(tasks.files(task), fd) ? Fcntl.FD_CLOEXEC : 0;
            case Fcntl.F_SETFD -> setFd(task, fd, arg);
            case Fcntl.F_GETFL -> fileTable.flags(file);
            case Fcntl.F_SETFL -> setFl(task, fd, file, arg);
            case Fcntl.F_GETLK, Fcntl.F_SETLK, Fcntl.F_SETLKW -> lock(task, file, cmd, args.get(2), false);
            case Fcntl.F_OFD_GETLK, Fcntl.F_OFD_SETLK, Fcntl.F_OFD_SETLKW ->
                lock(task, file, cmd - Fcntl.F_OFD_GETLK + Fcntl.F_GETLK, args.get(2), true);
            case Fcntl.F_SETOWN -> setOwn(task, file, arg);
            case Fcntl.F_GETOWN -> getOwn(task, file);
            case Fcntl.F_SETOWN_EX -> setOwnEx(task, file, args.get(2));
            case Fcntl.F_GETOWN_EX -> getOwnEx(task, file, args.get(2));
            case Fcntl.F_SETSIG -> setSig(file, args.get(2));
            case Fcntl.F_GETSIG -> fileTable.signum(file);
            case Fcntl.F_GETPIPE_SZ -> kernel.fileSystems().pipes().size(file);
            case Fcntl.F_SETPIPE_SZ -> kernel.fileSystems().pipes().setSize(task, file, arg);
            case Fcntl.F_GETLEASE -> F_UNLCK;
            case Fcntl.F_SETLEASE, Fcntl.F_NOTIFY -> -Outside.EOUTSIDE;
            case Memfd.F_GET_SEALS -> kernel.fileSystems().memfds().seals(file);
            case Memfd.F_ADD_SEALS -> addSeals(file, arg);
            case F_CANCELLK -> -Errno.EINVAL;
            default -> -Errno.EINVAL;
        };
    }

    private long addSeals(int file, int seals) {
        return kernel.fileSystems().memfds().addSeals(file, seals, isMappedWritable(fileTable.inode(file)));
    }

    /** mapping_deny_writable(). */
    private boolean isMappedWritable(int inode) {
        VmaTable vmas = kernel.addressSpaces().vmas();
        for (int row = 1; row < vmas.rows(); row++) {
            int vma = vmas.handleInRow(row);
            int file = vma == NULL ? NULL : vmas.file(vma);
            boolean isShared = file != NULL && vmas.has(vma, VmFlags.VM_SHARED) && vmas.has(vma, VmFlags.VM_MAYWRITE);
            if (isShared && fileTable.isLive(file) && fileTable.inode(file) == inode) {
                return true;
            }
        }
        return false;
    }

    /** check_fcntl_cmd(). */
    private static boolean isForPath(int cmd) {
        return cmd == Fcntl.F_DUPFD
                || cmd == Fcntl.F_DUPFD_CLOEXEC
                || cmd == F_DUPFD_QUERY
                || cmd == F_CREATED_QUERY
                || cmd == Fcntl.F_GETFD
                || cmd == Fcntl.F_SETFD
                || cmd == Fcntl.F_GETFL;
    }

    private long dupFd(int task, int file, int start, boolean cloexec) {
        if (Integer.compareUnsigned(start, descriptors.limit(task)) >= 0) {
            return -Errno.EINVAL;
        }
        return duplicate(task, file, start, cloexec);
    }

    private long dupFdQuery(int task, int file, int fd) {
        int other = files.fileOf(task, fd);
        return other == NULL ? -Errno.EBADF : other == file ? 1 : 0;
    }

    private long setFd(int task, int fd, int arg) {
        descriptors.setCloexec(tasks.files(task), fd, (arg & Fcntl.FD_CLOEXEC) != 0);
        return 0;
    }

    /** setfl(). */
    private long setFl(int task, int fd, int file, int arg) {
        int old = fileTable.flags(file);
        boolean newNoatime = (arg & ~old & Fcntl.O_NOATIME) != 0;
        if (newNoatime && !vfs.permissions.isOwnerOrCapable(task, fileTable.mnt(file), fileTable.inode(file))) {
            return -Errno.EPERM;
        }
        if (((arg ^ old) & Fcntl.FASYNC) != 0) {
            boolean on = (arg & Fcntl.FASYNC) != 0;
            int result = files.ops(file).fasync(file, on);
            if (result == 0) {
                fileTable.setFasyncFd(file, fd);
                old = on ? old | Fcntl.FASYNC : old & ~Fcntl.FASYNC;
            } else if (result != -Errno.ENOTTY) {
                return result;
            }
        }
        fileTable.setFlags(file, (arg & SETFL_MASK) | (old & ~SETFL_MASK));
        return 0;
    }

    /** f_setown(): a process, or negative a process group. */
    private long setOwn(int task, int file, int who) {
        if (who == Integer.MIN_VALUE) {
            return -Errno.EINVAL;
        }
        return setOwner(task, file, Math.abs(who), who < 0 ? PidType.PIDTYPE_PGID : PidType.PIDTYPE_TGID);
    }

    private long setOwner(int task, int file, int nr, int type) {
        int pid = NULL;
        if (nr != 0) {
            pid = pids.findVpid(pids.activeNs(task), nr);
            if (pid == NULL) {
                return -Errno.ESRCH;
            }
            pids.getPid(pid);
        }
        files.setOwner(task, file, pid, type);
        return 0;
    }

    private int ownerNr(int task, int file) {
        int pid = fileTable.ownerPid(file);
        return isInUse(pid, fileTable.ownerType(file)) ? pids.pidNrNs(pid, pids.activeNs(task)) : 0;
    }

    /** Whether pid_task() finds anybody who has the number as a thread, a process or a group. */
    private boolean isInUse(int pid, int type) {
        PidTable table = kernel.pidTable();
        if (pid == NULL) {
            return false;
        }
        return switch (type) {
            case PidType.PIDTYPE_PID -> table.thread(pid) != NULL;
            case PidType.PIDTYPE_TGID -> table.process(pid) != NULL;
            default -> !table.groupMembers().isEmpty(pid);
        };
    }

    private long getOwn(int task, int file) {
        int nr = ownerNr(task, file);
        return fileTable.ownerType(file) == PidType.PIDTYPE_PGID ? -nr : nr;
    }

    private long setOwnEx(int task, int file, long address) {
        int mm = tasks.mm(task);
        int type = memory.getInt(mm, address);
        int nr = memory.getInt(mm, address + 4);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (type < F_OWNER_TID || type > F_OWNER_PGRP) {
            return -Errno.EINVAL;
        }
        int pid = NULL;
        if (nr != 0) {
            pid = pids.findVpid(pids.activeNs(task), nr);
            if (pid == NULL) {
                return -Errno.ESRCH;
            }
            pids.getPid(pid);
        }
        files.setOwner(task, file, pid, type);
        return 0;
    }

    private long getOwnEx(int task, int file, long address) {
        int mm = tasks.mm(task);
        boolean failed = memory.putInt(mm, address, fileTable.ownerType(file)) != 0
                || memory.putInt(mm, address + 4, ownerNr(task, file)) != 0;
        return failed ? -Errno.EFAULT : 0;
    }

    private long setSig(int file, long signal) {
        if (signal < 0 || signal > Signal.NSIG) {
            return -Errno.EINVAL;
        }
        fileTable.setSignum(file, (int) signal);
        return 0;
    }

    private long lock(int task, int file, int cmd, long address, boolean ofd) {
        int mm = tasks.mm(task);
        if (memory.copyFromUser(mm, address, flock, 0, FLOCK_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        long result = cmd == Fcntl.F_GETLK
                ? locks.getlk(task, file, flock, ofd)
                : locks.setlk(task, file, flock, ofd, cmd == Fcntl.F_SETLKW);
        if (cmd == Fcntl.F_GETLK && result == 0) {
            return memory.copyToUser(mm, address, flock, 0, FLOCK_SIZE);
        }
        return result;
    }

    private long flock(int task, SyscallArgs args) {
        int operation = args.intAt(1);
        int type = operation & ~LOCK_NB;
        if (type != 1 && type != 2 && type != 8) {
            return -Errno.EINVAL;
        }
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == NULL) {
            return -Errno.EBADF;
        }
        if (type != 8 && !files.hasMode(file, FileModes.FMODE_READ) && !files.hasMode(file, FileModes.FMODE_WRITE)) {
            return -Errno.EBADF;
        }
        return locks.flock(task, file, type, (operation & LOCK_NB) == 0);
    }
}
