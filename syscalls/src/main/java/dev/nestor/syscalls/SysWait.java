package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Files;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.exit.Waits;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Wait;
import org.jspecify.annotations.Nullable;

/** wait4(2) and waitid(2): kernel/exit.c. */
public final class SysWait {
    private static final int RUSAGE_SIZE = 144; // bytes of struct rusage
    private static final int SIGINFO_FIELDS = 28; // bytes of struct siginfo that waitid writes
    private static final int WAIT4_OPTIONS =
            Wait.WNOHANG | Wait.WUNTRACED | Wait.WCONTINUED | Wait.__WNOTHREAD | Wait.__WCLONE | Wait.__WALL;
    private static final int WAITID_OPTIONS = Wait.WNOHANG
            | Wait.WNOWAIT
            | Wait.WEXITED
            | Wait.WSTOPPED
            | Wait.WCONTINUED
            | Wait.__WNOTHREAD
            | Wait.__WCLONE
            | Wait.__WALL;

    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final CredTable creds;
    private final PidTable pidTable;
    private final Pids pids;
    private final Waits waits;
    private final WaitQueues waitQueues;
    private final UserNamespaces userNamespaces;
    private final UserMemory memory;
    private final Timekeeping time;
    private final Files files;
    private final PidFds pidFds;

    public SysWait(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.creds = kernel.credTable();
        this.pidTable = kernel.pidTable();
        this.pids = kernel.pids();
        this.waits = kernel.waits();
        this.waitQueues = kernel.waitQueues();
        this.userNamespaces = kernel.userNamespaces();
        this.memory = kernel.userMemory();
        this.time = kernel.timekeeping();
        this.files = kernel.files();
        this.pidFds = kernel.fileSystems().pidFds();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_wait4, "wait4", this::wait4).full(Nr.NR_waitid, "waitid", this::waitid);
    }

    private long wait4(int task, SyscallArgs args) {
        int upid = args.intAt(0);
        int options = args.intAt(2);
        if ((options & ~WAIT4_OPTIONS) != 0) {
            return -Errno.EINVAL;
        }
        if (upid == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        }
        int ns = pids.activeNs(task);
        int type = Wait.P_ALL;
        int pid = NULL;
        if (upid > 0) {
            type = Wait.P_PID;
            pid = pids.findVpid(ns, upid);
        } else if (upid != -1) {
            type = Wait.P_PGID;
            pid = upid == 0 ? pids.pgrp(task) : pids.findVpid(ns, -upid);
        }
        long found = doWait(task, type, pid, options | Wait.WEXITED);
        if (found <= 0) {
            return found;
        }
        Waits.Report report = waits.report();
        int mm = tasks.mm(task);
        if (args.get(1) != 0 && memory.putInt(mm, args.get(1), report.status()) < 0) {
            return -Errno.EFAULT;
        }
        return args.get(3) != 0 && putRusage(mm, args.get(3), report) < 0 ? -Errno.EFAULT : found;
    }

    private long waitid(int task, SyscallArgs args) {
        int options = args.intAt(3);
        if ((options & ~WAITID_OPTIONS) != 0 || (options & (Wait.WEXITED | Wait.WSTOPPED | Wait.WCONTINUED)) == 0) {
            return -Errno.EINVAL;
        }
        int type = args.intAt(0);
        int pid = waitidTarget(task, type, args.intAt(1));
        if (pid < 0) {
            return pid;
        }
        boolean nonblocking = type == Wait.P_PIDFD && files.isNonblocking(files.fileOf(task, args.intAt(1)));
        int waitType = type == Wait.P_PIDFD ? Wait.P_PID : type;
        long found = doWait(task, waitType, pid, nonblocking ? options | Wait.WNOHANG : options);
        if (found < 0) {
            return found;
        }
        if (found == 0 && nonblocking && (options & Wait.WNOHANG) == 0) {
            return -Errno.EAGAIN;
        }
        Waits.Report report = waits.report();
        int mm = tasks.mm(task);
        if (found > 0 && args.get(4) != 0 && putRusage(mm, args.get(4), report) < 0) {
            return -Errno.EFAULT;
        }
        return args.get(2) == 0 ? 0 : putSiginfo(task, args.get(2), found > 0 ? report : null);
    }

    /** The pid that waitid looks for, NULL for none or for all; or a negative errno. */
    private int waitidTarget(int task, int type, int upid) {
        int ns = pids.activeNs(task);
        return switch (type) {
            case Wait.P_ALL -> NULL;
            case Wait.P_PID -> upid <= 0 ? -Errno.EINVAL : pids.findVpid(ns, upid);
            case Wait.P_PGID -> upid == 0 ? pids.pgrp(task) : upid < 0 ? -Errno.EINVAL : pids.findVpid(ns, upid);
            case Wait.P_PIDFD -> upid < 0 ? -Errno.EINVAL : pidfdTarget(task, upid);
            default -> -Errno.EINVAL;
        };
    }

    private int pidfdTarget(int task, int fd) {
        int file = files.fileOf(task, fd);
        return file == NULL || !pidFds.isPidfd(file) ? -Errno.EBADF : pidFds.pidOf(file);
    }

    /** do_wait(): the number of a child, 0 with WNOHANG and none, a negative errno, or BLOCKED. */
    private long doWait(int task, int type, int pid, int options) {
        if (type != Wait.P_ALL && (pid == NULL || !isUsed(type, pid))) {
            return -Errno.ECHILD;
        }
        int found = waits.scan(task, type, pid, options);
        if (found != Waits.NOTHING || (options & Wait.WNOHANG) != 0) {
            return found;
        }
        if (tasks.sigpending(task)) {
            return -Errno.ERESTARTSYS;
        }
        waitQueues.prepareToWait(signals.waitChldexit(tasks.signal(task)), task, TaskTable.TASK_INTERRUPTIBLE);
        return Syscalls.BLOCKED;
    }

    private boolean isUsed(int type, int pid) {
        return type == Wait.P_PGID
                ? !pidTable.groupMembers().isEmpty(pid)
                : pidTable.process(pid) != NULL || pidTable.thread(pid) != NULL;
    }

    private int putRusage(int mm, long address, Waits.Report report) {
        if (memory.clearUser(mm, address, RUSAGE_SIZE) < 0) {
            return -Errno.EFAULT;
        }
        long userMicros = time.cyclesToNs(report.utime()) / 1000;
        long systemMicros = time.cyclesToNs(report.stime()) / 1000;
        memory.putLong(mm, address, userMicros / 1_000_000);
        memory.putLong(mm, address + 8, userMicros % 1_000_000);
        memory.putLong(mm, address + 16, systemMicros / 1_000_000);
        return memory.putLong(mm, address + 24, systemMicros % 1_000_000);
    }

    /** The fields that waitid fills in, all zero when no child was found. */
    private long putSiginfo(int task, long address, Waits.@Nullable Report report) {
        int mm = tasks.mm(task);
        if (!memory.writable(mm, address, SIGINFO_FIELDS)) {
            return -Errno.EFAULT;
        }
        int uid = report == null ? 0 : userNamespaces.fromKuidMunged(creds.userNs(tasks.cred(task)), report.kuid());
        memory.putInt(mm, address, report == null ? 0 : Signal.SIGCHLD);
        memory.putInt(mm, address + 4, 0);
        memory.putInt(mm, address + 8, report == null ? 0 : report.cause());
        memory.putInt(mm, address + 16, report == null ? 0 : report.nr());
        memory.putInt(mm, address + 20, uid);
        memory.putInt(mm, address + 24, report == null ? 0 : report.detail());
        return 0;
    }
}
