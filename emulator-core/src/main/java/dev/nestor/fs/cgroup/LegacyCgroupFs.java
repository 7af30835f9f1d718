package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileKinds;
import dev.nestor.fs.FsType;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.uapi.Stat;
import java.nio.charset.StandardCharsets;

/**
 * Hierarchies of version 1: an instance for each that is configured. It is known where tasks are in them; what else they
 * have is not, so that their files are as those of any file system from outside.
 */
public final class LegacyCgroupFs extends FsType {
    private static final long CGROUP_SUPER_MAGIC = 0x27e0ebL;

    private final Vfs vfs;
    private final CgroupRoom room;
    private final CgroupNamespaces namespaces;
    private final InodeTable inodes;
    private final CgroupPaths paths;
    private final int index;
    private final int[] instances; // super_block by place in the list of hierarchies, held for ever

    public LegacyCgroupFs(Vfs vfs, CgroupRoom room, CgroupNamespaces namespaces) {
        super("cgroup", CGROUP_SUPER_MAGIC);
        this.vfs = vfs;
        this.room = room;
        this.namespaces = namespaces;
        this.inodes = vfs.tables.inodes;
        this.paths = new CgroupPaths(vfs.tables.dentries, vfs.tables.names);
        this.index = vfs.types.register(this);
        this.instances = new int[room.legacy().size()];
    }

    /**
     * Once: the instances of all hierarchies.
     *
     * @param userNs the initial user namespace
     */
    public void create(int userNs) {
        for (int i = 0; i < instances.length; i++) {
            instances[i] = newInstance(userNs, i + 1);
            cgroupAt(i, room.legacy().get(i).path());
        }
    }

    private int newInstance(int userNs, int hierarchy) {
        int sb = newInstance(userNs);
        int root = vfs.tables.superBlocks.root(sb);
        CgroupTable table = room.cgroups().table();
        table.setKn(room.rootOf(hierarchy), vfs.dentries.get(root));
        String options = options(room.legacy().get(hierarchy - 1));
        vfs.tables.superBlocks.setOptions(sb, vfs.tables.names.intern(options));
        return sb;
    }

    /** What mountinfo shows: the controllers, by number, and the name. */
    private static String options(LegacyHierarchy hierarchy) {
        StringBuilder text = new StringBuilder();
        for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
            if (hierarchy.has(ssid)) {
                text.append(text.isEmpty() ? "" : ",").append(CgroupSubsys.legacyName(ssid));
            }
        }
        for (String part : hierarchy.controllers().split(",", -1)) {
            if (part.startsWith("name=")) {
                text.append(text.isEmpty() ? "" : ",").append(part);
            }
        }
        return text.toString();
    }

    /** An instance of which nothing is known; NULL at a limit. */
    public int newInstance(int userNs) {
        int sb = vfs.superBlocks.create(index, userNs);
        if (sb == NULL) {
            return NULL;
        }
        int inode = vfs.inodes.create(sb, Stat.S_IFDIR | 0555, 0, 0);
        int name = vfs.tables.names.intern("/");
        int root = inode == NULL ? NULL : vfs.dentries.addRoot(sb, name, inode);
        vfs.tables.names.put(name);
        if (root == NULL) {
            vfs.inodes.put(inode);
            vfs.superBlocks.put(sb);
            return NULL;
        }
        inodes.setFlags(inode, InodeFlags.INCOMPLETE);
        vfs.tables.superBlocks.setRoot(sb, root);
        return sb;
    }

    /** The instance of the hierarchy at a place in the list, with a reference. */
    public int instance(int place) {
        return vfs.superBlocks.get(instances[place]);
    }

    /** The place of the hierarchy with these options, or -1. */
    public int find(byte[] text, int length) {
        String wanted = new String(text, 0, length, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < instances.length; i++) {
            String controllers = room.legacy().get(i).controllers();
            if (wanted.equals(controllers) || wanted.equals("none," + controllers)) {
                return i;
            }
        }
        return -1;
    }

    /** A driver that knows where a process is in a hierarchy puts it there. */
    public void place(int task, int place, String path) {
        room.cssSets().attachLegacy(place + 1, cgroupAt(place, path), task);
    }

    private int cgroupAt(int place, String path) {
        int cgroup = room.rootOf(place + 1);
        for (String part : path.split("/", -1)) {
            cgroup = part.isEmpty() ? cgroup : child(cgroup, part);
        }
        return cgroup;
    }

    private int child(int parent, String text) {
        CgroupTable table = room.cgroups().table();
        int dir = table.kn(parent);
        int name = vfs.tables.names.intern(text);
        int there = vfs.dentries.lookup(dir, name);
        int inode = there == NULL ? NULL : vfs.tables.dentries.inode(there);
        if (inode == NULL) {
            inode = vfs.inodes.create(vfs.tables.dentries.sb(dir), Stat.S_IFDIR | 0755, 0, 0);
            inodes.setFlags(inode, InodeFlags.INCOMPLETE);
            there = vfs.dentries.add(dir, name, inode);
            vfs.dentries.pin(there);
            vfs.dentries.put(there);
        }
        vfs.tables.names.put(name);
        if (inodes.handle(inode) == NULL) {
            int cgroup = room.cgroups().create(parent);
            table.setKn(cgroup, vfs.dentries.get(there));
            inodes.setHandle(inode, cgroup);
        }
        return inodes.handle(inode);
    }

    @Override
    public void evict(int inode) {
        inodes.setHandle(inode, NULL);
    }

    @Override
    public int mayChange() {
        return 0;
    }

    @Override
    public int fileKind(int inode) {
        return switch (inodes.mode(inode) & Stat.S_IFMT) {
            case Stat.S_IFREG -> FileKinds.REGULAR;
            case Stat.S_IFDIR -> FileKinds.DIRECTORY;
            default -> FileKinds.NONE;
        };
    }

    @Override
    public int showPath(int task, int dentry, byte[] into) {
        NsOps ops = vfs.below.nsTypes().ops(NsTypes.CGROUP);
        int ns = ops.get(task);
        if (ns == NULL) {
            return 0;
        }
        ops.put(ns);
        CgroupTable table = room.cgroups().table();
        for (int hierarchy = 1; hierarchy <= instances.length; hierarchy++) {
            int from = table.kn(namespaces.rootOf(ns, hierarchy));
            if (vfs.tables.dentries.sb(from) == vfs.tables.dentries.sb(dentry)) {
                return paths.relative(from, dentry, into);
            }
        }
        return 0;
    }
}
