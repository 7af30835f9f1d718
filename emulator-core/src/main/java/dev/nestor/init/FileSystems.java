package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.anon.AnonInodes;
import dev.nestor.fs.cgroup.CgroupFs;
import dev.nestor.fs.cgroup.CgroupTree;
import dev.nestor.fs.cgroup.LegacyCgroupFs;
import dev.nestor.fs.devices.MemDevices;
import dev.nestor.fs.eventfd.EventFds;
import dev.nestor.fs.eventpoll.EventPolls;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.fs.pipe.Pipes;
import dev.nestor.fs.proc.ProcContext;
import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcFs;
import dev.nestor.fs.proc.ProcTexts;
import dev.nestor.fs.timerfd.TimerFds;
import dev.nestor.fs.tmpfs.TmpFs;
import dev.nestor.fs.tmpfs.TmpFsOptions;
import dev.nestor.ipc.MqueueFs;
import dev.nestor.ipc.Mqueues;
import dev.nestor.kernel.nsproxy.NsProxyTable;
import dev.nestor.net.NetBelow;
import dev.nestor.net.Network;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import org.jspecify.annotations.Nullable;

/** The file systems of one kernel, the tree that it boots with, and new instances for mount(2). */
public final class FileSystems {
    private static final int ROOT_DEVICE = 0xfe00; // 254:0, /dev/vda
    private static final long SYSFS_MAGIC = 0x62656572L;
    private static final long DEVPTS_SUPER_MAGIC = 0x1cd1L;

    /** Known file systems that are not modelled. */
    private static final String OTHERS =
            ",cpuset,devtmpfs,binfmt_misc,debugfs,tracefs,securityfs,bpf,hugetlbfs,ext3,ext2,ext4,"
                    + "squashfs,autofs,fuseblk,fuse,fusectl,overlay,xfs,erofs,btrfs,pstore,sockfs,pipefs,";

    private final Kernel kernel;
    private final Vfs vfs;
    private final Pipes pipes;
    private final NsFs nsFs;
    private final PidFds pidFds;
    private final TimerFds timerFds;
    private final EventFds eventFds;
    private final EventPolls eventPolls;
    private final ProcFiles procFiles;
    private final ProcFs procFs;
    private final TmpFs tmpfs;
    private final TmpFs ramfs;
    private final TmpFs disk;
    private final TmpFs sysfs;
    private final TmpFs devtmpfs;
    private final TmpFs devpts;
    private final MqueueFs mqueueFs;
    private final Mqueues mqueues;
    private final Network network;
    private final CgroupFs cgroupFs;
    private final LegacyCgroupFs legacyCgroupFs;
    private final TmpFsOptions options = new TmpFsOptions();
    private final int nsRoot; // mount
    private final int rootMount;

    FileSystems(Kernel kernel, int userNs, int pidNs) {
        this.kernel = kernel;
        vfs = kernel.vfs();
        pipes = new Pipes(vfs, userNs, kernel.config().maxFiles());
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
        eventPolls = new EventPolls(vfs, anonInodes, kernel.config().maxFiles());
        procFiles = new ProcFiles();
        procFs = new ProcFs(
                vfs, procFiles, nsFs, kernel.pidTable(), kernel.addressSpaces().mms());
        ProcTexts.register(procFiles, procContext(), procFs);
        new Sysctls(kernel).register(procFiles);
        new TimeFiles(kernel).register(procFiles);
        new UserSysctls(kernel).register(procFiles);
        new IpcSysctls(kernel).register(procFiles);
        new SysvipcFiles(kernel).register(procFiles);
        new KeySysctls(kernel).register(procFiles);
        MemDevices devices = new MemDevices(vfs);
        tmpfs = TmpFs.tmpfs(vfs, devices);
        ramfs = TmpFs.ramfs(vfs, devices);
        disk = TmpFs.disk(vfs, devices, "ext4", TmpFs.EXT4_SUPER_MAGIC);
        sysfs = TmpFs.special(vfs, devices, "sysfs", SYSFS_MAGIC);
        devtmpfs = TmpFs.special(vfs, devices, "devtmpfs", TmpFs.TMPFS_MAGIC);
        devpts = TmpFs.special(vfs, devices, "devpts", DEVPTS_SUPER_MAGIC);
        mqueues = newMqueues();
        mqueueFs = new MqueueFs(
                vfs, mqueues, kernel.ipcNamespaces(), kernel.config().maxTasks());
        new MqueueSysctls(kernel, mqueueFs).register(procFiles);
        network = newNetwork(userNs);
        cgroupFs = newCgroupFs();
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
                task -> kernel.nsProxyTable().netNs(kernel.tasks().nsproxy(task)));
        return new Network(
                below,
                nsFs,
                kernel.random(),
                new Network.Limits(
                        config.maxSockets(), config.maxPackets(), config.maxFiles(), config.maxPacketBytes()),
                userNs);
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

    /**
     * vfs_get_tree() for mount(2): an instance with a reference, or ENODEV, EPERM, EINVAL, EOUTSIDE, ENOMEM.
     *
     * @param data the options
     * @param mountFlags MNT_*: what shows the whole system may be mounted only as it can be seen already
     */
    public int newInstance(int task, String type, byte[] data, int length, int mountFlags) {
        boolean known = special(type) != null
                || type.equals("cgroup")
                || type.equals("cgroup2")
                || type.equals("tmpfs")
                || type.equals("ramfs")
                || type.equals("proc")
                || type.equals("mqueue")
                || OTHERS.contains("," + type + ",");
        if (!known) {
            return -Errno.ENODEV;
        }
        if (type.equals("tmpfs") && !options.parse(data, length)) {
            return -Errno.EINVAL;
        }
        int userNs = userNsFor(task, type);
        if (!kernel.capabilities().nsCapable(task, userNs, Capability.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        if (type.equals("cgroup") || type.equals("cgroup2")) {
            return cgroupInstance(task, type, data, length);
        }
        int sb = create(task, type, userNs);
        if (sb <= NULL) {
            return sb == NULL ? -Errno.ENOMEM : sb;
        }
        if (!type.equals("mqueue")) {
            vfs.tables.superBlocks.setReadOnly(sb, (mountFlags & MountFlags.MNT_READONLY) != 0);
        }
        return sb;
    }

    /** cgroup_get_tree(), cgroup1_get_tree(): what there is of a hierarchy already. */
    private int cgroupInstance(int task, String type, byte[] data, int length) {
        if (type.equals("cgroup2")) {
            int error = cgroupFs.setOptions(task, data, length);
            return error != 0 ? error : cgroupFs.instance();
        }
        int place = legacyCgroupFs.find(task, data, length);
        return place < 0 ? place : legacyCgroupFs.instance(place);
    }

    /** fc->root: what of an instance a mount shows; ENOENT when that has been removed. */
    public int mountRoot(int task, int sb) {
        if (!(vfs.superBlocks.type(sb) instanceof CgroupTree tree)) {
            return vfs.tables.superBlocks.root(sb);
        }
        int root = tree.mountRoot(task, sb);
        return root == NULL ? -Errno.ENOENT : root;
    }

    private int rootSb() {
        return vfs.tables.mounts.sb(rootMount);
    }

    private @Nullable TmpFs special(String type) {
        return switch (type) {
            case "sysfs" -> sysfs;
            case "devpts" -> devpts;
            default -> null;
        };
    }

    /** fc->user_ns: whose administrator may mount it. Where it is not marked FS_USERNS_MOUNT it is the initial one. */
    private int userNsFor(int task, String type) {
        NsProxyTable proxies = kernel.nsProxyTable();
        int proxy = kernel.tasks().nsproxy(task);
        return switch (type) {
            case "tmpfs", "ramfs", "devpts", "overlay", "fuse", "binfmt_misc" ->
                kernel.credTable().userNs(kernel.tasks().cred(task));
            case "proc" -> kernel.pidNamespaceTable().userNs(kernel.pids().activeNs(task));
            case "sysfs" -> kernel.nets().owner(proxies.netNs(proxy));
            case "mqueue" -> kernel.ipcNamespaces().owner(proxies.ipcNs(proxy));
            case "cgroup", "cgroup2" -> kernel.cgroupNamespaces().owner(proxies.cgroupNs(proxy));
            default -> vfs.tables.superBlocks.userNs(rootSb());
        };
    }

    private int create(int task, String type, int userNs) {
        TmpFs special = special(type);
        if (special != null) {
            return newSpecial(special, userNs, 0755);
        }
        return switch (type) {
            case "tmpfs" -> createTmpfs(task, userNs);
            case "mqueue" ->
                mqueueFs.instance(kernel.nsProxyTable().ipcNs(kernel.tasks().nsproxy(task)));
            case "ramfs" -> ramfs.create(userNs, 0755, fsuid(task), fsgid(task));
            case "proc" ->
                procFs.create(userNs, kernel.pidNamespaces().get(kernel.pids().activeNs(task)));
            default -> -Outside.EOUTSIDE;
        };
    }

    private int fsuid(int task) {
        return kernel.credTable().fsuid(kernel.tasks().cred(task));
    }

    private int fsgid(int task) {
        return kernel.credTable().fsgid(kernel.tasks().cred(task));
    }

    private int createTmpfs(int task, int userNs) {
        int uid = fsuid(task);
        int gid = fsgid(task);
        if (options.uid() >= 0) {
            uid = kernel.userNamespaces().makeKuid(userNs, options.uid());
        }
        if (options.gid() >= 0) {
            gid = kernel.userNamespaces().makeKgid(userNs, options.gid());
        }
        if (uid == -1 || gid == -1) {
            return -Errno.EINVAL;
        }
        int sb = tmpfs.create(userNs, options.mode(), uid, gid);
        if (sb != NULL) {
            vfs.tables.superBlocks.setMaxBlocks(sb, options.blocks());
            vfs.tables.superBlocks.setMaxInodes(sb, options.inodes());
            String shown = options.shown();
            vfs.tables.superBlocks.setOptions(sb, shown.isEmpty() ? NULL : vfs.tables.names.intern(shown));
        }
        return sb;
    }

    void digest(StateHash hash) {
        pipes.digest(hash);
        timerFds.digest(hash);
        eventFds.digest(hash);
        eventPolls.digest(hash);
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

    public EventPolls eventPolls() {
        return eventPolls;
    }

    public TimerFds timerFds() {
        return timerFds;
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

    TmpFs sysfs() {
        return sysfs;
    }

    TmpFs devtmpfs() {
        return devtmpfs;
    }

    TmpFs devpts() {
        return devpts;
    }
}
