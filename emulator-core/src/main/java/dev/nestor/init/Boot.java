package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.kernel.ns.UcountType;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;
import java.nio.charset.StandardCharsets;

/** Makes the initial namespaces and the first task: start_kernel(), rest_init(). */
final class Boot {
    private static final long DEFAULT_TIMER_SLACK_NS = 50_000;

    private static final int SUID_DUMP_USER = 1;

    private final Kernel kernel;
    private final KernelConfig config;
    private final TaskTable tasks;
    private final SignalStructTable signals;

    Boot(Kernel kernel) {
        this.kernel = kernel;
        this.config = kernel.config();
        this.tasks = kernel.tasks();
        this.signals = kernel.signalStructs();
    }

    int firstTask() {
        int userNs = kernel.userNamespaces().createRoot();
        for (int type = 0; type < UcountType.COUNT; type++) {
            kernel.userNamespaceTable().setUcountMax(userNs, type, config.ucountMax(type));
        }
        int pidNs = createNamespaces(userNs);
        int task = tasks.alloc();
        tasks.setUsage(task, 2);
        setName(task);
        tasks.setCred(task, kernel.creds().createRoot(userNs, config.boundingCaps()));
        kernel.creds().countTask(task);
        kernel.userNamespaces().put(userNs); // the reference of its creation; its holders have their own
        tasks.setNsproxy(task, proxy);
        tasks.setSighand(task, kernel.signals().sighands().create());
        tasks.setSignal(task, createSignal(task));
        tasks.setGroupLeader(task, task);
        tasks.setExitSignal(task, Signal.SIGCHLD);
        tasks.setMm(task, kernel.addressSpaces().execMm());
        kernel.addressSpaces().mms().setUserNs(tasks.mm(task), userNs);
        kernel.addressSpaces().mms().setDumpable(tasks.mm(task), SUID_DUMP_USER);
        tasks.setFiles(task, kernel.fileTables().create());
        tasks.setFs(task, kernel.fsStructs().create(rootMnt, kernel.vfs().mounts.rootOf(rootMnt)));
        kernel.scheduler().tasks().init(task);
        tasks.setState(task, TaskTable.TASK_INTERRUPTIBLE);
        tasks.setTimerSlackNs(task, DEFAULT_TIMER_SLACK_NS);
        tasks.setSyscallNr(task, -1);
        kernel.cgroups().cssSets().hold(kernel.cgroups().rootCset());
        kernel.cgroups().cssSets().joinFirst(task, kernel.cgroups().rootCset());
        giveNumber(task, pidNs);
        return task;
    }

    private int proxy; // nsproxy
    private int rootMnt; // mount

    private void setName(int task) {
        byte[] name = "init".getBytes(StandardCharsets.US_ASCII);
        tasks.setComm(task, name, name.length);
    }

    /** All initial namespaces but the user's, and the nsproxy that holds them. Returns the PID namespace. */
    private int createNamespaces(int userNs) {
        NsProxyTable proxies = kernel.nsProxyTable();
        proxy = kernel.nsProxies().createRoot();
        int uts = kernel.utsNamespaces().createRoot(userNs);
        setUtsName(uts, UtsNamespaces.SYSNAME, "Linux");
        setUtsName(uts, UtsNamespaces.NODENAME, config.nodename());
        setUtsName(uts, UtsNamespaces.RELEASE, config.release());
        setUtsName(uts, UtsNamespaces.VERSION, config.version());
        setUtsName(uts, UtsNamespaces.MACHINE, "x86_64");
        setUtsName(uts, UtsNamespaces.DOMAINNAME, config.domainname());
        proxies.setUtsNs(proxy, uts);
        proxies.setIpcNs(proxy, kernel.ipcNamespaces().createRoot(userNs));
        proxies.setNetNs(proxy, kernel.nets().createRoot(userNs));
        proxies.setCgroupNs(
                proxy,
                kernel.cgroupNamespaces().createRoot(userNs, kernel.cgroups().rootCset()));
        int time = kernel.timeNamespaces().createRoot(userNs);
        kernel.timeNamespaces().freezeOffsets(time);
        kernel.timeNamespaces().hold(time);
        proxies.setTimeNs(proxy, time);
        proxies.setTimeNsForChildren(proxy, time);
        int pidNs = kernel.pidNamespaces().createRoot(userNs, config.pidMax());
        proxies.setPidNsForChildren(proxy, pidNs);
        kernel.setFileSystems(new FileSystems(kernel, userNs, pidNs));
        kernel.fileSystems().mqueueFs().initRoot(proxies.ipcNs(proxy));
        kernel.ipcNamespaces().add(kernel.fileSystems().mqueueFs());
        rootMnt = kernel.fileSystems().rootMount();
        proxies.setMntNs(
                proxy,
                kernel.vfs().mntNamespaces.createRoot(kernel.fileSystems().nsRoot(), userNs));
        return pidNs;
    }

    private void setUtsName(int ns, int field, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        kernel.utsNamespaces().setName(ns, field, bytes, Math.min(bytes.length, 64));
    }

    private int createSignal(int task) {
        int signal = signals.alloc();
        signals.setWaitChldexit(signal, kernel.waitQueues().alloc());
        signals.setLeader(signal, task);
        signals.setUnkillable(signal, true);
        signals.setNrThreads(signal, 1);
        signals.setLive(signal, 1);
        signals.threads().addLast(signal, task);
        for (int i = 0; i < Resource.RLIM_NLIMITS; i++) {
            signals.setRlimCur(signal, i, config.rlimCur(i));
            signals.setRlimMax(signal, i, config.rlimMax(i));
        }
        return signal;
    }

    /** pid 1; its group and session are 0, which no task has: here they are its own. */
    private void giveNumber(int task, int pidNs) {
        int pid = kernel.pids().allocPid(pidNs);
        assert pid > NULL : "no number for the first task";
        kernel.pidNamespaceTable().setChildReaper(pidNs, task);
        kernel.pids().attachThread(pid, task);
        kernel.pids().attachProcess(pid, task);
        kernel.pids().attachGroup(pid, task);
        kernel.pids().attachSession(pid, task);
    }
}
