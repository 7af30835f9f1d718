package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsNotify;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.fs.cgroup.CgroupFs;
import dev.nestor.fs.cgroup.CgroupTree;
import dev.nestor.fs.cgroup.LegacyCgroupFs;
import dev.nestor.fs.devices.MemDevices;
import dev.nestor.fs.eventfd.EventFds;
import dev.nestor.fs.eventpoll.EventPolls;
import dev.nestor.fs.exportfs.FileHandles;
import dev.nestor.fs.fanotify.Fanotifies;
import dev.nestor.fs.inotify.Inotifies;
import dev.nestor.fs.memfd.Memfds;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.fs.pipe.Pipes;
import dev.nestor.fs.pipe.Splices;
import dev.nestor.fs.proc.ProcContext;
import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcFs;
import dev.nestor.fs.proc.ProcTexts;
import dev.nestor.fs.signalfd.SignalFds;
import dev.nestor.fs.timerfd.TimerFds;
import dev.nestor.fs.tmpfs.TmpFs;
import dev.nestor.ipc.MqueueFs;
import dev.nestor.ipc.Mqueues;
import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.net.NetBelow;
import dev.nestor.net.Network;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;
import org.jspecify.annotations.Nullable;

/** The file systems of one kernel, the tree that it boots with, and new instances for mount(2). */
public final class FileSystems {
    private static final int ROOT_DEVICE = 0xfe00; // 254:0, /dev/vda

    private final Kernel kernel;
    private final Vfs vfs;
    private final Pipes pipes;
    private final Splices splices;
    private final NsFs nsFs;
    private final PidFds pidFds;
    private final TimerFds timerFds;
    private final MemDevices devices;
    private final EventFds eventFds;
    private final Memfds memfds;
    private final FileHandles fileHandles;
    private final SignalFds signalFds;
    private final EventPolls eventPolls;
    private final Inotifies inotifies;
    private final Fanotifies fanotifies;
    private final ProcFiles procFiles;
    private final ProcFs procFs;
    private final TmpFs tmpfs;
    private final TmpFs ramfs;
    private final TmpFs disk;
    private final TmpFs devtmpfs;
    private final Instances instances;
    private final FsContexts contexts;
    private final MqueueFs mqueueFs;
    private final Mqueues mqueues;
    private final Network network;
    private final SysTree sysTree;
    private final CgroupFs cgroupFs;
    private final LegacyCgroupFs legacyCgroupFs;
    private final int nsRoot; // mount
    private final int rootMount;
    private int devtmpfsSb; // held by its mount at boot

    FileSystems(Kernel kernel, int userNs, int pidNs) {
        this.kernel = kernel;
        vfs = kernel.vfs();
        pipes = new Pipes(vfs, userNs, kernel.config().maxFiles());
        splices = new Splices(vfs, pipes);
        nsFs = new NsFs(vfs, userNs);
        pidFds = new PidFds(vfs, kernel.pidTable(), userNs);
        AnonInodes anonInodes = new AnonInodes(vfs, userNs);
        timerFds = new TimerFds(
                vfs,
                anonInodes,
                kernel.hrTimers(),
                kernel.timekeeping(),
                kernel.config().maxFiles());
        eventFds = new EventFds(vfs, anonInodes, kernel.config().maxFiles());
        signalFds = new SignalFds(vfs, anonInodes, kernel.signals());
        eventPolls = new EventPolls(vfs, anonInodes, kernel.config().maxFiles());
        fileHandles = new FileHandles(vfs, nsFs, pidFds, this::namespaces);
        inotifies = new Inotifies(vfs, anonInodes, fileHandles, kernel.config().maxFiles());
        fanotifies = new Fanotifies(
                vfs, anonInodes, fileHandles, pidFds, kernel.config().maxFiles());
        procFiles = new ProcFiles();
        procFs = new ProcFs(
                vfs, procFiles, nsFs, kernel.pidTable(), kernel.addressSpaces().mms());
        pidFds.setNamespaces(this::openNamespace);
        ProcTexts.register(procFiles, procContext(), procFs);
        registerFiles(kernel, procFiles, inotifies, fanotifies);
        new IpcSysctls(kernel).register(procFiles);
        new SysvipcFiles(kernel).register(procFiles);
        new KeySysctls(kernel).register(procFiles);
        devices = new MemDevices(vfs, kernel.config().maxFiles());
        tmpfs = TmpFs.tmpfs(vfs, devices);
        memfds = new Memfds(vfs, userNs);
        ramfs = TmpFs.ramfs(vfs, devices);
        disk = TmpFs.disk(vfs, devices, "ext4", TmpFs.EXT4_SUPER_MAGIC);
        devtmpfs = TmpFs.special(vfs, devices, "devtmpfs", TmpFs.TMPFS_MAGIC);
        instances = new Instances(kernel, this, devices);
        contexts = new FsContexts(kernel, this, anonInodes);
        mqueues = newMqueues();
        mqueueFs = new MqueueFs(
                vfs, mqueues, kernel.ipcNamespaces(), kernel.config().maxTasks());
        new MqueueSysctls(kernel, mqueueFs).register(procFiles);
        network = newNetwork(userNs);
        network.register(procFiles);
        sysTree = new SysTree(kernel, network);
        devices.register(Network.TUN_DEVICE, network.tunKind());
        cgroupFs = newCgroupFs();
        pidFds.info().setSources(this::cgroupId, kernel.addressSpaces().mms()::dumpable);
        cgroupFs.setChangedHook(inode -> vfs.notify.inode(FsNotify.FS_MODIFY, inode));
        legacyCgroupFs = new LegacyCgroupFs(
                vfs,
                kernel.cgroups(),
                kernel.cgroupNamespaces(),
                kernel.addressSpaces().mms(),
                kernel.config().topology().cpus());
        new ProcCgroups(kernel, cgroupFs).register(procFiles);
        BootTree tree = new BootTree(kernel, this);
        nsRoot = tree.create(userNs, pidNs);
        rootMount = tree.rootMount();
    }

    private static void registerFiles(Kernel kernel, ProcFiles procFiles, Inotifies inotifies, Fanotifies fanotifies) {
        new Sysctls(kernel).register(procFiles);
        new FsSysctls(kernel, inotifies, fanotifies).register(procFiles);
        new TimeFiles(kernel).register(procFiles);
        new MachineFiles(kernel).register(procFiles);
        new UserSysctls(kernel).register(procFiles);
    }

    /** cgroup_id(): the number of the inode of its directory. */
    private long cgroupId(int task) {
        int kn =
                kernel.cgroups().cgroups().table().kn(kernel.cgroups().cssSets().cgroupOf(task));
        return kn == NULL ? 1 : vfs.tables.inodes.ino(vfs.tables.dentries.inode(kn));
    }

    /** The table of a kind of namespace; null where it is another's. */
    private @Nullable NamespaceTable namespaces(int kind) {
        return switch (kind) {
            case NsTypes.CGROUP -> kernel.cgroupNamespaceTable();
            case NsTypes.IPC -> kernel.ipcNamespaceTable();
            case NsTypes.MNT -> vfs.tables.mntNamespaces;
            case NsTypes.NET -> kernel.netTable();
            case NsTypes.PID -> kernel.pidNamespaceTable();
            case NsTypes.TIME -> kernel.timeNamespaceTable();
            case NsTypes.USER -> kernel.userNamespaceTable();
            case NsTypes.UTS -> kernel.utsNamespaceTable();
            default -> null;
        };
    }

    /** The rest of pidfd_ioctl() for a namespace: who may read the task's memory may have it. */
    private long openNamespace(int task, int subject, int type) {
        if (!procFs.access().mayRead(task, subject)) {
            return -Errno.EACCES;
        }
        int ns = type == NsTypes.PID_FOR_CHILDREN
                ? kernel.pidNamespaces()
                        .get(kernel.nsProxyTable()
                                .pidNsForChildren(kernel.tasks().nsproxy(subject)))
                : kernel.nsTypes().ops(type).get(subject);
        return nsFs.open(task, type, ns);
    }

    private CgroupFs newCgroupFs() {
        CgroupFs.Below below = new CgroupFs.Below(
                kernel.cgroups(),
                kernel.cgroupNamespaces(),
                kernel.wakeups(),
                kernel.signals().wakeups(),
                kernel.addressSpaces().mms(),
                kernel.timekeeping()::cyclesToNs);
        return new CgroupFs(vfs, below);
    }

    private Network newNetwork(int userNs) {
        KernelConfig config = kernel.config();
        NetBelow below = new NetBelow(
                vfs,
                kernel.nets(),
                kernel.hrTimers(),
                kernel.timekeeping(),
                kernel.eventLoop(),
                pidFds,
                task -> netOf(kernel, task));
        return new Network(
                below,
                nsFs,
                kernel.random(),
                new Network.Limits(
                        config.maxSockets(),
                        config.maxPackets(),
                        config.maxFiles(),
                        config.maxPacketBytes(),
                        config.maxNetDevices()),
                userNs);
    }

    /** The net of a task; NULL for one that has ended. */
    private static int netOf(Kernel kernel, int task) {
        int proxy = task == NULL ? NULL : kernel.tasks().nsproxy(task);
        return proxy == NULL ? NULL : kernel.nsProxyTable().netNs(proxy);
    }

    /** Sockets and devices. */
    public Network network() {
        return network;
    }

    private Mqueues newMqueues() {
        KernelConfig config = kernel.config();
        int most = config.maxTasks();
        return new Mqueues(
                vfs,
                new Mqueues.Around(
                        kernel.waitQueues(),
                        kernel.wakeups(),
                        kernel.hrTimers(),
                        kernel.timekeeping(),
                        kernel.userNamespaces().ucounts(),
                        kernel.userNamespaces(),
                        kernel.pidTable(),
                        kernel.pids(),
                        kernel.work()),
                new Mqueues.Limits(config.maxIpcObjects(), config.maxMessages(), most, config.maxMessageBytes()));
    }

    Mqueues mqueues() {
        return mqueues;
    }

    private ProcContext procContext() {
        return new ProcContext(
                vfs,
                kernel.tasks(),
                kernel.signalStructs(),
                kernel.sighands(),
                kernel.credTable(),
                kernel.userNamespaces(),
                kernel.pidTable(),
                kernel.pids(),
                kernel.signals().pending(),
                kernel.scheduler().tasks(),
                kernel.timekeeping(),
                task -> TimeFiles.boottimeOffsetNs(kernel, task),
                kernel.addressSpaces().mms());
    }

    /** The mount at the top of the first mount namespace, which nobody sees. */
    int nsRoot() {
        return nsRoot;
    }

    /** The root file system's. */
    int rootMount() {
        return rootMount;
    }

    int newDisk(int userNs) {
        int sb = disk.create(userNs, 0755);
        vfs.superBlocks.setDevice(sb, ROOT_DEVICE);
        return sb;
    }

    /** A file system whose names are not known here. */
    int newSpecial(TmpFs type, int userNs, int mode) {
        int sb = type.create(userNs, mode);
        if (sb != NULL) {
            int inode = vfs.tables.dentries.inode(vfs.tables.superBlocks.root(sb));
            vfs.tables.inodes.setFlags(inode, vfs.tables.inodes.flags(inode) | InodeFlags.INCOMPLETE);
        }
        return sb;
    }

    /** An instance of sysfs; NULL at a limit. */
    int newSysfs(int userNs) {
        return sysTree.create(userNs);
    }

    /** fc->root: what of an instance a mount shows; ENOENT when that has been removed. */
    public int mountRoot(int task, int sb) {
        if (!(vfs.superBlocks.type(sb) instanceof CgroupTree tree)) {
            return vfs.tables.superBlocks.root(sb);
        }
        int root = tree.mountRoot(task, sb);
        return root == NULL ? -Errno.ENOENT : root;
    }

    int rootSb() {
        return vfs.tables.mounts.sb(rootMount);
    }

    /** Instances of file systems for mount(2) and fsconfig(2). */
    Instances instances() {
        return instances;
    }

    /** What is being set up, or set up anew. */
    public FsContexts contexts() {
        return contexts;
    }

    int devtmpfsSb() {
        return devtmpfsSb;
    }

    void setDevtmpfsSb(int sb) {
        devtmpfsSb = sb;
    }

    void digest(StateHash hash) {
        pipes.digest(hash);
        timerFds.digest(hash);
        devices.loops().digest(hash);
        eventFds.digest(hash);
        eventPolls.digest(hash);
        inotifies.digest(hash);
        fanotifies.digest(hash);
        mqueueFs.digest(hash);
        network.digest(hash);
    }

    public NsFs nsFs() {
        return nsFs;
    }

    public PidFds pidFds() {
        return pidFds;
    }

    public EventFds eventFds() {
        return eventFds;
    }

    public FileHandles fileHandles() {
        return fileHandles;
    }

    public Memfds memfds() {
        return memfds;
    }

    public SignalFds signalFds() {
        return signalFds;
    }

    public Fanotifies fanotifies() {
        return fanotifies;
    }

    public Inotifies inotifies() {
        return inotifies;
    }

    public EventPolls eventPolls() {
        return eventPolls;
    }

    public TimerFds timerFds() {
        return timerFds;
    }

    public Splices splices() {
        return splices;
    }

    public Pipes pipes() {
        return pipes;
    }

    public MqueueFs mqueueFs() {
        return mqueueFs;
    }

    /** Where other rooms put files into /proc. */
    public ProcFiles procFiles() {
        return procFiles;
    }

    public ProcFs procFs() {
        return procFs;
    }

    public TmpFs tmpfs() {
        return tmpfs;
    }

    public CgroupFs cgroupFs() {
        return cgroupFs;
    }

    public LegacyCgroupFs legacyCgroupFs() {
        return legacyCgroupFs;
    }

    TmpFs ramfs() {
        return ramfs;
    }

    TmpFs devtmpfs() {
        return devtmpfs;
    }

    TmpFs devpts() {
        return instances.special("devpts");
    }
}
