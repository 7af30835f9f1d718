package dev.nestor.kernel.nsproxy;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Sched;

/** Sharing, copying and swapping of namespace sets: kernel/nsproxy.c. */
public final class NsProxies {
    /** The flags that ask for something new in an nsproxy; a user namespace belongs to the credentials. */
    public static final int NSPROXY_FLAGS = Sched.CLONE_NEWNS
            | Sched.CLONE_NEWUTS
            | Sched.CLONE_NEWIPC
            | Sched.CLONE_NEWPID
            | Sched.CLONE_NEWNET
            | Sched.CLONE_NEWCGROUP
            | Sched.CLONE_NEWTIME;

    private final NsProxyTable proxies;
    private final TaskTable tasks;
    private final CredTable creds;
    private final Capabilities capabilities;
    private final Namespaces namespaces;
    private final Pids pids;
    private final Work work;

    public NsProxies(Tables tables, Capabilities capabilities, Namespaces namespaces, Pids pids, Work work) {
        this.proxies = tables.proxies();
        this.tasks = tables.tasks();
        this.creds = tables.creds();
        this.capabilities = capabilities;
        this.namespaces = namespaces;
        this.pids = pids;
        this.work = work;
    }

    /** The tables that this room reads and writes. */
    public record Tables(NsProxyTable proxies, TaskTable tasks, CredTable creds) {}

    /** init_nsproxy: an empty row held once, whose members boot fills in. */
    public int createRoot() {
        int proxy = proxies.alloc();
        proxies.setCount(proxy, 1);
        return proxy;
    }

    /**
     * copy_namespaces(): the child shares its parent's set, or gets one of its own when flags ask for a new member or the
     * parent's time namespace for children differs. The child has its cred already. 0 or a negative errno.
     */
    public int copyNamespaces(long flags, int parent, int child) {
        int old = tasks.nsproxy(parent);
        int userNs = creds.userNs(tasks.cred(child));
        if ((flags & NSPROXY_FLAGS) == 0) {
            if ((flags & Sched.CLONE_VM) != 0 || proxies.timeNsForChildren(old) == proxies.timeNs(old)) {
                proxies.setCount(old, proxies.count(old) + 1);
                tasks.setNsproxy(child, old);
                return 0;
            }
        } else if (!capabilities.nsCapable(child, userNs, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        if ((flags & Sched.CLONE_NEWIPC) != 0 && (flags & Sched.CLONE_SYSVSEM) != 0) {
            return -Errno.EINVAL;
        }
        int made = createNewNamespaces(flags, parent, userNs, tasks.fs(child));
        if (made < 0) {
            return made;
        }
        if ((flags & Sched.CLONE_VM) == 0) {
            enterTimeNs(made);
        }
        tasks.setNsproxy(child, made);
        return 0;
    }

    /**
     * create_new_namespaces(): a set with new members for the flags and the task's own for the rest. What was made before
     * one that fails is given back. An nsproxy, or a negative errno.
     */
    public int createNewNamespaces(long flags, int task, int userNs, int fs) {
        int made = proxies.alloc();
        if (made == NULL) {
            return -Errno.ENOMEM;
        }
        proxies.setCount(made, 1);
        work.add(Work.OBJECT_ALLOC);
        int failed = makeMembers(made, flags, task, userNs, fs);
        if (failed < 0) {
            release(made);
            return failed;
        }
        return made;
    }

    private int makeMembers(int made, long flags, int task, int userNs, int fs) {
        int old = tasks.nsproxy(task);
        int kuid = creds.euid(tasks.cred(task));
        int mnt = copyMnt(flags, old, userNs, kuid, fs);
        if (mnt < 0) {
            return mnt;
        }
        proxies.setMntNs(made, mnt);
        int uts = copyUts(flags, old, userNs, kuid);
        if (uts < 0) {
            return uts;
        }
        proxies.setUtsNs(made, uts);
        int ipc = copyIpc(flags, task, userNs, kuid);
        if (ipc < 0) {
            return ipc;
        }
        proxies.setIpcNs(made, ipc);
        int pid = copyPid(flags, task, userNs);
        if (pid < 0) {
            return pid;
        }
        proxies.setPidNsForChildren(made, pid);
        return makeRest(made, flags, task, userNs, kuid);
    }

    private int makeRest(int made, long flags, int task, int userNs, int kuid) {
        int old = tasks.nsproxy(task);
        int cgroup = copyCgroup(flags, task, userNs, kuid);
        if (cgroup < 0) {
            return cgroup;
        }
        proxies.setCgroupNs(made, cgroup);
        int net = copyNet(flags, old, userNs, kuid);
        if (net < 0) {
            return net;
        }
        proxies.setNetNs(made, net);
        int time = copyTime(flags, old, userNs, kuid);
        if (time < 0) {
            return time;
        }
        proxies.setTimeNsForChildren(made, time);
        namespaces.time().hold(proxies.timeNs(old));
        proxies.setTimeNs(made, proxies.timeNs(old));
        return 0;
    }

    private int copyMnt(long flags, int old, int userNs, int kuid, int fs) {
        int ns = proxies.mntNs(old);
        if ((flags & Sched.CLONE_NEWNS) == 0) {
            namespaces.mnt().hold(ns);
            return ns;
        }
        work.add(Work.NS_ALLOC_MNT);
        return namespaces.mnt().copyMntNs(ns, userNs, kuid, fs);
    }

    private int copyUts(long flags, int old, int userNs, int kuid) {
        int ns = proxies.utsNs(old);
        if ((flags & Sched.CLONE_NEWUTS) == 0) {
            namespaces.uts().hold(ns);
            return ns;
        }
        work.add(Work.NS_ALLOC_UTS);
        return orNoSpace(namespaces.uts().create(ns, userNs, kuid));
    }

    private int copyIpc(long flags, int task, int userNs, int kuid) {
        int ns = proxies.ipcNs(tasks.nsproxy(task));
        if ((flags & Sched.CLONE_NEWIPC) == 0) {
            namespaces.ipc().hold(ns);
            return ns;
        }
        work.add(Work.NS_ALLOC_IPC);
        int made = namespaces.ipc().create(userNs, kuid);
        if (made != NULL) {
            int cred = tasks.cred(task);
            namespaces.ipc().madeBy(made, creds.fsuid(cred), creds.fsgid(cred));
        }
        return orNoSpace(made);
    }

    /** copy_pid_ns(): EINVAL when the task's children are already to be born in another namespace than its own. */
    private int copyPid(long flags, int task, int userNs) {
        int ns = proxies.pidNsForChildren(tasks.nsproxy(task));
        if ((flags & Sched.CLONE_NEWPID) == 0) {
            return namespaces.pid().get(ns);
        }
        if (pids.activeNs(task) != ns) {
            return -Errno.EINVAL;
        }
        work.add(Work.NS_ALLOC_PID);
        return namespaces.pid().create(ns, userNs, creds.euid(tasks.cred(task)));
    }

    private int copyCgroup(long flags, int task, int userNs, int kuid) {
        int ns = proxies.cgroupNs(tasks.nsproxy(task));
        if ((flags & Sched.CLONE_NEWCGROUP) == 0) {
            namespaces.cgroup().hold(ns);
            return ns;
        }
        work.add(Work.NS_ALLOC_CGROUP);
        return orNoSpace(namespaces.cgroup().create(userNs, kuid, tasks.cgroups(task)));
    }

    private int copyNet(long flags, int old, int userNs, int kuid) {
        int ns = proxies.netNs(old);
        if ((flags & Sched.CLONE_NEWNET) == 0) {
            namespaces.net().hold(ns);
            return ns;
        }
        work.add(Work.NS_ALLOC_NET);
        return orNoSpace(namespaces.net().create(userNs, kuid));
    }

    private int copyTime(long flags, int old, int userNs, int kuid) {
        int ns = proxies.timeNsForChildren(old);
        if ((flags & Sched.CLONE_NEWTIME) == 0) {
            namespaces.time().hold(ns);
            return ns;
        }
        work.add(Work.NS_ALLOC_TIME);
        return orNoSpace(namespaces.time().create(ns, userNs, kuid));
    }

    private static int orNoSpace(int ns) {
        return ns == NULL ? -Errno.ENOSPC : ns;
    }

    /** timens_on_fork(): whoever has the set is in the time namespace of children from now on. */
    private void enterTimeNs(int proxy) {
        int entered = proxies.timeNsForChildren(proxy);
        int left = proxies.timeNs(proxy);
        if (entered == left) {
            return;
        }
        namespaces.time().hold(entered);
        proxies.setTimeNs(proxy, entered);
        namespaces.time().freezeOffsets(entered);
        namespaces.time().put(left);
    }

    /** The mount namespace that a task is in. */
    public int mntNs(int task) {
        return proxies.mntNs(tasks.nsproxy(task));
    }

    /**
     * exec_task_namespaces(): a task whose children would get another time namespace enters it itself. 0 or -ENOMEM.
     */
    public int execTaskNamespaces(int task) {
        int old = tasks.nsproxy(task);
        if (proxies.timeNsForChildren(old) == proxies.timeNs(old)) {
            return 0;
        }
        int made = createNewNamespaces(0, task, creds.userNs(tasks.cred(task)), tasks.fs(task));
        if (made < 0) {
            return made;
        }
        enterTimeNs(made);
        switchTaskNamespaces(task, made);
        return 0;
    }

    /** switch_task_namespaces(): takes over the reference on the new set, NULL at exit, and gives back the old one. */
    public void switchTaskNamespaces(int task, int proxy) {
        int old = tasks.nsproxy(task);
        tasks.setNsproxy(task, proxy);
        if (old != NULL) {
            put(old);
        }
    }

    /** put_nsproxy(). */
    public void put(int proxy) {
        int count = proxies.count(proxy) - 1;
        proxies.setCount(proxy, count);
        if (count == 0) {
            release(proxy);
        }
    }

    private void release(int proxy) {
        int uts = proxies.utsNs(proxy);
        int ipc = proxies.ipcNs(proxy);
        int mnt = proxies.mntNs(proxy);
        int pid = proxies.pidNsForChildren(proxy);
        if (mnt != NULL) {
            namespaces.mnt().put(mnt);
        }
        if (uts != NULL) {
            namespaces.uts().put(uts);
        }
        if (ipc != NULL) {
            namespaces.ipc().put(ipc);
        }
        if (pid != NULL) {
            namespaces.pid().put(pid);
        }
        releaseRest(proxy);
        proxies.free(proxy);
        work.add(Work.OBJECT_FREE);
    }

    private void releaseRest(int proxy) {
        if (proxies.timeNs(proxy) != NULL) {
            namespaces.time().put(proxies.timeNs(proxy));
        }
        if (proxies.timeNsForChildren(proxy) != NULL) {
            namespaces.time().put(proxies.timeNsForChildren(proxy));
        }
        if (proxies.cgroupNs(proxy) != NULL) {
            namespaces.cgroup().put(proxies.cgroupNs(proxy));
        }
        if (proxies.netNs(proxy) != NULL) {
            namespaces.net().put(proxies.netNs(proxy));
        }
    }
}
