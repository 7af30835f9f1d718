package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.Css;
import dev.nestor.kernel.cgroup.CssSetTable;
import dev.nestor.kernel.cgroup.CssSets;
import dev.nestor.kernel.cgroup.CssTable;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Signal;
import java.util.Arrays;

/** cgroup.procs, cgroup.threads and cgroup.kill: which processes and threads are in a cgroup, and moving them. */
final class CgroupProcs {
    private final CgroupRoom room;
    private final Cgroups cgroups;
    private final CgroupTable table;
    private final CssSetTable cssSets;
    private final CssTable csses;
    private final CredTable creds;
    private final CgroupNamespaces namespaces;
    private final Vfs vfs;
    private final FileTable files;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Pids pids;
    private final Signals sender;

    /** What is done with each task of a cgroup. */
    private interface Each {
        void task(int task, CgroupRequest request, SeqFile out);
    }

    private final Each number = this::number;
    private final Each kill = this::kill;
    private final SeqFile nowhere = new SeqFile();

    CgroupProcs(Vfs vfs, CgroupRoom room, CgroupNamespaces namespaces) {
        this.vfs = vfs;
        this.room = room;
        this.cgroups = room.cgroups();
        this.table = cgroups.table();
        this.cssSets = room.cssSets().table();
        this.csses = cgroups.csses();
        this.creds = vfs.below.credTable();
        this.namespaces = namespaces;
        this.files = vfs.tables.files;
        this.tasks = vfs.below.tasks();
        this.signals = vfs.below.signals();
        this.pids = vfs.below.pids();
        this.sender = vfs.below.sender();
    }

    /** cgroup_procs_start(): processes of a threaded cgroup belong to its domain. */
    int showProcs(CgroupRequest request, SeqFile out) {
        if (cgroups.isThreaded(request.cgroup)) {
            return -Errno.EOPNOTSUPP;
        }
        eachProcess(request, number, out);
        return 0;
    }

    int showThreads(CgroupRequest request, SeqFile out) {
        CssSets sets = room.cssSets();
        for (int cset = sets.nextOf(request.cgroup, NULL); cset != NULL; cset = sets.nextOf(request.cgroup, cset)) {
            for (int task = cssSets.members().first(cset);
                    task != NULL;
                    task = cssSets.members().next(task)) {
                number.task(task, request, out);
            }
        }
        return 0;
    }

    private void number(int task, CgroupRequest request, SeqFile out) {
        out.unsigned(pids.taskNr(task, pids.activeNs(request.task))).put('\n');
    }

    /** css_task_iter with PROCS and THREADED: the processes of a domain, with those that its threaded cgroups have. */
    private void eachProcess(CgroupRequest request, Each each, SeqFile out) {
        int domain = request.cgroup;
        for (int at = domain; at != NULL; at = cgroups.next(at, domain)) {
            if (at == domain || table.domCgrp(at) == domain) {
                eachLeader(at, request, each, out);
            }
        }
    }

    private void eachLeader(int cgroup, CgroupRequest request, Each each, SeqFile out) {
        Chain links = cssSets.links();
        for (int cset = links.first(cgroup); cset != NULL; cset = links.next(cset)) {
            for (int task = cssSets.members().first(cset);
                    task != NULL;
                    task = cssSets.members().next(task)) {
                if (tasks.groupLeader(task) == task) {
                    each.task(task, request, out);
                }
            }
            for (int task = cssSets.dying().first(cset);
                    task != NULL;
                    task = cssSets.dying().next(task)) {
                boolean lives = tasks.groupLeader(task) == task && signals.live(tasks.signal(task)) != 0;
                if (lives) {
                    each.task(task, request, out);
                }
            }
        }
    }

    /** cgroup_kill_write(): SIGKILL for all processes in the cgroup and below. */
    int storeKill(CgroupRequest request, CgroupText text) {
        int error = text.strip().kstrtoint();
        if (error != 0) {
            return error;
        }
        if (text.value != 1) {
            return -Errno.ERANGE;
        }
        if (cgroups.isThreaded(request.cgroup)) {
            return -Errno.EOPNOTSUPP;
        }
        int top = request.cgroup;
        for (int at = top; at != NULL; at = cgroups.next(at, top)) {
            eachLeader(at, request, kill, nowhere);
        }
        return 0;
    }

    private void kill(int task, CgroupRequest request, SeqFile out) {
        if (!tasks.hasFlag(task, TaskTable.PF_KTHREAD)) {
            sender.sendSig(request.task, Signal.SIGKILL, task, false);
        }
    }

    int storeProcs(CgroupRequest request, CgroupText text) {
        return move(request, text, true);
    }

    int storeThreads(CgroupRequest request, CgroupText text) {
        return move(request, text, false);
    }

    /** cgroup_procs_write_start(): the task whose number was written, or a negative errno. */
    private int target(CgroupRequest request, CgroupText text, boolean threadgroup) {
        int error = text.strip().kstrtoint();
        if (error != 0 || text.value < 0) {
            return -Errno.EINVAL;
        }
        int task = text.value == 0 ? request.task : pids.findTaskByVpid(pids.activeNs(request.task), (int) text.value);
        if (task == NULL) {
            return -Errno.ESRCH;
        }
        if (threadgroup) {
            task = tasks.groupLeader(task);
        }
        return tasks.hasFlag(task, TaskTable.PF_KTHREAD) ? -Errno.EINVAL : task;
    }

    /** __cgroup_procs_write(). Rights are those of who opened the file. */
    private int move(CgroupRequest request, CgroupText text, boolean threadgroup) {
        int task = target(request, text, threadgroup);
        if (task < 0) {
            return task;
        }
        int from = room.cssSets().cgroupOf(task);
        int own = tasks.cred(request.task);
        tasks.setCred(request.task, files.cred(request.file));
        int error = mayAttach(request.task, from, request.cgroup, threadgroup, boundary);
        tasks.setCred(request.task, own);
        return error != 0 ? error : room.cssSets().attachTask(request.cgroup, task, threadgroup);
    }

    /** cgroup.procs of the first version: the processes of all tasks in it, sorted. */
    int showLegacyProcs(CgroupRequest request, SeqFile out) {
        return showSorted(request, out, true);
    }

    /** tasks. */
    int showLegacyTasks(CgroupRequest request, SeqFile out) {
        return showSorted(request, out, false);
    }

    private int[] numbers = new int[64]; // while a list is made

    /** pidlist_array_load(). */
    private int showSorted(CgroupRequest request, SeqFile out, boolean threadgroup) {
        int ns = pids.activeNs(request.task);
        int count = 0;
        CssSets sets = room.cssSets();
        for (int cset = sets.nextOf(request.cgroup, NULL); cset != NULL; cset = sets.nextOf(request.cgroup, cset)) {
            for (int task = cssSets.members().first(cset);
                    task != NULL;
                    task = cssSets.members().next(task)) {
                int nr = pids.taskNr(threadgroup ? tasks.groupLeader(task) : task, ns);
                if (nr != 0) {
                    numbers = count < numbers.length ? numbers : Arrays.copyOf(numbers, 2 * count);
                    numbers[count++] = nr;
                }
            }
        }
        Arrays.sort(numbers, 0, count);
        for (int i = 0; i < count; i++) {
            if (i == 0 || numbers[i] != numbers[i - 1]) {
                out.unsigned(numbers[i]).put('\n');
            }
        }
        return 0;
    }

    int storeLegacyProcs(CgroupRequest request, CgroupText text) {
        return moveLegacy(request, text, true);
    }

    int storeLegacyTasks(CgroupRequest request, CgroupText text) {
        return moveLegacy(request, text, false);
    }

    /** __cgroup1_procs_write(): who opened the file must be root, or the user of the one that is moved. */
    private int moveLegacy(CgroupRequest request, CgroupText text, boolean threadgroup) {
        int task = target(request, text, threadgroup);
        if (task < 0) {
            return task;
        }
        int opener = files.cred(request.file);
        int subject = tasks.cred(task);
        int euid = creds.euid(opener);
        if (euid != 0 && euid != creds.uid(subject) && euid != creds.suid(subject)) {
            return -Errno.EACCES;
        }
        int cpuset = cgroups.css(request.cgroup, CgroupSubsys.CPUSET);
        boolean isEmpty = cpuset != NULL
                && (csses.values(cpuset, Css.CPUSET_CPUS) == 0 || csses.values(cpuset, Css.CPUSET_MEMS) == 0);
        return isEmpty ? -Errno.ENOSPC : room.cssSets().attachTask(request.cgroup, task, threadgroup);
    }

    private int boundary; // cgroup_namespace that must see both ends of a move; NULL for none

    /** For the next write: the namespace of who opened the file, where namespaces are boundaries. */
    void setBoundary(int ns) {
        boundary = ns;
    }

    /** cgroup_may_write(): whether the task could write a cgroup's cgroup.procs. */
    int mayWrite(int task, int cgroup) {
        int inode = vfs.tables.dentries.inode(table.procsFile(cgroup));
        return vfs.permissions.check(task, NULL, inode, Permissions.MAY_WRITE);
    }

    /**
     * cgroup_attach_permissions(): whether a task may move one from here to there: EACCES over the common ancestor, ENOENT
     * across a namespace's root, EOPNOTSUPP, EBUSY.
     *
     * @param ns a cgroup_namespace that is a boundary, or NULL
     */
    int mayAttach(int task, int from, int to, boolean threadgroup, int ns) {
        int common = from;
        while (!cgroups.isDescendant(to, common)) {
            common = table.parent(common);
        }
        int error = cgroups.isLive(common) ? mayWrite(task, common) : 0;
        if (error != 0) {
            return error;
        }
        if (ns != NULL) {
            int root = namespaces.rootOf(ns, 0);
            if (!cgroups.isDescendant(from, root) || !cgroups.isDescendant(to, root)) {
                return -Errno.ENOENT;
            }
        }
        error = room.control().vetDestination(to);
        if (error != 0) {
            return error;
        }
        return !threadgroup && table.domCgrp(from) != table.domCgrp(to) ? -Errno.EOPNOTSUPP : 0;
    }
}
