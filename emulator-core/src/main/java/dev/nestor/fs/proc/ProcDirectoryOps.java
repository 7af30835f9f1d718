package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.DirEmitter;
import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.ListedDirectory;
import dev.nestor.fs.Numbers;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.pid.PidTable;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Listing directories of /proc: proc_readdir(), proc_pid_readdir(), proc_readfd_common(). */
final class ProcDirectoryOps extends ListedDirectory {
    /** FIRST_PROCESS_ENTRY: positions in /proc from here on are processes. */
    private static final int FIRST_PROCESS_ENTRY = 256;

    /** TGID_OFFSET: and here is number 0, after self and thread-self. */
    private static final int TGID_OFFSET = FIRST_PROCESS_ENTRY + 2;

    private static final int PID_MAX_LIMIT = 4 * 1024 * 1024;

    private final ProcFs proc;
    private final TaskTable tasks;
    private final SignalStructTable signals;
    private final Pids pids;
    private final PidTable pidTable;
    private final HidePid hidePid;
    private final byte[] name = new byte[32];

    ProcDirectoryOps(Vfs vfs, ProcFs proc) {
        super(vfs);
        this.proc = proc;
        this.tasks = vfs.below.tasks();
        this.signals = vfs.below.signals();
        this.pids = vfs.below.pids();
        this.pidTable = proc.pidTable();
        this.hidePid = proc.hidePid();
    }

    @Override
    public long iterate(int task, int file, DirEmitter out) {
        int inode = files.inode(file);
        ProcEntry entry = proc.entryOf(inode);
        if (entry == null || (inodes.flags(inode) & InodeFlags.INCOMPLETE) != 0) {
            return -Outside.EOUTSIDE;
        }
        int subject = proc.taskOf(inode);
        if (inodes.handle(inode) != NULL && subject == NULL) {
            return -Errno.ENOENT;
        }
        if ((entry.isSysctl && !entry.isWhole) || (entry.kind == ProcEntry.DIR && entry.children.isEmpty())) {
            return -Outside.EOUTSIDE;
        }
        boolean hasNames = entry.kind != ProcEntry.ROOT || !hidePid.showsPidsOnly(inodes.sb(inode));
        if (hasNames && !emitDots(file, out)) {
            return 0;
        }
        switch (entry.kind) {
            case ProcEntry.ROOT -> emitRoot(task, file, entry, out);
            case ProcEntry.TASK_DIR -> emitThreads(file, subject, out);
            case ProcEntry.FD_DIR ->
                emitDescriptors(file, subject, proc.entries().fdLink(), out);
            case ProcEntry.FDINFO_DIR ->
                emitDescriptors(file, subject, proc.entries().fdInfo(), out);
            case ProcEntry.NAMES -> emitNames(task, file, entry, out);
            default -> emitChildren(file, entry, Integer.MAX_VALUE, out);
        }
        return 0;
    }

    /** proc_pident_readdir(), proc_readdir(): false when there was no room. */
    private boolean emitChildren(int file, ProcEntry entry, int end, DirEmitter out) {
        int pid = inodes.handle(files.inode(file));
        int count = Math.min(entry.children.size(), end);
        while (files.pos(file) - 2 < count) {
            ProcEntry child = entry.children.get((int) files.pos(file) - 2);
            int type = DirEmitter.typeOf(child.mode);
            if (!out.emit(child.name, child.name.length, proc.inoOf(child, pid, 0), type, files.pos(file))) {
                return false;
            }
            files.setPos(file, files.pos(file) + 1);
        }
        return true;
    }

    private void emitNames(int task, int file, ProcEntry entry, DirEmitter out) {
        List<String> all = entry.names == null ? List.of() : entry.names.names(task);
        while (files.pos(file) - 2 < all.size()) {
            byte[] text = all.get((int) files.pos(file) - 2).getBytes(StandardCharsets.ISO_8859_1);
            long ino = proc.inoOf(entry, NULL, 0) + files.pos(file);
            if (!out.emit(text, text.length, ino, DirEmitter.DT_DIR, files.pos(file))) {
                return;
            }
            files.setPos(file, files.pos(file) + 1);
        }
    }

    /** proc_root_readdir(): the fixed entries, self and thread-self, then processes by number. */
    private void emitRoot(int task, int file, ProcEntry root, DirEmitter out) {
        int fixed = root.children.size() - 2;
        if (files.pos(file) < FIRST_PROCESS_ENTRY) {
            boolean hasNames = !hidePid.showsPidsOnly(inodes.sb(files.inode(file)));
            if (hasNames && !emitChildren(file, root, fixed, out)) {
                return;
            }
            files.setPos(file, FIRST_PROCESS_ENTRY);
        }
        while (files.pos(file) < TGID_OFFSET) {
            ProcEntry self = root.children.get(fixed + (int) files.pos(file) - FIRST_PROCESS_ENTRY);
            boolean room = out.emit(
                    self.name, self.name.length, proc.inoOf(self, NULL, 0), DirEmitter.DT_LNK, files.pos(file));
            if (!room) {
                return;
            }
            files.setPos(file, files.pos(file) + 1);
        }
        emitProcesses(task, file, out);
    }

    private void emitProcesses(int task, int file, DirEmitter out) {
        int sb = inodes.sb(files.inode(file));
        int ns = proc.pidNsOf(files.inode(file));
        int nr = (int) files.pos(file) - TGID_OFFSET;
        while (true) {
            nr = vfs.below.pidNamespaces().nextNumber(ns, Math.max(nr, 1));
            if (nr < 0) {
                files.setPos(file, PID_MAX_LIMIT + TGID_OFFSET);
                return;
            }
            int pid = pids.findVpid(ns, nr);
            int process = pid == NULL ? NULL : pidTable.process(pid);
            if (process != NULL && hidePid.permits(sb, task, process, HidePid.INVISIBLE)) {
                int length = Numbers.putDecimal(name, 0, nr);
                long ino = proc.inoOf(proc.entries().pidDir(), pid, 0);
                files.setPos(file, nr + TGID_OFFSET);
                if (!out.emit(name, length, ino, DirEmitter.DT_DIR, files.pos(file))) {
                    return;
                }
            }
            nr++;
        }
    }

    /** proc_task_readdir(). */
    private void emitThreads(int file, int subject, DirEmitter out) {
        int ns = proc.pidNsOf(files.inode(file));
        Chain threads = signals.threads();
        long index = 2;
        for (int thread = threads.first(tasks.signal(subject)); thread != NULL; thread = threads.next(thread)) {
            if (index++ < files.pos(file)) {
                continue;
            }
            int length = Numbers.putDecimal(name, 0, pids.taskNr(thread, ns));
            long ino = proc.inoOf(proc.entries().tidDir(), tasks.threadPid(thread), 0);
            if (!out.emit(name, length, ino, DirEmitter.DT_DIR, files.pos(file))) {
                return;
            }
            files.setPos(file, files.pos(file) + 1);
        }
    }

    /** proc_readfd_common(). */
    private void emitDescriptors(int file, int subject, ProcEntry entry, DirEmitter out) {
        int struct = tasks.files(subject);
        if (struct == NULL) {
            return;
        }
        int pid = inodes.handle(files.inode(file));
        int type = DirEmitter.typeOf(entry.mode);
        int fd = vfs.fileTables.nextOpen(struct, (int) files.pos(file) - 2);
        while (fd >= 0) {
            files.setPos(file, fd + 2L);
            int length = Numbers.putDecimal(name, 0, fd);
            if (!out.emit(name, length, proc.inoOf(entry, pid, fd), type, fd + 2L)) {
                return;
            }
            files.setPos(file, fd + 3L);
            fd = vfs.fileTables.nextOpen(struct, fd + 1);
        }
        files.setPos(file, vfs.fileTables.maxFds(struct) + 2L);
    }

    @Override
    public long fsync(int file) {
        return -Errno.EINVAL;
    }
}
