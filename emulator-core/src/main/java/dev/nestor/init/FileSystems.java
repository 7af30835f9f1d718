package dev.nestor.init;

import dev.nestor.fs.Vfs;
import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.fs.pipe.Pipes;
import dev.nestor.fs.tmpfs.TmpFs;
import dev.nestor.table.StateHash;

/** The file systems of one kernel, and the tree that it boots with. */
public final class FileSystems {
    private static final int ROOT_DEVICE = 0xfe00; // 254:0, /dev/vda

    private final Vfs vfs;
    private final Pipes pipes;
    private final NsFs nsFs;
    private final PidFds pidFds;
    private final TmpFs tmpfs;
    private final TmpFs disk;
    private final int rootMount;

    FileSystems(Kernel kernel, int userNs) {
        vfs = kernel.vfs();
        pipes = new Pipes(vfs, userNs, kernel.config().maxFiles());
        nsFs = new NsFs(vfs, userNs);
        pidFds = new PidFds(vfs, kernel.pidTable(), userNs);
        tmpfs = TmpFs.tmpfs(vfs);
        TmpFs.ramfs(vfs);
        disk = TmpFs.disk(vfs, "ext4", TmpFs.EXT4_SUPER_MAGIC);
        rootMount = mountRoot(userNs);
    }

    private int mountRoot(int userNs) {
        int sb = disk.create(userNs, 0755);
        vfs.superBlocks.setDevice(sb, ROOT_DEVICE);
        int source = vfs.tables.names.intern("/dev/vda");
        int mnt = vfs.mounts.create(sb, vfs.tables.superBlocks.root(sb), source);
        vfs.tables.names.put(source);
        vfs.superBlocks.put(sb);
        return mnt;
    }

    /** The top of the first mount namespace. */
    int rootMount() {
        return rootMount;
    }

    void digest(StateHash hash) {
        pipes.digest(hash);
    }

    public NsFs nsFs() {
        return nsFs;
    }

    public PidFds pidFds() {
        return pidFds;
    }

    public Pipes pipes() {
        return pipes;
    }

    public TmpFs tmpfs() {
        return tmpfs;
    }
}
