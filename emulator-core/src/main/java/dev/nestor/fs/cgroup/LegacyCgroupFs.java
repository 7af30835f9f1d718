package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.nio.charset.StandardCharsets;

/** Hierarchies of version 1: an instance for each that is configured. kernel/cgroup/cgroup-v1.c. */
public final class LegacyCgroupFs extends CgroupTree {
    private static final long CGROUP_SUPER_MAGIC = 0x27e0ebL;

    private final int[] instances; // super_block by place in the list of hierarchies, held for ever

    public LegacyCgroupFs(Vfs vfs, CgroupRoom room, CgroupNamespaces namespaces, MmTable mms, int cpus) {
        super("cgroup", CGROUP_SUPER_MAGIC, vfs, room, namespaces);
        this.instances = new int[room.legacy().size()];
        new LegacyCore(vfs, cgroups, procs).register(kinds);
        new LegacyControllers(cgroups, cpus).register(kinds);
        new LegacyCpuset(room, cpus).register(kinds);
        CgroupControllers controllers = new CgroupControllers(room, vfs.below.tasks(), mms);
        controllers.registerLegacyPids(kinds);
        new LegacyMemory(cgroups, controllers).register(kinds);
        new CgroupCpuFiles(cgroups).registerLegacy(kinds);
    }

    /**
     * Once: the instances of all hierarchies.
     *
     * @param userNs the initial user namespace
     */
    public void create(int userNs) {
        for (int i = 0; i < instances.length; i++) {
            int root = room.rootOf(i + 1);
            instances[i] = newInstance(userNs, root);
            String options = options(room.legacy().get(i));
            vfs.tables.superBlocks.setOptions(instances[i], names.intern(options));
            cgroupAt(NULL, root, room.legacy().get(i).path());
        }
    }

    /** What mountinfo shows: the controllers, by number, and the name. */
    private static String options(LegacyHierarchy hierarchy) {
        StringBuilder text = new StringBuilder();
        for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
            if (hierarchy.has(ssid)) {
                text.append(text.isEmpty() ? "" : ",").append(CgroupSubsys.legacyName(ssid));
            }
        }
        if (!hierarchy.name().isEmpty()) {
            text.append(text.isEmpty() ? "" : ",").append("name=").append(hierarchy.name());
        }
        return text.toString();
    }

    /** The instance of the hierarchy at a place in the list. */
    public int superBlock(int place) {
        return instances[place];
    }

    /** The same with a reference. */
    public int instance(int place) {
        return vfs.superBlocks.get(instances[place]);
    }

    /** cgroup1_parse_param(), cgroup1_root_to_use(): the place of the hierarchy that options name, or a negative errno. */
    public int find(int task, byte[] text, int length) {
        LegacyOptions wanted = LegacyOptions.parse(new String(text, 0, length, StandardCharsets.ISO_8859_1));
        if (wanted == null) {
            return -Errno.EINVAL;
        }
        for (int i = 0; i < instances.length; i++) {
            int found = wanted.match(room.legacy().get(i));
            if (found != LegacyOptions.OTHER) {
                return found == 0 ? i : found;
            }
        }
        return wanted.missing(namespaces.isInitial(cgroupNsOf(task)), room.legacy());
    }

    /** A driver that knows where a process is in a hierarchy puts it there. */
    public void place(int task, int place, String path) {
        int cgroup = cgroupAt(task, room.rootOf(place + 1), path);
        room.cssSets().attachTask(cgroup, task, true);
    }

    @Override
    public int mayMake(int format) {
        return format == 0 ? 0 : mayChange();
    }

    /** cgroup1_rename(): directories only, and only within the one they are in. */
    @Override
    public int rename(int source, int newDir, int nameHandle, int target, int flags) {
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        if (hasNewline(nameHandle)) {
            return -Errno.EINVAL;
        }
        if ((inodes.mode(dentries.inode(source)) & Stat.S_IFMT) != Stat.S_IFDIR) {
            return -Errno.ENOTDIR;
        }
        if (dentries.parent(source) != newDir) {
            return -Errno.EIO;
        }
        if (target != NULL) {
            return -Errno.EEXIST;
        }
        rename(source, nameHandle);
        return 0;
    }
}
