package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.PidType;
import dev.nestor.kernel.signal.SigInfo;
import dev.nestor.kernel.signal.SignalKill;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Pidfd;
import dev.nestor.uapi.Signal;

/** Sending signals: kill(2), tkill(2), tgkill(2), rt_sigqueueinfo(2), rt_tgsigqueueinfo(2), pidfd_send_signal(2). */
public final class SysKill {
    private static final int SCOPES =
            Pidfd.PIDFD_SIGNAL_THREAD | Pidfd.PIDFD_SIGNAL_THREAD_GROUP | Pidfd.PIDFD_SIGNAL_PROCESS_GROUP;

    private final TaskTable tasks;
    private final PidTable pidTable;
    private final Pids pids;
    private final PidNamespaces pidNamespaces;
    private final SignalKill kill;
    private final UserMemory memory;
    private final PidFdLookup pidfds;
    private final SigInfo info = new SigInfo();
    private final byte[] bytes = new byte[SigInfo.SIZE];

    public SysKill(Kernel kernel, PidFdLookup pidfds) {
        this.tasks = kernel.tasks();
        this.pidTable = kernel.pidTable();
        this.pids = kernel.pids();
        this.pidNamespaces = kernel.pidNamespaces();
        this.kill = kernel.signals().kill();
        this.memory = kernel.userMemory();
        this.pidfds = pidfds;
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_kill, "kill", (task, args) -> kill.kill(task, args.intAt(0), args.intAt(1)))
                .full(Nr.NR_tkill, "tkill", this::tkill)
                .full(Nr.NR_tgkill, "tgkill", this::tgkill)
                .full(Nr.NR_rt_sigqueueinfo, "rt_sigqueueinfo", this::sigqueueinfo)
                .full(Nr.NR_rt_tgsigqueueinfo, "rt_tgsigqueueinfo", this::tgsigqueueinfo)
                .full(Nr.NR_pidfd_send_signal, "pidfd_send_signal", this::pidfdSendSignal);
    }

    private long tkill(int task, SyscallArgs args) {
        int nr = args.intAt(0);
        return nr <= 0 ? -Errno.EINVAL : kill.doTkill(task, 0, nr, args.intAt(1));
    }

    private long tgkill(int task, SyscallArgs args) {
        int tgid = args.intAt(0);
        int nr = args.intAt(1);
        return nr <= 0 || tgid <= 0 ? -Errno.EINVAL : kill.doTkill(task, tgid, nr, args.intAt(2));
    }

    private long sigqueueinfo(int task, SyscallArgs args) {
        int nr = args.intAt(0);
        int sig = args.intAt(1);
        int error = copySiginfoFromUser(task, args.get(2));
        if (error != 0) {
            return error;
        }
        info.setSigno(sig);
        return pretendsOrigin() && ownNr(task) != nr ? -Errno.EPERM : kill.killProcInfo(task, sig, info, nr);
    }

    private long tgsigqueueinfo(int task, SyscallArgs args) {
        int tgid = args.intAt(0);
        int nr = args.intAt(1);
        int sig = args.intAt(2);
        int error = copySiginfoFromUser(task, args.get(3));
        if (error != 0) {
            return error;
        }
        if (nr <= 0 || tgid <= 0) {
            return -Errno.EINVAL;
        }
        info.setSigno(sig);
        return pretendsOrigin() && ownNr(task) != nr ? -Errno.EPERM : kill.doSendSpecific(task, tgid, nr, sig, info);
    }

    /** Says it is from the kernel, or from kill(2) or tkill(2), which tell the truth about their sender. */
    private boolean pretendsOrigin() {
        return info.code() >= 0 || info.code() == Signal.SI_TKILL;
    }

    private int ownNr(int task) {
        return pids.taskNr(task, pids.activeNs(task));
    }

    private int copySiginfoFromUser(int task, long from) {
        if (memory.copyFromUser(tasks.mm(task), from, bytes, 0, SigInfo.SIZE) != 0) {
            return -Errno.EFAULT;
        }
        return info.fromUser(bytes) ? 0 : -Errno.E2BIG;
    }

    private long pidfdSendSignal(int task, SyscallArgs args) {
        int fd = args.intAt(0);
        int flags = args.intAt(3);
        if ((flags & ~SCOPES) != 0 || Integer.bitCount(flags) > 1) {
            return -Errno.EINVAL;
        }
        boolean ofThread = fd == Pidfd.PIDFD_SELF_THREAD;
        int pid;
        if (ofThread) {
            pid = tasks.threadPid(task);
        } else if (fd == Pidfd.PIDFD_SELF_THREAD_GROUP) {
            pid = pids.tgid(task);
        } else {
            pid = pidfds.pidOfProcess(task, fd);
            if (pid < 0) {
                return pid;
            }
            if (!pidNamespaces.isAncestorOrSelf(pids.activeNs(task), pidTable.ns(pid))) {
                return -Errno.EINVAL;
            }
            ofThread = pidfds.isOfThread(task, fd);
        }
        int type = ofThread ? PidType.PIDTYPE_PID : PidType.PIDTYPE_TGID;
        return sendByPidfd(task, pid, scope(flags, type), args.intAt(1), args.get(2));
    }

    private static int scope(int flags, int type) {
        return switch (flags) {
            case Pidfd.PIDFD_SIGNAL_THREAD -> PidType.PIDTYPE_PID;
            case Pidfd.PIDFD_SIGNAL_THREAD_GROUP -> PidType.PIDTYPE_TGID;
            case Pidfd.PIDFD_SIGNAL_PROCESS_GROUP -> PidType.PIDTYPE_PGID;
            default -> type;
        };
    }

    /** do_pidfd_send_signal(). */
    private long sendByPidfd(int task, int pid, int type, int sig, long uinfo) {
        SigInfo sent = info;
        if (uinfo == 0) {
            sent = kill.prepareKillSiginfo(task, sig, type);
        } else {
            int error = copySiginfoFromUser(task, uinfo);
            if (error != 0) {
                return error;
            }
            if (sig != info.signo()) {
                return -Errno.EINVAL;
            }
            if (pretendsOrigin() && (tasks.threadPid(task) != pid || type > PidType.PIDTYPE_TGID)) {
                return -Errno.EPERM;
            }
        }
        return type == PidType.PIDTYPE_PGID
                ? kill.killPgrpInfo(task, sig, sent, pid)
                : kill.killPidInfo(task, sig, sent, pid, type);
    }
}
