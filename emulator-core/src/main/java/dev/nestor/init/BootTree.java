package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.devices.LoopDevices;
import dev.nestor.fs.devices.MemDevices;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.net.Network;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Comparator;
import java.util.List;

/**
 * The mounts that a kernel boots with: below the first root, which nobody sees, the root file system with {@code /proc},
 * {@code /sys}, {@code /dev}, {@code /dev/pts} and {@code /dev/shm}, and the cgroups in {@code /sys/fs/cgroup}.
 */
final class BootTree {
    private static final int DEVTMPFS_DEVICE = 6; // 0:6
    private static final int DEBUGFS_DEVICE = 8; // 0:8
    private static final int TRACEFS_DEVICE = 13; // 0:13
    private static final int FIRST_ANONYMOUS_DEVICE = 21; // of those mounted at boot: proc is 0:21

    /* The fields of a line of KernelConfig.bootMounts(). */
    private static final int ID = 0;
    private static final int TYPE = 1;
    private static final int PLACE = 2;

    private final FileSystems fileSystems;
    private final Kernel kernel;
    private final Vfs vfs;
    private final TreeMaker maker;

    /** The mount that is seen at each place: looked up only. */
    private final Object2IntOpenHashMap<String> tops = new Object2IntOpenHashMap<>();

    /** Instances of file systems that have but one, by type. */
    private final Object2IntOpenHashMap<String> singles = new Object2IntOpenHashMap<>();

    BootTree(Kernel kernel, FileSystems fileSystems) {
        this.kernel = kernel;
        this.fileSystems = fileSystems;
        this.vfs = kernel.vfs();
        this.maker = new TreeMaker(vfs);
    }

    /** Makes all of it; the top of the tree. */
    int create(int userNs, int pidNs) {
        int first = mount(fileSystems.ramfs().create(userNs, 0755), "rootfs", 0);
        vfs.superBlocks.reserveDevices(FIRST_ANONYMOUS_DEVICE);
        List<String[]> lines = kernel.config()
                .bootMounts()
                .lines()
                .map(line -> line.split(" ", -1))
                .toList();
        int cgroups = 0;
        while (cgroups < lines.size() && !lines.get(cgroups)[TYPE].equals("cgroup")) {
            cgroups++;
        }
        mountEarly(lines.subList(0, cgroups), first, userNs, pidNs);
        for (String[] line : lines.subList(cgroups, lines.size())) {
            if (line[TYPE].equals("cgroup")) {
                mountCgroups(userNs, tops.getOrDefault(line[PLACE], rootMount()));
            } else {
                attach(mount(line, userNs, pidNs), line[PLACE]);
            }
        }
        fillDev(vfs.mounts.rootOf(tops.getOrDefault("/dev", rootMount())));
        maker.directory(vfs.mounts.rootOf(rootMount()), "tmp", 01777);
        return first;
    }

    /** What was mounted before it was put in its place: made in the order of the ids, put there in that of the lines. */
    private void mountEarly(List<String[]> lines, int first, int userNs, int pidNs) {
        List<String[]> byId = lines.stream()
                .sorted(Comparator.comparingInt(line -> Integer.parseInt(line[ID])))
                .toList();
        vfs.mounts.reserveIds(Integer.parseInt(byId.getFirst()[ID]));
        Object2IntOpenHashMap<String> made = new Object2IntOpenHashMap<>();
        for (String[] line : byId) {
            made.put(line[ID], mount(line, userNs, pidNs));
        }
        for (String[] line : lines) {
            int mount = made.getInt(line[ID]);
            if (line[PLACE].equals("/")) {
                vfs.mounts.attach(mount, first, vfs.mounts.rootOf(first));
                tops.put("/", mount);
            } else {
                attach(mount, line[PLACE]);
            }
        }
    }

    /** The root file system's mount. */
    int rootMount() {
        return tops.getInt("/");
    }

    private int mount(String[] line, int userNs, int pidNs) {
        String flags = "," + line[4] + ",";
        int sb = instance(line[1], userNs, pidNs);
        String options = line[5].equals("-") ? "" : line[5];
        fileSystems.instances().setText(sb, options);
        vfs.tables.superBlocks.setReadOnly(sb, flags.contains(",ro,"));
        int bits = (flags.contains(",ro,") ? MountFlags.MNT_READONLY : 0)
                | (flags.contains(",nosuid,") ? MountFlags.MNT_NOSUID : 0)
                | (flags.contains(",nodev,") ? MountFlags.MNT_NODEV : 0)
                | (flags.contains(",noexec,") ? MountFlags.MNT_NOEXEC : 0)
                | (flags.contains(",relatime,") ? MountFlags.MNT_RELATIME : 0);
        return mount(sb, line[3], bits);
    }

    private int instance(String type, int userNs, int pidNs) {
        return switch (type) {
            case "proc" ->
                fileSystems.procFs().create(userNs, kernel.pidNamespaces().get(pidNs));
            case "tmpfs" -> fileSystems.tmpfs().create(userNs, 0755);
            case "ext4" -> fileSystems.newDisk(userNs);
            case "devtmpfs" -> {
                int sb = fileSystems.newSpecial(fileSystems.devtmpfs(), userNs, 0755);
                vfs.superBlocks.setDevice(sb, DEVTMPFS_DEVICE);
                fileSystems.setDevtmpfsSb(sb);
                yield sb;
            }
            case "sysfs" -> fileSystems.newSysfs(userNs);
            case "tracefs", "debugfs" -> single(type, userNs);
            default -> fileSystems.newSpecial(fileSystems.instances().special(type), userNs, 0755);
        };
    }

    /** The one instance of a file system that has but one. */
    private int single(String type, int userNs) {
        int known = singles.getInt(type);
        if (known != NULL) {
            return vfs.superBlocks.get(known);
        }
        int sb = fileSystems.newSpecial(fileSystems.instances().special(type), userNs, 0700);
        vfs.superBlocks.setDevice(sb, type.equals("tracefs") ? TRACEFS_DEVICE : DEBUGFS_DEVICE);
        singles.put(type, sb);
        return sb;
    }

    /** Below what is mounted on the way, in directories that are made as needed. */
    private void attach(int mnt, String place) {
        int parent = rootMount();
        int dentry = vfs.mounts.rootOf(parent);
        StringBuilder path = new StringBuilder();
        for (String name : place.substring(1).split("/", -1)) {
            path.append('/').append(name);
            dentry = maker.existing(dentry, name);
            int top = tops.getInt(path.toString());
            if (top != NULL) {
                parent = top;
                dentry = vfs.mounts.rootOf(top);
            }
        }
        int inode = vfs.tables.dentries.inode(dentry);
        if (vfs.tables.dentries.sb(dentry) != vfs.tables.mounts.sb(rootMount())) {
            vfs.tables.inodes.setFlags(inode, vfs.tables.inodes.flags(inode) | InodeFlags.EMPTY_DIR);
        }
        vfs.mounts.attach(mnt, parent, dentry);
        tops.put(place, mnt);
    }

    private void fillDev(int dev) {
        device(dev, "null", MemDevices.NULL_DEVICE);
        device(dev, "zero", MemDevices.ZERO_DEVICE);
        device(dev, "full", MemDevices.FULL_DEVICE);
        device(dev, "random", MemDevices.RANDOM_DEVICE);
        device(dev, "urandom", MemDevices.URANDOM_DEVICE);
        maker.add(dev, "loop-control", Stat.S_IFCHR | 0600, LoopDevices.CONTROL_DEVICE);
        for (int i = 0; i < LoopDevices.MIN_COUNT; i++) {
            maker.add(dev, "loop" + i, Stat.S_IFBLK | 0600, LoopDevices.LOOP_MAJOR << 8 | i);
        }
        maker.add(maker.directory(dev, "net", 0755), "tun", Stat.S_IFCHR | 0600, Network.TUN_DEVICE);
    }

    /** A directory for each hierarchy of version 1 and one for the default one. */
    private void mountCgroups(int userNs, int parent) {
        int root = vfs.mounts.rootOf(parent);
        fileSystems.legacyCgroupFs().create(userNs);
        List<LegacyHierarchy> legacy = kernel.cgroups().legacy();
        for (int i = 0; i < legacy.size(); i++) {
            String name = legacy.get(i).controllers().replace("name=", "");
            mountOn(fileSystems.legacyCgroupFs().instance(i), "cgroup", parent, maker.directory(root, name, 0755));
        }
        fileSystems.cgroupFs().create(userNs);
        mountOn(fileSystems.cgroupFs().instance(), "cgroup2", parent, maker.directory(root, "unified", 0755));
    }

    private int mount(int sb, String source, int flags) {
        int name = vfs.tables.names.intern(source);
        int mnt = vfs.mounts.create(sb, vfs.tables.superBlocks.root(sb), name);
        vfs.tables.names.put(name);
        vfs.superBlocks.put(sb);
        vfs.tables.mounts.setFlags(mnt, flags);
        return mnt;
    }

    private void mountOn(int sb, String source, int parent, int place) {
        vfs.mounts.attach(mount(sb, source, MountFlags.MNT_RELATIME), parent, place);
    }

    private void device(int parent, String name, int rdev) {
        maker.add(parent, name, Stat.S_IFCHR | 0666, rdev);
    }
}
