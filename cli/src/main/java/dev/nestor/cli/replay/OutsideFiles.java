package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.KStat;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.fs.LookupFlags;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names, attributes and bytes of files from before the log. A name is learned where the log finds it and the emulator does
 * not; of what kind it is, from the call, or guessed until a call tells.
 */
final class OutsideFiles {
    private static final String FOUND = "a file from before the log";
    private static final String[][] MERGED_USR = {
        {"/bin", "usr/bin"}, {"/lib", "usr/lib"}, {"/lib64", "usr/lib64"}, {"/sbin", "usr/sbin"}
    };
    private static final String[] KERNEL_OWN = {"/sys/devices", "/sys/devices/system"};
    private static final String[] DEVICES = {
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx"
    };

    private final LearnedFiles learned;

    /** Inodes that an open has made, unless they were there before. */
    private final IntOpenHashSet maybeOld = new IntOpenHashSet();

    /** Inodes whose kind nobody has told. */
    private final IntOpenHashSet guessed = new IntOpenHashSet();

    OutsideFiles(LearnedFiles learned) {
        this.learned = learned;
    }

    /** What all systems of these years have: /usr is merged, and there are the devices that programs count on. */
    void begin(int task) {
        for (String dir : KERNEL_OWN) {
            learned.setIncomplete(task, bytes(dir));
        }
        for (String[] link : MERGED_USR) {
            int inode = learned.learnPath(task, Fcntl.AT_FDCWD, bytes(link[0]), 0, Stat.S_IFLNK | 0777);
            if (inode > NULL) {
                learned.learnLink(inode, bytes(link[1]));
            }
        }
        for (String device : DEVICES) {
            learned.learnPath(task, Fcntl.AT_FDCWD, bytes(device), 0, Stat.S_IFCHR | 0666);
        }
    }

    /** A task of which it is not known where it stands shows that with a relative path. */
    boolean learnWorkingDirectory(int task, TraceCall call) {
        for (var arg : call.args()) {
            if (arg.value() instanceof Value.Fd fd
                    && fd.value() == Fcntl.AT_FDCWD
                    && fd.target().startsWith("/")) {
                return changeDirectory(task, bytes(fd.target()));
            }
        }
        return false;
    }

    boolean changeDirectory(int task, byte[] path) {
        int inode = learned.learnPath(task, Fcntl.AT_FDCWD, path, LookupFlags.FOLLOW, Stat.S_IFDIR | 0755);
        return inode > NULL && learned.changeDirectory(task, path);
    }

    /** A call finds a path, and the emulator does not. Why the result is not computed, or "". */
    String learn(ReplayedTask member, TraceCall call, long result) {
        if (result == -Errno.ENOTDIR) {
            return retype(member, call) ? FOUND : "";
        }
        if (result == -Errno.EACCES || result == -Errno.ENOEXEC) {
            return learnProgram(member, call) ? FOUND : "";
        }
        if (result == -Errno.EINVAL && (call.nr() == Nr.NR_readlink || call.nr() == Nr.NR_readlinkat)) {
            return learnLink(member.task(), call) ? FOUND : "";
        }
        if (result != -Errno.ENOENT) {
            return "";
        }
        int before = learned.namesLearned();
        for (PathUse use : PathUse.of(call)) {
            byte[] path = use.path(call);
            if (path != null && path.length > 0) {
                learn(member.task(), call, use, path);
            }
        }
        return learned.namesLearned() > before ? FOUND : "";
    }

    /** A file that the log executes is a program that may be executed. */
    private boolean learnProgram(ReplayedTask member, TraceCall call) {
        boolean execs = call.nr() == Nr.NR_execve || call.nr() == Nr.NR_execveat;
        if (!execs || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return false;
        }
        int inode = inodeOf(member.task(), call);
        return inode > NULL && learned.learnProgram(inode);
    }

    /** What all others have followed is a symlink. */
    private boolean learnLink(int task, TraceCall call) {
        int before = learned.namesLearned();
        for (PathUse use : PathUse.of(call)) {
            byte[] path = use.path(call);
            if (path != null && path.length > 0) {
                int inode = learned.find(task, use.dfd(call), path, false);
                if (inode > NULL && learned.isNewLink(inode) && call.arg(use.pathAt() + 1) instanceof Value.Str text) {
                    learned.learnLink(inode, text.bytes());
                    return true;
                }
                learned.forgetName(task, use.dfd(call), path);
                learn(task, call, use, path);
            }
        }
        return learned.namesLearned() > before;
    }

    private void learn(int task, TraceCall call, PathUse use, byte[] path) {
        int lookup = use.follows() ? LookupFlags.FOLLOW : 0;
        if (use.kind() == PathUse.PARENT) {
            byte[] parent = parent(path);
            if (parent.length > 0) {
                learned.learnPath(task, use.dfd(call), parent, LookupFlags.FOLLOW, Stat.S_IFDIR | 0755);
            }
            return;
        }
        learnTarget(task, call, path);
        int before = learned.namesLearned();
        int inode = learned.learnPath(task, use.dfd(call), path, lookup, mode(call, use, path));
        if (inode <= NULL || learned.namesLearned() == before) {
            return;
        }
        if (use.kind() == Stat.S_IFLNK && call.arg(use.pathAt() + 1) instanceof Value.Str text) {
            learned.learnLink(inode, text.bytes());
        }
        boolean tells = use.kind() > PathUse.PARENT || statOf(call) != null;
        if (!tells) {
            guessed.add(inode);
        }
    }

    private static int mode(TraceCall call, PathUse use, byte[] path) {
        KStat stat = statOf(call);
        if (stat != null) {
            return stat.mode;
        }
        int kind = use.kind() > PathUse.PARENT ? use.kind() : guess(call, path);
        return kind | (kind == Stat.S_IFLNK ? 0777 : kind == Stat.S_IFDIR || isExec(call) ? 0755 : 0644);
    }

    private static boolean isExec(TraceCall call) {
        boolean execs = call.nr() == Nr.NR_execve || call.nr() == Nr.NR_execveat || call.nr() == Nr.NR_access;
        return execs && call.result().outcome() == CallResult.Outcome.RETURNED;
    }

    private static int guess(TraceCall call, byte[] path) {
        boolean isDevice = startsWith(path, "/dev/") && !startsWith(path, "/dev/shm") && !startsWith(path, "/dev/pts");
        boolean isDirectory = path[path.length - 1] == '/'
                || call.nr() == Nr.NR_statfs
                || (call.nr() == Nr.NR_mount && !hasExtension(path) && !startsWith(path, "/etc/"));
        return isDirectory ? Stat.S_IFDIR : isDevice ? Stat.S_IFCHR : Stat.S_IFREG;
    }

    private static boolean hasExtension(byte[] path) {
        int at = path.length - 1;
        while (at > 0 && path[at] != '.' && path[at] != '/') {
            at--;
        }
        return at > 0 && path[at] == '.' && path[at - 1] != '/';
    }

    private static boolean startsWith(byte[] path, String prefix) {
        return path.length > prefix.length()
                && Arrays.equals(path, 0, prefix.length(), bytes(prefix), 0, prefix.length());
    }

    /** Where strace shows that an opened path led elsewhere: what it led to, and a symlink where the two part. */
    private void learnTarget(int task, TraceCall call, byte[] path) {
        String target = call.result().target();
        String shown = target == null ? null : OutsideDescriptors.path(target);
        String asked = new String(path, StandardCharsets.UTF_8);
        if (shown == null || !shown.startsWith("/") || !asked.startsWith("/") || asked.contains("/.")) {
            return;
        }
        String asking = asked.replaceAll("/+", "/");
        if (asking.equals(shown)) {
            return;
        }
        String[] from = asking.substring(1).split("/", -1);
        String[] to = shown.substring(1).split("/", -1);
        int same = 0;
        while (same < from.length - 1
                && same < to.length - 1
                && from[from.length - 1 - same].equals(to[to.length - 1 - same])) {
            same++;
        }
        String link = "/" + String.join("/", Arrays.copyOf(from, from.length - same));
        String place = "/" + String.join("/", Arrays.copyOf(to, to.length - same));
        int kind = same > 0 ? Stat.S_IFDIR | 0755 : Stat.S_IFREG | 0644;
        int before = learned.namesLearned();
        int there = learned.learnPath(task, Fcntl.AT_FDCWD, bytes(place), LookupFlags.FOLLOW, kind);
        if (there > NULL && same == 0 && learned.namesLearned() > before) {
            guessed.add(there);
        }
        if (there > NULL) {
            int inode = learned.learnPath(task, Fcntl.AT_FDCWD, bytes(link), 0, Stat.S_IFLNK | 0777);
            if (inode > NULL && learned.isNewLink(inode)) {
                learned.learnLink(inode, bytes(place));
                guessed.add(inode);
            }
        }
    }

    /** Something on the way is a directory, or what was taken for a file is a symlink: a kind that was guessed was wrong. */
    private boolean retype(ReplayedTask member, TraceCall call) {
        if (call.nr() == Nr.NR_mount) {
            return retypeBound(member, call);
        }
        for (PathUse use : PathUse.of(call)) {
            byte[] path = use.path(call);
            int dir = use.dfd(call) == Fcntl.AT_FDCWD ? NULL : learned.inodeOf(member.task(), use.dfd(call));
            if (dir > NULL && guessed.remove(dir)) {
                learned.retype(dir, Stat.S_IFDIR | 0755);
                learned.rekind(member.task(), use.dfd(call));
                return true;
            }
            for (int end = 1; path != null && end <= path.length; end++) {
                boolean isLast = end == path.length;
                if (!isLast && path[end] != '/') {
                    continue;
                }
                int inode =
                        learned.find(member.task(), use.dfd(call), Arrays.copyOf(path, end), !isLast || use.follows());
                if (inode > NULL && guessed.remove(inode)) {
                    learned.retype(inode, isLast ? mode(call, use, path) : Stat.S_IFDIR | 0755);
                    return true;
                }
            }
        }
        return false;
    }

    /** A directory is bound to directories only, all else to what is none: of two that differ one was guessed wrongly. */
    private boolean retypeBound(ReplayedTask member, TraceCall call) {
        for (PathUse use : PathUse.of(call)) {
            byte[] path = use.path(call);
            int inode = path == null ? NULL : learned.find(member.task(), use.dfd(call), path, true);
            if (inode > NULL && guessed.remove(inode)) {
                learned.retype(inode, learned.isDirectory(inode) ? Stat.S_IFREG | 0644 : Stat.S_IFDIR | 0755);
                return true;
            }
        }
        return false;
    }

    /** An open has made a file, or found one from before: the log does not show which. */
    void noteOpened(ReplayedTask member, TraceCall call, boolean wasAbsent) {
        int fd = (int) call.result().value();
        if (wasAbsent && fd >= 0) {
            int inode = learned.inodeOf(member.task(), fd);
            if (inode > NULL) {
                maybeOld.add(inode);
            }
        }
    }

    /** Whether a call opens a file that it may have made itself, in a directory where it may have been before. */
    boolean opensMaybeOld(int task, TraceCall call) {
        boolean opens = call.nr() == Nr.NR_openat || call.nr() == Nr.NR_open;
        int flagsAt = call.nr() == Nr.NR_open ? 1 : 2;
        long flags = opens ? PathUse.openFlags(call, flagsAt) : 0;
        if ((flags & (Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_TRUNC)) != Fcntl.O_CREAT) {
            return false;
        }
        PathUse use = PathUse.of(call)[0];
        byte[] path = use.path(call);
        if (path == null || learned.find(task, use.dfd(call), path, true) != -Errno.ENOENT) {
            return false;
        }
        byte[] parent = parent(path);
        return learned.isIncomplete(task, use.dfd(call), parent.length == 0 ? bytes(".") : parent);
    }

    /** A file that was thought to be new shows that it was there before. */
    boolean wasOld(ReplayedTask member, TraceCall call) {
        boolean shows = call.nr() == Nr.NR_read || call.nr() == Nr.NR_pread64 || statOf(call) != null;
        int inode = shows ? inodeOf(member.task(), call) : NULL;
        if (inode <= NULL || !maybeOld.remove(inode)) {
            return false;
        }
        learned.forgetContent(inode);
        return true;
    }

    /** A directory that the emulator has made was there already. */
    void learnExisting(ReplayedTask member, TraceCall call, long result) {
        boolean makes = call.nr() == Nr.NR_mkdir || call.nr() == Nr.NR_mkdirat;
        if (!makes || result != 0 || call.result().value() != -Errno.EEXIST) {
            return;
        }
        PathUse use = PathUse.of(call)[0];
        byte[] path = use.path(call);
        if (path == null) {
            return;
        }
        byte[] parent = parent(path);
        int dir = learned.find(member.task(), use.dfd(call), parent.length == 0 ? bytes(".") : parent, true);
        if (dir > NULL && learned.isFromBefore(dir)) {
            learned.wasCounted(dir);
        }
    }

    /** What the log shows of a file that the emulator knows to be from before, and no more. */
    void learnAttributes(ReplayedTask member, TraceCall call) {
        KStat stat = statOf(call);
        int inode = stat == null ? NULL : inodeOf(member.task(), call);
        if (stat != null && inode > NULL && learned.hasUnknownAttributes(inode)) {
            learned.learnAttributes(member.task(), inode, stat);
            guessed.remove(inode);
        }
    }

    /** Whether a call shows the attributes of a file. */
    boolean isStat(TraceCall call) {
        return statOf(call) != null;
    }

    private static @Nullable KStat statOf(TraceCall call) {
        int at =
                switch (call.nr()) {
                    case Nr.NR_stat, Nr.NR_lstat, Nr.NR_fstat -> 1;
                    case Nr.NR_newfstatat -> 2;
                    case Nr.NR_statx -> 4;
                    default -> -1;
                };
        return at < 0 ? null : StatValues.of(call.arg(at));
    }

    /** The object that a call is about: at its path, or of its descriptor. NULL when the emulator has none. */
    int inodeOf(int task, TraceCall call) {
        for (PathUse use : PathUse.of(call)) {
            byte[] path = use.path(call);
            if (path != null && path.length > 0) {
                return Math.max(NULL, learned.find(task, use.dfd(call), path, use.follows()));
            }
        }
        Value fd = call.arg(0);
        return fd != null && fd.isNumber() ? learned.inodeOf(task, (int) fd.number()) : NULL;
    }

    /** An error that the emulator has not for a file whose attributes nobody knows. */
    boolean isUnknowable(ReplayedTask member, TraceCall call) {
        if (call.nr() >= Nr.NR_getxattr && call.nr() <= Nr.NR_fremovexattr) {
            int inode = inodeOf(member.task(), call);
            return inode > NULL && learned.isFromBefore(inode);
        }
        long errno = -call.result().value();
        boolean depends = errno == Errno.EACCES
                || errno == Errno.EPERM
                || errno == Errno.EROFS
                || errno == Errno.ETXTBSY
                || errno == Errno.EBUSY
                || errno == Errno.ENXIO
                || errno == Errno.EEXIST
                || errno == Errno.ENOTEMPTY;
        if (!depends || call.result().outcome() != CallResult.Outcome.FAILED) {
            return false;
        }
        int inode = inodeOf(member.task(), call);
        return inode > NULL && (learned.isFromBefore(inode) || errno == Errno.EEXIST);
    }

    /** The directory that a path's last name is in; empty where the path has but one name. */
    static byte[] parent(byte[] path) {
        int end = path.length;
        while (end > 1 && path[end - 1] == '/') {
            end--;
        }
        while (end > 0 && path[end - 1] != '/') {
            end--;
        }
        return Arrays.copyOf(path, end);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
