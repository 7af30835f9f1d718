package dev.nestor.cli.replay;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import org.jspecify.annotations.Nullable;

/**
 * A path that a call walks, and what its success tells of the object there.
 *
 * @param dirAt the argument with the directory that a relative path begins in, or CWD
 * @param pathAt the argument with the path
 * @param kind S_IFREG, S_IFDIR, S_IFLNK; GUESS when the call does not tell; PARENT when it makes the object itself
 * @param follows whether a symlink at the end is followed
 */
record PathUse(int dirAt, int pathAt, int kind, boolean follows) {
    static final int CWD = -1;
    static final int GUESS = 0;
    static final int PARENT = 1;

    private static final int MS_REMOUNT = 0x20;
    private static final int MS_BIND = 0x1000;
    private static final int MS_MOVE = 0x2000;

    private static final PathUse REGULAR = new PathUse(CWD, 0, Stat.S_IFREG, true);
    private static final PathUse DIRECTORY = new PathUse(CWD, 0, Stat.S_IFDIR, true);
    private static final PathUse ANY = new PathUse(CWD, 0, GUESS, true);
    private static final PathUse ANY_AT = new PathUse(0, 1, GUESS, true);
    private static final PathUse ANY_ITSELF = new PathUse(CWD, 0, GUESS, false);
    private static final PathUse ANY_ITSELF_AT = new PathUse(0, 1, GUESS, false);
    private static final PathUse MADE = new PathUse(CWD, 0, PARENT, true);
    private static final PathUse MADE_AT = new PathUse(0, 1, PARENT, true);
    private static final PathUse SECOND_MADE = new PathUse(CWD, 1, PARENT, true);
    private static final PathUse LINK = new PathUse(CWD, 0, Stat.S_IFLNK, false);
    private static final PathUse LINK_AT = new PathUse(0, 1, Stat.S_IFLNK, false);

    /** The paths of a call; none for one that has no path, or shows none. */
    static PathUse[] of(TraceCall call) {
        return switch (call.nr()) {
            case Nr.NR_open, Nr.NR_creat -> one(opened(call, CWD, 0));
            case Nr.NR_openat, Nr.NR_openat2 -> one(opened(call, 0, 1));
            case Nr.NR_stat, Nr.NR_access, Nr.NR_statfs, Nr.NR_chmod, Nr.NR_chown, Nr.NR_utime, Nr.NR_getxattr ->
                one(ANY);
            case Nr.NR_lstat, Nr.NR_lchown, Nr.NR_lgetxattr -> one(ANY_ITSELF);
            case Nr.NR_newfstatat, Nr.NR_statx, Nr.NR_fchownat, Nr.NR_name_to_handle_at, Nr.NR_open_tree ->
                one(atSymlink(call) ? ANY_ITSELF_AT : ANY_AT);
            case Nr.NR_faccessat, Nr.NR_faccessat2, Nr.NR_fchmodat, Nr.NR_fchmodat2, Nr.NR_utimensat -> one(ANY_AT);
            case Nr.NR_inotify_add_watch -> one(new PathUse(CWD, 1, GUESS, true));
            case Nr.NR_execve, Nr.NR_truncate -> one(REGULAR);
            case Nr.NR_execveat -> one(new PathUse(0, 1, Stat.S_IFREG, true));
            case Nr.NR_readlink -> one(isNoLink(call) ? ANY_ITSELF : LINK);
            case Nr.NR_readlinkat -> one(isNoLink(call) ? ANY_ITSELF_AT : LINK_AT);
            case Nr.NR_chdir, Nr.NR_chroot -> one(DIRECTORY);
            case Nr.NR_rmdir -> one(new PathUse(CWD, 0, Stat.S_IFDIR, false));
            case Nr.NR_unlink -> one(new PathUse(CWD, 0, Stat.S_IFREG, false));
            case Nr.NR_unlinkat -> one(removed(call));
            case Nr.NR_mkdir, Nr.NR_mknod -> one(exists(call) ? DIRECTORY : MADE);
            case Nr.NR_mkdirat, Nr.NR_mknodat -> one(exists(call) ? new PathUse(0, 1, Stat.S_IFDIR, true) : MADE_AT);
            case Nr.NR_symlink -> one(exists(call) ? new PathUse(CWD, 1, GUESS, false) : SECOND_MADE);
            case Nr.NR_symlinkat -> one(new PathUse(1, 2, exists(call) ? GUESS : PARENT, false));
            case Nr.NR_rename, Nr.NR_link -> new PathUse[] {ANY_ITSELF, SECOND_MADE};
            case Nr.NR_renameat, Nr.NR_renameat2, Nr.NR_linkat ->
                new PathUse[] {ANY_ITSELF_AT, new PathUse(2, 3, PARENT, true)};
            case Nr.NR_mount -> mounted(call);
            case Nr.NR_pivot_root -> new PathUse[] {DIRECTORY, new PathUse(CWD, 1, Stat.S_IFDIR, true)};
            case Nr.NR_umount2 -> one(DIRECTORY);
            case Nr.NR_move_mount -> new PathUse[] {ANY_AT, new PathUse(2, 3, Stat.S_IFDIR, true)};
            default -> new PathUse[0];
        };
    }

    /** The source of a mount is a path only where it is bound or moved. */
    private static PathUse[] mounted(TraceCall call) {
        Value shown = call.arg(3);
        long flags = shown != null && shown.isNumber() ? shown.number() : 0;
        boolean hasSource = (flags & (MS_BIND | MS_MOVE)) != 0;
        boolean changes = (flags & MS_REMOUNT) != 0;
        return hasSource && !changes
                ? new PathUse[] {ANY, new PathUse(CWD, 1, GUESS, true)}
                : one(new PathUse(CWD, 1, Stat.S_IFDIR, true));
    }

    private static PathUse[] one(PathUse use) {
        return new PathUse[] {use};
    }

    private static PathUse opened(TraceCall call, int dirAt, int pathAt) {
        long flags = openFlags(call, pathAt + 1);
        boolean makes = (flags & Fcntl.O_CREAT) != 0 || call.nr() == Nr.NR_creat;
        boolean follows = (flags & Fcntl.O_NOFOLLOW) == 0;
        if (makes && !exists(call) && (flags & Fcntl.O_EXCL) != 0) {
            return new PathUse(dirAt, pathAt, PARENT, follows);
        }
        if ((flags & Fcntl.O_DIRECTORY) != 0) {
            return new PathUse(dirAt, pathAt, Stat.S_IFDIR, follows);
        }
        return new PathUse(dirAt, pathAt, makes ? PARENT : GUESS, follows);
    }

    /** The flags of an open; openat2 has them in a structure. */
    static long openFlags(TraceCall call, int at) {
        Value value = call.arg(at);
        Value flags = value instanceof Value.Struct how ? how.field("flags") : value;
        return flags != null && flags.isNumber() ? flags.number() : 0;
    }

    private static PathUse removed(TraceCall call) {
        Value flags = call.arg(2);
        boolean isDirectory = flags != null && flags.isNumber() && (flags.number() & Fcntl.AT_REMOVEDIR) != 0;
        return new PathUse(0, 1, isDirectory ? Stat.S_IFDIR : Stat.S_IFREG, false);
    }

    private static boolean atSymlink(TraceCall call) {
        Value flags = call.arg(
                switch (call.nr()) {
                    case Nr.NR_newfstatat -> 3;
                    case Nr.NR_fchownat, Nr.NR_name_to_handle_at -> 4;
                    default -> 2;
                });
        return flags != null && flags.isNumber() && (flags.number() & Fcntl.AT_SYMLINK_NOFOLLOW) != 0;
    }

    private static boolean exists(TraceCall call) {
        return call.result().value() == -Errno.EEXIST;
    }

    private static boolean isNoLink(TraceCall call) {
        return call.result().outcome() == CallResult.Outcome.FAILED;
    }

    /** The path as the log shows it; null when it does not, or not in full. */
    byte @Nullable [] path(TraceCall call) {
        return call.arg(pathAt) instanceof Value.Str text && !text.isTruncated() ? text.bytes() : null;
    }

    int dfd(TraceCall call) {
        Value dir = dirAt == CWD ? null : call.arg(dirAt);
        return dir != null && dir.isNumber() ? (int) dir.number() : Fcntl.AT_FDCWD;
    }
}
