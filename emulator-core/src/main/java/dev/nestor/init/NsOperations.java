package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.OwnedNamespaces;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import java.util.function.IntUnaryOperator;

/** The proc_ns_operations of every kind, given to {@link NsTypes}. */
final class NsOperations {
    private final TaskTable tasks;
    private final NsProxyTable proxies;
    private final PidNamespaceTable pidTable;
    private final PidNamespaces pidNamespaces;
    private final Pids pids;
    private final Kernel kernel;
    private final MountNamespaces mounts;

    NsOperations(Kernel kernel, MountNamespaces mounts) {
        this.tasks = kernel.tasks();
        this.proxies = kernel.nsProxyTable();
        this.pidTable = kernel.pidNamespaceTable();
        this.pidNamespaces = kernel.pidNamespaces();
        this.pids = kernel.pids();
        this.kernel = kernel;
        this.mounts = mounts;
    }

    void register(NsTypes types) {
        types.register(NsTypes.MNT, mounts);
        types.register(NsTypes.USER, kernel.userNamespaces());
        types.register(NsTypes.UTS, new Owned(kernel.utsNamespaces(), proxies::utsNs));
        types.register(NsTypes.IPC, new Owned(kernel.ipcNamespaces(), proxies::ipcNs));
        types.register(NsTypes.NET, new Owned(kernel.nets(), proxies::netNs));
        types.register(NsTypes.CGROUP, new Owned(kernel.cgroupNamespaces(), proxies::cgroupNs));
        types.register(NsTypes.TIME, new Owned(kernel.timeNamespaces(), proxies::timeNs));
        types.register(NsTypes.TIME_FOR_CHILDREN, new Owned(kernel.timeNamespaces(), proxies::timeNsForChildren));
        types.register(NsTypes.PID, new Pid(false));
        types.register(NsTypes.PID_FOR_CHILDREN, new Pid(true));
    }

    /** A kind whose namespaces have an owner and no parent. */
    private final class Owned implements NsOps {
        private final OwnedNamespaces namespaces;
        private final IntUnaryOperator member; // of an nsproxy

        Owned(OwnedNamespaces namespaces, IntUnaryOperator member) {
            this.namespaces = namespaces;
            this.member = member;
        }

        @Override
        public int get(int task) {
            int proxy = tasks.nsproxy(task);
            if (proxy == NULL) {
                return NULL;
            }
            int ns = member.applyAsInt(proxy);
            namespaces.hold(ns);
            return ns;
        }

        @Override
        public void hold(int ns) {
            namespaces.hold(ns);
        }

        @Override
        public void put(int ns) {
            namespaces.put(ns);
        }

        @Override
        public int inum(int ns) {
            return namespaces.inum(ns);
        }

        @Override
        public int owner(int ns) {
            return namespaces.owner(ns);
        }

        @Override
        public int parent(int ns) {
            return NULL;
        }
    }

    /** PID namespaces: a task's own, or the one its children will be born in, which is there only once it has an init. */
    private final class Pid implements NsOps {
        private final boolean forChildren;

        Pid(boolean forChildren) {
            this.forChildren = forChildren;
        }

        @Override
        public int get(int task) {
            int ns = forChildren ? ofChildren(task) : ofTask(task);
            return ns == NULL ? NULL : pidNamespaces.get(ns);
        }

        private int ofTask(int task) {
            return tasks.threadPid(task) == NULL ? NULL : pids.activeNs(task);
        }

        private int ofChildren(int task) {
            int proxy = tasks.nsproxy(task);
            if (proxy == NULL) {
                return NULL;
            }
            int ns = proxies.pidNsForChildren(proxy);
            return pidTable.childReaper(ns) == NULL && !pidTable.dying(ns) ? NULL : ns;
        }

        @Override
        public void hold(int ns) {
            pidNamespaces.get(ns);
        }

        @Override
        public void put(int ns) {
            pidNamespaces.put(ns);
        }

        @Override
        public int inum(int ns) {
            return pidTable.inum(ns);
        }

        @Override
        public int owner(int ns) {
            return pidTable.userNs(ns);
        }

        @Override
        public int parent(int ns) {
            return pidTable.parent(ns);
        }
    }
}
