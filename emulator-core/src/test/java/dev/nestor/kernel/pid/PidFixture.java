package dev.nestor.kernel.pid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.NsOwners;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;

/** The rooms up to {@code kernel.pid}, with a root namespace, and tasks that are nothing but bearers of numbers. */
final class PidFixture {
    static final int NO_USER_NS = 0;

    final TaskTable tasks = new TaskTable(2000);
    final SignalStructTable signals = new SignalStructTable(2000, tasks);
    final PidTable pidTable;
    final PidNamespaceTable table = new PidNamespaceTable(1000);
    final PidNamespaces namespaces;
    final Pids pids;
    final int root;

    PidFixture(int pidMax) {
        this(pidMax, 10_000);
    }

    PidFixture(int pidMax, int pidLimit) {
        pidTable = new PidTable(pidLimit, tasks);
        namespaces = new PidNamespaces(table, pidTable, new NsInums(1), new NoOwners());
        pids = new Pids(pidTable, table, namespaces, tasks, signals);
        root = namespaces.createRoot(NO_USER_NS, pidMax);
    }

    int alloc(int ns) {
        return pids.allocPid(ns);
    }

    int wish(int ns, int... numbers) {
        return pids.allocPid(ns, numbers, numbers.length, userNs -> true);
    }

    int wishUnprivileged(int ns, int... numbers) {
        return pids.allocPid(ns, numbers, numbers.length, userNs -> false);
    }

    /** The number, in its own namespace, of a pid that could be allocated. */
    int nr(int pid) {
        assertThat(pid).isPositive();
        return pids.pidNrNs(pid, pidTable.ns(pid));
    }

    /** A process with a pid of its own, in its own group and session. */
    int process(int ns) {
        int task = tasks.alloc();
        int signal = signals.alloc();
        tasks.setSignal(task, signal);
        tasks.setGroupLeader(task, task);
        int pid = alloc(ns);
        pids.attachThread(pid, task);
        pids.attachProcess(pid, task);
        pids.attachGroup(pid, task);
        pids.attachSession(pid, task);
        return task;
    }

    /** Owners that count nothing. */
    private static final class NoOwners implements NsOwners {
        @Override
        public void hold(int userNs) {}

        @Override
        public void put(int userNs) {}

        @Override
        public boolean isAncestorOrSelf(int ancestor, int userNs) {
            return true;
        }

        @Override
        public int incUcount(int userNs, int kuid, int type) {
            return 1;
        }

        @Override
        public void decUcount(int ucounts, int type) {}
    }

    int child(int ns) {
        return namespaces.create(ns, NO_USER_NS, 0);
    }
}
