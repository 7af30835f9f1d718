package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileModes;
import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTable;
import dev.nestor.fs.InodeTable;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.ns.NsOps;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Reading and writing entries: fs/seq_file.c, fs/proc/base.c, fs/proc/proc_sysctl.c.
 *
 * <p>The text of a SEQ entry is made when reading begins at its front, and kept in the pages of an inode that belongs to
 * the open file alone: f_handle. How far the buffer of seq_read() would reach is kept in f_datum. That inode also holds
 * the namespaces that the file was bound to when it was opened: the user namespace as i_rdev, the IPC namespace as its
 * handle, the PID namespace as its directory offset. Lists of mounts keep their mount namespace instead, and the event that
 * poll(2) has shown last as i_ino. A sysctl keeps no more than the handle of its IPC namespace, in f_datum.
 */
final class ProcOps implements FileOps {
    private static final int MAX_WRITE = 1 << 20; // KMALLOC_MAX_SIZE is more than any entry takes

    private static final Set<String> MOUNTS = Set.of("mounts", "mountinfo");

    private final Vfs vfs;
    private final ProcFs proc;
    private final FileTable files;
    private final InodeTable inodes;
    private final SeqReader reader;
    private final SeqFile seq = new SeqFile();
    private final ProcRequest request = new ProcRequest();
    private byte[] written = new byte[4096 + 1];

    ProcOps(Vfs vfs, ProcFs proc) {
        this.vfs = vfs;
        this.proc = proc;
        this.files = vfs.tables.files;
        this.inodes = vfs.tables.inodes;
        this.reader = new SeqReader(vfs);
    }

    private ProcEntry entry(int file) {
        ProcEntry entry = proc.entryOf(files.inode(file));
        if (entry == null) {
            throw new IllegalStateException("a file of proc without an entry");
        }
        return entry;
    }

    private ProcRequest request(int task, int file, long pos) {
        int inode = files.inode(file);
        request.reader = task;
        request.file = file;
        request.pid = inodes.handle(inode);
        request.subject = proc.taskOf(inode);
        request.pidNs = proc.pidNsOf(inode);
        int kept = files.handle(file);
        request.userNs = kept == NULL ? NULL : inodes.rdev(kept);
        boolean isMntNs = kept != NULL && inodes.nlink(kept) == ProcFs.KEEPS_MNT_NS;
        request.mntNs = isMntNs ? inodes.handle(kept) : NULL;
        request.ipcNs = kept == NULL ? (int) files.datum(file) : isMntNs ? NULL : inodes.handle(kept);
        request.openerPidNs = kept == NULL ? NULL : inodes.dirOffset(kept);
        request.extra = inodes.dirOffset(inode);
        request.pos = pos;
        return request;
    }

    /** The directory's process has been released meanwhile. */
    private boolean isGone(int file) {
        int inode = files.inode(file);
        return inodes.handle(inode) != NULL && proc.taskOf(inode) == NULL;
    }

    /** Of the files of a process only the lists of its mounts have a poll(). */
    @Override
    public boolean canPoll(int file) {
        return inodes.handle(files.inode(file)) == NULL || isMounts(file);
    }

    @Override
    public long open(int task, int file) {
        if (isGone(file)) {
            return -Errno.ESRCH;
        }
        if (entry(file).isNet && (files.mode(file) & FileModes.FMODE_WRITE) != 0) {
            return -Errno.EACCES;
        }
        if (entry(file).bindsUserNs) {
            return bindUserNs(task, file);
        }
        if (isMounts(file)) {
            return bindMntNs(file);
        }
        return entry(file).bindsIpcNs ? bindIpcNs(task, file) : 0;
    }

    private boolean isMounts(int file) {
        return inodes.handle(files.inode(file)) != NULL
                && MOUNTS.contains(new String(entry(file).name, StandardCharsets.US_ASCII));
    }

    /** mounts_open_common(): the list stays that of the namespace which the process is in now. */
    private int bindMntNs(int file) {
        NsOps ops = vfs.below.nsTypes().ops(NsTypes.MNT);
        int ns = ops.get(proc.taskOf(files.inode(file)));
        if (ns == NULL) {
            return -Errno.EINVAL;
        }
        int kept = newKept(file);
        if (kept == NULL) {
            ops.put(ns);
            return -Errno.ENOMEM;
        }
        inodes.setHandle(kept, ns);
        inodes.setNlink(kept, ProcFs.KEEPS_MNT_NS);
        inodes.setIno(kept, vfs.tables.mntNamespaces.event(ns));
        return 0;
    }

    /** mounts_poll(): an event is shown once. */
    @Override
    public int poll(int task, int file) {
        int kept = files.handle(file);
        if (!isMounts(file) || kept == NULL) {
            return DEFAULT_POLLMASK;
        }
        long event = vfs.tables.mntNamespaces.event(inodes.handle(kept));
        if (event == inodes.ino(kept)) {
            return POLLIN | POLLRDNORM;
        }
        inodes.setIno(kept, event);
        return POLLIN | POLLRDNORM | POLLERR | POLLPRI;
    }

    @Override
    public int pollQueue(int file, int index) {
        int kept = files.handle(file);
        return index == 0 && kept != NULL && isMounts(file) ? vfs.tables.mntNamespaces.poll(inodes.handle(kept)) : NULL;
    }

    /** proc_id_map_open() and proc_setgroups_open(). */
    private long bindUserNs(int task, int file) {
        int subject = proc.taskOf(files.inode(file));
        int ns = vfs.below.credTable().userNs(vfs.below.tasks().cred(subject));
        int capability = entry(file).writeCapability;
        boolean writes = (files.mode(file) & FileModes.FMODE_WRITE) != 0;
        if (writes && capability >= 0 && !vfs.below.capabilities().nsCapable(task, ns, capability)) {
            return -Errno.EACCES;
        }
        int kept = newKept(file);
        if (kept == NULL) {
            return -Errno.ENOMEM;
        }
        vfs.below.userNamespaces().hold(ns);
        inodes.setRdev(kept, ns);
        return 0;
    }

    /** sysvipc_proc_open(). */
    private int bindIpcNs(int task, int file) {
        NsOps ops = vfs.below.nsTypes().ops(NsTypes.IPC);
        int ns = ops.get(task);
        if (entry(file).isSysctl) {
            files.setDatum(file, ns);
            ops.put(ns);
            return 0;
        }
        int kept = newKept(file);
        if (kept == NULL) {
            ops.put(ns);
            return -Errno.ENOMEM;
        }
        inodes.setHandle(kept, ns);
        int pidNs = vfs.below.pids().activeNs(task);
        inodes.setDirOffset(kept, vfs.below.pidNamespaces().get(pidNs));
        return 0;
    }

    private int newKept(int file) {
        return reader.newKept(file);
    }

    @Override
    public long read(int task, int file, IovIter to, long pos) {
        ProcEntry entry = entry(file);
        if (entry.kind == ProcEntry.OUTSIDE || entry.show == null) {
            return -Outside.EOUTSIDE;
        }
        if (to.remaining() == 0 || (entry.kind == ProcEntry.SYSCTL && pos > 0 && !entry.isText)) {
            return 0;
        }
        boolean isKept =
                entry.kind == ProcEntry.SEQ || entry.kind == ProcEntry.RECORDS || entry.kind == ProcEntry.FDINFO;
        if (isKept) {
            return readKept(task, file, to, pos, entry);
        }
        int error = show(task, file, pos, entry);
        if (error != 0) {
            return error;
        }
        if (pos >= seq.length()) {
            return 0;
        }
        int wanted = (int) Math.min(seq.length() - pos, to.remaining());
        int copied = to.copyTo(seq.bytes(), (int) pos, wanted);
        return copied == 0 ? -Errno.EFAULT : copied;
    }

    private int show(int task, int file, long pos, ProcEntry entry) {
        if (isGone(file)) {
            return -Errno.ESRCH;
        }
        seq.clear();
        ProcShow show = entry.show;
        int error = show == null ? 0 : show.show(request(task, file, pos), seq);
        if (error == 0 && entry.kind == ProcEntry.SYSCTL) {
            seq.put('\n');
        }
        return error;
    }

    /** seq_read_iter(). */
    private long readKept(int task, int file, IovIter to, long pos, ProcEntry entry) {
        int kept = files.handle(file);
        if (pos == 0 || kept == NULL || inodes.size(kept) == 0) {
            int error = keep(task, file, entry);
            if (error != 0) {
                return error;
            }
        }
        return reader.read(file, to, pos, entry.kind == ProcEntry.RECORDS);
    }

    private int keep(int task, int file, ProcEntry entry) {
        int error = show(task, file, 0, entry);
        if (error != 0) {
            return error;
        }
        if (files.handle(file) == NULL && newKept(file) == NULL) {
            return -Errno.ENOMEM;
        }
        return reader.keep(file, seq) ? 0 : -Errno.ENOMEM;
    }

    @Override
    public void release(int file) {
        int kept = files.handle(file);
        if (kept != NULL) {
            int ns = inodes.rdev(kept);
            int ipcNs = inodes.handle(kept);
            int pidNs = inodes.dirOffset(kept);
            boolean isMntNs = inodes.nlink(kept) == ProcFs.KEEPS_MNT_NS;
            files.setHandle(file, NULL);
            inodes.setHandle(kept, NULL);
            vfs.inodes.put(kept);
            if (ns != NULL) {
                vfs.below.userNamespaces().put(ns);
            }
            if (isMntNs) {
                vfs.below.nsTypes().ops(NsTypes.MNT).put(ipcNs);
            } else if (ipcNs != NULL) {
                vfs.below.nsTypes().ops(NsTypes.IPC).put(ipcNs);
                vfs.below.pidNamespaces().put(pidNs);
            }
        }
    }

    @Override
    public long write(int task, int file, IovIter from, long pos) {
        ProcEntry entry = entry(file);
        if (entry.kind == ProcEntry.OUTSIDE) {
            return -Outside.EOUTSIDE;
        }
        ProcStore store = entry.store;
        if (store == null) {
            return -Errno.EINVAL;
        }
        if (isGone(file)) {
            return -Errno.ESRCH;
        }
        int length = (int) Math.min(from.remaining(), MAX_WRITE);
        if (length == 0 && entry.isText) {
            return 0;
        }
        if (length >= written.length) {
            written = new byte[MAX_WRITE + 1];
        }
        if (from.copyFrom(written, 0, length) < length) {
            return -Errno.EFAULT;
        }
        return store.store(request(task, file, pos), written, length);
    }

    @Override
    public long llseek(int task, int file, long offset, int whence) {
        ProcEntry entry = entry(file);
        boolean hasEnd = entry.kind == ProcEntry.SYSCTL || entry.kind == ProcEntry.SIMPLE;
        return whence == Fcntl.SEEK_SET || whence == Fcntl.SEEK_CUR || (hasEnd && whence == Fcntl.SEEK_END)
                ? vfs.readWrite.seekTo(file, offset, whence, 0)
                : -Errno.EINVAL;
    }
}
