package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.MountFlags;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.devices.MemDevices;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.uapi.Stat;
import java.util.List;

/**
 * The mounts that a kernel boots with: below the first root, which nobody sees, the root file system with {@code /proc},
 * {@code /sys}, {@code /dev}, {@code /dev/pts} and {@code /dev/shm}, and the cgroups in {@code /sys/fs/cgroup}.
 */
final class BootTree {
    private static final int FIRST_ANONYMOUS_DEVICE = 21; // of those mounted at boot: proc is 0:21
    private static final int FIRST_CGROUP_DEVICE = 28; // of the tmpfs that they are mounted in

    private final FileSystems fileSystems;
    private final Kernel kernel;
    private final Vfs vfs;
    private int rootMount;

    BootTree(Kernel kernel, FileSystems fileSystems) {
        this.kernel = kernel;
        this.fileSystems = fileSystems;
        this.vfs = kernel.vfs();
    }

    /** Makes all of it; the top of the tree. */
    int create(int userNs, int pidNs) {
        int firstSb = fileSystems.ramfs().create(userNs, 0755);
        int first = mount(firstSb, "rootfs", 0);
        vfs.superBlocks.reserveDevices(FIRST_ANONYMOUS_DEVICE);
        rootMount = mountOn(fileSystems.newDisk(userNs), "/dev/vda", first, vfs.mounts.rootOf(first));
        int top = vfs.mounts.rootOf(rootMount);
        int proc = fileSystems.procFs().create(userNs, kernel.pidNamespaces().get(pidNs));
        mountOn(proc, "proc", rootMount, directory(top, "proc", 0555));
        int sysfs = fileSystems.newSpecial(fileSystems.sysfs(), userNs, 0555);
        int sys = mountOn(sysfs, "sysfs", rootMount, directory(top, "sys", 0555));
        int devtmpfs = fileSystems.newSpecial(fileSystems.devtmpfs(), userNs, 0755);
        fileSystems.setDevtmpfsSb(devtmpfs);
        int dev = mountOn(devtmpfs, "devtmpfs", rootMount, directory(top, "dev", 0755));
        int devRoot = vfs.mounts.rootOf(dev);
        int shm = fileSystems.tmpfs().create(userNs, 01777);
        mountOn(shm, "tmpfs", dev, directory(devRoot, "shm", 01777));
        int devpts = fileSystems.newSpecial(fileSystems.devpts(), userNs, 0755);
        mountOn(devpts, "devpts", dev, directory(devRoot, "pts", 0755));
        device(devRoot, "null", MemDevices.NULL_DEVICE);
        device(devRoot, "zero", MemDevices.ZERO_DEVICE);
        device(devRoot, "full", MemDevices.FULL_DEVICE);
        device(devRoot, "random", MemDevices.RANDOM_DEVICE);
        device(devRoot, "urandom", MemDevices.URANDOM_DEVICE);
        directory(top, "tmp", 01777);
        mountCgroups(userNs, sys, directory(directory(vfs.mounts.rootOf(sys), "fs", 0755), "cgroup", 0755));
        return first;
    }

    /** A tmpfs with a directory for each hierarchy of version 1 and one for the default one. */
    private void mountCgroups(int userNs, int sys, int place) {
        vfs.superBlocks.reserveDevices(FIRST_CGROUP_DEVICE);
        int dir = fileSystems.tmpfs().create(userNs, 0755);
        vfs.tables.superBlocks.setOptions(dir, vfs.tables.names.intern("mode=755"));
        int parent = mountOn(dir, "tmpfs", sys, place);
        int root = vfs.mounts.rootOf(parent);
        fileSystems.legacyCgroupFs().create(userNs);
        List<LegacyHierarchy> legacy = kernel.cgroups().legacy();
        for (int i = 0; i < legacy.size(); i++) {
            String name = legacy.get(i).controllers().replace("name=", "");
            mountOn(fileSystems.legacyCgroupFs().instance(i), "cgroup", parent, directory(root, name, 0755));
        }
        fileSystems.cgroupFs().create(userNs);
        mountOn(fileSystems.cgroupFs().instance(), "cgroup2", parent, directory(root, "unified", 0755));
    }

    /** The root file system's mount. */
    int rootMount() {
        return rootMount;
    }

    private int mount(int sb, String source, int flags) {
        int name = vfs.tables.names.intern(source);
        int mnt = vfs.mounts.create(sb, vfs.tables.superBlocks.root(sb), name);
        vfs.tables.names.put(name);
        vfs.superBlocks.put(sb);
        vfs.tables.mounts.setFlags(mnt, flags);
        return mnt;
    }

    private int mountOn(int sb, String source, int parent, int place) {
        int mnt = mount(sb, source, MountFlags.MNT_RELATIME);
        vfs.mounts.attach(mnt, parent, place);
        return mnt;
    }

    private int directory(int parent, String name, int mode) {
        int dentry = add(parent, name, Stat.S_IFDIR | mode, 0);
        int inode = vfs.tables.dentries.inode(parent);
        vfs.tables.inodes.setNlink(inode, vfs.tables.inodes.nlink(inode) + 1);
        return dentry;
    }

    private void device(int parent, String name, int rdev) {
        add(parent, name, Stat.S_IFCHR | 0666, rdev);
    }

    /** A name that lasts; the dentry is not held beyond that. */
    private int add(int parent, String text, int mode, int rdev) {
        int sb = vfs.tables.dentries.sb(parent);
        int inode = vfs.inodes.create(sb, mode, 0, 0);
        vfs.tables.inodes.setRdev(inode, rdev);
        boolean isDir = (mode & Stat.S_IFMT) == Stat.S_IFDIR;
        vfs.tables.inodes.setSize(inode, isDir ? vfs.superBlocks.type(sb).emptyDirSize() : 0);
        int name = vfs.tables.names.intern(text);
        int dentry = vfs.dentries.add(parent, name, inode);
        assert dentry != NULL : text;
        vfs.tables.names.put(name);
        vfs.creation.enteredAtBoot(parent, dentry);
        vfs.dentries.pin(dentry);
        vfs.dentries.put(dentry);
        return dentry;
    }
}
