package dev.nestor.fs.fanotify;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FsNotify;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.NotifyGroupTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fanotify;
import dev.nestor.uapi.Fcntl;
import java.util.Arrays;

/** Events as a reader gets them: struct fanotify_event_metadata and its records; fs/notify/fanotify/fanotify_user.c. */
final class FanotifyReads {
    /** FAN_EVENT_METADATA_LEN, bytes. */
    static final int METADATA_SIZE = 24;

    private static final int VERSION = 3;
    private static final int HEADER_SIZE = 4; // bytes: struct fanotify_event_info_header
    private static final int PIDFD_SIZE = 8; // bytes: struct fanotify_event_info_pidfd
    private static final int MNT_SIZE = 16; // bytes: struct fanotify_event_info_mnt
    private static final int ALIGN = 4;
    private static final int RESPONSE_SIZE = 8; // bytes: struct fanotify_response
    private static final int NAME_MAX = 255;

    private final Vfs vfs;
    private final NameTable names;
    private final TaskTable tasks;
    private final Pids pids;
    private final PidFds pidFds;
    private final NotifyGroupTable groups;
    private final FanotifyEvents life;
    private final FanotifyEventTable events;
    private final byte[] bytes = new byte[METADATA_SIZE + 3 * (HEADER_SIZE + 160 + NAME_MAX + 1) + MNT_SIZE];
    private int at;

    FanotifyReads(Vfs vfs, FanotifyEvents life, PidFds pidFds) {
        this.vfs = vfs;
        this.names = vfs.tables.names;
        this.tasks = vfs.below.tasks();
        this.pids = vfs.below.pids();
        this.pidFds = pidFds;
        this.groups = vfs.tables.notifyGroups;
        this.life = life;
        this.events = life.table();
    }

    private boolean has(int group, int flag) {
        return (groups.flags(group) & flag) != 0;
    }

    /** fanotify_event_len(): bytes. */
    int length(int group, int event) {
        int length = METADATA_SIZE;
        if (events.type(event) == FanotifyEvents.OVERFLOW && (groups.flags(group) & Fanotifies.FID_BITS) == 0) {
            return length + (has(group, Fanotify.FAN_REPORT_PIDFD) ? PIDFD_SIZE : 0);
        }
        length += fidLength(events.dir(event), events.dirName(event), 0);
        length += fidLength(events.newDir(event), events.newName(event), 0);
        length += fidLength(events.object(event), NULL, hasDot(group, event) ? 2 : 0);
        length += has(group, Fanotify.FAN_REPORT_PIDFD) ? PIDFD_SIZE : 0;
        return length + (events.type(event) == FanotifyEvents.MNT ? MNT_SIZE : 0);
    }

    /** Of an event on a directory that no name was kept for the name is told as ".". */
    private boolean hasDot(int group, int event) {
        return events.dir(event) == NULL
                && events.newDir(event) == NULL
                && events.object(event) != NULL
                && has(group, Fanotify.FAN_REPORT_NAME)
                && (events.mask(event) & Fanotify.FAN_ONDIR) != 0;
    }

    /** fanotify_fid_info_len(). */
    private int fidLength(int fid, int name, int dot) {
        if (fid == NULL) {
            return 0;
        }
        int length = HEADER_SIZE + names.length(fid) + (name == NULL ? dot : names.length(name) + 1);
        return (length + ALIGN - 1) / ALIGN * ALIGN;
    }

    /** copy_event_to_user() of an event that is off its queue, and goes: 0, EFAULT, or what hinders its file from being opened. */
    int copy(int task, int group, int event, IovIter to) {
        int length = length(group, event);
        int pid = events.pid(event);
        boolean isHidden = has(group, Fanotifies.FANOTIFY_UNPRIV) && pids.tgid(task) != pid;
        int nr = isHidden ? 0 : pids.keptNrNs(pid, pids.activeNs(task));
        boolean tellsErrors = has(group, Fanotify.FAN_REPORT_FD_ERROR);
        int fd = Fanotify.FAN_NOFD;
        if (events.type(event) == FanotifyEvents.PATH && !has(group, Fanotifies.FANOTIFY_UNPRIV)) {
            fd = openFor(task, group, event);
            if (fd < 0 && !tellsErrors) {
                life.free(event);
                return fd;
            }
        }
        int pidfd = has(group, Fanotify.FAN_REPORT_PIDFD) ? pidfd(task, pid, nr, tellsErrors) : 0;
        Arrays.fill(bytes, 0, length, (byte) 0);
        put(0, length, Integer.BYTES);
        put(4, VERSION, 1);
        put(6, METADATA_SIZE, Short.BYTES);
        put(8, events.mask(event) & FanotifyEvents.OUTGOING, Long.BYTES);
        put(16, fd, Integer.BYTES);
        put(20, nr, Integer.BYTES);
        at = METADATA_SIZE;
        layRecords(group, event);
        if (has(group, Fanotify.FAN_REPORT_PIDFD)) {
            header(Fanotify.FAN_EVENT_INFO_TYPE_PIDFD, PIDFD_SIZE);
            put(at + HEADER_SIZE, pidfd, Integer.BYTES);
            at += PIDFD_SIZE;
        }
        if (events.type(event) == FanotifyEvents.MNT) {
            header(Fanotify.FAN_EVENT_INFO_TYPE_MNT, MNT_SIZE);
            put(at + 8, events.mntId(event), Long.BYTES);
        }
        life.free(event);
        if (to.copyTo(bytes, 0, length) < length) {
            close(task, fd);
            close(task, pidfd);
            return -Errno.EFAULT;
        }
        return 0;
    }

    private void close(int task, int fd) {
        if (fd > 0) {
            vfs.fileTables.close(tasks.files(task), fd);
        }
    }

    /** create_fd(). */
    private int openFor(int task, int group, int event) {
        int fd = vfs.fileTables.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        int flags = groups.eventFlags(group);
        int file = vfs.opens.openSilently(task, events.mnt(event), events.dentry(event), flags & ~Fcntl.O_CLOEXEC);
        if (file < 0) {
            return file;
        }
        vfs.fileTables.install(tasks.files(task), fd, file, (flags & Fcntl.O_CLOEXEC) != 0);
        return fd;
    }

    private int pidfd(int task, int pid, int nr, boolean tellsErrors) {
        boolean isThere = nr != 0 && pidFds.isProcess(pid);
        int fd = isThere ? pidFds.create(task, pid, 0) : tellsErrors ? -Errno.ESRCH : Fanotify.FAN_NOPIDFD;
        return fd < 0 && isThere && !tellsErrors ? Fanotify.FAN_EPIDFD : fd;
    }

    /** copy_info_records_to_user(): the directory with the name, where the name is now, and what it happened to. */
    private void layRecords(int group, int event) {
        boolean isRename = (events.mask(event) & Fanotify.FAN_RENAME) != 0;
        boolean hasDir = events.dir(event) != NULL || events.newDir(event) != NULL;
        if (events.dir(event) != NULL) {
            int named = events.dirName(event) == NULL
                    ? Fanotify.FAN_EVENT_INFO_TYPE_DFID
                    : Fanotify.FAN_EVENT_INFO_TYPE_DFID_NAME;
            layFid(
                    isRename ? Fanotify.FAN_EVENT_INFO_TYPE_OLD_DFID_NAME : named,
                    events.dir(event),
                    events.dirName(event),
                    false);
        }
        if (events.newDir(event) != NULL) {
            layFid(Fanotify.FAN_EVENT_INFO_TYPE_NEW_DFID_NAME, events.newDir(event), events.newName(event), false);
        }
        if (events.object(event) == NULL) {
            return;
        }
        boolean isOnDir = (events.mask(event) & (Fanotify.FAN_ONDIR | FsNotify.DIRENT_EVENTS)) != 0;
        boolean isPlain = (groups.flags(group) & Fanotifies.FID_BITS) == Fanotify.FAN_REPORT_FID || hasDir;
        int type = isPlain || !isOnDir ? Fanotify.FAN_EVENT_INFO_TYPE_FID : Fanotify.FAN_EVENT_INFO_TYPE_DFID;
        boolean hasDot = hasDot(group, event);
        layFid(hasDot ? Fanotify.FAN_EVENT_INFO_TYPE_DFID_NAME : type, events.object(event), NULL, hasDot);
    }

    private void layFid(int type, int fid, int name, boolean dot) {
        int length = fidLength(fid, name, dot ? 2 : 0);
        header(type, length);
        int end = at + HEADER_SIZE + names.copy(fid, bytes, at + HEADER_SIZE);
        if (name != NULL) {
            names.copy(name, bytes, end);
        } else if (dot) {
            bytes[end] = '.';
        }
        at += length;
    }

    private void header(int type, int length) {
        put(at, type, 1);
        put(at + 2, length, Short.BYTES);
    }

    private void put(int to, long value, int size) {
        for (int i = 0; i < size; i++) {
            bytes[to + i] = (byte) (value >>> (8 * i));
        }
    }

    /** fanotify_write(): EINVAL, EFAULT, ENOENT where nobody waits for this answer. */
    long answer(int group, IovIter from) {
        long count = from.remaining();
        if (count < RESPONSE_SIZE) {
            return -Errno.EINVAL;
        }
        if (from.copyFrom(bytes, 0, RESPONSE_SIZE) < RESPONSE_SIZE) {
            return -Errno.EFAULT;
        }
        int fd = number(0);
        int response = number(4);
        int known = response & ~(Fanotify.FAN_AUDIT | Fanotify.FAN_INFO);
        boolean isAudit = (response & Fanotify.FAN_AUDIT) != 0;
        boolean isValid = (known == Fanotify.FAN_ALLOW || known == Fanotify.FAN_DENY)
                && (!isAudit || has(group, Fanotify.FAN_ENABLE_AUDIT));
        return !isValid || fd < 0 ? -Errno.EINVAL : -Errno.ENOENT;
    }

    private int number(int from) {
        int value = 0;
        for (int i = Integer.BYTES - 1; i >= 0; i--) {
            value = value << 8 | (bytes[from + i] & 0xff);
        }
        return value;
    }
}
