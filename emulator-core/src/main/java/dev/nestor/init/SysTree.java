package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Vfs;
import dev.nestor.fs.sysfs.SysAttributes;
import dev.nestor.fs.sysfs.SysEntry;
import dev.nestor.fs.sysfs.SysFs;
import dev.nestor.net.Network;
import dev.nestor.net.SysNet;

/** Instances of sysfs, of which CPUs and network devices are known. */
final class SysTree {
    private final Vfs vfs;
    private final SysFs sysFs;
    private final SysCpus cpus;
    private final SysNet net;
    private final TreeMaker maker;

    SysTree(Kernel kernel, Network network) {
        vfs = kernel.vfs();
        sysFs = new SysFs(vfs);
        maker = new TreeMaker(vfs);
        cpus = new SysCpus(kernel, new SysAttributes(vfs), maker);
        net = network.newSysNet(sysFs);
    }

    /** NULL at a limit. */
    int create(int userNs) {
        int sb = sysFs.create(userNs, 0755);
        if (sb == NULL) {
            return NULL;
        }
        int root = maker.incomplete(vfs.tables.superBlocks.root(sb));
        cpus.fill(sb);
        bind(maker.existing(maker.incomplete(maker.existing(root, "class")), "net"), net.classNet());
        int devices = maker.existing(root, "devices");
        bind(maker.existing(maker.incomplete(maker.existing(devices, "virtual")), "net"), net.virtualNet());
        int at = devices;
        for (String name : SysNet.PHYSICAL_PLACE.split("/", -1)) {
            at = maker.existing(maker.incomplete(at), name);
        }
        bind(at, net.physicalNet());
        return sb;
    }

    private void bind(int dentry, SysEntry entry) {
        sysFs.bind(vfs.tables.dentries.inode(dentry), entry);
    }
}
