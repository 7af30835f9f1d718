package dev.nestor.syscalls;

import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.Namei;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.exec.Exec;
import dev.nestor.init.Kernel;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;

/** execve(2) and execveat(2): fs/exec.c. */
public final class SysExec {
    private static final String LACKS = "binfmt_misc; the program is not loaded";

    private final Namei namei;
    private final Exec exec;

    public SysExec(Kernel kernel) {
        this.namei = kernel.vfs().namei;
        this.exec = kernel.exec();
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(Nr.NR_execve, "execve", this::execve, LACKS)
                .partial(Nr.NR_execveat, "execveat", this::execveat, LACKS);
    }

    private long execve(int task, SyscallArgs args) {
        return run(task, Fcntl.AT_FDCWD, args, 0, LookupFlags.FOLLOW, false);
    }

    private long execveat(int task, SyscallArgs args) {
        int flags = args.intAt(4);
        if ((flags & ~(Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH | Fcntl.AT_EXECVE_CHECK)) != 0) {
            return -Errno.EINVAL;
        }
        int lookup = (flags & Fcntl.AT_SYMLINK_NOFOLLOW) != 0 ? 0 : LookupFlags.FOLLOW;
        if ((flags & Fcntl.AT_EMPTY_PATH) != 0) {
            lookup |= LookupFlags.EMPTY;
        }
        return run(task, args.intAt(0), args, 1, lookup, (flags & Fcntl.AT_EXECVE_CHECK) != 0);
    }

    private long run(int task, int dfd, SyscallArgs args, int first, int lookup, boolean check) {
        Nameidata nd = namei.first();
        int failed = namei.getname(nd, task, args.get(first), lookup);
        if (failed < 0) {
            return failed;
        }
        long argv = args.get(first + 1);
        long envp = args.get(first + 2);
        return check ? exec.check(task, dfd, nd, lookup, argv, envp) : exec.execve(task, dfd, nd, lookup, argv, envp);
    }
}
