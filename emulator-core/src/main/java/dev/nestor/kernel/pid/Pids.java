package dev.nestor.kernel.pid;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/** Pid allocation and lookup: kernel/pid.c. */
public final class Pids {
    /** RESERVED_PIDS: a search that wraps around starts above them. */
    private static final int RESERVED_PIDS = 300;

    private static final int[] NO_WISHES = {};

    private final PidTable pids;
    private final PidNamespaceTable namespaces;
    private final PidNamespaces pidNamespaces;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private IntConsumer reapedHook = task -> {};

    public Pids(
            PidTable pids,
            PidNamespaceTable namespaces,
            PidNamespaces verbs,
            TaskTable tasks,
            SignalStructTable signals) {
        this.pids = pids;
        this.namespaces = namespaces;
        this.pidNamespaces = verbs;
        this.tasks = tasks;
        this.signals = signals;
    }

    /**
     * alloc_pid(): a pid with a number in ns and in each of its ancestors. setTid[0..setTidSize) are the numbers wished
     * for, the innermost first. Errors: EAGAIN when numbers or rows are used up, ENOMEM when init of the namespace has
     * died, EEXIST when a wished number is taken, EINVAL when it can't be one, EPERM when it may not be wished for.
     *
     * @param mayWish checkpoint_restore_ns_capable() of the caller's over a user namespace
     */
    public int allocPid(int ns, int[] setTid, int setTidSize, IntPredicate mayWish) {
        int level = namespaces.level(ns);
        if (setTidSize > level + 1) {
            return -Errno.EINVAL;
        }
        int pid = pids.alloc();
        if (pid == NULL) {
            return -Errno.EAGAIN;
        }
        pids.setNs(pid, ns);
        int at = ns;
        for (int i = level; i >= 0; i--) {
            boolean wished = level - i < setTidSize;
            int nr = wished ? wishedNumber(at, setTid[level - i], mayWish) : nextNumber(at);
            if (nr < 0) {
                undoNumbers(pid, i + 1, level);
                return nr;
            }
            namespaces.idrPut(at, nr, pid);
            namespaces.setPidAllocated(at, namespaces.pidAllocated(at) + 1);
            pids.setNumber(pid, i, nr);
            at = namespaces.parent(at);
        }
        if (namespaces.dying(ns)) {
            undoNumbers(pid, 0, level);
            return -Errno.ENOMEM;
        }
        namespaces.setCount(ns, namespaces.count(ns) + 1);
        pids.setCount(pid, 1);
        return pid;
    }

    /** alloc_pid() by the kernel itself, with the next numbers. */
    public int allocPid(int ns) {
        return allocPid(ns, NO_WISHES, 0, userNs -> false);
    }

    private int nextNumber(int ns) {
        int pidMax = namespaces.pidMax(ns);
        int cursor = namespaces.idrCursor(ns);
        int least = cursor > RESERVED_PIDS ? RESERVED_PIDS : 1;
        int nr = namespaces.idrNextFree(ns, Math.max(cursor, least), pidMax);
        if (nr < 0) {
            nr = namespaces.idrNextFree(ns, least, pidMax);
        }
        if (nr < 0) {
            return -Errno.EAGAIN;
        }
        namespaces.setIdrCursor(ns, nr + 1);
        return nr;
    }

    private int wishedNumber(int ns, int nr, IntPredicate mayWish) {
        if (nr < 1 || nr >= namespaces.pidMax(ns)) {
            return -Errno.EINVAL;
        }
        if (nr != 1 && namespaces.childReaper(ns) == NULL && !namespaces.dying(ns)) {
            return -Errno.EINVAL;
        }
        if (!mayWish.test(namespaces.userNs(ns))) {
            return -Errno.EPERM;
        }
        return namespaces.idrFind(ns, nr) == NULL ? nr : -Errno.EEXIST;
    }

    /** An allocation that failed; when it was the namespace's first, the next one is number 1 again. */
    private void undoNumbers(int pid, int fromLevel, int toLevel) {
        int ns = pids.ns(pid);
        removeNumbers(pid, fromLevel, toLevel);
        if (namespaces.pidAllocated(ns) == 0 && !namespaces.dying(ns)) {
            namespaces.setIdrCursor(ns, 0);
        }
        pids.free(pid);
    }

    /** free_pid() of one that was never attached. */
    public void freePid(int pid) {
        removeNumbers(pid, 0, level(pid));
        pids.setFreed(pid, true);
        putPid(pid);
    }

    private void removeNumbers(int pid, int fromLevel, int toLevel) {
        int at = pids.ns(pid);
        for (int i = toLevel; i >= fromLevel; i--) {
            namespaces.idrRemove(at, pids.number(pid, i));
            namespaces.setPidAllocated(at, namespaces.pidAllocated(at) - 1);
            at = namespaces.parent(at);
        }
    }

    /** For a driver: a task from outside that stands for a thread of the kernel, whose group and session are 0. */
    public void leaveGroupAndSession(int leader) {
        detachGroup(leader);
        signals.setPgrp(tasks.signal(leader), NULL);
        detachSession(leader);
        signals.setSession(tasks.signal(leader), NULL);
    }

    /** For a driver that learns late which number a pid of the root namespace has: it is free. */
    public void renumber(int pid, int nr) {
        assert level(pid) == 0 : "of an inner namespace";
        int ns = pids.ns(pid);
        namespaces.idrRemove(ns, pids.number(pid, 0));
        namespaces.idrPut(ns, nr, pid);
        pids.setNumber(pid, 0, nr);
    }

    public int getPid(int pid) {
        if (pid != NULL) {
            pids.setCount(pid, pids.count(pid) + 1);
        }
        return pid;
    }

    /** put_pid(): gives back a reference, and with the last one the pid's hold on its namespace. */
    public void putPid(int pid) {
        if (pid == NULL) {
            return;
        }
        int count = pids.count(pid) - 1;
        pids.setCount(pid, count);
        if (count == 0) {
            int ns = pids.ns(pid);
            pids.free(pid);
            pidNamespaces.put(ns);
        }
    }

    /**
     * find_vpid(): the pid that ns calls nr, or NULL. The kernel's own takes ns from current; we have no current, so it
     * is passed (there: find_pid_ns). A number means nothing without its namespace.
     */
    public int findVpid(int ns, int nr) {
        return nr > 0 ? namespaces.idrFind(ns, nr) : NULL;
    }

    /** find_task_by_vpid(): as above, but NULL too once the pid's task has been released. */
    public int findTaskByVpid(int ns, int nr) {
        int pid = findVpid(ns, nr);
        return pid == NULL ? NULL : pids.thread(pid);
    }

    /**
     * pid_nr_ns(): the number of pid as seen from ns, or 0 if ns cannot see it. 0 is an answer, not a failure: getppid(2)
     * returns it when the parent lives in an outer namespace.
     */
    public int pidNrNs(int pid, int ns) {
        return pid == NULL || pids.freed(pid) ? 0 : keptNrNs(pid, ns);
    }

    /** pid_nr_ns() of a pid that somebody keeps to tell who it was: it has its numbers even after it has been freed. */
    public int keptNrNs(int pid, int ns) {
        if (pid == NULL) {
            return 0;
        }
        int at = pids.ns(pid);
        int level = namespaces.level(ns);
        if (level > namespaces.level(at)) {
            return 0;
        }
        while (namespaces.level(at) > level) {
            at = namespaces.parent(at);
        }
        return at == ns ? pids.number(pid, level) : 0;
    }

    /** The number at a level between 0 and the pid's own; 0 once it has been freed. */
    public int numberAt(int pid, int level) {
        return pids.freed(pid) ? 0 : pids.number(pid, level);
    }

    /** The level of the namespace that the pid was made in. */
    public int level(int pid) {
        return namespaces.level(pids.ns(pid));
    }

    /** task_active_pid_ns(): the namespace in which a task was born, which it can never leave. */
    public int activeNs(int task) {
        return pids.ns(tasks.threadPid(task));
    }

    /** task_pid_nr_ns(). */
    public int taskNr(int task, int ns) {
        return pidNrNs(tasks.threadPid(task), ns);
    }

    /** task_tgid_nr_ns(); 0 after the task has been released. */
    public int taskTgidNr(int task, int ns) {
        return pidNrNs(tgid(task), ns);
    }

    /** task_tgid(). */
    public int tgid(int task) {
        return signals.tgid(tasks.signal(task));
    }

    public int pgrp(int task) {
        return signals.pgrp(tasks.signal(task));
    }

    public int session(int task) {
        return signals.session(tasks.signal(task));
    }

    /** pidfs_exit(): who is told of a task that is about to be released. */
    public void setReapedHook(IntConsumer hook) {
        reapedHook = hook;
    }

    public void reaped(int task) {
        reapedHook.accept(task);
    }

    /** attach_pid(PIDTYPE_PID). */
    public void attachThread(int pid, int task) {
        tasks.setThreadPid(task, pid);
        pids.setThread(pid, task);
    }

    /** attach_pid(PIDTYPE_TGID) of a leader. */
    public void attachProcess(int pid, int leader) {
        signals.setTgid(tasks.signal(leader), pid);
        pids.setProcess(pid, leader);
    }

    /** attach_pid(PIDTYPE_PGID) of a leader: to the front, so that a group is gone through latest first. */
    public void attachGroup(int pid, int leader) {
        signals.setPgrp(tasks.signal(leader), pid);
        pids.groupMembers().addFirst(pid, leader);
    }

    /** attach_pid(PIDTYPE_SID) of a leader. */
    public void attachSession(int pid, int leader) {
        signals.setSession(tasks.signal(leader), pid);
        pids.sessionMembers().addFirst(pid, leader);
    }

    /** detach_pid(PIDTYPE_PID). The task keeps the handle until it is released itself. */
    public void detachThread(int task) {
        int pid = tasks.threadPid(task);
        pids.setThread(pid, NULL);
        detached(pid);
    }

    public void detachProcess(int leader) {
        int pid = tgid(leader);
        pids.setProcess(pid, NULL);
        detached(pid);
    }

    public void detachGroup(int leader) {
        int pid = pgrp(leader);
        pids.groupMembers().remove(leader);
        detached(pid);
    }

    public void detachSession(int leader) {
        int pid = session(leader);
        pids.sessionMembers().remove(leader);
        detached(pid);
    }

    /** change_pid(PIDTYPE_PGID). */
    public void changeGroup(int leader, int pid) {
        int old = pgrp(leader);
        pids.groupMembers().remove(leader);
        attachGroup(pid, leader);
        detached(old);
    }

    /** change_pid(PIDTYPE_SID). */
    public void changeSession(int leader, int pid) {
        int old = session(leader);
        pids.sessionMembers().remove(leader);
        attachSession(pid, leader);
        detached(old);
    }

    /** exchange_tids() and transfer_pid(): a thread that survives exec gets the leader's number, group and session. */
    public void exchangeTids(int task, int leader) {
        int own = tasks.threadPid(task);
        int pid = tasks.threadPid(leader);
        attachThread(pid, task);
        attachThread(own, leader);
        pids.setProcess(pid, task);
        pids.groupMembers().replace(leader, task);
        pids.sessionMembers().replace(leader, task);
    }

    /** __change_pid() with nothing in its place: free_pid() when it was the last use of the number. */
    private void detached(int pid) {
        boolean attached = pids.thread(pid) != NULL
                || pids.process(pid) != NULL
                || !pids.groupMembers().isEmpty(pid)
                || !pids.sessionMembers().isEmpty(pid);
        if (!attached) {
            freePid(pid);
        }
    }
}
