package dev.nestor.kernel.fork;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTables;
import dev.nestor.fs.FsStructs;
import dev.nestor.ipc.TaskIpc;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.futex.RobustLists;
import dev.nestor.kernel.nsproxy.NsProxies;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Sched;
import java.util.function.IntPredicate;

/** Making a task from another: kernel_clone() and copy_process() of kernel/fork.c. */
public final class Fork {
    /** Task flags that a child starts without. */
    private static final int PF_NOT_INHERITED =
            TaskTable.PF_EXITING | TaskTable.PF_SUPERPRIV | TaskTable.PF_SIGNALED | TaskTable.PF_KTHREAD;

    private static final int NO_PIDFD = Integer.MAX_VALUE;

    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final NsProxyTable nsProxies;
    private final PidNamespaceTable pidNamespaces;
    private final Verbs verbs;
    private final Memory memory;
    private final Work work;
    private final IntPredicate mayWish = this::mayWish;
    private int wisher; // task that asks for numbers

    /** The tables that this room reads and writes. */
    public record Tables(
            TaskTable tasks,
            SignalStructTable signalStructs,
            NsProxyTable nsProxies,
            PidNamespaceTable pidNamespaces) {}

    /** The verbs of the rooms above. */
    public record Verbs(
            Creds creds,
            Capabilities capabilities,
            Pids pids,
            NsProxies nsProxies,
            SignalRoom signals,
            SchedTasks sched,
            Wakeups wakeups,
            WaitQueues waitQueues,
            FileTables files,
            FsStructs fsStructs,
            AddressSpaces addressSpaces,
            Timekeeping time,
            CgroupRoom cgroups,
            CgroupNamespaces cgroupNamespaces,
            TaskIpc ipc,
            RobustLists robustLists) {}

    /** Writing to a task's memory, and the descriptor of a new process. */
    public interface Memory {
        /** put_user() of an int: false where nothing can be written. */
        boolean putInt(int mm, long address, int value);

        /** pidfd_prepare(): a descriptor of the task's that stands for the pid, or a negative errno. */
        int openPidfd(int task, int pid, boolean thread);

        /** Takes the descriptor back. */
        void closePidfd(int task, int fd);

        /**
         * The cgroup whose directory a descriptor stands for, if the task may put a child of its own there, or a negative
         * errno.
         */
        int cgroupOf(int task, int fd, boolean thread);
    }

    public Fork(Tables tables, Verbs verbs, Memory memory, Work work) {
        this.tasks = tables.tasks();
        this.signalStructs = tables.signalStructs();
        this.nsProxies = tables.nsProxies();
        this.pidNamespaces = tables.pidNamespaces();
        this.verbs = verbs;
        this.memory = memory;
        this.work = work;
    }

    /**
     * kernel_clone(): a child of the task, which is runnable when this returns. A task, or a negative errno; with
     * CLONE_VFORK the caller has to wait until {@link #isVforkDone}.
     */
    public int kernelClone(int parent, CloneArgs args) {
        int child = copyProcess(parent, args);
        if (child < 0) {
            return child;
        }
        if ((args.flags & Sched.CLONE_PARENT_SETTID) != 0) {
            memory.putInt(tasks.mm(parent), args.parentTid, verbs.pids.taskNr(child, verbs.pids.activeNs(parent)));
        }
        if ((args.flags & Sched.CLONE_VFORK) != 0) {
            tasks.setVforkParent(child, parent);
        }
        if ((args.flags & Sched.CLONE_CHILD_SETTID) != 0) {
            memory.putInt(tasks.mm(child), args.childTid, verbs.pids.taskNr(child, verbs.pids.activeNs(child)));
        }
        verbs.wakeups.wakeUpNewTask(child);
        return child;
    }

    /** wait_for_vfork_done(): while a task waits for its child it counts as frozen. */
    public void beginVforkWait(int parent) {
        verbs.cgroups.freezer().enterFrozen(parent);
    }

    public void endVforkWait(int parent) {
        verbs.cgroups.freezer().leaveFrozen(parent, false);
    }

    /** Whether a child that its parent waits for since a vfork has given up the parent's memory. */
    public boolean isVforkDone(int parent, int child) {
        return !tasks.isLive(child) || tasks.vforkParent(child) != parent;
    }

    /** A parent that was killed while it waited. */
    public void abandonVfork(int parent, int child) {
        if (!isVforkDone(parent, child)) {
            tasks.setVforkParent(child, NULL);
        }
    }

    /** complete_vfork_done(): the task no longer uses its parent's memory. */
    public void completeVfork(int child) {
        int parent = tasks.vforkParent(child);
        if (parent != NULL) {
            tasks.setVforkParent(child, NULL);
            verbs.wakeups.tryToWakeUp(parent, TaskTable.TASK_KILLABLE);
        }
    }

    /**
     * exit_mm() and the part of exec that does the same: locks that the task holds are said to be dead, the word that
     * CLONE_CHILD_CLEARTID asked for is zeroed, a parent that waits since a vfork goes on, and the address space is given back.
     */
    public void releaseMm(int task) {
        int mm = tasks.mm(task);
        if (mm == NULL) {
            return;
        }
        verbs.robustLists.mmRelease(task);
        tasks.setRseq(task, 0);
        tasks.setMm(task, NULL);
        completeVfork(task);
        verbs.addressSpaces.mmput(mm);
    }

    /** The flags that exclude each other, in the order in which copy_process() looks. */
    private int checkFlags(int parent, long flags) {
        if ((flags & Sched.CLONE_FS) != 0 && (flags & (Sched.CLONE_NEWNS | Sched.CLONE_NEWUSER)) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & Sched.CLONE_THREAD) != 0 && (flags & Sched.CLONE_SIGHAND) == 0) {
            return -Errno.EINVAL;
        }
        if ((flags & Sched.CLONE_SIGHAND) != 0 && (flags & Sched.CLONE_VM) == 0) {
            return -Errno.EINVAL;
        }
        if ((flags & Sched.CLONE_PARENT) != 0 && signalStructs.unkillable(tasks.signal(parent))) {
            return -Errno.EINVAL;
        }
        if ((flags & Sched.CLONE_THREAD) != 0
                && ((flags & (Sched.CLONE_NEWUSER | Sched.CLONE_NEWPID)) != 0
                        || verbs.pids.activeNs(parent) != nsProxies.pidNsForChildren(tasks.nsproxy(parent)))) {
            return -Errno.EINVAL;
        }
        if ((flags & Sched.CLONE_PIDFD) != 0 && (flags & Sched.CLONE_DETACHED) != 0) {
            return -Errno.EINVAL;
        }
        return verbs.signals.taskSignals().forkIsInterrupted(parent) ? -Errno.ERESTARTNOINTR : 0;
    }

    private int copyProcess(int parent, CloneArgs args) {
        int invalid = checkFlags(parent, args.flags);
        if (invalid < 0) {
            return invalid;
        }
        int child = dupTaskStruct(parent);
        if (child == NULL) {
            return -Errno.EAGAIN;
        }
        int failed = copyCreds(parent, child, args.flags);
        if (failed == 0) {
            verbs.creds.countTask(child);
            failed = copyParts(parent, child, args);
            if (failed < 0) {
                verbs.creds.uncountTask(child);
            }
        }
        if (failed < 0) {
            undo(child);
            return failed;
        }
        work.add(Work.TASK_ALLOC);
        return child;
    }

    /** dup_task_struct(), and the columns that copy_process() sets anew. */
    private int dupTaskStruct(int parent) {
        int child = tasks.alloc();
        if (child == NULL) {
            return NULL;
        }
        tasks.setUsage(child, 2);
        tasks.setState(child, TaskTable.TASK_NEW);
        tasks.setFlags(child, (tasks.flags(parent) & ~PF_NOT_INHERITED) | TaskTable.PF_FORKNOEXEC);
        tasks.setPtrace(child, tasks.ptrace(parent));
        tasks.copyComm(parent, child);
        tasks.setNoNewPrivs(child, tasks.noNewPrivs(parent));
        tasks.setTimerSlackNs(child, tasks.timerSlackNs(parent));
        tasks.setPersonality(child, tasks.personality(parent));
        int permissions = TaskTable.XTILE_PERM | TaskTable.XTILE_GUEST_PERM; // the process's, which its leader has
        tasks.setThreadFlags(
                child,
                (tasks.threadFlags(parent) & ~permissions)
                        | (tasks.threadFlags(tasks.groupLeader(parent)) & permissions));
        tasks.setFsBase(child, tasks.fsBase(parent));
        tasks.setGsBase(child, tasks.gsBase(parent));
        tasks.setStartTime(child, verbs.time.boottimeNs());
        tasks.setSyscallNr(child, -1);
        return child;
    }

    private int copyParts(int parent, int child, CloneArgs args) {
        long flags = args.flags;
        int failed = checkNproc(parent, child);
        if (failed < 0) {
            return failed;
        }
        if (!verbs.sched.fork(parent, child)) {
            return -Errno.EAGAIN;
        }
        if (!verbs.ipc.copySemundo(flags, parent, child)
                || !copyFiles(parent, child, flags)
                || !copyFs(parent, child, flags)) {
            return -Errno.ENOMEM;
        }
        tasks.setSighand(child, verbs.signals.sighands().copySighand(parent, flags));
        if (tasks.sighand(child) == NULL || !copySignal(parent, child, flags)) {
            return -Errno.ENOMEM;
        }
        verbs.signals.taskSignals().copy(parent, child, flags);
        if (!copyMm(parent, child, flags)) {
            return -Errno.ENOMEM;
        }
        failed = verbs.nsProxies.copyNamespaces(flags, parent, child);
        if (failed >= 0) {
            failed = copyThread(child, args);
        }
        return failed < 0 ? failed : attach(parent, child, args);
    }

    /** copy_thread(): a TLS block must lie in user memory. */
    private int copyThread(int child, CloneArgs args) {
        if ((args.flags & Sched.CLONE_SETTLS) != 0) {
            if (Long.compareUnsigned(args.tls, AddressSpaces.TASK_SIZE_MAX) >= 0) {
                return -Errno.EPERM;
            }
            tasks.setFsBase(child, args.tls);
        }
        return 0;
    }

    /** A user may not have more tasks than RLIMIT_NPROC, but for one who may have any number. */
    private int checkNproc(int parent, int child) {
        if (verbs.creds.hasTooManyTasks(tasks.cred(child), parent)
                && !verbs.capabilities.capable(parent, Capability.CAP_SYS_RESOURCE)
                && !verbs.capabilities.capable(parent, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EAGAIN;
        }
        tasks.setFlags(parent, tasks.flags(parent) & ~TaskTable.PF_NPROC_EXCEEDED);
        return 0;
    }

    /** copy_creds(): threads share; others get a copy, in a user namespace of its own if asked for. */
    private int copyCreds(int parent, int child, long flags) {
        if ((flags & Sched.CLONE_NEWUSER) == 0) {
            int shared = verbs.creds.copyCreds(parent, (flags & Sched.CLONE_THREAD) != 0);
            tasks.setCred(child, shared);
            return shared == NULL ? -Errno.ENOMEM : 0;
        }
        boolean chrooted = verbs.fsStructs.isChrooted(parent, nsProxies.mntNs(tasks.nsproxy(parent)));
        int cred = verbs.creds.prepare(parent);
        if (cred == NULL) {
            return -Errno.ENOMEM;
        }
        verbs.creds.dropKeyrings(cred, true);
        tasks.setCred(child, cred);
        return verbs.creds.createUserNs(parent, cred, chrooted);
    }

    private boolean copyFiles(int parent, int child, long flags) {
        int files = tasks.files(parent);
        int own = (flags & Sched.CLONE_FILES) != 0 ? verbs.files.shareFiles(files) : verbs.files.copyFiles(files);
        tasks.setFiles(child, own);
        return own != NULL;
    }

    private boolean copyFs(int parent, int child, long flags) {
        int fs = tasks.fs(parent);
        int own = (flags & Sched.CLONE_FS) != 0 ? verbs.fsStructs.share(fs) : verbs.fsStructs.copy(fs);
        tasks.setFs(child, own);
        return own != NULL;
    }

    /** copy_signal(): a new process inherits the limits and little else. */
    private boolean copySignal(int parent, int child, long flags) {
        int old = tasks.signal(parent);
        if ((flags & Sched.CLONE_THREAD) != 0) {
            tasks.setSignal(child, old);
            return true;
        }
        int signal = signalStructs.alloc();
        if (signal == NULL) {
            return false;
        }
        tasks.setSignal(child, signal);
        int queue = verbs.waitQueues.alloc();
        if (queue == NULL) {
            return false;
        }
        signalStructs.setWaitChldexit(signal, queue);
        signalStructs.setLeader(signal, child);
        verbs.sched.autogroups().fork(old, signal);
        for (int i = 0; i < Resource.RLIM_NLIMITS; i++) {
            signalStructs.setRlimCur(signal, i, signalStructs.rlimCur(old, i));
            signalStructs.setRlimMax(signal, i, signalStructs.rlimMax(old, i));
        }
        signalStructs.setOomScoreAdj(signal, signalStructs.oomScoreAdj(old));
        signalStructs.setOomScoreAdjMin(signal, signalStructs.oomScoreAdjMin(old));
        signalStructs.setHasChildSubreaper(
                signal, signalStructs.hasChildSubreaper(old) || signalStructs.isChildSubreaper(old));
        work.add(Work.SIGNAL_DUP);
        return true;
    }

    private boolean copyMm(int parent, int child, long flags) {
        int mm = tasks.mm(parent);
        if (mm == NULL) {
            return true;
        }
        if ((flags & Sched.CLONE_VM) != 0) {
            verbs.addressSpaces.get(mm);
            tasks.setMm(child, mm);
        } else {
            tasks.setMm(child, verbs.addressSpaces.dupMm(mm));
        }
        return tasks.mm(child) != NULL;
    }

    /** The last part of copy_process(): numbers, relations, and the point from which the child is there. */
    private int attach(int parent, int child, CloneArgs args) {
        int ns = nsProxies.pidNsForChildren(tasks.nsproxy(child));
        wisher = parent;
        int pid = verbs.pids.allocPid(ns, args.setTid, args.setTidSize, mayWish);
        if (pid < 0) {
            return pid;
        }
        int pidfd = givePidfd(parent, pid, args);
        int failed = pidfd < 0 ? pidfd : canFork(parent, child, args);
        if (failed < 0) {
            if (pidfd >= 0 && pidfd != NO_PIDFD) {
                memory.closePidfd(parent, pidfd);
            }
            verbs.pids.freePid(pid);
            return failed;
        }
        tasks.setClearChildTid(child, (args.flags & Sched.CLONE_CHILD_CLEARTID) != 0 ? args.childTid : 0);
        boolean thread = (args.flags & Sched.CLONE_THREAD) != 0;
        setParents(parent, child, args);
        int signal = tasks.signal(child);
        verbs.pids.attachThread(pid, child);
        signalStructs.threads().addLast(signal, child);
        signalStructs.setNrThreads(signal, signalStructs.nrThreads(signal) + 1);
        signalStructs.setLive(signal, signalStructs.live(signal) + 1);
        if (!thread) {
            attachProcess(parent, child, pid, ns);
        }
        verbs.cgroups.cssSets().postFork(child);
        if ((args.flags & Sched.CLONE_NEWCGROUP) != 0) {
            verbs.cgroupNamespaces.moveRoot(nsProxies.cgroupNs(tasks.nsproxy(child)), tasks.cgroups(child));
        }
        return 0;
    }

    /** cgroup_can_fork(). */
    private int canFork(int parent, int child, CloneArgs args) {
        int into = NULL;
        if ((args.flags & Sched.CLONE_INTO_CGROUP) != 0) {
            into = memory.cgroupOf(parent, args.cgroup, (args.flags & Sched.CLONE_THREAD) != 0);
            if (into < 0) {
                return into;
            }
        }
        return verbs.cgroups.cssSets().canFork(parent, child, into);
    }

    /** checkpoint_restore_ns_capable(). */
    private boolean mayWish(int userNs) {
        return verbs.capabilities.nsCapable(wisher, userNs, Capability.CAP_CHECKPOINT_RESTORE)
                || verbs.capabilities.nsCapable(wisher, userNs, Capability.CAP_SYS_ADMIN);
    }

    private void attachProcess(int parent, int child, int pid, int ns) {
        int signal = tasks.signal(child);
        if (verbs.pids.numberAt(pid, pidNamespaces.level(ns)) == 1) {
            pidNamespaces.setChildReaper(ns, child);
            signalStructs.setUnkillable(signal, true);
        }
        tasks.children().addLast(tasks.realParent(child), child);
        verbs.pids.attachProcess(pid, child);
        verbs.pids.attachGroup(verbs.pids.pgrp(parent), child);
        verbs.pids.attachSession(verbs.pids.session(parent), child);
    }

    private void setParents(int parent, int child, CloneArgs args) {
        boolean thread = (args.flags & Sched.CLONE_THREAD) != 0;
        boolean sibling = (args.flags & (Sched.CLONE_PARENT | Sched.CLONE_THREAD)) != 0;
        int realParent = sibling ? tasks.realParent(parent) : parent;
        tasks.setRealParent(child, realParent);
        tasks.setParent(child, realParent);
        tasks.setGroupLeader(child, thread ? tasks.groupLeader(parent) : child);
        if (thread) {
            tasks.setExitSignal(child, -1);
        } else if ((args.flags & Sched.CLONE_PARENT) != 0) {
            tasks.setExitSignal(child, tasks.exitSignal(tasks.groupLeader(parent)));
        } else {
            tasks.setExitSignal(child, args.exitSignal);
        }
    }

    /** The descriptor, NO_PIDFD when none was asked for, or a negative errno. */
    private int givePidfd(int parent, int pid, CloneArgs args) {
        if ((args.flags & Sched.CLONE_PIDFD) == 0) {
            return NO_PIDFD;
        }
        int fd = memory.openPidfd(parent, pid, (args.flags & Sched.CLONE_THREAD) != 0);
        if (fd < 0) {
            return fd;
        }
        if (!memory.putInt(tasks.mm(parent), args.pidfd, fd)) {
            memory.closePidfd(parent, fd);
            return -Errno.EFAULT;
        }
        return fd;
    }

    /** Gives back whatever a child that did not come to be has got so far. */
    private void undo(int child) {
        if (tasks.nsproxy(child) != NULL) {
            verbs.nsProxies.switchTaskNamespaces(child, NULL);
        }
        if (tasks.mm(child) != NULL) {
            verbs.addressSpaces.mmput(tasks.mm(child));
        }
        int signal = tasks.signal(child);
        if (signal != NULL && signalStructs.nrThreads(signal) == 0) {
            if (signalStructs.waitChldexit(signal) != NULL) {
                verbs.waitQueues.free(signalStructs.waitChldexit(signal));
            }
            verbs.sched.autogroups().exit(signal);
            signalStructs.free(signal);
        }
        if (tasks.sighand(child) != NULL) {
            verbs.signals.sighands().putSighand(tasks.sighand(child));
        }
        if (tasks.fs(child) != NULL) {
            verbs.fsStructs.put(tasks.fs(child));
        }
        if (tasks.files(child) != NULL) {
            verbs.files.putFiles(tasks.files(child));
        }
        verbs.ipc.exitSem(child);
        if (tasks.se(child) != NULL) {
            verbs.sched.release(child);
        }
        if (tasks.cred(child) != NULL) {
            verbs.creds.put(tasks.cred(child));
        }
        tasks.free(child);
    }
}
