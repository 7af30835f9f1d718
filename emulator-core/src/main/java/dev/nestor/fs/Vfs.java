package dev.nestor.fs;

import dev.nestor.kernel.cred.Capabilities;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.UserNamespaceTable;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.ns.NsInums;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.pid.PidNamespaces;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.SigIo;
import dev.nestor.kernel.signal.Signals;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.Frames;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Stat;
import java.util.function.LongSupplier;

/** The parts of this room, wired together. */
public final class Vfs {
    /**
     * What this room stands on.
     *
     * @param realtimeNs CLOCK_REALTIME_COARSE, ns since 1970
     */
    public record Below(
            TaskTable tasks,
            SignalStructTable signals,
            CredTable credTable,
            Creds creds,
            Capabilities capabilities,
            UserNamespaceTable userNamespaceTable,
            UserNamespaces userNamespaces,
            Pids pids,
            PidNamespaces pidNamespaces,
            NsInums inums,
            NsTypes nsTypes,
            Frames frames,
            UserMemory memory,
            WaitQueues waitQueues,
            Signals sender,
            SigIo sigIo,
            LongSupplier realtimeNs,
            Work work) {}

    /** fs.mount-max: of one namespace. */
    private static final int MOUNT_MAX = 100_000;

    public final Below below;
    public final FsTables tables;
    public final FsTypes types = new FsTypes();
    public final FileKinds kinds = new FileKinds();
    public final Contents contents;
    public final Inodes inodes;
    public final FsNotify notify;
    public final Dentries dentries;
    public final SuperBlocks superBlocks;
    public final Mounts mounts;
    public final MntNamespaces mntNamespaces;
    public final FsStructs fsStructs;
    public final FileLocks locks;
    public final Files files;
    public final FileTables fileTables;
    public final Permissions permissions;
    public final Namei namei;
    public final Paths paths;
    public final Stats stats;
    public final Attributes attributes;
    public final Xattrs xattrs;
    public final Creation creation;
    public final Removal removal;
    public final Opens opens;
    public final ReadWrite readWrite;
    public final Fasync fasync;
    final Grafts grafts;
    public final MountChanges mountChanges;
    public final Umounts umounts;
    public final MountTrees mountTrees;
    public final StatMounts statMounts;

    public Vfs(FsTables tables, Below below) {
        this.below = below;
        this.tables = tables;
        contents = new Contents(tables, below.frames(), below.work());
        inodes = new Inodes(tables, contents, types, below.realtimeNs(), below.work());
        notify = new FsNotify(tables, inodes, below.work());
        dentries = new Dentries(tables, inodes, notify, below.work());
        superBlocks = new SuperBlocks(tables, dentries, notify, types, below.userNamespaces());
        mounts = new Mounts(tables, below, dentries, superBlocks, notify, MOUNT_MAX);
        mntNamespaces = new MntNamespaces(tables, below, mounts, superBlocks, notify);
        fsStructs = new FsStructs(tables, mounts, mntNamespaces, dentries, below.tasks(), below.work());
        locks = new FileLocks(this);
        files = new Files(tables, this, dentries, mounts, kinds, locks);
        fileTables = files.descriptors();
        permissions = new Permissions(tables, types, below);
        namei = new Namei(this);
        paths = new Paths(this);
        stats = new Stats(this);
        attributes = new Attributes(this);
        xattrs = new Xattrs(this);
        creation = new Creation(this, true);
        removal = new Removal(this);
        opens = new Opens(this);
        readWrite = new ReadWrite(this);
        fasync = new Fasync(tables.files, below.sigIo());
        grafts = new Grafts(this);
        mountChanges = new MountChanges(this, grafts);
        umounts = new Umounts(this, grafts);
        mountTrees = new MountTrees(this);
        statMounts = new StatMounts(this);
        kinds.set(FileKinds.DIRECTORY, new DirectoryOps(this));
        kinds.set(FileKinds.REGULAR, new RegularOps(this));
        kinds.set(FileKinds.OUTSIDE, new OutsideOps());
    }

    /** init_pid_ns, from any PID namespace. */
    int rootPidNs(int ns) {
        return below.pidNamespaces().rootOf(ns);
    }

    /** What is not in tables. */
    public void digest(StateHash hash) {
        tables.digest(hash);
        mounts.digest(hash);
        superBlocks.digest(hash);
    }

    /** kern_mount(): an instance of a file system that is the kernel's own, and has no root that anybody could walk to. */
    public int kernMount(int type, int userNs, int name, int device) {
        int sb = superBlocks.create(type, userNs);
        superBlocks.setDevice(sb, device);
        int inode = inodes.create(sb, Stat.S_IFDIR | 0600, 0, 0);
        int root = dentries.addRoot(sb, name, inode);
        int mnt = mounts.create(sb, root, name);
        tables.superBlocks.setRoot(sb, root);
        superBlocks.put(sb);
        return mnt;
    }
}
