package dev.nestor.syscalls;

import dev.nestor.fs.FileTables;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Opens;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** open(2), openat(2), openat2(2), creat(2), close(2), close_range(2): fs/open.c, fs/file.c. */
public final class SysOpen {
    private static final int S_IALLUGO = 07777;
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int OPEN_HOW_SIZE = 24; // bytes: struct open_how
    private static final int PAGE_SIZE = 4096;
    private static final int RESOLVE_NO_XDEV = 1;
    private static final int RESOLVE_NO_MAGICLINKS = 2;
    private static final int RESOLVE_NO_SYMLINKS = 4;
    private static final int RESOLVE_BENEATH = 8;
    private static final int RESOLVE_IN_ROOT = 0x10;
    private static final int RESOLVE_CACHED = 0x20;
    private static final int VALID_RESOLVE_FLAGS = 0x3f;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Namei namei;
    private final Opens opens;
    private final FileTables descriptors;
    private final byte[] how = new byte[PAGE_SIZE];

    public SysOpen(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.namei = kernel.vfs().namei;
        this.opens = kernel.vfs().opens;
        this.descriptors = kernel.fileTables();
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(
                        Nr.NR_open,
                        "open",
                        (task, args) -> open(task, Fcntl.AT_FDCWD, args.get(0), args.intAt(1), args.intAt(2)))
                .full(
                        Nr.NR_openat,
                        "openat",
                        (task, args) -> open(task, args.intAt(0), args.get(1), args.intAt(2), args.intAt(3)))
                .full(
                        Nr.NR_creat,
                        "creat",
                        (task, args) -> open(task, Fcntl.AT_FDCWD, args.get(0), CREAT_FLAGS, args.intAt(1)))
                .partial(Nr.NR_openat2, "openat2", this::openat2, "RESOLVE_CACHED always has to block")
                .full(Nr.NR_close, "close", this::close)
                .full(Nr.NR_close_range, "close_range", this::closeRange);
    }

    private static final int CREAT_FLAGS = Fcntl.O_CREAT | Fcntl.O_WRONLY | Fcntl.O_TRUNC;

    private long open(int task, int dfd, long path, int givenFlags, int givenMode) {
        int flags = (givenFlags & Opens.VALID_OPEN_FLAGS) | Fcntl.O_LARGEFILE;
        if ((flags & Fcntl.O_PATH) != 0) {
            flags &= Opens.O_PATH_FLAGS;
        }
        boolean creates = (flags & (Fcntl.O_CREAT | Fcntl.__O_TMPFILE)) != 0;
        return open(task, dfd, path, flags, creates ? givenMode & S_IALLUGO : 0, 0);
    }

    private long open(int task, int dfd, long path, int flags, int mode, int lookup) {
        int error = checkFlags(flags);
        if (error != 0) {
            return error;
        }
        Nameidata nd = namei.first();
        error = namei.getname(nd, task, path, 0);
        return error != 0 ? error : opens.open(task, dfd, nd, flags, mode, lookup);
    }

    /** build_open_flags(): combinations that say nothing. */
    private static int checkFlags(int flags) {
        int creating = Fcntl.O_DIRECTORY | Fcntl.O_CREAT;
        if ((flags & creating) == creating) {
            return -Errno.EINVAL;
        }
        if ((flags & Fcntl.__O_TMPFILE) != 0) {
            boolean writes = (flags & Fcntl.O_ACCMODE) != Fcntl.O_RDONLY;
            return (flags & Fcntl.O_DIRECTORY) != 0 && writes ? 0 : -Errno.EINVAL;
        }
        return 0;
    }

    private long openat2(int task, SyscallArgs args) {
        long size = args.get(3);
        if (size < OPEN_HOW_SIZE) {
            return -Errno.EINVAL;
        }
        if (size > PAGE_SIZE) {
            return -Errno.E2BIG;
        }
        if (memory.copyFromUser(tasks.mm(task), args.get(2), how, 0, (int) size) != 0) {
            return -Errno.EFAULT;
        }
        for (int i = OPEN_HOW_SIZE; i < size; i++) {
            if (how[i] != 0) {
                return -Errno.E2BIG;
            }
        }
        long flags = Bytes.getLong(how, 0);
        long mode = Bytes.getLong(how, 8);
        long resolve = Bytes.getLong(how, 16);
        if ((flags & ~Opens.VALID_OPEN_FLAGS) != 0 || (resolve & ~VALID_RESOLVE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        int scopes = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
        boolean creates = (flags & (Fcntl.O_CREAT | Fcntl.__O_TMPFILE)) != 0;
        boolean isPath = (flags & Fcntl.O_PATH) != 0;
        if ((resolve & scopes) == scopes
                || (creates ? (mode & ~S_IALLUGO) != 0 : mode != 0)
                || (isPath && (flags & ~Opens.O_PATH_FLAGS) != 0)) {
            return -Errno.EINVAL;
        }
        if ((resolve & RESOLVE_CACHED) != 0) {
            return -Errno.EAGAIN;
        }
        int opened = isPath ? (int) flags : (int) flags | Fcntl.O_LARGEFILE;
        return open(task, args.intAt(0), args.get(1), opened, (int) mode, lookupFlags((int) resolve));
    }

    private static int lookupFlags(int resolve) {
        return ((resolve & RESOLVE_NO_XDEV) != 0 ? LookupFlags.NO_XDEV : 0)
                | ((resolve & RESOLVE_NO_MAGICLINKS) != 0 ? LookupFlags.NO_MAGICLINKS : 0)
                | ((resolve & RESOLVE_NO_SYMLINKS) != 0 ? LookupFlags.NO_SYMLINKS : 0)
                | ((resolve & RESOLVE_BENEATH) != 0 ? LookupFlags.BENEATH : 0)
                | ((resolve & RESOLVE_IN_ROOT) != 0 ? LookupFlags.IN_ROOT : 0);
    }

    private long close(int task, SyscallArgs args) {
        return descriptors.close(tasks.files(task), args.intAt(0));
    }

    private long closeRange(int task, SyscallArgs args) {
        int first = args.intAt(0);
        int last = args.intAt(1);
        int flags = args.intAt(2);
        if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) != 0 || Integer.compareUnsigned(first, last) > 0) {
            return -Errno.EINVAL;
        }
        if ((flags & CLOSE_RANGE_UNSHARE) != 0) {
            int error = descriptors.unshareFiles(task);
            if (error != 0) {
                return error;
            }
        }
        if (first < 0) {
            return 0;
        }
        int end = last < 0 ? Integer.MAX_VALUE : last;
        int files = tasks.files(task);
        descriptors.closeRange(files, first, end, (flags & CLOSE_RANGE_CLOEXEC) != 0);
        return 0;
    }
}
