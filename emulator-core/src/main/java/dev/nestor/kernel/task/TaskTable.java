package dev.nestor.kernel.task;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The task_struct columns: one row per thread, from copy_process() until release_task(). What the scheduler alone needs is
 * in its own tables, found by {@link #se}. */
public final class TaskTable extends Table {
    public static final int TASK_RUNNING = 0;
    public static final int TASK_INTERRUPTIBLE = 1;
    public static final int TASK_UNINTERRUPTIBLE = 2;
    public static final int TASK_STOPPED = 4;
    public static final int TASK_KILLABLE = 0x102;
    public static final int TASK_DEAD = 0x80;
    public static final int TASK_WAKEKILL = 0x100;
    public static final int TASK_NEW = 0x800;
    public static final int EXIT_DEAD = 0x10;
    public static final int EXIT_ZOMBIE = 0x20;
    /** Bytes of a command name, the NUL included. */
    public static final int TASK_COMM_LEN = 16;

    public static final int PF_EXITING = 4;
    public static final int PF_FORKNOEXEC = 0x40;
    public static final int PF_SUPERPRIV = 0x100;
    public static final int PF_SIGNALED = 0x400;
    public static final int PF_NPROC_EXCEEDED = 0x1000;
    public static final int PF_KTHREAD = 0x200000;
    /** The thread may not read the time stamp counter, or not ask the processor what it is. */
    public static final int TIF_NOTSC = 1;

    public static final int TIF_NOCPUID = 2;

    /** Of a process's leader: it may use the tiles of AMX, or let a guest use them. */
    public static final int XTILE_PERM = 4;

    public static final int XTILE_GUEST_PERM = 8;

    public static final int JOBCTL_STOP_SIGMASK = 0xffff;
    public static final int JOBCTL_STOP_PENDING = 1 << 17;
    public static final int JOBCTL_STOP_CONSUME = 1 << 18;
    public static final int JOBCTL_TRAP_FREEZE = 1 << 23;

    private int[] state = new int[initialRows()]; // TASK_*; what wakes it, when it sleeps
    private int[] exitState = new int[initialRows()]; // 0, EXIT_ZOMBIE or EXIT_DEAD
    private int[] exitCode = new int[initialRows()]; // wait(2) status, set before EXIT_ZOMBIE
    private int[] exitSignal =
            new int[initialRows()]; // sent to the parent at the end; -1 for a thread that is not a leader
    private int[] flags = new int[initialRows()]; // PF_*
    private int[] pdeathSignal = new int[initialRows()]; // signal, or 0
    private int[] threadPid = new int[initialRows()]; // pid
    private int[] signal = new int[initialRows()]; // signal_struct; NULL once released
    private int[] sighand = new int[initialRows()]; // sighand_struct
    private int[] realParent = new int[initialRows()]; // task; NULL only for the first
    private int[] parent = new int[initialRows()]; // task that wait(2) works for
    private int[] groupLeader = new int[initialRows()]; // task
    private int[] vforkParent = new int[initialRows()]; // task that waits for this one to exec or exit, or NULL
    private int[] usage = new int[initialRows()]; // rcu_users: one until release_task(), one until the last switch away
    private int[] ptrace = new int[initialRows()]; // outermost number of the tracer, set by a replay; 0: none
    private int[] cred = new int[initialRows()]; // cred
    private int[] nsproxy = new int[initialRows()]; // nsproxy; NULL after exit
    private int[] cgroups = new int[initialRows()]; // css_set
    private byte[] frozen = new byte[initialRows()]; // bool; counted as frozen in its cgroup
    private int[] mm = new int[initialRows()]; // mm_struct; NULL after exit
    private int[] files = new int[initialRows()]; // files_struct; NULL after exit
    private int[] fs = new int[initialRows()]; // fs_struct; NULL after exit
    private int[] undoList = new int[initialRows()]; // sem_undo_list; NULL while it has none
    private int[] se = new int[initialRows()]; // sched_entity
    private int[] cpu = new int[initialRows()]; // cpu that it runs or last ran on
    private int[] policy = new int[initialRows()]; // SCHED_*
    private int[] staticPrio = new int[initialRows()]; // 100..139: nice + 120
    private int[] rtPriority = new int[initialRows()]; // 0..99
    private long[] nvcsw = new long[initialRows()]; // switches, voluntary
    private long[] nivcsw = new long[initialRows()]; // switches, involuntary
    private long[] nrMigrations = new long[initialRows()];
    private long[] utime = new long[initialRows()]; // cycles
    private long[] stime = new long[initialRows()]; // cycles
    private long[] startTime = new long[initialRows()]; // ns since boot
    private long[] blocked = new long[initialRows()]; // signal mask
    private long[] realBlocked =
            new long[initialRows()]; // signal mask from before sigtimedwait; what it holds back is not ignored
    private long[] savedSigmask = new long[initialRows()]; // mask to go back to after sigsuspend and its kind
    private byte[] restoreSigmask = new byte[initialRows()]; // bool; savedSigmask is to be restored
    private byte[] sigpending = new byte[initialRows()]; // bool; TIF_SIGPENDING
    private byte[] noNewPrivs = new byte[initialRows()]; // bool; prctl
    private long[] pendingSet = new long[initialRows()]; // signals in the private queue
    private int[] jobctl = new int[initialRows()]; // JOBCTL_*
    private long[] sasSsSp = new long[initialRows()]; // user address of the alternate signal stack
    private long[] sasSsSize = new long[initialRows()]; // bytes; 0 when there is none
    private int[] sasSsFlags = new int[initialRows()]; // SS_*
    private long[] setChildTid = new long[initialRows()]; // user address, or 0
    private long[] clearChildTid = new long[initialRows()]; // user address, or 0
    private long[] robustList = new long[initialRows()]; // user address
    private long[] rseq = new long[initialRows()]; // user address
    private long[] fsBase = new long[initialRows()]; // user address
    private long[] gsBase = new long[initialRows()]; // user address
    private int[] rseqLength = new int[initialRows()]; // bytes
    private int[] rseqSignature = new int[initialRows()];
    private long[] timerSlackNs = new long[initialRows()]; // ns
    private int[] personality = new int[initialRows()]; // PER_*, ADDR_NO_RANDOMIZE and their kind
    private byte[] threadFlags = new byte[initialRows()]; // TIF_*
    private int[] heldFile = new int[initialRows()]; // file: of the descriptor that the call it sleeps in is on; NULL
    private long[] heldFd = new long[initialRows()]; // that descriptor; above 32 bits, one taken for the answer + 1
    private long[] args = new long[6 * initialRows()]; // the six arguments of the call it is in
    private int[] syscallNr = new int[initialRows()]; // the call it is in, or -1 in user mode
    private long[] restart =
            new long[4 * initialRows()]; // what a blocked call keeps until it is entered again; zero at first entry
    private byte[] comm = new byte[TASK_COMM_LEN * initialRows()]; // ASCII, NUL-padded
    private final Chain children = new Chain(this, this); // sibling lists, by real_parent
    private int current; // task; not part of the state

    public TaskTable(int limit) {
        super("task_struct", 1, limit);
    }

    /**
     * get_current(): the task whose call or exit is being done. For callbacks that nobody can pass it to, as those of
     * mappings; a verb takes its task as a parameter.
     */
    public int current() {
        return current;
    }

    public void setCurrent(int task) {
        current = task;
    }

    public int state(int task) {
        return state[row(task)];
    }

    public void setState(int task, int value) {
        state[row(task)] = value;
    }

    public int exitState(int task) {
        return exitState[row(task)];
    }

    public void setExitState(int task, int value) {
        exitState[row(task)] = value;
    }

    public int exitCode(int task) {
        return exitCode[row(task)];
    }

    public void setExitCode(int task, int value) {
        exitCode[row(task)] = value;
    }

    public int exitSignal(int task) {
        return exitSignal[row(task)];
    }

    public void setExitSignal(int task, int value) {
        exitSignal[row(task)] = value;
    }

    public int flags(int task) {
        return flags[row(task)];
    }

    public void setFlags(int task, int value) {
        flags[row(task)] = value;
    }

    public int pdeathSignal(int task) {
        return pdeathSignal[row(task)];
    }

    public void setPdeathSignal(int task, int value) {
        pdeathSignal[row(task)] = value;
    }

    public int threadPid(int task) {
        return threadPid[row(task)];
    }

    public void setThreadPid(int task, int value) {
        threadPid[row(task)] = value;
    }

    public int signal(int task) {
        return signal[row(task)];
    }

    public void setSignal(int task, int value) {
        signal[row(task)] = value;
    }

    public int sighand(int task) {
        return sighand[row(task)];
    }

    public void setSighand(int task, int value) {
        sighand[row(task)] = value;
    }

    public int realParent(int task) {
        return realParent[row(task)];
    }

    public void setRealParent(int task, int value) {
        realParent[row(task)] = value;
    }

    public int parent(int task) {
        return parent[row(task)];
    }

    public void setParent(int task, int value) {
        parent[row(task)] = value;
    }

    public int groupLeader(int task) {
        return groupLeader[row(task)];
    }

    public void setGroupLeader(int task, int value) {
        groupLeader[row(task)] = value;
    }

    public int vforkParent(int task) {
        return vforkParent[row(task)];
    }

    public void setVforkParent(int task, int value) {
        vforkParent[row(task)] = value;
    }

    public int usage(int task) {
        return usage[row(task)];
    }

    public void setUsage(int task, int value) {
        usage[row(task)] = value;
    }

    public int ptrace(int task) {
        return ptrace[row(task)];
    }

    public void setPtrace(int task, int value) {
        ptrace[row(task)] = value;
    }

    public int cred(int task) {
        return cred[row(task)];
    }

    public void setCred(int task, int value) {
        cred[row(task)] = value;
    }

    public int nsproxy(int task) {
        return nsproxy[row(task)];
    }

    public void setNsproxy(int task, int value) {
        nsproxy[row(task)] = value;
    }

    public int cgroups(int task) {
        return cgroups[row(task)];
    }

    public void setCgroups(int task, int value) {
        cgroups[row(task)] = value;
    }

    public boolean frozen(int task) {
        return frozen[row(task)] != 0;
    }

    public void setFrozen(int task, boolean value) {
        frozen[row(task)] = (byte) (value ? 1 : 0);
    }

    public int mm(int task) {
        return mm[row(task)];
    }

    public void setMm(int task, int value) {
        mm[row(task)] = value;
    }

    public int files(int task) {
        return files[row(task)];
    }

    public void setFiles(int task, int value) {
        files[row(task)] = value;
    }

    public int fs(int task) {
        return fs[row(task)];
    }

    public void setFs(int task, int value) {
        fs[row(task)] = value;
    }

    public int undoList(int task) {
        return undoList[row(task)];
    }

    public void setUndoList(int task, int value) {
        undoList[row(task)] = value;
    }

    public int se(int task) {
        return se[row(task)];
    }

    public void setSe(int task, int value) {
        se[row(task)] = value;
    }

    public int cpu(int task) {
        return cpu[row(task)];
    }

    public void setCpu(int task, int value) {
        cpu[row(task)] = value;
    }

    public int policy(int task) {
        return policy[row(task)];
    }

    public void setPolicy(int task, int value) {
        policy[row(task)] = value;
    }

    public int staticPrio(int task) {
        return staticPrio[row(task)];
    }

    public void setStaticPrio(int task, int value) {
        staticPrio[row(task)] = value;
    }

    public int rtPriority(int task) {
        return rtPriority[row(task)];
    }

    public void setRtPriority(int task, int value) {
        rtPriority[row(task)] = value;
    }

    public long nvcsw(int task) {
        return nvcsw[row(task)];
    }

    public void setNvcsw(int task, long value) {
        nvcsw[row(task)] = value;
    }

    public long nivcsw(int task) {
        return nivcsw[row(task)];
    }

    public void setNivcsw(int task, long value) {
        nivcsw[row(task)] = value;
    }

    public long nrMigrations(int task) {
        return nrMigrations[row(task)];
    }

    public void setNrMigrations(int task, long value) {
        nrMigrations[row(task)] = value;
    }

    public long utime(int task) {
        return utime[row(task)];
    }

    public void setUtime(int task, long value) {
        utime[row(task)] = value;
    }

    public long stime(int task) {
        return stime[row(task)];
    }

    public void setStime(int task, long value) {
        stime[row(task)] = value;
    }

    public long startTime(int task) {
        return startTime[row(task)];
    }

    public void setStartTime(int task, long value) {
        startTime[row(task)] = value;
    }

    public long blocked(int task) {
        return blocked[row(task)];
    }

    public void setBlocked(int task, long value) {
        blocked[row(task)] = value;
    }

    public long realBlocked(int task) {
        return realBlocked[row(task)];
    }

    public void setRealBlocked(int task, long value) {
        realBlocked[row(task)] = value;
    }

    public long savedSigmask(int task) {
        return savedSigmask[row(task)];
    }

    public void setSavedSigmask(int task, long value) {
        savedSigmask[row(task)] = value;
    }

    public boolean restoreSigmask(int task) {
        return restoreSigmask[row(task)] != 0;
    }

    public void setRestoreSigmask(int task, boolean value) {
        restoreSigmask[row(task)] = (byte) (value ? 1 : 0);
    }

    public boolean sigpending(int task) {
        return sigpending[row(task)] != 0;
    }

    public void setSigpending(int task, boolean value) {
        sigpending[row(task)] = (byte) (value ? 1 : 0);
    }

    public boolean noNewPrivs(int task) {
        return noNewPrivs[row(task)] != 0;
    }

    public void setNoNewPrivs(int task, boolean value) {
        noNewPrivs[row(task)] = (byte) (value ? 1 : 0);
    }

    public long pendingSet(int task) {
        return pendingSet[row(task)];
    }

    public void setPendingSet(int task, long value) {
        pendingSet[row(task)] = value;
    }

    public int jobctl(int task) {
        return jobctl[row(task)];
    }

    public void setJobctl(int task, int value) {
        jobctl[row(task)] = value;
    }

    public long sasSsSp(int task) {
        return sasSsSp[row(task)];
    }

    public void setSasSsSp(int task, long value) {
        sasSsSp[row(task)] = value;
    }

    public long sasSsSize(int task) {
        return sasSsSize[row(task)];
    }

    public void setSasSsSize(int task, long value) {
        sasSsSize[row(task)] = value;
    }

    public int sasSsFlags(int task) {
        return sasSsFlags[row(task)];
    }

    public void setSasSsFlags(int task, int value) {
        sasSsFlags[row(task)] = value;
    }

    public long setChildTid(int task) {
        return setChildTid[row(task)];
    }

    public void setSetChildTid(int task, long value) {
        setChildTid[row(task)] = value;
    }

    public long clearChildTid(int task) {
        return clearChildTid[row(task)];
    }

    public void setClearChildTid(int task, long value) {
        clearChildTid[row(task)] = value;
    }

    public long robustList(int task) {
        return robustList[row(task)];
    }

    public void setRobustList(int task, long value) {
        robustList[row(task)] = value;
    }

    public long rseq(int task) {
        return rseq[row(task)];
    }

    public void setRseq(int task, long value) {
        rseq[row(task)] = value;
    }

    public long fsBase(int task) {
        return fsBase[row(task)];
    }

    public void setFsBase(int task, long value) {
        fsBase[row(task)] = value;
    }

    public long gsBase(int task) {
        return gsBase[row(task)];
    }

    public void setGsBase(int task, long value) {
        gsBase[row(task)] = value;
    }

    public int rseqLength(int task) {
        return rseqLength[row(task)];
    }

    public void setRseqLength(int task, int value) {
        rseqLength[row(task)] = value;
    }

    public int rseqSignature(int task) {
        return rseqSignature[row(task)];
    }

    public void setRseqSignature(int task, int value) {
        rseqSignature[row(task)] = value;
    }

    public int personality(int task) {
        return personality[row(task)];
    }

    public void setPersonality(int task, int value) {
        personality[row(task)] = value;
    }

    /** TIF_* and their kind. */
    public int threadFlags(int task) {
        return threadFlags[row(task)];
    }

    public void setThreadFlags(int task, int flags) {
        threadFlags[row(task)] = (byte) flags;
    }

    public boolean hasThreadFlag(int task, int flag) {
        return (threadFlags[row(task)] & flag) != 0;
    }

    public void setThreadFlag(int task, int flag, boolean value) {
        int row = row(task);
        threadFlags[row] = (byte) (value ? threadFlags[row] | flag : threadFlags[row] & ~flag);
    }

    public long timerSlackNs(int task) {
        return timerSlackNs[row(task)];
    }

    public void setTimerSlackNs(int task, long value) {
        timerSlackNs[row(task)] = value;
    }

    public long args(int task, int index) {
        return args[row(task) * 6 + index];
    }

    public int heldFile(int task) {
        return heldFile[row(task)];
    }

    public long heldFd(int task) {
        return heldFd[row(task)];
    }

    public void setHeld(int task, int file, long fd) {
        heldFile[row(task)] = file;
        heldFd[row(task)] = fd;
    }

    public void setArgs(int task, int index, long value) {
        args[row(task) * 6 + index] = value;
    }

    public int syscallNr(int task) {
        return syscallNr[row(task)];
    }

    public void setSyscallNr(int task, int value) {
        syscallNr[row(task)] = value;
    }

    public long restart(int task, int index) {
        return restart[row(task) * 4 + index];
    }

    public void setRestart(int task, int index, long value) {
        restart[row(task) * 4 + index] = value;
    }

    /** The children of a task in the order of their birth, by real_parent. */
    public Chain children() {
        return children;
    }

    /** Copies the command name without its padding; gives its length. */
    public int comm(int task, byte[] into) {
        int at = row(task) * TASK_COMM_LEN;
        int length = 0;
        while (length < TASK_COMM_LEN - 1 && comm[at + length] != 0) {
            into[length] = comm[at + length];
            length++;
        }
        return length;
    }

    /** __set_task_comm(): keeps at most 15 bytes. */
    public void setComm(int task, byte[] name, int length) {
        int at = row(task) * TASK_COMM_LEN;
        int kept = Math.min(length, TASK_COMM_LEN - 1);
        Arrays.fill(comm, at, at + TASK_COMM_LEN, (byte) 0);
        System.arraycopy(name, 0, comm, at, kept);
    }

    public void copyComm(int from, int to) {
        System.arraycopy(comm, row(from) * TASK_COMM_LEN, comm, row(to) * TASK_COMM_LEN, TASK_COMM_LEN);
    }

    public boolean hasFlag(int task, int flag) {
        return (flags(task) & flag) != 0;
    }

    public void addFlag(int task, int flag) {
        setFlags(task, flags(task) | flag);
    }

    @Override
    protected void clearRow(int row) {
        state[row] = 0;
        exitState[row] = 0;
        exitCode[row] = 0;
        exitSignal[row] = 0;
        flags[row] = 0;
        pdeathSignal[row] = 0;
        threadPid[row] = 0;
        signal[row] = 0;
        sighand[row] = 0;
        realParent[row] = 0;
        parent[row] = 0;
        groupLeader[row] = 0;
        vforkParent[row] = 0;
        usage[row] = 0;
        ptrace[row] = 0;
        cred[row] = 0;
        nsproxy[row] = 0;
        cgroups[row] = 0;
        frozen[row] = 0;
        mm[row] = 0;
        files[row] = 0;
        fs[row] = 0;
        undoList[row] = 0;
        se[row] = 0;
        cpu[row] = 0;
        policy[row] = 0;
        staticPrio[row] = 0;
        rtPriority[row] = 0;
        nvcsw[row] = 0;
        nivcsw[row] = 0;
        nrMigrations[row] = 0;
        utime[row] = 0;
        stime[row] = 0;
        startTime[row] = 0;
        clearSignals(row);
        noNewPrivs[row] = 0;
        setChildTid[row] = 0;
        clearChildTid[row] = 0;
        robustList[row] = 0;
        rseq[row] = 0;
        fsBase[row] = 0;
        gsBase[row] = 0;
        rseqLength[row] = 0;
        rseqSignature[row] = 0;
        timerSlackNs[row] = 0;
        personality[row] = 0;
        threadFlags[row] = 0;
        Arrays.fill(args, row * 6, (row + 1) * 6, 0);
        syscallNr[row] = 0;
        heldFile[row] = 0;
        heldFd[row] = 0;
        Arrays.fill(restart, row * 4, (row + 1) * 4, 0);
        Arrays.fill(comm, row * TASK_COMM_LEN, (row + 1) * TASK_COMM_LEN, (byte) 0);
    }

    private void clearSignals(int row) {
        blocked[row] = 0;
        realBlocked[row] = 0;
        savedSigmask[row] = 0;
        restoreSigmask[row] = 0;
        sigpending[row] = 0;
        pendingSet[row] = 0;
        jobctl[row] = 0;
        sasSsSp[row] = 0;
        sasSsSize[row] = 0;
        sasSsFlags[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        state = columns.ints(state);
        exitState = columns.ints(exitState);
        exitCode = columns.ints(exitCode);
        exitSignal = columns.ints(exitSignal);
        flags = columns.ints(flags);
        pdeathSignal = columns.ints(pdeathSignal);
        threadPid = columns.ints(threadPid);
        signal = columns.ints(signal);
        sighand = columns.ints(sighand);
        realParent = columns.ints(realParent);
        parent = columns.ints(parent);
        groupLeader = columns.ints(groupLeader);
        vforkParent = columns.ints(vforkParent);
        usage = columns.ints(usage);
        ptrace = columns.ints(ptrace);
        cred = columns.ints(cred);
        nsproxy = columns.ints(nsproxy);
        cgroups = columns.ints(cgroups);
        frozen = columns.bytes(frozen);
        mm = columns.ints(mm);
        files = columns.ints(files);
        fs = columns.ints(fs);
        undoList = columns.ints(undoList);
        se = columns.ints(se);
        cpu = columns.ints(cpu);
        policy = columns.ints(policy);
        staticPrio = columns.ints(staticPrio);
        rtPriority = columns.ints(rtPriority);
        nvcsw = columns.longs(nvcsw);
        nivcsw = columns.longs(nivcsw);
        nrMigrations = columns.longs(nrMigrations);
        utime = columns.longs(utime);
        stime = columns.longs(stime);
        startTime = columns.longs(startTime);
        signalColumns(columns);
        noNewPrivs = columns.bytes(noNewPrivs);
        setChildTid = columns.longs(setChildTid);
        clearChildTid = columns.longs(clearChildTid);
        robustList = columns.longs(robustList);
        rseq = columns.longs(rseq);
        fsBase = columns.longs(fsBase);
        gsBase = columns.longs(gsBase);
        rseqLength = columns.ints(rseqLength);
        rseqSignature = columns.ints(rseqSignature);
        timerSlackNs = columns.longs(timerSlackNs);
        personality = columns.ints(personality);
        threadFlags = columns.bytes(threadFlags);
        args = columns.longs(args, 6);
        syscallNr = columns.ints(syscallNr);
        heldFile = columns.ints(heldFile);
        heldFd = columns.longs(heldFd);
        restart = columns.longs(restart, 4);
        comm = columns.bytes(comm, TASK_COMM_LEN);
    }

    private void signalColumns(Columns columns) {
        blocked = columns.longs(blocked);
        realBlocked = columns.longs(realBlocked);
        savedSigmask = columns.longs(savedSigmask);
        restoreSigmask = columns.bytes(restoreSigmask);
        sigpending = columns.bytes(sigpending);
        pendingSet = columns.longs(pendingSet);
        jobctl = columns.ints(jobctl);
        sasSsSp = columns.longs(sasSsSp);
        sasSsSize = columns.longs(sasSsSize);
        sasSsFlags = columns.ints(sasSsFlags);
    }
}
