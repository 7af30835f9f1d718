package dev.nestor.init;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.Random;
import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsStructs;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.exec.Exec;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.IpcNamespaces;
import dev.nestor.ipc.MessageQueues;
import dev.nestor.ipc.Semaphores;
import dev.nestor.ipc.SharedSegments;
import dev.nestor.ipc.TaskIpc;
import dev.nestor.kernel.cgroup.CgroupNamespaceTable;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.IdMaps;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.exit.Exit;
import dev.nestor.kernel.exit.Release;
import dev.nestor.kernel.exit.Waits;
import dev.nestor.kernel.fork.Fork;
import dev.nestor.kernel.futex.Futexes;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.nsproxy.Namespaces;
import dev.nestor.kernel.nsproxy.NsProxies;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.kernel.nsproxy.Setns;
import dev.nestor.kernel.nsproxy.TaskSharing;
import dev.nestor.kernel.nsproxy.Unshare;
import dev.nestor.kernel.pid.PidNamespaceTable;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.Scheduler;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.Ntp;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.kernel.utsname.UtsNamespaceTable;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.UserMemory;
import dev.nestor.net.NetTable;
import dev.nestor.net.Nets;
import dev.nestor.security.keys.Keyrings;
import dev.nestor.security.keys.Keys;
import dev.nestor.security.keys.ProcessKeyrings;
import dev.nestor.table.StateHash;
import dev.nestor.trace.Tracepoints;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One emulated kernel: all its tables and verbs by their names. Many can live side by side; none has state outside itself.
 */
public final class Kernel {
    private final KernelConfig config;
    private final Identities ids;
    private final Machinery machinery;
    private final Storage storage;
    private final SystemV systemV;
    private final Work work;
    private final NsProxyTable nsProxyTable;
    private final NsProxies nsProxies;
    private final Setns setns;
    private final Unshare unshare;
    private final Fork fork;
    private final Release release;
    private final Exit exit;
    private final Waits waits;
    private final Exec exec;
    private @Nullable FileSystems fileSystems;
    private final int initTask;

    /** A kernel that is up: its first task is there, asleep for ever, and all else is done by those it makes. */
    public Kernel(KernelConfig config) {
        this(config, Tracepoints.NONE);
    }

    /** @param trace listens to all that happens from boot on */
    public Kernel(KernelConfig config, Tracepoints trace) {
        this.config = config;
        work = new Work();
        ids = new Identities(config, this::boottimeNs);
        machinery = new Machinery(config, ids, work, trace);
        storage = new Storage(config, ids, machinery, work);
        systemV = new SystemV(config, ids, machinery, storage, work);
        int most = config.maxTasks();
        nsProxyTable = new NsProxyTable(most);
        NsProxies.Tables proxyTables = new NsProxies.Tables(nsProxyTable, ids.tasks, ids.credTable);
        MountNamespaces mountNamespaces = new MountNamespaces(storage.vfs, ids.tasks, nsProxyTable);
        Namespaces namespaces = new Namespaces(
                ids.utsNamespaces,
                ids.ipcNamespaces,
                mountNamespaces,
                ids.pidNamespaces,
                ids.nets,
                ids.timeNamespaces,
                ids.cgroupNamespaces);
        nsProxies = new NsProxies(proxyTables, ids.capabilities, namespaces, ids.pids, work);
        TaskSharing sharing = new TaskSharing(
                ids.tasks,
                ids.signalStructs,
                ids.sighands,
                storage.addressSpaces.mms(),
                storage.vfs.fsStructs,
                storage.vfs.fileTables);
        Setns.Access access = new Setns.Access(ids.capabilities, ids.creds, ids.userNamespaces, ids.pids);
        setns = new Setns(nsProxies, proxyTables, namespaces, access, sharing, systemV.taskIpc);
        unshare = new Unshare(proxyTables, nsProxies, ids.creds, ids.capabilities, sharing, systemV.taskIpc);
        new NsOperations(this, mountNamespaces).register(ids.nsTypes);

        fork = newFork();
        Exit.Tables exitTables =
                new Exit.Tables(ids.tasks, ids.signalStructs, ids.sighands, ids.pidTable, ids.pidNamespaceTable);
        release = new Release(
                exitTables,
                new Release.Verbs(
                        ids.pids,
                        ids.pidNamespaces,
                        machinery.signals,
                        ids.creds,
                        machinery.scheduler.tasks(),
                        machinery.waitQueues,
                        machinery.wakeups,
                        ids.cgroups.cssSets()),
                work);
        exit = new Exit(
                exitTables,
                new Exit.Verbs(ids.pidNamespaces, ids.pids, machinery.signals, machinery.waitQueues),
                release,
                new ExitResources(this),
                work);
        waits = new Waits(exitTables, ids.pids, release, task -> ids.credTable.uid(ids.tasks.cred(task)), work);
        exec = newExec();
        machinery.signals.delivery().setExitHook(exit::doGroupExit);
        initTask = new Boot(this).firstTask();
    }

    private long boottimeNs() {
        return timekeeping().boottimeNs();
    }

    private Fork newFork() {
        return new Fork(
                new Fork.Tables(ids.tasks, ids.signalStructs, nsProxyTable, ids.pidNamespaceTable),
                new Fork.Verbs(
                        ids.creds,
                        ids.capabilities,
                        ids.pids,
                        nsProxies,
                        machinery.signals,
                        machinery.scheduler.tasks(),
                        machinery.wakeups,
                        machinery.waitQueues,
                        storage.vfs.fileTables,
                        storage.vfs.fsStructs,
                        storage.addressSpaces,
                        machinery.timekeeping,
                        ids.cgroups,
                        ids.cgroupNamespaces,
                        systemV.taskIpc,
                        storage.robustLists),
                new ForkMemory(this),
                work);
    }

    private Exec newExec() {
        return new Exec(
                storage.vfs,
                ids.credTable,
                new Exec.Verbs(
                        storage.addressSpaces,
                        ids.creds,
                        ids.userNamespaces,
                        ids.pids,
                        machinery.signals,
                        nsProxies,
                        fork,
                        release),
                work);
    }

    /** Boot makes them, once there are namespaces. */
    void setFileSystems(FileSystems made) {
        fileSystems = made;
    }

    public FileSystems fileSystems() {
        return Objects.requireNonNull(fileSystems, "boot has not come so far");
    }

    /** pid 1 of the root PID namespace. */
    public int initTask() {
        return initTask;
    }

    public UserMemory userMemory() {
        return storage.addressSpaces.memory();
    }

    public Files files() {
        return storage.vfs.files;
    }

    public FileTables fileTables() {
        return storage.vfs.fileTables;
    }

    public FsStructs fsStructs() {
        return storage.vfs.fsStructs;
    }

    public KernelConfig config() {
        return config;
    }

    public Work work() {
        return work;
    }

    public CostModel costs() {
        return machinery.costs;
    }

    public Scheduler scheduler() {
        return machinery.scheduler;
    }

    /** The machine's machinery.random numbers, from its seed. */
    public Random random() {
        return machinery.random;
    }

    public Clock clock() {
        return machinery.clock;
    }

    public EventLoop eventLoop() {
        return machinery.eventLoop;
    }

    public Timekeeping timekeeping() {
        return machinery.timekeeping;
    }

    public Ntp ntp() {
        return machinery.ntp;
    }

    public HrTimers hrTimers() {
        return machinery.hrTimers;
    }

    public TaskTable tasks() {
        return ids.tasks;
    }

    public SignalStructTable signalStructs() {
        return ids.signalStructs;
    }

    public SighandTable sighands() {
        return ids.sighands;
    }

    public NsTypes nsTypes() {
        return ids.nsTypes;
    }

    public NsInums nsInums() {
        return ids.nsInums;
    }

    public PidTable pidTable() {
        return ids.pidTable;
    }

    public PidNamespaceTable pidNamespaceTable() {
        return ids.pidNamespaceTable;
    }

    public PidNamespaces pidNamespaces() {
        return ids.pidNamespaces;
    }

    public Pids pids() {
        return ids.pids;
    }

    public CredTable credTable() {
        return ids.credTable;
    }

    public UserNamespaceTable userNamespaceTable() {
        return ids.userNamespaceTable;
    }

    public UserNamespaces userNamespaces() {
        return ids.userNamespaces;
    }

    public Creds creds() {
        return ids.creds;
    }

    public IdMaps idMaps() {
        return ids.idMaps;
    }

    public Capabilities capabilities() {
        return ids.capabilities;
    }

    public UtsNamespaceTable utsNamespaceTable() {
        return ids.utsNamespaceTable;
    }

    public UtsNamespaces utsNamespaces() {
        return ids.utsNamespaces;
    }

    public TimeNamespaceTable timeNamespaceTable() {
        return ids.timeNamespaceTable;
    }

    public TimeNamespaces timeNamespaces() {
        return ids.timeNamespaces;
    }

    public CgroupRoom cgroups() {
        return ids.cgroups;
    }

    CgroupNamespaceTable cgroupNamespaceTable() {
        return ids.cgroupNamespaceTable;
    }

    NetTable netTable() {
        return ids.netTable;
    }

    public CgroupNamespaces cgroupNamespaces() {
        return ids.cgroupNamespaces;
    }

    public IpcNamespaces ipcNamespaces() {
        return ids.ipcNamespaces;
    }

    public IpcNamespaceTable ipcNamespaceTable() {
        return ids.ipcNamespaceTable;
    }

    public MessageQueues messageQueues() {
        return systemV.messageQueues;
    }

    public Semaphores semaphores() {
        return systemV.semaphores;
    }

    public SharedSegments sharedSegments() {
        return systemV.sharedSegments;
    }

    public TaskIpc taskIpc() {
        return systemV.taskIpc;
    }

    public Nets nets() {
        return ids.nets;
    }

    public Wakeups wakeups() {
        return machinery.wakeups;
    }

    public WaitQueues waitQueues() {
        return machinery.waitQueues;
    }

    public SignalRoom signals() {
        return machinery.signals;
    }

    public Futexes futexes() {
        return storage.futexes;
    }

    /** Files as mmap(2) sees them. */
    public FileMappings fileMappings() {
        return storage.fileMappings;
    }

    public AddressSpaces addressSpaces() {
        return storage.addressSpaces;
    }

    public Keys keys() {
        return storage.keys;
    }

    public Keyrings keyrings() {
        return storage.keyrings;
    }

    public ProcessKeyrings processKeyrings() {
        return storage.processKeyrings;
    }

    public Vfs vfs() {
        return storage.vfs;
    }

    public NsProxyTable nsProxyTable() {
        return nsProxyTable;
    }

    public NsProxies nsProxies() {
        return nsProxies;
    }

    public Setns setns() {
        return setns;
    }

    public Unshare unshare() {
        return unshare;
    }

    public Fork fork() {
        return fork;
    }

    public Release release() {
        return release;
    }

    public Exit exit() {
        return exit;
    }

    public Waits waits() {
        return waits;
    }

    public Exec exec() {
        return exec;
    }

    /** Adds everything that the machine's future depends on. */
    public void digest(StateHash hash) {
        machinery.clock.digest(hash);
        machinery.random.digest(hash);
        machinery.timekeeping.digest(hash);
        machinery.eventLoop.queue().digest(hash);
        machinery.ntp.digest(hash);
        machinery.hrTimers.digest(hash);
        ids.tasks.digest(hash);
        ids.signalStructs.digest(hash);
        ids.sighands.digest(hash);
        machinery.signals.digest(hash);
        machinery.waitQueues.digest(hash);
        machinery.scheduler.digest(hash);
        ids.nsInums.digest(hash);
        ids.pidTable.digest(hash);
        ids.pidNamespaceTable.digest(hash);
        ids.pidNamespaceTable.digestNumbers(hash);
        ids.credTable.digest(hash);
        ids.groupInfoTable.digest(hash);
        ids.userNamespaceTable.digest(hash);
        ids.idMapTable.digest(hash);
        ids.idMapTable.digestExtents(hash);
        ids.ucountsTable.digest(hash);
        ids.utsNamespaceTable.digest(hash);
        ids.timeNamespaceTable.digest(hash);
        ids.cgroups.digest(hash);
        ids.cgroupNamespaceTable.digest(hash);
        ids.ipcNamespaceTable.digest(hash);
        systemV.digest(hash);
        ids.netTable.digest(hash);
        nsProxyTable.digest(hash);
        storage.keys.digest(hash);
        storage.keyTables.keys().digest(hash);
        storage.keyTables.users().digest(hash);
        storage.keyTables.data().digest(hash);
        storage.keyTables.links().digest(hash);
        storage.addressSpaces.digest(hash);
        storage.futexes.digest(hash);
        storage.vfs.digest(hash);
        fileSystems().digest(hash);
    }
}
