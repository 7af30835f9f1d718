package dev.nestor.uapi;

/** include/uapi/linux/fanotify.h. */
public final class Fanotify {
    public static final int FAN_ACCESS = 1;
    public static final int FAN_MODIFY = 2;
    public static final int FAN_ATTRIB = 4;
    public static final int FAN_CLOSE_WRITE = 8;
    public static final int FAN_CLOSE_NOWRITE = 0x10;
    public static final int FAN_OPEN = 0x20;
    public static final int FAN_MOVED_FROM = 0x40;
    public static final int FAN_MOVED_TO = 0x80;
    public static final int FAN_CREATE = 0x100;
    public static final int FAN_DELETE = 0x200;
    public static final int FAN_DELETE_SELF = 0x400;
    public static final int FAN_MOVE_SELF = 0x800;
    public static final int FAN_OPEN_EXEC = 0x1000;
    public static final int FAN_Q_OVERFLOW = 0x4000;
    public static final int FAN_FS_ERROR = 0x8000;
    public static final int FAN_OPEN_PERM = 0x1_0000;
    public static final int FAN_ACCESS_PERM = 0x2_0000;
    public static final int FAN_OPEN_EXEC_PERM = 0x4_0000;
    public static final int FAN_PRE_ACCESS = 0x10_0000;
    public static final int FAN_MNT_ATTACH = 0x0100_0000;
    public static final int FAN_MNT_DETACH = 0x0200_0000;
    public static final int FAN_EVENT_ON_CHILD = 0x0800_0000;
    public static final int FAN_RENAME = 0x1000_0000;
    public static final int FAN_ONDIR = 0x4000_0000;
    public static final int FAN_CLOSE = FAN_CLOSE_WRITE | FAN_CLOSE_NOWRITE;
    public static final int FAN_MOVE = FAN_MOVED_FROM | FAN_MOVED_TO;

    public static final int FAN_CLOEXEC = 1;
    public static final int FAN_NONBLOCK = 2;
    public static final int FAN_CLASS_NOTIF = 0;
    public static final int FAN_CLASS_CONTENT = 4;
    public static final int FAN_CLASS_PRE_CONTENT = 8;
    public static final int FAN_UNLIMITED_QUEUE = 0x10;
    public static final int FAN_UNLIMITED_MARKS = 0x20;
    public static final int FAN_ENABLE_AUDIT = 0x40;
    public static final int FAN_REPORT_PIDFD = 0x80;
    public static final int FAN_REPORT_TID = 0x100;
    public static final int FAN_REPORT_FID = 0x200;
    public static final int FAN_REPORT_DIR_FID = 0x400;
    public static final int FAN_REPORT_NAME = 0x800;
    public static final int FAN_REPORT_TARGET_FID = 0x1000;
    public static final int FAN_REPORT_FD_ERROR = 0x2000;
    public static final int FAN_REPORT_MNT = 0x4000;

    public static final int FAN_MARK_ADD = 1;
    public static final int FAN_MARK_REMOVE = 2;
    public static final int FAN_MARK_DONT_FOLLOW = 4;
    public static final int FAN_MARK_ONLYDIR = 8;
    public static final int FAN_MARK_INODE = 0;
    public static final int FAN_MARK_MOUNT = 0x10;
    public static final int FAN_MARK_IGNORED_MASK = 0x20;
    public static final int FAN_MARK_IGNORED_SURV_MODIFY = 0x40;
    public static final int FAN_MARK_FLUSH = 0x80;
    public static final int FAN_MARK_FILESYSTEM = 0x100;
    public static final int FAN_MARK_MNTNS = 0x110;
    public static final int FAN_MARK_EVICTABLE = 0x200;
    public static final int FAN_MARK_IGNORE = 0x400;

    public static final int FAN_EVENT_INFO_TYPE_FID = 1;
    public static final int FAN_EVENT_INFO_TYPE_DFID_NAME = 2;
    public static final int FAN_EVENT_INFO_TYPE_DFID = 3;
    public static final int FAN_EVENT_INFO_TYPE_PIDFD = 4;
    public static final int FAN_EVENT_INFO_TYPE_MNT = 7;
    public static final int FAN_EVENT_INFO_TYPE_OLD_DFID_NAME = 10;
    public static final int FAN_EVENT_INFO_TYPE_NEW_DFID_NAME = 12;

    public static final int FAN_ALLOW = 1;
    public static final int FAN_DENY = 2;
    public static final int FAN_AUDIT = 0x10;
    public static final int FAN_INFO = 0x20;

    public static final int FAN_NOFD = -1;
    public static final int FAN_NOPIDFD = -1;
    public static final int FAN_EPIDFD = -2;

    private Fanotify() {}
}
