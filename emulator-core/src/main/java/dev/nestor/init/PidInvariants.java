package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Table;

/** Who has which number, seen from where. */
final class PidInvariants {
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final PidTable pidTable;
    private final PidNamespaceTable namespaces;
    private final PidNamespaces namespaceVerbs;
    private final Pids pids;

    PidInvariants(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.pidTable = kernel.pidTable();
        this.namespaces = kernel.pidNamespaceTable();
        this.namespaceVerbs = kernel.pidNamespaces();
        this.pids = kernel.pids();
    }

    void check() {
        Claims.forEach(namespaces, this::checkNesting);
        Claims.forEach(namespaces, this::checkNumbers);
        Claims.forEach(namespaces, this::checkReaper);
        Claims.forEach(pidTable, this::checkPid);
        Claims.checkChain(pidTable.groupMembers(), pidTable, tasks, "process groups");
        Claims.checkChain(pidTable.sessionMembers(), pidTable, tasks, "sessions");
    }

    private void checkNesting(int ns) {
        int parent = namespaces.parent(ns);
        claim(parent == NULL || namespaces.isLive(parent), "its parent is gone", ns);
        int level = parent == NULL ? 0 : namespaces.level(parent) + 1;
        Claims.equal(namespaces.level(ns), level, "level", namespaces, ns);
        claim(level <= PidNamespaces.MAX_PID_NS_LEVEL, "nested too deep", ns);
    }

    /** Every number in use leads to a pid that has it at this level, and there are as many as are counted. */
    private void checkNumbers(int ns) {
        int used = 0;
        for (int nr = namespaceVerbs.nextNumber(ns, 0); nr >= 0; nr = namespaceVerbs.nextNumber(ns, nr + 1)) {
            used++;
            int pid = pids.findVpid(ns, nr);
            claim(pidTable.isLive(pid), "number " + nr + " leads to a pid that is gone", ns);
            claim(pids.pidNrNs(pid, ns) == nr, "number " + nr + " leads to a pid that has another here", ns);
        }
        Claims.equal(namespaces.pidAllocated(ns), used, "pid_allocated", namespaces, ns);
    }

    /** A namespace in which something lives has a process number 1, one of whose threads is its reaper. */
    private void checkReaper(int ns) {
        int reaper = namespaces.childReaper(ns);
        if (reaper == NULL || namespaces.dying(ns)) {
            boolean empty = namespaces.pidAllocated(ns) == 0;
            claim(
                    reaper != NULL || empty || namespaces.dying(ns),
                    "numbers are in use, and there is no child_reaper",
                    ns);
            return;
        }
        claim(tasks.isLive(reaper) && tasks.signal(reaper) != NULL, "child_reaper has been released", ns);
        Claims.equal(pids.activeNs(reaper), ns, "the namespace of child_reaper", namespaces, ns);
        Claims.equal(pids.taskTgidNr(reaper, ns), 1, "the number of child_reaper's process", namespaces, ns);
        claim(signals.unkillable(tasks.signal(reaper)), "child_reaper is not SIGNAL_UNKILLABLE", ns);
    }

    private void checkPid(int pid) {
        int thread = pidTable.thread(pid);
        int process = pidTable.process(pid);
        if (thread != NULL) {
            checkUser(pid, thread, "the thread that it numbers");
            Claims.equal(tasks.threadPid(thread), pid, "thread_pid of its thread", pidTable, pid);
        }
        if (process != NULL) {
            checkUser(pid, process, "the process that it numbers");
            Claims.equal(pids.tgid(process), pid, "tgid of its process", pidTable, pid);
            Claims.equal(tasks.groupLeader(process), process, "the leader of its process", pidTable, pid);
        }
        boolean attached = thread != NULL
                || process != NULL
                || !pidTable.groupMembers().isEmpty(pid)
                || !pidTable.sessionMembers().isEmpty(pid);
        checkLevels(pid, attached);
    }

    private void checkUser(int pid, int task, String what) {
        boolean there = tasks.isLive(task) && tasks.signal(task) != NULL;
        Claims.that(there, what + " has been released", pidTable, pid);
    }

    /** One that is in use has a number at every level from its namespace to the root, and can be found by it; else none. */
    private void checkLevels(int pid, boolean attached) {
        int ns = pidTable.ns(pid);
        Claims.that(namespaces.isLive(ns), "its namespace is gone", pidTable, pid);
        for (int level = namespaces.level(ns); level >= 0; level--) {
            int nr = pids.numberAt(pid, level);
            if (attached) {
                Claims.that(nr > 0, "has no number at level " + level, pidTable, pid);
                String found = "what is found by its number " + nr + " at level " + level;
                Claims.equal(pids.findVpid(ns, nr), pid, found, pidTable, pid);
            } else {
                Claims.equal(nr, 0, "the number at level " + level + " of an unused one", pidTable, pid);
            }
            ns = namespaces.parent(ns);
        }
        Claims.equal(ns, Table.NULL, "what lies above the root", pidTable, pid);
    }

    private void claim(boolean holds, String what, int ns) {
        Claims.that(holds, what, namespaces, ns);
    }
}
