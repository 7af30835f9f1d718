package dev.nestor.fs.proc;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.eventfd.EventFds;
import dev.nestor.fs.eventpoll.EventPolls;
import dev.nestor.fs.fanotify.Fanotifies;
import dev.nestor.fs.inotify.Inotifies;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.fs.signalfd.SignalFds;
import dev.nestor.fs.timerfd.TimerFds;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.kernel.sched.Autogroups;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.mm.MmTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.table.Chain;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;

/** The small files of a process's directory: fs/proc/base.c, fs/proc/fd.c. */
final class ProcBasics {
    private static final String[][] LIMITS = {
        {"Max cpu time", "seconds"},
        {"Max file size", "bytes"},
        {"Max data size", "bytes"},
        {"Max stack size", "bytes"},
        {"Max core file size", "bytes"},
        {"Max resident set", "bytes"},
        {"Max processes", "processes"},
        {"Max open files", "files"},
        {"Max locked memory", "bytes"},
        {"Max address space", "bytes"},
        {"Max file locks", "locks"},
        {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},
        {"Max nice priority", ""},
        {"Max realtime priority", ""},
        {"Max realtime timeout", "us"}
    };
    private static final long NSEC_PER_SEC = 1_000_000_000L;
    private static final int OOM_SCORE_ADJ_MIN = -1000;
    private static final int OOM_SCORE_ADJ_MAX = 1000;
    private static final int CHUNK = 4096;

    /** In the order in which they were registered; those that want a device begin with a slash. */
    private static final String[] FILE_SYSTEMS = {
        "sysfs",
        "tmpfs",
        "proc",
        "cgroup",
        "cgroup2",
        "cpuset",
        "devtmpfs",
        "binfmt_misc",
        "debugfs",
        "tracefs",
        "securityfs",
        "sockfs",
        "bpf",
        "pipefs",
        "ramfs",
        "hugetlbfs",
        "devpts",
        "/ext3",
        "/ext2",
        "/ext4",
        "/squashfs",
        "autofs",
        "/fuseblk",
        "fuse",
        "fusectl",
        "overlay",
        "/xfs",
        "/erofs",
        "mqueue",
        "/btrfs",
        "pstore"
    };

    private static final int MMF_DUMP_FILTER = 0x1ff;

    private final Vfs vfs;
    private final TaskTable tasks;
    private final SchedTasks sched;
    private final Timekeeping timekeeping;
    private final SignalStructTable signals;
    private final Pids pids;
    private final MmTable mms;
    private final UserMemory memory;
    private final PtraceAccess access;
    private final byte[] comm = new byte[TaskTable.TASK_COMM_LEN];
    private final byte[] chunk = new byte[CHUNK];

    ProcBasics(ProcContext context, PtraceAccess access) {
        this.vfs = context.vfs();
        this.tasks = context.tasks();
        this.sched = context.sched();
        this.timekeeping = context.timekeeping();
        this.signals = context.signals();
        this.pids = context.pids();
        this.mms = context.mms();
        this.memory = vfs.below.memory();
        this.access = access;
    }

    int comm(ProcRequest request, SeqFile out) {
        out.put(comm, 0, tasks.comm(request.subject(), comm)).put('\n');
        return 0;
    }

    /** comm_write(): the first 15 bytes; only from within the process. */
    long writeComm(ProcRequest request, byte[] text, int length) {
        if (tasks.signal(request.reader()) != tasks.signal(request.subject())) {
            return -Errno.EINVAL;
        }
        int size = 0;
        while (size < Math.min(length, TaskTable.TASK_COMM_LEN - 1) && text[size] != 0) {
            size++;
        }
        tasks.setComm(request.subject(), text, size);
        return length;
    }

    /** proc_pid_cmdline_read(): from the memory of the process, as it is now. */
    int cmdline(ProcRequest request, SeqFile out) {
        int mm = tasks.mm(request.subject());
        return mm == NULL ? 0 : copy(mm, mms.argStart(mm), mms.argEnd(mm), out);
    }

    int environ(ProcRequest request, SeqFile out) {
        if (!access.mayRead(request.reader(), request.subject())) {
            return -Errno.EACCES;
        }
        int mm = tasks.mm(request.subject());
        return mm == NULL ? -Errno.ESRCH : copy(mm, mms.envStart(mm), mms.envEnd(mm), out);
    }

    private int copy(int mm, long start, long end, SeqFile out) {
        for (long at = start; at < end; at += CHUNK) {
            int part = (int) Math.min(CHUNK, end - at);
            if (memory.copyFromUser(mm, at, chunk, 0, part) != 0) {
                return 0;
            }
            out.put(chunk, 0, part);
        }
        return 0;
    }

    int oomScoreAdj(ProcRequest request, SeqFile out) {
        out.decimal(signals.oomScoreAdj(tasks.signal(request.subject()))).put('\n');
        return 0;
    }

    /** oom_score_adj_write(): EINVAL for no number or one out of range, EACCES for less than it was without the right. */
    long writeOomScoreAdj(ProcRequest request, byte[] text, int length) {
        int value = ProcNumbers.parse(text, length);
        if (value == ProcNumbers.NONE || value < OOM_SCORE_ADJ_MIN || value > OOM_SCORE_ADJ_MAX) {
            return -Errno.EINVAL;
        }
        int signal = tasks.signal(request.subject());
        boolean mayLower = vfs.below.capabilities().capable(request.reader(), Capability.CAP_SYS_RESOURCE);
        if (value < signals.oomScoreAdjMin(signal) && !mayLower) {
            return -Errno.EACCES;
        }
        signals.setOomScoreAdj(signal, value);
        if (mayLower) {
            signals.setOomScoreAdjMin(signal, value);
        }
        return length;
    }

    /** sched_autogroup_show(). */
    int autogroup(ProcRequest request, SeqFile out) {
        Autogroups autogroups = sched.autogroups();
        int signal = tasks.signal(request.subject());
        if (signal != NULL && autogroups.number(signal) != 0) {
            out.put("/autogroup-").decimal(autogroups.number(signal));
            out.put(" nice ").decimal(autogroups.nice(signal)).put('\n');
        }
        return 0;
    }

    /**
     * sched_autogroup_write(): EINVAL for what is no nice level, EPERM for less than 0 without the right, EAGAIN within 100 ms of
     * anybody's last.
     */
    long writeAutogroup(ProcRequest request, byte[] text, int length) {
        int nice = ProcNumbers.parse(text, length);
        if (nice == ProcNumbers.NONE || nice < SchedTasks.MIN_NICE || nice > SchedTasks.MAX_NICE) {
            return -Errno.EINVAL;
        }
        if (nice < 0 && !vfs.below.capabilities().capable(request.reader(), Capability.CAP_SYS_NICE)) {
            return -Errno.EPERM;
        }
        int signal = tasks.signal(request.subject());
        if (sched.autogroups().number(signal) == 0) {
            return -Errno.EINVAL;
        }
        boolean isAdmin = vfs.below.capabilities().capable(request.reader(), Capability.CAP_SYS_ADMIN);
        return sched.autogroups().setNice(signal, nice, timekeeping.monotonicNs(), isAdmin) ? length : -Errno.EAGAIN;
    }

    /** proc_pid_limits(). */
    int limits(ProcRequest request, SeqFile out) {
        int signal = tasks.signal(request.subject());
        out.put("Limit                     Soft Limit           Hard Limit           Units     \n");
        for (int i = 0; i < LIMITS.length; i++) {
            int start = out.mark();
            out.put(LIMITS[i][0]).padTo(start, 25).put(' ');
            limit(signals.rlimCur(signal, i), out);
            limit(signals.rlimMax(signal, i), out);
            if (!LIMITS[i][1].isEmpty()) {
                start = out.mark();
                out.put(LIMITS[i][1]).padTo(start, 10);
            }
            out.put('\n');
        }
        return 0;
    }

    private static void limit(long value, SeqFile out) {
        int start = out.mark();
        if (value == -1) {
            out.put("unlimited");
        } else {
            out.unsigned(value);
        }
        out.padTo(start, 20).put(' ');
    }

    int loginuid(ProcRequest request, SeqFile out) {
        out.put("4294967295");
        return 0;
    }

    int personality(ProcRequest request, SeqFile out) {
        if (!access.mayRead(request.reader(), request.subject())) {
            return -Errno.EPERM;
        }
        String digits = Integer.toHexString(tasks.personality(request.subject()));
        out.put("0".repeat(8 - digits.length())).put(digits).put('\n');
        return 0;
    }

    int timerslack(ProcRequest request, SeqFile out) {
        out.unsigned(tasks.timerSlackNs(request.subject())).put('\n');
        return 0;
    }

    int wchan(ProcRequest request, SeqFile out) {
        out.put('0');
        return 0;
    }

    int coredumpFilter(ProcRequest request, SeqFile out) {
        int mm = tasks.mm(request.subject());
        if (mm != NULL) {
            out.hex(mms.coredumpFilter(mm), 8).put('\n');
        }
        return 0;
    }

    /** proc_coredump_filter_write(). */
    long writeCoredumpFilter(ProcRequest request, byte[] text, int length) {
        long value = ProcNumbers.unsignedInt(text, length);
        if (value < 0) {
            return value;
        }
        int mm = tasks.mm(request.subject());
        if (mm == NULL) {
            return -Errno.ESRCH;
        }
        mms.setCoredumpFilter(mm, (int) value & MMF_DUMP_FILTER);
        return length;
    }

    /** filesystems_proc_show(): all that the reference kernel has, whether they are emulated or not. */
    int filesystems(ProcRequest request, SeqFile out) {
        for (String type : FILE_SYSTEMS) {
            out.put(type.startsWith("/") ? "" : "nodev").put('\t');
            out.put(type.startsWith("/") ? type.substring(1) : type).put('\n');
        }
        return 0;
    }

    /** proc_task_children: the processes that this thread is the parent of. */
    int children(ProcRequest request, SeqFile out) {
        Chain children = tasks.children();
        int ns = request.pidNs();
        for (int child = children.first(request.subject()); child != NULL; child = children.next(child)) {
            out.unsigned(pids.taskTgidNr(child, ns)).put(' ');
        }
        return 0;
    }

    /** seq_show() of fs/proc/fd.c. */
    int fdinfo(ProcRequest request, SeqFile out) {
        int struct = tasks.files(request.subject());
        int file = struct == NULL ? NULL : vfs.fileTables.file(struct, request.fd());
        if (file == NULL) {
            return -Errno.ENOENT;
        }
        FileTable files = vfs.tables.files;
        boolean cloexec = vfs.fileTables.isCloexec(struct, request.fd());
        out.put("pos:\t").decimal(files.pos(file));
        out.put("\nflags:\t0").octal(files.flags(file) | (cloexec ? Fcntl.O_CLOEXEC : 0), 1);
        out.put("\nmnt_id:\t").unsigned(vfs.tables.mounts.id(files.mnt(file)));
        out.put("\nino:\t").unsigned(vfs.tables.inodes.ino(files.inode(file))).put('\n');
        if (vfs.kinds.ops(files.kind(file)) instanceof PidFds pidFds) {
            pidfdInfo(pidFds.pidOf(file), request.pidNs(), out);
        }
        if (vfs.kinds.ops(files.kind(file)) instanceof TimerFds timerFds) {
            timerfdInfo(timerFds, file, out);
        }
        if (vfs.kinds.ops(files.kind(file)) instanceof EventFds eventFds) {
            eventfdInfo(eventFds, file, out);
        }
        if (vfs.kinds.ops(files.kind(file)) instanceof EventPolls eventPolls) {
            epollInfo(eventPolls, file, out);
        }
        if (vfs.kinds.ops(files.kind(file)) instanceof SignalFds signalFds) {
            out.put("sigmask:\t").hex(signalFds.sigmask(file), 16).put('\n');
        }
        if (vfs.kinds.ops(files.kind(file)) instanceof Inotifies inotifies) {
            new ProcMarks(vfs).show(inotifies, file, out);
        }
        if (vfs.kinds.ops(files.kind(file)) instanceof Fanotifies fanotifies) {
            new ProcMarks(vfs).show(fanotifies, file, out);
        }
        return 0;
    }

    /** eventfd_show_fdinfo(). */
    private static void eventfdInfo(EventFds eventFds, int file, SeqFile out) {
        out.put("eventfd-count: ");
        padded(eventFds.count(file), 16, out);
        out.put("\neventfd-id: ").unsigned(eventFds.id(file));
        out.put("\neventfd-semaphore: ")
                .put(eventFds.isSemaphore(file) ? '1' : '0')
                .put('\n');
    }

    /** %*llx. */
    private static void padded(long number, int width, SeqFile out) {
        int digits = Math.max(1, (Long.SIZE + 3 - Long.numberOfLeadingZeros(number)) / 4);
        for (int i = digits; i < width; i++) {
            out.put(' ');
        }
        out.hex(number, digits);
    }

    /** ep_show_fdinfo(). */
    private void epollInfo(EventPolls eventPolls, int file, SeqFile out) {
        FileTable files = vfs.tables.files;
        for (int item = eventPolls.nextItem(file, NULL); item != NULL; item = eventPolls.nextItem(file, item)) {
            int watched = eventPolls.itemFile(item);
            int inode = files.inode(watched);
            out.put("tfd: ").unsigned(eventPolls.itemFd(item), 8);
            out.put(" events: ");
            padded(eventPolls.itemEvents(item) & 0xffffffffL, 8, out);
            out.put(" data: ");
            padded(eventPolls.itemData(item), 16, out);
            out.put("  pos:").decimal(files.pos(watched)).put(" ino:");
            padded(vfs.tables.inodes.ino(inode), 1, out);
            out.put(" sdev:");
            padded(vfs.tables.superBlocks.dev(vfs.tables.inodes.sb(inode)), 1, out);
            out.put('\n');
        }
    }

    /** timerfd_show(). */
    private static void timerfdInfo(TimerFds timerFds, int file, SeqFile out) {
        out.put("clockid: ").decimal(timerFds.clock(file));
        out.put("\nticks: ").unsigned(timerFds.ticks(file));
        out.put("\nsettime flags: 0").octal(timerFds.settimeFlags(file), 1);
        out.put("\nit_value: ");
        time(timerFds.remainingNs(file), out);
        out.put("\nit_interval: ");
        time(timerFds.intervalNs(file), out);
        out.put('\n');
    }

    private static void time(long ns, SeqFile out) {
        out.put('(')
                .unsigned(ns / NSEC_PER_SEC)
                .put(", ")
                .unsigned(ns % NSEC_PER_SEC)
                .put(')');
    }

    /** pidfd_show_fdinfo(). */
    private void pidfdInfo(int pid, int ns, SeqFile out) {
        boolean isGone = pids.numberAt(pid, 0) == 0;
        out.put("Pid:\t").decimal(isGone ? -1 : pids.pidNrNs(pid, ns));
        out.put("\nNSpid:\t").decimal(isGone ? -1 : pids.pidNrNs(pid, ns));
        if (!isGone && pids.pidNrNs(pid, ns) != 0) {
            for (int i = vfs.below.pidNamespaces().level(ns) + 1; i <= pids.level(pid); i++) {
                out.put('\t').unsigned(pids.numberAt(pid, i));
            }
        }
        out.put('\n');
    }
}
