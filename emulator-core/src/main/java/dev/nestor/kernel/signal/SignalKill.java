package dev.nestor.kernel.signal;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;

/** Sending by number: kill(2), tkill(2) and their kind, kill_something_info() and what it is made of. */
public final class SignalKill {
    private final TaskTable tasks;
    private final PidTable pidTable;
    private final Pids pids;
    private final PidNamespaces namespaces;
    private final Signals signals;
    private final KillPermission permission;
    private final Work work;
    private final SigInfo own = new SigInfo();

    public SignalKill(TaskTable tasks, SignalRoom.Ids numbers, Signals signals, KillPermission permission, Work work) {
        this.tasks = tasks;
        this.pidTable = numbers.pidTable();
        this.pids = numbers.pids();
        this.namespaces = numbers.pidNamespaces();
        this.signals = signals;
        this.permission = permission;
        this.work = work;
    }

    /** prepare_kill_siginfo(): what a task says of itself; good until the next call. */
    public SigInfo prepareKillSiginfo(int current, int sig, int type) {
        own.set(sig, type == PidType.PIDTYPE_PID ? Signal.SI_TKILL : Signal.SI_USER);
        own.setPidUid(signals.ids().tgidFor(current, current), signals.ids().uidFor(current, current));
        return own;
    }

    /** kill(2): one process, the caller's group (0), everybody (-1), a group. The target is looked for before all else. */
    @HotPath
    public int kill(int current, int nr, int sig) {
        SigInfo info = prepareKillSiginfo(current, sig, PidType.PIDTYPE_TGID);
        if (nr > 0) {
            return killProcInfo(current, sig, info, nr);
        }
        if (nr == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        }
        if (nr == -1) {
            return killEverybody(current, sig, info);
        }
        int pgrp = nr == 0 ? pids.pgrp(current) : pids.findVpid(pids.activeNs(current), -nr);
        return killPgrpInfo(current, sig, info, pgrp);
    }

    /** kill_proc_info(): the process that the sender's PID namespace gives the number, or that a thread of that number is of. */
    public int killProcInfo(int current, int sig, SigInfo info, int nr) {
        return killPidInfo(current, sig, info, pids.findVpid(pids.activeNs(current), nr), PidType.PIDTYPE_TGID);
    }

    /** kill_pid_info_type(): ESRCH when the pid's task has been released. */
    public int killPidInfo(int sender, int sig, SigInfo info, int pid, int type) {
        work.add(Work.LOOKUP);
        int task = pid == NULL ? NULL : pidTable.thread(pid);
        return task == NULL ? -Errno.ESRCH : groupSendSigInfo(sender, sig, info, task, type);
    }

    /** __kill_pgrp_info(): 0 when one member could be sent it, else why the last could not, ESRCH when there is none. */
    public int killPgrpInfo(int sender, int sig, SigInfo info, int pgrp) {
        int result = -Errno.ESRCH;
        if (pgrp == NULL) {
            return result;
        }
        Chain members = pidTable.groupMembers();
        int at = members.first(pgrp);
        while (at != NULL) {
            int next = members.next(at);
            work.add(Work.LIST_STEP);
            int error = groupSendSigInfo(sender, sig, info, at, PidType.PIDTYPE_PGID);
            if (result != 0) {
                result = error;
            }
            at = next;
        }
        return result;
    }

    /** kill_pgrp(): from a task, or (priv) the kernel. */
    public int killPgrp(int sender, int pgrp, int sig, boolean fromKernel) {
        return killPgrpInfo(sender, sig, fromKernel ? signals.priv() : signals.noinfo(), pgrp);
    }

    /** kill(-1): all that the caller's namespace can see but its init and the caller's own process. EPERM is not told. */
    private int killEverybody(int current, int sig, SigInfo info) {
        int ns = pids.activeNs(current);
        boolean found = false;
        int result = 0;
        for (int nr = namespaces.nextNumber(ns, 2); nr >= 0; nr = namespaces.nextNumber(ns, nr + 1)) {
            work.add(Work.LIST_STEP);
            int leader = pidTable.process(pids.findVpid(ns, nr));
            if (leader == NULL || tasks.signal(leader) == tasks.signal(current)) {
                continue;
            }
            found = true;
            int error = groupSendSigInfo(current, sig, info, leader, PidType.PIDTYPE_MAX);
            if (error != -Errno.EPERM) {
                result = error;
            }
        }
        return found ? result : -Errno.ESRCH;
    }

    /** group_send_sig_info(): asks for permission, and sends unless sig is 0. */
    public int groupSendSigInfo(int sender, int sig, SigInfo info, int task, int type) {
        int error = permission.check(sender, sig, info, task);
        return error != 0 || sig == 0 ? error : signals.doSendSigInfo(sender, sig, info, task, type);
    }

    /** do_tkill(): tkill(2) with tgid 0, tgkill(2). */
    public int doTkill(int current, int tgid, int nr, int sig) {
        return doSendSpecific(current, tgid, nr, sig, prepareKillSiginfo(current, sig, PidType.PIDTYPE_PID));
    }

    /** do_send_specific(): to one thread; ESRCH when it is not one of the process's. */
    public int doSendSpecific(int current, int tgid, int nr, int sig, SigInfo info) {
        int task = pids.findTaskByVpid(pids.activeNs(current), nr);
        if (task == NULL || (tgid > 0 && signals.ids().tgidFor(current, task) != tgid)) {
            return -Errno.ESRCH;
        }
        int error = groupSendSigInfo(current, sig, info, task, PidType.PIDTYPE_PID);
        return error == -Errno.ESRCH ? 0 : error;
    }
}
