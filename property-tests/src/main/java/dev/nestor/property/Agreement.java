package dev.nestor.property;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.property.model.Kind;
import dev.nestor.property.model.Model;
import dev.nestor.property.model.ModelNs;
import dev.nestor.property.model.ModelPid;
import dev.nestor.property.model.ModelPidNs;
import dev.nestor.property.model.ModelTask;
import dev.nestor.property.model.ModelUserNs;
import dev.nestor.uapi.Capability;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * All that can be seen of the emulator is as the model has it. Namespaces and other shared things have no names in common:
 * they are matched as they are met, and two of the model's that meet one of the emulator's, or the other way round, are a
 * disagreement.
 */
final class Agreement {
    private final Model model;
    private final Kernel kernel;
    private final ToIntFunction<ModelTask> handles;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final NsProxyTable proxies;
    private final PidNamespaceTable pidNamespaces;
    private final CredTable creds;
    private final Pids pids;
    private Matches matches = new Matches();

    /** Pairs of things, one to one. */
    private static final class Matches {
        private final Map<Object, Integer> ofModel = new HashMap<>();
        private final Map<Handle, Object> ofEmulator = new HashMap<>();

        /** A handle means something only within its table. */
        private record Handle(String table, int handle) {}

        void match(String table, @Nullable Object modelled, int handle, String what) {
            if (modelled == null || handle == 0) {
                claim(modelled == null && handle == 0, what + " is there on one side only");
                return;
            }
            Integer before = ofModel.putIfAbsent(modelled, handle);
            Object other = ofEmulator.putIfAbsent(new Handle(table, handle), modelled);
            claim(before == null || before == handle, what + ": shared in the model, not in the emulator");
            claim(other == null || other.equals(modelled), what + ": shared in the emulator, not in the model");
        }

        int handleOf(Object modelled) {
            Integer handle = ofModel.get(modelled);
            if (handle == null) {
                throw new AssertionError("nothing in the emulator has been met that corresponds");
            }
            return handle;
        }
    }

    Agreement(Model model, Kernel kernel, ToIntFunction<ModelTask> handles) {
        this.model = model;
        this.kernel = kernel;
        this.handles = handles;
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
        this.proxies = kernel.nsProxyTable();
        this.pidNamespaces = kernel.pidNamespaceTable();
        this.creds = kernel.credTable();
        this.pids = kernel.pids();
    }

    void check() {
        matches = new Matches();
        claimEqual(tasks.size(), model.tasks().size(), "number of tasks");
        for (ModelTask task : model.tasks()) {
            claim(tasks.isLive(handles.applyAsInt(task)), task + " is gone");
            checkLife(task);
            checkIdentity(task);
            checkSharing(task);
        }
        Set<ModelPidNs> namespaces = model.pidNamespaces();
        namespaces.forEach(this::matchParents);
        namespaces.forEach(this::checkPidNs);
        for (ModelTask task : model.tasks()) {
            namespaces.forEach(ns -> checkVisibility(task, ns));
        }
        checkOwners(namespaces);
        checkNumbersOfNamespaces(namespaces);
    }

    private static void claim(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void claimEqual(long actual, long expected, String what) {
        if (actual != expected) {
            throw new AssertionError(what + " is " + actual + ", not " + expected);
        }
    }

    private void checkLife(ModelTask task) {
        int handle = handles.applyAsInt(task);
        int signal = tasks.signal(handle);
        claimEqual(
                tasks.exitState(handle),
                task.life() == ModelTask.Life.ZOMBIE ? TaskTable.EXIT_ZOMBIE : 0,
                "exit_state of " + task);
        claimEqual(tasks.exitSignal(handle), task.exitSignal(), "exit_signal of " + task);
        ModelTask parent = task.realParent();
        claimEqual(tasks.realParent(handle), parent == null ? 0 : handles.applyAsInt(parent), "parent of " + task);
        claimEqual(tasks.groupLeader(handle), handles.applyAsInt(task.process().leader()), "leader of " + task);
        claimEqual(signals.nrThreads(signal), task.process().threads().size(), "threads of " + task);
        matches.match("pid", task.pid(), tasks.threadPid(handle), "pid of " + task);
        matches.match("pid", task.process().group(), signals.pgrp(signal), "group of " + task);
        matches.match("pid", task.process().session(), signals.session(signal), "session of " + task);
    }

    private void checkIdentity(ModelTask task) {
        int cred = tasks.cred(handles.applyAsInt(task));
        matches.match("user", task.cred().ns(), creds.userNs(cred), "user namespace of " + task);
        claimEqual(creds.uid(cred), task.cred().uid(), "uid of " + task);
        claimEqual(creds.euid(cred), task.cred().uid(), "euid of " + task);
        boolean capable = (creds.capEffective(cred) & 1L << Capability.CAP_SYS_ADMIN) != 0;
        claim(capable == task.cred().capable(), task + (capable ? " has" : " has no") + " capabilities");
    }

    private void checkSharing(ModelTask task) {
        int handle = handles.applyAsInt(task);
        matches.match("mm", task.mm(), tasks.mm(handle), "memory of " + task);
        matches.match("files", task.files(), tasks.files(handle), "files of " + task);
        matches.match("fs", task.fs(), tasks.fs(handle), "fs of " + task);
        matches.match("pid_ns", task.ns(), pids.activeNs(handle), "PID namespace of " + task);
        int proxy = tasks.nsproxy(handle);
        claim((proxy == 0) == (task.life() != ModelTask.Life.ALIVE), "namespaces of " + task);
        if (proxy == 0) {
            return;
        }
        ModelTask.Namespaces set = task.namespaces();
        matches.match("mnt", set.mnt(), proxies.mntNs(proxy), "mount namespace of " + task);
        matches.match("uts", set.uts(), proxies.utsNs(proxy), "UTS namespace of " + task);
        matches.match("ipc", set.ipc(), proxies.ipcNs(proxy), "IPC namespace of " + task);
        matches.match("cgroup", set.cgroup(), proxies.cgroupNs(proxy), "cgroup namespace of " + task);
        matches.match("net", set.net(), proxies.netNs(proxy), "network namespace of " + task);
        matches.match("time", set.time(), proxies.timeNs(proxy), "time namespace of " + task);
        matches.match("time", set.timeForChildren(), proxies.timeNsForChildren(proxy), "time for children of " + task);
        matches.match(
                "pid_ns",
                set.pidForChildren(),
                proxies.pidNsForChildren(proxy),
                "PID namespace for children of " + task);
    }

    /** A namespace that nobody is in any more is met as the parent of one, or by a number. */
    private void matchParents(ModelPidNs ns) {
        for (ModelPid pid : ns.numbers().values()) {
            if (pid.ns() == ns && matches.ofModel.containsKey(pid)) {
                matches.match("pid_ns", ns, kernel.pidTable().ns(matches.handleOf(pid)), "PID namespace of a number");
            }
        }
        int handle = matches.handleOf(ns);
        ModelPidNs parent = ns.parent();
        matches.match("pid_ns", parent, pidNamespaces.parent(handle), "parent of a PID namespace");
        if (parent != null) {
            matchParents(parent);
        }
    }

    private void checkPidNs(ModelPidNs ns) {
        int handle = matches.handleOf(ns);
        String name = "PID namespace at level " + ns.level();
        claimEqual(pidNamespaces.level(handle), ns.level(), "level");
        claimEqual(pidNamespaces.pidAllocated(handle), ns.numbers().size(), "numbers in use in a " + name);
        claim(pidNamespaces.dying(handle) == ns.isDying(), name + (ns.isDying() ? " is not dying" : " is dying"));
        claimEqual(kernel.pidNamespaces().lastPid(handle), ns.lastNr(), "ns_last_pid of a " + name);
        ns.numbers()
                .forEach((nr, pid) -> claimEqual(
                        pids.findVpid(handle, nr),
                        matches.handleOf(pid),
                        "what number " + nr + " leads to in a " + name));
    }

    /** Seen exactly in its own namespace and that one's ancestors, by one number each. */
    private void checkVisibility(ModelTask task, ModelPidNs viewer) {
        int handle = handles.applyAsInt(task);
        int ns = matches.handleOf(viewer);
        boolean visible = isSelfOrAncestor(viewer, task.ns());
        int nr = pids.taskNr(handle, ns);
        claim(
                (nr != 0) == visible,
                task + (visible ? " can't be seen" : " can be seen") + " from level " + viewer.level());
        claimEqual(nr, task.pid().nrIn(viewer), "number of " + task + " at level " + viewer.level());
        if (nr != 0) {
            claimEqual(pids.findTaskByVpid(ns, nr), handle, "who has number " + nr + " at level " + viewer.level());
        }
    }

    private static boolean isSelfOrAncestor(ModelPidNs ancestor, ModelPidNs ns) {
        for (ModelPidNs at = ns; at != null; at = at.parent()) {
            if (at == ancestor) {
                return true;
            }
        }
        return false;
    }

    private void checkOwners(Set<ModelPidNs> namespaces) {
        for (ModelUserNs ns : model.userNamespaces()) {
            if (matches.ofModel.containsKey(ns)) {
                matchUserParents(ns);
            }
        }
        for (ModelPidNs ns : namespaces) {
            matches.match("user", ns.owner(), pidNamespaces.userNs(matches.handleOf(ns)), "owner of a PID namespace");
        }
        for (Kind kind : Kind.values()) {
            for (ModelNs ns : model.namespaces(kind)) {
                matches.match(
                        "user",
                        ns.owner(),
                        ownerOf(kind, matches.handleOf(ns)),
                        "owner of a namespace of kind " + kind);
            }
        }
    }

    private void matchUserParents(ModelUserNs ns) {
        ModelUserNs parent = ns.parent();
        int handle = matches.handleOf(ns);
        matches.match("user", parent, kernel.userNamespaceTable().parent(handle), "parent of a user namespace");
        if (parent != null) {
            matchUserParents(parent);
        }
    }

    private int ownerOf(Kind kind, int ns) {
        return switch (kind) {
            case MNT -> kernel.vfs().tables.mntNamespaces.userNs(ns);
            case UTS -> kernel.utsNamespaces().owner(ns);
            case IPC -> kernel.ipcNamespaces().owner(ns);
            case CGROUP -> kernel.cgroupNamespaces().owner(ns);
            case NET -> kernel.nets().owner(ns);
            case TIME -> kernel.timeNamespaces().owner(ns);
        };
    }

    /** As many are there as somebody can still reach: none leaks, none is gone too early. */
    private void checkNumbersOfNamespaces(Set<ModelPidNs> namespaces) {
        claimEqual(pidNamespaces.size(), namespaces.size(), "number of PID namespaces");
        claimEqual(kernel.userNamespaceTable().size(), model.userNamespaces().size(), "number of user namespaces");
        claimEqual(kernel.utsNamespaceTable().size(), model.namespaces(Kind.UTS).size(), "number of UTS namespaces");
        claimEqual(
                kernel.timeNamespaceTable().size(), model.namespaces(Kind.TIME).size(), "number of time namespaces");
        claimEqual(
                kernel.vfs().tables.mntNamespaces.size(),
                model.namespaces(Kind.MNT).size(),
                "number of mount namespaces");
    }
}
