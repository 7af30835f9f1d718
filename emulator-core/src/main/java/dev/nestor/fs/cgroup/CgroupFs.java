package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cgroup.CgroupHooks;
import dev.nestor.kernel.cgroup.CgroupNamespaces;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.sched.Wakeups;
import dev.nestor.kernel.signal.SignalWakeups;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Errno;
import java.util.function.LongUnaryOperator;

/** The one instance of cgroup2. */
public final class CgroupFs extends CgroupTree {
    public static final long CGROUP2_SUPER_MAGIC = 0x63677270L;

    private int sb; // held for ever, once create() has been called

    /** What this room needs of others, beyond the VFS. */
    public record Below(
            CgroupRoom room,
            CgroupNamespaces namespaces,
            Wakeups wakeups,
            SignalWakeups signalWakeups,
            MmTable mms,
            LongUnaryOperator cyclesToNs) {}

    public CgroupFs(Vfs vfs, Below below) {
        super("cgroup2", CGROUP2_SUPER_MAGIC, vfs, below.room(), below.namespaces());
        cgroups.setHooks(new Hooks(below.wakeups(), below.signalWakeups()));
        new CgroupCore(vfs, room, procs, below.cyclesToNs(), this).register(kinds);
        new CgroupControllers(room, vfs.below.tasks(), below.mms()).register(kinds);
    }

    /**
     * Once: the instance, with the directory of the root.
     *
     * @param userNs the initial user namespace
     */
    public void create(int userNs) {
        sb = newInstance(userNs, cgroups.root());
    }

    /** The way from a namespace's root to a cgroup, of the same hierarchy. */
    public int path(int ns, int cgroup, byte[] into) {
        return paths.relative(table.kn(namespaces.rootOf(ns, table.hierarchy(cgroup))), table.kn(cgroup), into);
    }

    /** cgroup_do_get_tree(): the instance with a reference. */
    public int instance() {
        return vfs.superBlocks.get(sb);
    }

    /** cgroup2_parse_param(): the options; EINVAL for one that there is not. They count in the initial namespace alone. */
    public int setOptions(int task, byte[] text, int length) {
        int wanted = CgroupOptions.parse(text, length);
        if (wanted < 0) {
            return wanted;
        }
        if (namespaces.isInitial(cgroupNsOf(task))) {
            setOptions(wanted);
        }
        return 0;
    }

    private void setOptions(int wanted) {
        table.setRootFlags(cgroups.root(), wanted);
        String shown = CgroupOptions.shown(wanted);
        names.put(vfs.tables.superBlocks.options(sb));
        vfs.tables.superBlocks.setOptions(sb, shown.isEmpty() ? NULL : names.intern(shown));
    }

    private boolean hasOption(int option) {
        return (table.rootFlags(cgroups.root()) & option) != 0;
    }

    /** CGRP_ROOT_NS_DELEGATE: namespaces are where rights end. */
    boolean isNsDelegate() {
        return hasOption(CgroupOptions.NSDELEGATE);
    }

    @Override
    boolean isBoundary(int ns, int cgroup) {
        return isNsDelegate() && !namespaces.isInitial(ns) && namespaces.rootOf(ns, 0) == cgroup;
    }

    /** CGRP_ROOT_PIDS_LOCAL_EVENTS. */
    boolean hasLocalPidsEvents() {
        return hasOption(CgroupOptions.PIDS_LOCALEVENTS);
    }

    /**
     * The first half of cgroup_css_set_fork() with CLONE_INTO_CGROUP: the cgroup of a directory into which the task may put a
     * child. EBADF for no such directory, ENOENT for a removed one, EACCES, EBUSY, EOPNOTSUPP, ENOENT across a namespace.
     */
    public int cgroupForChild(int task, int fd, boolean thread) {
        int file = vfs.files.fileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        int inode = files.inode(file);
        if (inodes.sb(inode) != sb || inodes.datum(inode) != 0) {
            return -Errno.EBADF;
        }
        int cgroup = inodes.handle(inode);
        if (cgroup == NULL) {
            return -Errno.ENOENT;
        }
        int error = procs.mayWrite(task, cgroup);
        if (error == 0) {
            int from = room.cssSets().cgroupOf(task);
            error = procs.mayAttach(task, from, cgroup, !thread, isNsDelegate() ? cgroupNsOf(task) : NULL);
        }
        return error != 0 ? error : cgroup;
    }

    /** For a driver that knows where a process is: it goes to the cgroup of a path, which is made where it is missing. */
    public void place(int task, String path) {
        room.cssSets().attachTask(cgroupAt(task, cgroups.root(), path), task, true);
    }

    /** For such a driver: the last name of the path to a task's cgroup is another. */
    public void rename(int task, String newName) {
        int name = names.intern(newName);
        rename(table.kn(room.cssSets().cgroupOf(task)), name);
        names.put(name);
    }

    private final class Hooks implements CgroupHooks {
        private final Wakeups wakeups;
        private final SignalWakeups signalWakeups;

        Hooks(Wakeups wakeups, SignalWakeups signalWakeups) {
            this.wakeups = wakeups;
            this.signalWakeups = signalWakeups;
        }

        @Override
        public void eventsChanged(int cgroup) {
            int dentry = table.eventsFile(cgroup);
            if (dentry != NULL) {
                wakePollers(dentries.inode(dentry));
            }
        }

        @Override
        public void controllersChanged(int cgroup) {
            int kn = table.kn(cgroup);
            if (kn != NULL) {
                updateFiles(cgroup, vfs.permissions.fsuid(writer), vfs.permissions.fsgid(writer));
            }
        }

        @Override
        public void released(int cgroup) {
            int kn = table.kn(cgroup);
            if (kn != NULL) {
                vfs.dentries.put(kn);
            }
        }

        @Override
        public void signalWakeUp(int task) {
            signalWakeups.signalWakeUp(task, false);
        }

        @Override
        public void wakeUpProcess(int task) {
            wakeups.wakeUpProcess(task);
        }
    }

    private int writer; // task that changes controllers: whose the files will be

    void setWriter(int task) {
        writer = task;
    }
}
