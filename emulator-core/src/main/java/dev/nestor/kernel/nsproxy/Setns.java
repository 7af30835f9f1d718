package dev.nestor.kernel.nsproxy;

import static dev.nestor.table.Table.NULL;

import dev.nestor.ipc.TaskIpc;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;

/**
 * Entering namespaces that exist: setns(2), kernel/nsproxy.c, and the install operation of each kind.
 *
 * <p>A set (struct nsset) is prepared with the task's own namespaces, takes in the new ones one after the other, each
 * checked against what the set has become, and is committed whole or not at all.
 */
public final class Setns {
    private final NsProxies proxies;
    private final NsProxyTable table;
    private final NsProxies.Tables tables;
    private final Namespaces namespaces;
    private final Access access;
    private final TaskSharing checks;
    private final TaskIpc ipc;
    private int proxy; // of the set
    private int cred; // of the set; NULL while no user namespace is entered
    private boolean entersIpc;
    private int mountNs; // entered, whose root the task will stand in; or NULL

    /** What decides whether a namespace may be entered. */
    public record Access(Capabilities capabilities, Creds creds, UserNamespaces userNamespaces, Pids pids) {}

    public Setns(
            NsProxies proxies,
            NsProxies.Tables tables,
            Namespaces namespaces,
            Access access,
            TaskSharing checks,
            TaskIpc ipc) {
        this.proxies = proxies;
        this.tables = tables;
        this.table = tables.proxies();
        this.namespaces = namespaces;
        this.access = access;
        this.checks = checks;
        this.ipc = ipc;
    }

    /** prepare_nsset(): 0 or -ENOMEM. To be followed by {@link #commit} or {@link #abandon}. */
    public int prepare(int task, long flags) {
        cred = NULL;
        mountNs = NULL;
        entersIpc = false;
        int made = proxies.createNewNamespaces(
                0, task, userNs(task), tables.tasks().fs(task));
        if (made < 0) {
            return made;
        }
        proxy = made;
        if ((flags & Sched.CLONE_NEWUSER) != 0) {
            cred = access.creds().prepare(task);
        }
        return 0;
    }

    /** Gives back what was prepared. */
    public void abandon() {
        proxies.put(proxy);
        if (cred != NULL) {
            access.creds().put(cred);
        }
    }

    /** commit_nsset(). */
    public void commit(int task) {
        if (cred != NULL) {
            access.creds().commit(task, cred);
        }
        if (mountNs != NULL) {
            namespaces.mnt().enter(mountNs, tables.tasks().fs(task));
        }
        if (entersIpc) {
            ipc.exitSem(task);
        }
        if (table.timeNs(proxy) != table.timeNs(tables.tasks().nsproxy(task))) {
            namespaces.time().freezeOffsets(table.timeNs(proxy));
        }
        proxies.switchTaskNamespaces(task, proxy);
    }

    /** validate_ns(): takes a namespace of one kind into the set; 0 or a negative errno. */
    public int install(int task, int type, int ns) {
        return switch (type) {
            case NsTypes.UTS -> installUts(task, ns);
            case NsTypes.IPC -> installIpc(task, ns);
            case NsTypes.NET -> installNet(task, ns);
            case NsTypes.CGROUP -> installCgroup(task, ns);
            case NsTypes.MNT -> installMnt(task, ns);
            case NsTypes.PID, NsTypes.PID_FOR_CHILDREN -> installPid(task, ns);
            case NsTypes.TIME, NsTypes.TIME_FOR_CHILDREN -> installTime(task, ns);
            default -> installUser(task, ns);
        };
    }

    /**
     * validate_nsset(): takes in those of a target task's namespaces that the flags name, the user namespace first. 0 or
     * a negative errno, ESRCH when the target is dead.
     */
    public int installFromTask(int task, int target, long flags) {
        int from = tables.tasks().nsproxy(target);
        if (from == NULL) {
            return -Errno.ESRCH;
        }
        int result = 0;
        if ((flags & Sched.CLONE_NEWUSER) != 0) {
            result = installUser(task, userNs(target));
        }
        if (result == 0 && (flags & Sched.CLONE_NEWNS) != 0) {
            result = installMnt(task, table.mntNs(from));
        }
        if (result == 0 && (flags & Sched.CLONE_NEWUTS) != 0) {
            result = installUts(task, table.utsNs(from));
        }
        if (result == 0 && (flags & Sched.CLONE_NEWIPC) != 0) {
            result = installIpc(task, table.ipcNs(from));
        }
        if (result == 0 && (flags & Sched.CLONE_NEWPID) != 0) {
            result = installPid(task, access.pids().activeNs(target));
        }
        if (result == 0 && (flags & Sched.CLONE_NEWCGROUP) != 0) {
            result = installCgroup(task, table.cgroupNs(from));
        }
        if (result == 0 && (flags & Sched.CLONE_NEWNET) != 0) {
            result = installNet(task, table.netNs(from));
        }
        if (result == 0 && (flags & Sched.CLONE_NEWTIME) != 0) {
            result = installTime(task, table.timeNs(from));
        }
        return result;
    }

    private int userNs(int task) {
        return tables.creds().userNs(tables.tasks().cred(task));
    }

    /** Whether CAP_SYS_ADMIN is held over the namespace's owner and in the user namespace of the set. */
    private boolean isAdmin(int task, int owner) {
        return access.capabilities().nsCapable(task, owner, Capability.CAP_SYS_ADMIN)
                && hasInSet(task, Capability.CAP_SYS_ADMIN);
    }

    private boolean hasInSet(int task, int cap) {
        int own = cred == NULL ? tables.tasks().cred(task) : cred;
        return access.capabilities().capCapable(own, tables.creds().userNs(own), cap);
    }

    private int installUts(int task, int ns) {
        if (!isAdmin(task, namespaces.uts().owner(ns))) {
            return -Errno.EPERM;
        }
        namespaces.uts().hold(ns);
        namespaces.uts().put(table.utsNs(proxy));
        table.setUtsNs(proxy, ns);
        return 0;
    }

    private int installIpc(int task, int ns) {
        if (!isAdmin(task, namespaces.ipc().owner(ns))) {
            return -Errno.EPERM;
        }
        namespaces.ipc().hold(ns);
        namespaces.ipc().put(table.ipcNs(proxy));
        table.setIpcNs(proxy, ns);
        entersIpc = true;
        return 0;
    }

    private int installNet(int task, int ns) {
        if (!isAdmin(task, namespaces.net().owner(ns))) {
            return -Errno.EPERM;
        }
        namespaces.net().hold(ns);
        namespaces.net().put(table.netNs(proxy));
        table.setNetNs(proxy, ns);
        return 0;
    }

    private int installCgroup(int task, int ns) {
        if (!isAdmin(task, namespaces.cgroup().owner(ns))) {
            return -Errno.EPERM;
        }
        namespaces.cgroup().hold(ns);
        namespaces.cgroup().put(table.cgroupNs(proxy));
        table.setCgroupNs(proxy, ns);
        return 0;
    }

    private int installMnt(int task, int ns) {
        if (!isAdmin(task, namespaces.mnt().owner(ns)) || !hasInSet(task, Capability.CAP_SYS_CHROOT)) {
            return -Errno.EPERM;
        }
        if (!checks.ownsFs(task)) {
            return -Errno.EINVAL;
        }
        namespaces.mnt().hold(ns);
        namespaces.mnt().put(table.mntNs(proxy));
        table.setMntNs(proxy, ns);
        mountNs = ns;
        return 0;
    }

    /** pidns_install(): only the task's own namespace and those below it, and only for its children. */
    private int installPid(int task, int ns) {
        if (!isAdmin(task, namespaces.pid().owner(ns))) {
            return -Errno.EPERM;
        }
        if (!namespaces.pid().isAncestorOrSelf(access.pids().activeNs(task), ns)) {
            return -Errno.EINVAL;
        }
        namespaces.pid().get(ns);
        namespaces.pid().put(table.pidNsForChildren(proxy));
        table.setPidNsForChildren(proxy, ns);
        return 0;
    }

    private int installTime(int task, int ns) {
        if (!checks.isSingleThreaded(task)) {
            return -Errno.EUSERS;
        }
        if (!isAdmin(task, namespaces.time().owner(ns))) {
            return -Errno.EPERM;
        }
        namespaces.time().hold(ns);
        namespaces.time().put(table.timeNs(proxy));
        table.setTimeNs(proxy, ns);
        namespaces.time().hold(ns);
        namespaces.time().put(table.timeNsForChildren(proxy));
        table.setTimeNsForChildren(proxy, ns);
        return 0;
    }

    private int installUser(int task, int ns) {
        if (ns == userNs(task) || !checks.isThreadGroupEmpty(task) || !checks.ownsFs(task)) {
            return -Errno.EINVAL;
        }
        if (!access.capabilities().nsCapable(task, ns, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        access.userNamespaces().hold(ns);
        access.creds().setUserNs(cred, ns);
        return access.creds().setCredUcounts(cred);
    }
}
