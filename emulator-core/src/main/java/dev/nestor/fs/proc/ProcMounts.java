package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsStructTable;
import dev.nestor.fs.MntNamespaceTable;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.MountTable;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.SuperBlockTable;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;

/** /proc/PID/mounts, mountinfo and mountstats: fs/proc_namespace.c. */
final class ProcMounts {
    private final Vfs vfs;
    private final TaskTable tasks;
    private final MountTable mounts;
    private final MntNamespaceTable namespaces;
    private final SuperBlockTable superBlocks;
    private final NameTable names;
    private final FsStructTable fsStructs;
    private final byte[] path = new byte[Nameidata.PATH_MAX];
    private int rootMnt;
    private int rootDentry;
    private int reader; // task

    private interface Line {
        void show(int mnt, int pathLength, SeqFile out);
    }

    ProcMounts(ProcContext context) {
        this.vfs = context.vfs();
        this.tasks = context.tasks();
        this.mounts = vfs.tables.mounts;
        this.namespaces = vfs.tables.mntNamespaces;
        this.superBlocks = vfs.tables.superBlocks;
        this.names = vfs.tables.names;
        this.fsStructs = vfs.tables.fsStructs;
    }

    int showMounts(ProcRequest request, SeqFile out) {
        return each(request, out, this::mountsLine);
    }

    int showMountinfo(ProcRequest request, SeqFile out) {
        return each(request, out, this::mountinfoLine);
    }

    int showMountstats(ProcRequest request, SeqFile out) {
        return each(request, out, this::mountstatsLine);
    }

    /** m_start() to m_stop(): the mounts of the process's namespace that its root leads to, in order of their ids. */
    private int each(ProcRequest request, SeqFile out, Line line) {
        int subject = request.subject();
        reader = request.reader();
        int fs = tasks.fs(subject);
        NsOps ops = vfs.below.nsTypes().ops(NsTypes.MNT);
        int ns = request.mntNs() != NULL ? vfs.mntNamespaces.hold(request.mntNs()) : ops.get(subject);
        if (ns == NULL || fs == NULL) {
            if (ns != NULL) {
                ops.put(ns);
            }
            return -Errno.EINVAL;
        }
        rootMnt = fsStructs.rootMnt(fs);
        rootDentry = fsStructs.rootDentry(fs);
        for (int mnt = namespaces.mounts().first(ns);
                mnt != NULL;
                mnt = namespaces.mounts().next(mnt)) {
            int length = vfs.paths.reachable(mnt, mounts.root(mnt), rootMnt, rootDentry, path);
            if (length > 0) {
                line.show(mnt, length, out);
            }
        }
        ops.put(ns);
        return 0;
    }

    private void source(int mnt, SeqFile out) {
        int source = mounts.source(mnt);
        int length = source == NULL ? 0 : names.length(source);
        if (length == 0) {
            out.put("none");
            return;
        }
        for (int i = 0; i < length; i++) {
            char c = (char) (names.byteAt(source, i) & 0xff);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\\' || c == '#') {
                out.put('\\').octal(c, 3);
            } else {
                out.put(c);
            }
        }
    }

    private String typeName(int mnt) {
        return vfs.superBlocks.type(mounts.sb(mnt)).name();
    }

    /** show_vfsmnt(). */
    private void mountsLine(int mnt, int pathLength, SeqFile out) {
        source(mnt, out);
        out.put(' ').mangled(path, pathLength);
        out.put(' ').put(typeName(mnt));
        boolean readOnly = isMountReadOnly(mnt) || superBlocks.readOnly(mounts.sb(mnt));
        out.put(readOnly ? " ro" : " rw");
        superFlags(mnt, out);
        options(mnt, out);
        superOptions(mnt, out);
        out.put(" 0 0\n");
    }

    /** show_mountinfo(). */
    private void mountinfoLine(int mnt, int pathLength, SeqFile out) {
        int parent = mounts.parent(mnt);
        int dev = superBlocks.dev(mounts.sb(mnt));
        out.unsigned(mounts.id(mnt)).put(' ');
        out.unsigned(mounts.id(parent == NULL ? mnt : parent)).put(' ');
        out.unsigned(dev >>> 8 & 0xfff)
                .put(':')
                .unsigned((dev & 0xff) | (dev >>> 12 & 0xfff00))
                .put(' ');
        int root = mounts.root(mnt);
        int length = vfs.superBlocks.type(mounts.sb(mnt)).showPath(reader, root, path);
        if (length == 0) {
            length = vfs.superBlocks.type(mounts.sb(mnt)).dynamicName(root, path);
        }
        if (length == 0) {
            length = vfs.paths.inFileSystem(root, path);
        }
        out.mangled(path, length).put(' ');
        length = vfs.paths.reachable(mnt, root, rootMnt, rootDentry, path);
        out.mangled(path, length);
        out.put(isMountReadOnly(mnt) ? " ro" : " rw");
        options(mnt, out);
        if (vfs.mounts.peers().isShared(mnt)) {
            out.put(" shared:").unsigned(mounts.group(mnt));
        }
        int master = mounts.master(mnt);
        if (master != NULL) {
            out.put(" master:").unsigned(mounts.group(master));
            int from = vfs.statMounts.propagatesFrom(mnt, rootMnt, rootDentry);
            if (from != 0 && from != mounts.group(master)) {
                out.put(" propagate_from:").unsigned(from);
            }
        }
        if (vfs.mounts.peers().isUnbindable(mnt)) {
            out.put(" unbindable");
        }
        out.put(" - ").put(typeName(mnt)).put(' ');
        source(mnt, out);
        out.put(superBlocks.readOnly(mounts.sb(mnt)) ? " ro" : " rw");
        superFlags(mnt, out);
        superOptions(mnt, out);
        out.put('\n');
    }

    /** show_vfsstat(). */
    private void mountstatsLine(int mnt, int pathLength, SeqFile out) {
        out.put("device ");
        source(mnt, out);
        out.put(" mounted on ").mangled(path, pathLength);
        out.put(" with fstype ").put(typeName(mnt)).put('\n');
    }

    private boolean isMountReadOnly(int mnt) {
        return (mounts.flags(mnt) & MountFlags.MNT_READONLY) != 0;
    }

    /** show_mnt_opts(). */
    private void options(int mnt, SeqFile out) {
        int flags = mounts.flags(mnt);
        option(flags, MountFlags.MNT_NOSUID, ",nosuid", out);
        option(flags, MountFlags.MNT_NODEV, ",nodev", out);
        option(flags, MountFlags.MNT_NOEXEC, ",noexec", out);
        option(flags, MountFlags.MNT_NOATIME, ",noatime", out);
        option(flags, MountFlags.MNT_NODIRATIME, ",nodiratime", out);
        option(flags, MountFlags.MNT_RELATIME, ",relatime", out);
        option(flags, MountFlags.MNT_NOSYMFOLLOW, ",nosymfollow", out);
    }

    private static void option(int flags, int flag, String text, SeqFile out) {
        if ((flags & flag) != 0) {
            out.put(text);
        }
    }

    /** show_sb_opts(). */
    private void superFlags(int mnt, SeqFile out) {
        int flags = superBlocks.flags(mounts.sb(mnt));
        option(flags, SuperBlockTable.SB_SYNCHRONOUS, ",sync", out);
        option(flags, SuperBlockTable.SB_DIRSYNC, ",dirsync", out);
        option(flags, SuperBlockTable.SB_MANDLOCK, ",mand", out);
        option(flags, SuperBlockTable.SB_LAZYTIME, ",lazytime", out);
    }

    private void superOptions(int mnt, SeqFile out) {
        int options = superBlocks.options(mounts.sb(mnt));
        if (options != NULL) {
            out.put(',').name(names, options);
        }
    }
}
