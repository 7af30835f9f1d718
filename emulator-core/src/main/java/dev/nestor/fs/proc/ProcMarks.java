package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsNotify;
import dev.nestor.fs.NotifyMarkTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.exportfs.FileHandles;
import dev.nestor.fs.fanotify.Fanotifies;
import dev.nestor.fs.inotify.Inotifies;
import dev.nestor.uapi.Fanotify;
import dev.nestor.uapi.Inotify;

/** What /proc/PID/fdinfo shows of who watches files, the youngest mark first: fs/notify/fdinfo.c. */
final class ProcMarks {
    private final Vfs vfs;
    private final NotifyMarkTable marks;

    ProcMarks(Vfs vfs) {
        this.vfs = vfs;
        this.marks = vfs.tables.notifyMarks;
    }

    /** inotify_show_fdinfo(). */
    void show(Inotifies inotifies, int file, SeqFile out) {
        int group = vfs.tables.files.handle(file);
        for (int mark = marks.ofGroup().last(group);
                mark != NULL;
                mark = marks.ofGroup().prev(mark)) {
            int mask = (marks.mask(mark) & Inotify.IN_ALL_EVENTS)
                    | ((marks.flags(mark) & FsNotify.EXCL_UNLINK) != 0 ? Inotify.IN_EXCL_UNLINK : 0)
                    | ((marks.flags(mark) & FsNotify.IN_ONESHOT) != 0 ? Inotify.IN_ONESHOT : 0);
            out.put("inotify wd:");
            hex(marks.wd(mark), out);
            inode(marks.object(mark), out);
            out.put(" mask:");
            hex(mask, out);
            out.put(" ignored_mask:0 ");
            handle(inotifies.handles(), marks.object(mark), out);
            out.put('\n');
        }
    }

    /** fanotify_show_fdinfo(). */
    void show(Fanotifies fanotifies, int file, SeqFile out) {
        int group = vfs.tables.files.handle(file);
        out.put("fanotify flags:");
        hex(fanotifies.shownFlags(file), out);
        out.put(" event-flags:");
        hex(fanotifies.eventFlags(file), out);
        out.put('\n');
        for (int mark = marks.ofGroup().last(group);
                mark != NULL;
                mark = marks.ofGroup().prev(mark)) {
            int object = marks.object(mark);
            out.put("fanotify");
            switch (marks.type(mark)) {
                case FsNotify.INODE -> inode(object, out);
                case FsNotify.MOUNT -> hex(vfs.tables.mounts.id(object), out.put(" mnt_id:"));
                case FsNotify.SUPER_BLOCK -> hex(vfs.tables.superBlocks.dev(object), out.put(" sdev:"));
                default -> out.put(" mnt_ns:").unsigned(Integer.toUnsignedLong(vfs.tables.mntNamespaces.inum(object)));
            }
            hex(userFlags(marks.flags(mark)), out.put(" mflags:"));
            hex(marks.mask(mark), out.put(" mask:"));
            hex(marks.ignored(mark), out.put(" ignored_mask:"));
            if (marks.type(mark) == FsNotify.INODE) {
                handle(fanotifies.handles(), object, out.put(' '));
            }
            out.put('\n');
        }
    }

    /** fanotify_mark_user_flags(). */
    private static int userFlags(int flags) {
        return ((flags & FsNotify.NO_IREF) != 0 ? Fanotify.FAN_MARK_EVICTABLE : 0)
                | ((flags & FsNotify.IGNORED_SURV_MODIFY) != 0 ? Fanotify.FAN_MARK_IGNORED_SURV_MODIFY : 0)
                | ((flags & FsNotify.HAS_IGNORE_FLAGS) != 0 ? Fanotify.FAN_MARK_IGNORE : 0);
    }

    private void inode(int inode, SeqFile out) {
        hex(vfs.tables.inodes.ino(inode), out.put(" ino:"));
        hex(vfs.tables.superBlocks.dev(vfs.tables.inodes.sb(inode)), out.put(" sdev:"));
    }

    /** show_mark_fhandle(). */
    private static void handle(FileHandles handles, int inode, SeqFile out) {
        int size = handles.encode(inode, true, false);
        if (size < 0) {
            return;
        }
        hex(size, out.put("fhandle-bytes:"));
        hex(handles.type(), out.put(" fhandle-type:"));
        out.put(" f_handle:");
        for (int i = 0; i < size; i++) {
            out.hex(handles.handle()[i] & 0xff, 2);
        }
    }

    /** %x. */
    private static void hex(long number, SeqFile out) {
        out.hex(number, Math.max(1, (Long.SIZE + 3 - Long.numberOfLeadingZeros(number)) / 4));
    }

    private static void hex(int number, SeqFile out) {
        hex(Integer.toUnsignedLong(number), out);
    }
}
