package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.Autogroups;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/** Numbers of threads, processes, groups and sessions: getpid(2), setpgid(2), setsid(2), set_tid_address(2). */
public final class SysIds {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final PidTable pidTable;
    private final Pids pids;
    private final Autogroups autogroups;

    public SysIds(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.pidTable = kernel.pidTable();
        this.pids = kernel.pids();
        this.autogroups = kernel.scheduler().tasks().autogroups();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_getpid, "getpid", this::getpid)
                .full(Nr.NR_gettid, "gettid", this::gettid)
                .full(Nr.NR_getppid, "getppid", this::getppid)
                .full(Nr.NR_getpgid, "getpgid", this::getpgid)
                .full(Nr.NR_getpgrp, "getpgrp", this::getpgrp)
                .full(Nr.NR_setpgid, "setpgid", this::setpgid)
                .full(Nr.NR_getsid, "getsid", this::getsid)
                .full(Nr.NR_setsid, "setsid", this::setsid)
                .full(Nr.NR_set_tid_address, "set_tid_address", this::setTidAddress);
    }

    private long getpid(int task, SyscallArgs args) {
        return pids.taskTgidNr(task, pids.activeNs(task));
    }

    private long gettid(int task, SyscallArgs args) {
        return pids.taskNr(task, pids.activeNs(task));
    }

    private long getppid(int task, SyscallArgs args) {
        int parent = tasks.realParent(task);
        return parent == NULL ? 0 : pids.taskTgidNr(parent, pids.activeNs(task));
    }

    private long getpgrp(int task, SyscallArgs args) {
        return pids.pidNrNs(pids.pgrp(task), pids.activeNs(task));
    }

    private long getpgid(int task, SyscallArgs args) {
        int target = find(task, args.intAt(0));
        return target == NULL ? -Errno.ESRCH : pids.pidNrNs(pids.pgrp(target), pids.activeNs(task));
    }

    private long getsid(int task, SyscallArgs args) {
        int target = find(task, args.intAt(0));
        return target == NULL ? -Errno.ESRCH : pids.pidNrNs(pids.session(target), pids.activeNs(task));
    }

    private int find(int task, int nr) {
        return nr == 0 ? task : pids.findTaskByVpid(pids.activeNs(task), nr);
    }

    private long setpgid(int task, SyscallArgs args) {
        int ns = pids.activeNs(task);
        int leader = tasks.groupLeader(task);
        int nr = args.intAt(0) == 0 ? pids.taskNr(leader, ns) : args.intAt(0);
        int pgid = args.intAt(1) == 0 ? nr : args.intAt(1);
        if (pgid < 0) {
            return -Errno.EINVAL;
        }
        int target = pids.findTaskByVpid(ns, nr);
        int denied = checkSetpgid(task, target);
        if (denied < 0) {
            return denied;
        }
        int pgrp = tasks.threadPid(target);
        if (pgid != nr) {
            pgrp = pids.findVpid(ns, pgid);
            int member = pgrp == NULL ? NULL : pidTable.groupMembers().first(pgrp);
            if (member == NULL || pids.session(member) != pids.session(leader)) {
                return -Errno.EPERM;
            }
        }
        if (pids.pgrp(target) != pgrp) {
            pids.changeGroup(target, pgrp);
        }
        return 0;
    }

    /** Whose group may be set: the caller's own, or that of a child in the same session that has not done execve. */
    private int checkSetpgid(int task, int target) {
        if (target == NULL) {
            return -Errno.ESRCH;
        }
        int leader = tasks.groupLeader(task);
        if (tasks.groupLeader(target) != target) {
            return -Errno.EINVAL;
        }
        int parent = tasks.realParent(target);
        if (parent != NULL && tasks.signal(parent) == tasks.signal(task)) {
            if (pids.session(target) != pids.session(leader)) {
                return -Errno.EPERM;
            }
            if (!tasks.hasFlag(target, TaskTable.PF_FORKNOEXEC)) {
                return -Errno.EACCES;
            }
        } else if (target != leader) {
            return -Errno.ESRCH;
        }
        return signals.sessionLeader(tasks.signal(target)) ? -Errno.EPERM : 0;
    }

    private long setsid(int task, SyscallArgs args) {
        int leader = tasks.groupLeader(task);
        int signal = tasks.signal(leader);
        int pid = tasks.threadPid(leader);
        if (signals.sessionLeader(signal) || !pidTable.groupMembers().isEmpty(pid)) {
            return -Errno.EPERM;
        }
        signals.setSessionLeader(signal, true);
        pids.changeSession(leader, pid);
        if (pids.pgrp(leader) != pid) {
            pids.changeGroup(leader, pid);
        }
        autogroups.createAttach(signal);
        return pids.pidNrNs(pid, pids.activeNs(task));
    }

    private long setTidAddress(int task, SyscallArgs args) {
        tasks.setClearChildTid(task, args.get(0));
        return gettid(task, args);
    }
}
