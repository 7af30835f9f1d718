package dev.nestor.init;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.event.Random;
import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.fs.FsStructs;
import dev.nestor.fs.FsTables;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.exec.Exec;
import dev.nestor.ipc.IpcNamespaceTable;
import dev.nestor.ipc.IpcNamespaces;
import dev.nestor.kernel.cgroup.CgroupNamespaceTable;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.GroupInfoTable;
import dev.nestor.kernel.cred.IdMapTable;
import dev.nestor.kernel.cred.IdMaps;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.exit.Exit;
import dev.nestor.kernel.exit.Release;
import dev.nestor.kernel.exit.Waits;
import dev.nestor.kernel.fork.Fork;
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
import dev.nestor.kernel.sched.SchedConfig;
import dev.nestor.kernel.sched.SchedMachine;
import dev.nestor.kernel.sched.Scheduler;
import dev.nestor.kernel.sched.WaitEntryTable;
import dev.nestor.kernel.sched.WaitQueueTable;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.HrTimerTable;
import dev.nestor.kernel.time.HrTimers;
import dev.nestor.kernel.time.TimeNamespaceTable;
import dev.nestor.kernel.time.TimeNamespaces;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.kernel.utsname.UtsNamespaceTable;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.Frames;
import dev.nestor.mm.UserMemory;
import dev.nestor.net.NetTable;
import dev.nestor.net.Nets;
import dev.nestor.table.StateHash;
import dev.nestor.trace.Tracepoints;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One emulated kernel: all its tables and verbs by their names. Many can live side by side; none has state outside itself.
 */
public final class Kernel {
    private final KernelConfig config;
    private final Work work;
    private final CostModel costs;
    private final Scheduler scheduler;
    private final Clock clock;
    private final Random random;
    private final EventLoop eventLoop;
    private final Timekeeping timekeeping;
    private final HrTimers hrTimers;
    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final SighandTable sighands;
    private final NsTypes nsTypes;
    private final NsInums nsInums;
    private final PidTable pidTable;
    private final PidNamespaceTable pidNamespaceTable;
    private final PidNamespaces pidNamespaces;
    private final Pids pids;
    private final CredTable credTable;
    private final UserNamespaceTable userNamespaceTable;
    private final UserNamespaces userNamespaces;
    private final Creds creds;
    private final Capabilities capabilities;
    private final IdMaps idMaps;
    private final UtsNamespaceTable utsNamespaceTable;
    private final UtsNamespaces utsNamespaces;
    private final TimeNamespaceTable timeNamespaceTable;
    private final TimeNamespaces timeNamespaces;
    private final CgroupNamespaces cgroupNamespaces;
    private final IpcNamespaces ipcNamespaces;
    private final Nets nets;
    private final Wakeups wakeups;
    private final WaitQueues waitQueues;
    private final SignalRoom signals;
    private final AddressSpaces addressSpaces;
    private final Vfs vfs;
    private final FileMappings fileMappings;
    private final NsProxyTable nsProxyTable;
    private final NsProxies nsProxies;
    private final Setns setns;
    private final Unshare unshare;
    private final Fork fork;
    private final Release release;
    private final Exit exit;
    private final Waits waits;
    private final Exec exec;
    private final GroupInfoTable groupInfoTable;
    private final IdMapTable idMapTable;
    private final IpcNamespaceTable ipcNamespaceTable;
    private final NetTable netTable;
    private final CgroupNamespaceTable cgroupNamespaceTable;
    private final FsTables fsTables;
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
        clock = new Clock();
        random = new Random(config.seed());
        eventLoop = new EventLoop(clock, new EventQueue());
        timekeeping = new Timekeeping(clock, config.tscHz(), config.bootRealtimeNs());
        int most = config.maxTasks();
        tasks = new TaskTable(most);
        signalStructs = new SignalStructTable(most, tasks);
        sighands = new SighandTable(most);
        hrTimers = new HrTimers(eventLoop, tasks, new HrTimerTable(4 * most));
        nsTypes = new NsTypes();
        nsInums = new NsInums(config.firstFreeInum());

        credTable = new CredTable(4 * most);
        groupInfoTable = new GroupInfoTable(most);
        userNamespaceTable = new UserNamespaceTable(most);
        idMapTable = new IdMapTable(config.maxExtents(), userNamespaceTable);
        userNamespaces = new UserNamespaces(userNamespaceTable, idMapTable, credTable, tasks, nsInums);
        creds = new Creds(tasks, credTable, groupInfoTable, userNamespaces);
        capabilities = new Capabilities(tasks, credTable, userNamespaceTable);
        idMaps = new IdMaps(userNamespaceTable, userNamespaces, credTable, capabilities);

        pidTable = new PidTable(4 * most, tasks);
        pidNamespaceTable = new PidNamespaceTable(most);
        pidNamespaces =
                new PidNamespaces(pidNamespaceTable, pidTable, nsInums, userNamespaces::hold, userNamespaces::put);
        pids = new Pids(pidTable, pidNamespaceTable, pidNamespaces, tasks, signalStructs);
        utsNamespaceTable = new UtsNamespaceTable(most);
        utsNamespaces = new UtsNamespaces(utsNamespaceTable, userNamespaces, nsInums);
        timeNamespaceTable = new TimeNamespaceTable(most);
        timeNamespaces = new TimeNamespaces(timeNamespaceTable, userNamespaces, nsInums);
        cgroupNamespaceTable = new CgroupNamespaceTable(most);
        cgroupNamespaces = new CgroupNamespaces(cgroupNamespaceTable, userNamespaces, nsInums);
        ipcNamespaceTable = new IpcNamespaceTable(most);
        ipcNamespaces = new IpcNamespaces(ipcNamespaceTable, userNamespaces, nsInums);
        netTable = new NetTable(most);
        nets = new Nets(netTable, userNamespaces, nsInums);

        costs = config.costs();
        scheduler = new Scheduler(
                new SchedMachine(eventLoop, timekeeping, config.topology(), costs, work, trace),
                new SchedConfig(config.hz(), config.baseSliceNs(), config.migrationCostNs()),
                tasks,
                most);
        wakeups = new Wakeups(tasks);
        hrTimers.register(HrTimers.SLEEP, wakeups::timerExpired);
        waitQueues = new WaitQueues(tasks, new WaitQueueTable(16 * most), new WaitEntryTable(16 * most), wakeups);
        signals = new SignalRoom(
                new SignalRoom.Tasks(tasks, signalStructs, sighands),
                new SignalRoom.Ids(credTable, userNamespaces, capabilities, pidTable, pids, pidNamespaces),
                new SignalRoom.Waiting(wakeups, waitQueues, timekeeping, hrTimers, scheduler.tasks()::isOnCpu),
                new SignalRoom.Limits(config.maxSignals(), 4 * most),
                work);

        addressSpaces = new AddressSpaces(new Frames(config.maxFrames()), most, config.maxVmas(), work);
        fsTables = new FsTables(config.maxFiles(), most, config.maxMounts());
        vfs = new Vfs(
                fsTables,
                new Vfs.Below(
                        tasks,
                        signalStructs,
                        credTable,
                        creds,
                        capabilities,
                        userNamespaceTable,
                        userNamespaces,
                        pids,
                        pidNamespaces,
                        nsInums,
                        nsTypes,
                        addressSpaces.frames(),
                        addressSpaces.memory(),
                        waitQueues,
                        signals.signals(),
                        signals.sigio(),
                        timekeeping::realtimeNs,
                        work));

        fileMappings = new FileMappings(vfs, addressSpaces.frames());
        addressSpaces.setFiles(fileMappings);

        nsProxyTable = new NsProxyTable(most);
        NsProxies.Tables proxyTables = new NsProxies.Tables(nsProxyTable, tasks, credTable);
        MountNamespaces mountNamespaces = new MountNamespaces(vfs, tasks, nsProxyTable);
        Namespaces namespaces = new Namespaces(
                utsNamespaces, ipcNamespaces, mountNamespaces, pidNamespaces, nets, timeNamespaces, cgroupNamespaces);
        nsProxies = new NsProxies(proxyTables, capabilities, namespaces, pids, work);
        TaskSharing sharing =
                new TaskSharing(tasks, signalStructs, sighands, addressSpaces.mms(), vfs.fsStructs, vfs.fileTables);
        Setns.Access access = new Setns.Access(capabilities, creds, userNamespaces, pids);
        setns = new Setns(nsProxies, proxyTables, namespaces, access, sharing);
        unshare = new Unshare(proxyTables, nsProxies, creds, capabilities, sharing);
        new NsOperations(this, mountNamespaces).register(nsTypes);

        fork = new Fork(
                new Fork.Tables(tasks, signalStructs, nsProxyTable, pidNamespaceTable),
                new Fork.Verbs(
                        creds,
                        capabilities,
                        pids,
                        nsProxies,
                        signals,
                        scheduler.tasks(),
                        wakeups,
                        waitQueues,
                        vfs.fileTables,
                        vfs.fsStructs,
                        addressSpaces,
                        timekeeping),
                new ForkMemory(this),
                work);
        Exit.Tables exitTables = new Exit.Tables(tasks, signalStructs, sighands, pidTable, pidNamespaceTable);
        release = new Release(
                exitTables, new Release.Verbs(pids, signals, creds, scheduler.tasks(), waitQueues, wakeups), work);
        exit = new Exit(
                exitTables,
                new Exit.Verbs(pidNamespaces, pids, signals, waitQueues),
                release,
                new ExitResources(this),
                work);
        waits = new Waits(exitTables, pids, release, task -> credTable.uid(tasks.cred(task)), work);
        exec = new Exec(
                vfs,
                credTable,
                new Exec.Verbs(addressSpaces, creds, userNamespaces, pids, signals, nsProxies, fork, release),
                work);
        signals.delivery().setExitHook(exit::doGroupExit);
        initTask = new Boot(this).firstTask();
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
        return addressSpaces.memory();
    }

    public Files files() {
        return vfs.files;
    }

    public FileTables fileTables() {
        return vfs.fileTables;
    }

    public FsStructs fsStructs() {
        return vfs.fsStructs;
    }

    public KernelConfig config() {
        return config;
    }

    public Work work() {
        return work;
    }

    public CostModel costs() {
        return costs;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    /** The machine's random numbers, from its seed. */
    public Random random() {
        return random;
    }

    public Clock clock() {
        return clock;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    public Timekeeping timekeeping() {
        return timekeeping;
    }

    public HrTimers hrTimers() {
        return hrTimers;
    }

    public TaskTable tasks() {
        return tasks;
    }

    public SignalStructTable signalStructs() {
        return signalStructs;
    }

    public SighandTable sighands() {
        return sighands;
    }

    public NsTypes nsTypes() {
        return nsTypes;
    }

    public NsInums nsInums() {
        return nsInums;
    }

    public PidTable pidTable() {
        return pidTable;
    }

    public PidNamespaceTable pidNamespaceTable() {
        return pidNamespaceTable;
    }

    public PidNamespaces pidNamespaces() {
        return pidNamespaces;
    }

    public Pids pids() {
        return pids;
    }

    public CredTable credTable() {
        return credTable;
    }

    public UserNamespaceTable userNamespaceTable() {
        return userNamespaceTable;
    }

    public UserNamespaces userNamespaces() {
        return userNamespaces;
    }

    public Creds creds() {
        return creds;
    }

    public IdMaps idMaps() {
        return idMaps;
    }

    public Capabilities capabilities() {
        return capabilities;
    }

    public UtsNamespaceTable utsNamespaceTable() {
        return utsNamespaceTable;
    }

    public UtsNamespaces utsNamespaces() {
        return utsNamespaces;
    }

    public TimeNamespaceTable timeNamespaceTable() {
        return timeNamespaceTable;
    }

    public TimeNamespaces timeNamespaces() {
        return timeNamespaces;
    }

    public CgroupNamespaces cgroupNamespaces() {
        return cgroupNamespaces;
    }

    public IpcNamespaces ipcNamespaces() {
        return ipcNamespaces;
    }

    public Nets nets() {
        return nets;
    }

    public Wakeups wakeups() {
        return wakeups;
    }

    public WaitQueues waitQueues() {
        return waitQueues;
    }

    public SignalRoom signals() {
        return signals;
    }

    /** Files as mmap(2) sees them. */
    public FileMappings fileMappings() {
        return fileMappings;
    }

    public AddressSpaces addressSpaces() {
        return addressSpaces;
    }

    public Vfs vfs() {
        return vfs;
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
        clock.digest(hash);
        random.digest(hash);
        timekeeping.digest(hash);
        eventLoop.queue().digest(hash);
        hrTimers.digest(hash);
        tasks.digest(hash);
        signalStructs.digest(hash);
        sighands.digest(hash);
        signals.digest(hash);
        waitQueues.digest(hash);
        scheduler.digest(hash);
        nsInums.digest(hash);
        pidTable.digest(hash);
        pidNamespaceTable.digest(hash);
        pidNamespaceTable.digestNumbers(hash);
        credTable.digest(hash);
        groupInfoTable.digest(hash);
        userNamespaceTable.digest(hash);
        idMapTable.digest(hash);
        utsNamespaceTable.digest(hash);
        timeNamespaceTable.digest(hash);
        cgroupNamespaceTable.digest(hash);
        ipcNamespaceTable.digest(hash);
        netTable.digest(hash);
        nsProxyTable.digest(hash);
        addressSpaces.digest(hash);
        vfs.digest(hash);
        fileSystems().digest(hash);
    }
}
