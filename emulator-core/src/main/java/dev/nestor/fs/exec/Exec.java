package dev.nestor.fs.exec;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.MountFlags;
import dev.nestor.fs.Nameidata;
import dev.nestor.fs.Outside;
import dev.nestor.fs.Permissions;
import dev.nestor.fs.Vfs;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.cred.FileCaps;
import dev.nestor.kernel.cred.UserNamespaces;
import dev.nestor.kernel.exit.Release;
import dev.nestor.kernel.fork.Fork;
import dev.nestor.kernel.nsproxy.NsProxies;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.signal.SignalRoom;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Stat;

/**
 * execve: begin_new_exec() and what leads to it, fs/exec.c.
 *
 * <p>A file whose contents are known is refused (ENOEXEC) unless it is an ELF file or a script; one that stood outside the
 * emulator is taken for a program when it may be executed. No program is loaded: what runs is the task's own program.
 */
public final class Exec {
    /** The call waits until the other threads are gone; the same value as the system call boundary's. */
    public static final long BLOCKED = Long.MIN_VALUE;

    private static final int MAX_INTERPRETERS = 5;
    private static final int BINPRM_BUF_SIZE = 256;
    private static final int WAITING = 0; // index of the restart word: the other threads have been killed

    private final Vfs vfs;
    private final TaskTable tasks;
    private final SignalStructTable signalStructs;
    private final CredTable credTable;
    private final Verbs verbs;
    private final ArgumentPages arguments;
    private final Work work;
    private final FileCaps caps = new FileCaps(); // of the program that is begun
    private final byte[] head = new byte[BINPRM_BUF_SIZE];
    private final byte[] comm = new byte[TaskTable.TASK_COMM_LEN];
    private int commLength;
    private boolean pathInaccessible; // BINPRM_FLAGS_PATH_INACCESSIBLE: an interpreter would not find the script

    /** The verbs of the rooms above. */
    public record Verbs(
            AddressSpaces addressSpaces,
            Creds creds,
            UserNamespaces userNamespaces,
            Pids pids,
            SignalRoom signals,
            NsProxies nsProxies,
            Fork fork,
            Release release) {}

    public Exec(Vfs vfs, CredTable credTable, Verbs verbs, Work work) {
        this.vfs = vfs;
        this.tasks = vfs.below.tasks();
        this.signalStructs = vfs.below.signals();
        this.credTable = credTable;
        this.verbs = verbs;
        this.work = work;
        this.arguments =
                new ArgumentPages(tasks, signalStructs, verbs.addressSpaces.mms(), verbs.addressSpaces.memory());
    }

    /**
     * do_execveat_common(): 0 when the task runs the new program, a negative errno when it goes on with the old one, or
     * BLOCKED while other threads of its process end.
     *
     * @param nd the path, taken from user memory
     * @param lookup LookupFlags for the walk
     */
    public long execve(int task, int dfd, Nameidata nd, int lookup, long argv, long envp) {
        if (verbs.creds.isExecRefused(task)) {
            return -Errno.EAGAIN;
        }
        setComm(nd);
        boolean isAbsolute = nd.length() > 0 && nd.text()[0] == '/';
        pathInaccessible = dfd != Fcntl.AT_FDCWD && !isAbsolute && vfs.fileTables.isCloexec(tasks.files(task), dfd);
        int file = vfs.opens.openExec(task, dfd, nd, lookup);
        if (file < 0) {
            return file;
        }
        long result = arguments.measure(task, argv, envp);
        int program = result < 0 ? (int) result : findInterpreter(task, file);
        if (program < 0) {
            close(file);
            return program;
        }
        int refused = fileCaps(task, program);
        if (refused != 0) {
            close(file);
            if (program != file) {
                close(program);
            }
            return refused;
        }
        if (!deThread(task)) {
            close(file);
            if (program != file) {
                close(program);
            }
            return BLOCKED;
        }
        result = beginNewExec(task, program, argv, envp);
        if (program != file) {
            close(program);
        }
        close(file);
        return result;
    }

    /** The same with AT_EXECVE_CHECK: whether the file may be executed, of whatever kind it is. */
    public long check(int task, int dfd, Nameidata nd, int lookup, long argv, long envp) {
        int file = vfs.opens.openExec(task, dfd, nd, lookup);
        if (file < 0) {
            return file;
        }
        long result = arguments.measure(task, argv, envp);
        close(file);
        return Math.min(result, 0);
    }

    /**
     * For a driver that knows that the task, which is alone in its process, runs a new program, though the emulator can't
     * find it: as if it had, but for the ids that the file's mode would change. 0 or -ENOMEM.
     *
     * @param path whose last name becomes the task's
     */
    public long execOutside(int task, String path, long argv, long envp) {
        setComm(vfs.namei.second().set(path));
        long result = arguments.measure(task, argv, envp);
        caps.clear();
        return result < 0 ? result : beginNewExec(task, NULL, argv, envp);
    }

    private void close(int file) {
        vfs.opens.allowWrite(file);
        vfs.files.put(file);
    }

    /** The last name of the path, which becomes the task's. */
    private void setComm(Nameidata nd) {
        int start = 0;
        for (int i = 0; i < nd.length(); i++) {
            if (nd.text()[i] == '/') {
                start = i + 1;
            }
        }
        commLength = Math.min(nd.length() - start, TaskTable.TASK_COMM_LEN - 1);
        System.arraycopy(nd.text(), start, comm, 0, commLength);
    }

    /** search_binary_handler(): the file itself, the last of a chain of script interpreters, or a negative errno. */
    private int findInterpreter(int task, int file) {
        int at = file;
        for (int depth = 0; ; depth++) {
            int length = readHead(at);
            if (length < 0 || isElf(length)) {
                return at;
            }
            if (length < 2 || head[0] != '#' || head[1] != '!') {
                return refuse(at, file, -Errno.ENOEXEC);
            }
            if (depth == MAX_INTERPRETERS) {
                return refuse(at, file, -Errno.ELOOP);
            }
            int next = openInterpreter(task, length);
            if (next < 0) {
                return refuse(at, file, next);
            }
            if (at != file) {
                close(at);
            }
            at = next;
        }
    }

    private int refuse(int at, int file, int errno) {
        if (at != file) {
            close(at);
        }
        return errno;
    }

    /** Reads the first bytes; how many there are, or -1 when they are not known. */
    private int readHead(int file) {
        int inode = vfs.tables.dentries.inode(vfs.tables.files.dentry(file));
        int flags = vfs.tables.inodes.flags(inode);
        if ((flags & (InodeFlags.CONTENT_UNKNOWN | InodeFlags.SIZE_UNKNOWN)) != 0) {
            return -1;
        }
        int length = (int) Math.min(BINPRM_BUF_SIZE, vfs.tables.inodes.size(inode));
        int frame = vfs.contents.frame(inode, 0);
        if (frame == NULL) {
            return 0;
        }
        vfs.below.frames().read(frame, 0, head, 0, length);
        return length > 0 && head[0] == Outside.UNKNOWN_BYTE ? -1 : length;
    }

    private boolean isElf(int length) {
        return length >= 4 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F';
    }

    /** load_script(): the interpreter that the first line names. */
    private int openInterpreter(int task, int length) {
        int start = 2;
        while (start < length && isBlank(head[start])) {
            start++;
        }
        int end = start;
        while (end < length && !isBlank(head[end]) && head[end] != '\n' && head[end] != 0) {
            end++;
        }
        if (end == start) {
            return -Errno.ENOEXEC;
        }
        if (pathInaccessible) {
            return -Errno.ENOENT;
        }
        Nameidata nd = vfs.namei.second().set(head, start, end - start);
        return vfs.opens.openExec(task, Fcntl.AT_FDCWD, nd, LookupFlags.FOLLOW);
    }

    private static boolean isBlank(byte letter) {
        return letter == ' ' || letter == '\t';
    }

    /** de_thread(): true when the task is alone in its process, and its leader. */
    private boolean deThread(int task) {
        int signal = tasks.signal(task);
        if (isAlone(signal)) {
            return true;
        }
        if (tasks.restart(task, WAITING) == 0) {
            tasks.setRestart(task, WAITING, 1);
            signalStructs.setGroupExecTask(signal, task);
            verbs.signals.signals().killThreads(signal, task);
        }
        int leader = tasks.groupLeader(task);
        boolean onlyLeaderLeft = leader != task
                && signalStructs.nrThreads(signal) == 2
                && tasks.exitState(leader) == TaskTable.EXIT_ZOMBIE;
        if (!onlyLeaderLeft) {
            tasks.setState(task, TaskTable.TASK_KILLABLE);
            return false;
        }
        takeOverLeader(task, leader);
        return true;
    }

    private boolean isAlone(int signal) {
        boolean alone =
                signalStructs.threads().first(signal) == signalStructs.threads().last(signal);
        if (alone) {
            signalStructs.setGroupExecTask(signal, NULL);
        }
        return alone;
    }

    /** The second half of de_thread(): the task becomes the leader, with the leader's number. */
    private void takeOverLeader(int task, int leader) {
        int signal = tasks.signal(task);
        verbs.pids.exchangeTids(task, leader);
        tasks.children().replace(leader, task);
        tasks.setGroupLeader(task, task);
        tasks.setGroupLeader(leader, task);
        tasks.setExitSignal(task, Signal.SIGCHLD);
        tasks.setExitSignal(leader, -1);
        signalStructs.setLeader(signal, task);
        signalStructs.setGroupExecTask(signal, NULL);
        verbs.release.releaseTask(leader);
    }

    /** begin_new_exec() and setup_new_exec(). */
    private long beginNewExec(int task, int file, long argv, long envp) {
        if (vfs.fileTables.unshareFiles(task) < 0) {
            return -Errno.ENOMEM;
        }
        int mm = verbs.addressSpaces.execMm(
                AddressSpaces.STACK_TOP,
                AddressSpaces.DEFAULT_BRK,
                stackLimit(signalStructs.rlimCur(tasks.signal(task), Resource.RLIMIT_STACK)));
        int cred = verbs.creds.prepare(task);
        if (mm == NULL || cred == NULL || !verbs.signals.sighands().unshareSighand(task)) {
            if (mm != NULL) {
                verbs.addressSpaces.mmput(mm);
            }
            if (cred != NULL) {
                verbs.creds.put(cred);
            }
            return -Errno.ENOMEM;
        }
        arguments.copy(task, mm, argv, envp);
        int old = tasks.cred(task);
        if (file != NULL) {
            setIds(task, cred, file);
        }
        boolean shared = vfs.fsStructs.users(tasks.fs(task)) > 1;
        boolean secure = verbs.creds.exec(cred, old, caps, tasks.noNewPrivs(task), shared);
        boolean hidden = credTable.euid(old) != credTable.uid(old)
                || credTable.egid(old) != credTable.gid(old)
                || (file != NULL && !isReadable(task, file));
        int dumpFilter = verbs.addressSpaces.mms().coredumpFilter(tasks.mm(task));
        verbs.fork.releaseMm(task);
        tasks.setMm(task, mm);
        verbs.addressSpaces.mms().setCoredumpFilter(mm, dumpFilter);
        verbs.addressSpaces.mms().setUserNs(mm, credTable.userNs(cred));
        verbs.addressSpaces.mms().setDumpable(mm, hidden ? 0 : 1);
        if (file != NULL) {
            verbs.addressSpaces.mms().setExeFile(mm, vfs.files.get(file));
        }
        tasks.setThreadFlags(task, tasks.threadFlags(task) & TaskTable.TIF_NOTSC);
        tasks.setFsBase(task, 0);
        tasks.setGsBase(task, 0);
        tasks.setFlags(task, tasks.flags(task) & ~TaskTable.PF_FORKNOEXEC);
        verbs.nsProxies.execTaskNamespaces(task);
        vfs.fileTables.closeOnExec(task);
        tasks.setComm(task, comm, commLength);
        verbs.signals.sighands().flushSignalHandlers(task, false);
        verbs.signals.taskSignals().exec(task);
        if (secure) {
            tasks.setPdeathSignal(task, 0);
        }
        verbs.creds.commit(task, cred);
        work.add(Work.EXEC);
        return 0;
    }

    private static long stackLimit(long limit) {
        return limit < 0 ? AddressSpaces.DEFAULT_STACK_LIMIT : limit;
    }

    /** would_dump(): who may execute a file that it can't read does not see it in memory either. */
    private boolean isReadable(int task, int file) {
        int inode = vfs.tables.dentries.inode(vfs.tables.files.dentry(file));
        return vfs.permissions.check(task, vfs.tables.files.mnt(file), inode, Permissions.MAY_READ) == 0;
    }

    /** get_file_caps(), and whether they may be used at all: 0 or a negative errno. */
    private int fileCaps(int task, int file) {
        caps.clear();
        int mount = vfs.tables.files.mnt(file);
        if (!maySuid(task, mount)) {
            return 0;
        }
        int inode = vfs.tables.dentries.inode(vfs.tables.files.dentry(file));
        int error = vfs.xattrs.fileCaps(task, mount, inode, caps);
        if (error != 0) {
            return error;
        }
        int cred = tasks.cred(task);
        return caps.isRefused(credTable.capBset(cred), credTable.capInheritable(cred)) ? -Errno.EPERM : 0;
    }

    /** mnt_may_suid() and current_in_userns(). */
    private boolean maySuid(int task, int mount) {
        int mounter = vfs.tables.superBlocks.userNs(vfs.tables.mounts.sb(mount));
        return (vfs.tables.mounts.flags(mount) & MountFlags.MNT_NOSUID) == 0
                && vfs.tables.mounts.ns(mount) == verbs.nsProxies.mntNs(task)
                && verbs.userNamespaces.isAncestorOrSelf(mounter, credTable.userNs(tasks.cred(task)));
    }

    /**
     * bprm_fill_uid(): set-id bits count unless no_new_privs, an unmapped owner, or the mount forbids it, which has to be of
     * the task's mount namespace, of a file system that its user namespace or one above has mounted, and not nosuid.
     */
    private void setIds(int task, int cred, int file) {
        int inode = vfs.tables.dentries.inode(vfs.tables.files.dentry(file));
        int mode = vfs.tables.inodes.mode(inode);
        int mount = vfs.tables.files.mnt(file);
        int ns = credTable.userNs(cred);
        if (tasks.noNewPrivs(task) || !maySuid(task, mount)) {
            return;
        }
        int uid = vfs.permissions.vfsuid(mount, inode);
        int gid = vfs.permissions.vfsgid(mount, inode);
        if (vfs.permissions.hasUnmappedId(mount, inode)
                || verbs.userNamespaces.fromKid(ns, UserNamespaces.UID, uid) == UserNamespaces.INVALID_ID
                || verbs.userNamespaces.fromKid(ns, UserNamespaces.GID, gid) == UserNamespaces.INVALID_ID) {
            return;
        }
        if ((mode & Stat.S_ISUID) != 0) {
            credTable.setEuid(cred, uid);
        }
        if ((mode & (Stat.S_ISGID | 010)) == (Stat.S_ISGID | 010)) {
            credTable.setEgid(cred, gid);
        }
    }
}
