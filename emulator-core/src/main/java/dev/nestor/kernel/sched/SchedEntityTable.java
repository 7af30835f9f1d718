package dev.nestor.kernel.sched;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/**
 * The struct sched_entity columns, and what else the scheduler keeps of a task: cpus_mask, sched_info, and what its CPU
 * is to do with it next.
 */
public final class SchedEntityTable extends Table {
    private int[] task = new int[initialRows()]; // task; NULL for a group
    private int[] cfsRq = new int[initialRows()]; // cfs_rq that it is or was queued on
    private int[] avg = new int[initialRows()]; // sched_avg, its own
    private int[] parent = new int[initialRows()]; // sched_entity of the group it is in; NULL at the top
    private int[] myQ = new int[initialRows()]; // cfs_rq that a group's entity stands for; NULL of a task
    private int[] taskGroup = new int[initialRows()]; // task_group of a task
    private int[] runnableWeight = new int[initialRows()]; // h_nr_runnable of myQ when that was last told
    private byte[] throttleWork =
            new byte[initialRows()]; // sched_throttle_work is pending: it is throttled on its way to user mode
    private byte[] depth = new byte[initialRows()]; // groups above it
    private long[] weight = new long[initialRows()]; // load.weight: 1024 for nice 0, times 1024
    private long[] invWeight = new long[initialRows()]; // load.inv_weight: 2^32 / (weight / 1024)
    private long[] vruntime = new long[initialRows()]; // ns at nice 0
    private long[] deadline =
            new long[initialRows()]; // virtual ns; less vruntime while relDeadline; before 6.6 the key of the tree
    private long[] slice = new long[initialRows()]; // ns of a request
    private long[] vlag = new long[initialRows()]; // virtual ns; V - vruntime when it left the queue
    private long[] vprot = new long[initialRows()]; // virtual ns up to which it is protected from others
    private long[] minVruntime = new long[initialRows()]; // virtual ns; least of its subtree
    private long[] minSlice = new long[initialRows()]; // ns; least of its subtree
    private int[] runLeft = new int[initialRows()]; // sched_entity; the tree of the queue, by deadline
    private int[] runRight = new int[initialRows()]; // sched_entity
    private int[] runParent = new int[initialRows()]; // sched_entity
    private byte[] onRq = new byte[initialRows()]; // on a queue: running, waiting, or delayed
    private byte[] schedDelayed = new byte[initialRows()]; // asleep, but queued until its lag is paid
    private byte[] relDeadline =
            new byte[initialRows()]; // deadline is relative to vruntime; before 6.6 vruntime to min_vruntime
    private byte[] customSlice = new byte[initialRows()]; // slice was set by sched_setattr(2)
    private long[] execStart = new long[initialRows()]; // ns; charged up to then
    private long[] sumExecRuntime = new long[initialRows()]; // ns
    private long[] prevSumExecRuntime = new long[initialRows()]; // ns; at the last time it was switched in
    private byte[] schedClass = new byte[initialRows()]; // index into the classes, highest first
    private byte[] piPrio = new byte
            [initialRows()]; // one more than the prio that who waits for the task lends it, unsigned; 0 for none
    private byte[] todo = new byte[initialRows()]; // what it does when it is next on a CPU: Cpus.TODO_*
    private byte[] onCpu = new byte[initialRows()]; // is rq.curr; until the last switch away
    private long[] remaining = new long[initialRows()]; // cycles of its user span that are still to compute
    private long[] kernelLeft =
            new long[initialRows()]; // cycles of its span in the kernel, from which it was preempted
    private int[] recentUsedCpu = new int[initialRows()]; // cpu
    private int[] wakeeFlips = new int[initialRows()]; // changes of whom it wakes, halved each second
    private int[] lastWakee = new int[initialRows()]; // task, maybe gone: only compared
    private long[] wakeeFlipDecayNs = new long[initialRows()]; // ns; when wakeeFlips was last halved
    private long[] lastQueued = new long[initialRows()]; // cycles; runnable since, but not on a CPU
    private long[] runDelay = new long[initialRows()]; // cycles waited for a CPU
    private long[] pcount = new long[initialRows()]; // times that it got one
    private byte[] timeSlice = new byte[initialRows()]; // ticks left of a SCHED_RR task's turn
    private int[] userCpus = new int[initialRows()]; // cpumask that the task asked for; NULL if it has not
    private int[] dl = new int[initialRows()]; // sched_dl_entity of a deadline task
    private int[] scx =
            new int[initialRows()]; // sched_ext_entity of a task that has been in the class of a SchedExtOps
    private byte[] resetOnFork = new byte[initialRows()]; // sched_reset_on_fork
    private final int maskWords; // words of cpusMask a row
    private long[] cpusMask; // CPUs that it may run on

    /** @param maskWords words of a CPU mask on this machine */
    public SchedEntityTable(int limit, int maskWords) {
        super("sched_entity", 13, limit);
        this.maskWords = maskWords;
        this.cpusMask = new long[maskWords * initialRows()];
    }

    public int task(int se) {
        return task[row(se)];
    }

    void setTask(int se, int value) {
        task[row(se)] = value;
    }

    public int cfsRq(int se) {
        return cfsRq[row(se)];
    }

    void setCfsRq(int se, int value) {
        cfsRq[row(se)] = value;
    }

    public int avg(int se) {
        return avg[row(se)];
    }

    void setAvg(int se, int value) {
        avg[row(se)] = value;
    }

    public int parent(int se) {
        return parent[row(se)];
    }

    void setParent(int se, int value) {
        parent[row(se)] = value;
    }

    /** group_cfs_rq(). */
    public int myQ(int se) {
        return myQ[row(se)];
    }

    void setMyQ(int se, int value) {
        myQ[row(se)] = value;
    }

    public int taskGroup(int se) {
        return taskGroup[row(se)];
    }

    void setTaskGroup(int se, int value) {
        taskGroup[row(se)] = value;
    }

    int runnableWeight(int se) {
        return runnableWeight[row(se)];
    }

    void setRunnableWeight(int se, int value) {
        runnableWeight[row(se)] = value;
    }

    boolean throttleWork(int se) {
        return throttleWork[row(se)] != 0;
    }

    void setThrottleWork(int se, boolean value) {
        throttleWork[row(se)] = (byte) (value ? 1 : 0);
    }

    int depth(int se) {
        return depth[row(se)];
    }

    void setDepth(int se, int value) {
        depth[row(se)] = (byte) value;
    }

    public long weight(int se) {
        return weight[row(se)];
    }

    void setWeight(int se, long value) {
        weight[row(se)] = value;
    }

    public long invWeight(int se) {
        return invWeight[row(se)];
    }

    void setInvWeight(int se, long value) {
        invWeight[row(se)] = value;
    }

    public long vruntime(int se) {
        return vruntime[row(se)];
    }

    void setVruntime(int se, long value) {
        vruntime[row(se)] = value;
    }

    public long deadline(int se) {
        return deadline[row(se)];
    }

    void setDeadline(int se, long value) {
        deadline[row(se)] = value;
    }

    public long slice(int se) {
        return slice[row(se)];
    }

    void setSlice(int se, long value) {
        slice[row(se)] = value;
    }

    public long vlag(int se) {
        return vlag[row(se)];
    }

    void setVlag(int se, long value) {
        vlag[row(se)] = value;
    }

    public long vprot(int se) {
        return vprot[row(se)];
    }

    void setVprot(int se, long value) {
        vprot[row(se)] = value;
    }

    long minVruntime(int se) {
        return minVruntime[row(se)];
    }

    void setMinVruntime(int se, long value) {
        minVruntime[row(se)] = value;
    }

    long minSlice(int se) {
        return minSlice[row(se)];
    }

    void setMinSlice(int se, long value) {
        minSlice[row(se)] = value;
    }

    int runLeft(int se) {
        return runLeft[row(se)];
    }

    void setRunLeft(int se, int value) {
        runLeft[row(se)] = value;
    }

    int runRight(int se) {
        return runRight[row(se)];
    }

    void setRunRight(int se, int value) {
        runRight[row(se)] = value;
    }

    int runParent(int se) {
        return runParent[row(se)];
    }

    void setRunParent(int se, int value) {
        runParent[row(se)] = value;
    }

    public boolean onRq(int se) {
        return onRq[row(se)] != 0;
    }

    void setOnRq(int se, boolean value) {
        onRq[row(se)] = (byte) (value ? 1 : 0);
    }

    public boolean schedDelayed(int se) {
        return schedDelayed[row(se)] != 0;
    }

    void setSchedDelayed(int se, boolean value) {
        schedDelayed[row(se)] = (byte) (value ? 1 : 0);
    }

    public boolean relDeadline(int se) {
        return relDeadline[row(se)] != 0;
    }

    void setRelDeadline(int se, boolean value) {
        relDeadline[row(se)] = (byte) (value ? 1 : 0);
    }

    public boolean customSlice(int se) {
        return customSlice[row(se)] != 0;
    }

    void setCustomSlice(int se, boolean value) {
        customSlice[row(se)] = (byte) (value ? 1 : 0);
    }

    public long execStart(int se) {
        return execStart[row(se)];
    }

    void setExecStart(int se, long value) {
        execStart[row(se)] = value;
    }

    public long sumExecRuntime(int se) {
        return sumExecRuntime[row(se)];
    }

    void setSumExecRuntime(int se, long value) {
        sumExecRuntime[row(se)] = value;
    }

    public long prevSumExecRuntime(int se) {
        return prevSumExecRuntime[row(se)];
    }

    void setPrevSumExecRuntime(int se, long value) {
        prevSumExecRuntime[row(se)] = value;
    }

    int piPrio(int se) {
        return piPrio[row(se)] & 0xff;
    }

    void setPiPrio(int se, int value) {
        piPrio[row(se)] = (byte) value;
    }

    public int schedClass(int se) {
        return schedClass[row(se)];
    }

    void setSchedClass(int se, int value) {
        schedClass[row(se)] = (byte) value;
    }

    int todo(int se) {
        return todo[row(se)];
    }

    void setTodo(int se, int value) {
        todo[row(se)] = (byte) value;
    }

    public boolean onCpu(int se) {
        return onCpu[row(se)] != 0;
    }

    void setOnCpu(int se, boolean value) {
        onCpu[row(se)] = (byte) (value ? 1 : 0);
    }

    long remaining(int se) {
        return remaining[row(se)];
    }

    void setRemaining(int se, long value) {
        remaining[row(se)] = value;
    }

    long kernelLeft(int se) {
        return kernelLeft[row(se)];
    }

    void setKernelLeft(int se, long value) {
        kernelLeft[row(se)] = value;
    }

    int recentUsedCpu(int se) {
        return recentUsedCpu[row(se)];
    }

    void setRecentUsedCpu(int se, int value) {
        recentUsedCpu[row(se)] = value;
    }

    int wakeeFlips(int se) {
        return wakeeFlips[row(se)];
    }

    void setWakeeFlips(int se, int value) {
        wakeeFlips[row(se)] = value;
    }

    int lastWakee(int se) {
        return lastWakee[row(se)];
    }

    void setLastWakee(int se, int value) {
        lastWakee[row(se)] = value;
    }

    long wakeeFlipDecayNs(int se) {
        return wakeeFlipDecayNs[row(se)];
    }

    void setWakeeFlipDecayNs(int se, long value) {
        wakeeFlipDecayNs[row(se)] = value;
    }

    long lastQueued(int se) {
        return lastQueued[row(se)];
    }

    void setLastQueued(int se, long value) {
        lastQueued[row(se)] = value;
    }

    public long runDelay(int se) {
        return runDelay[row(se)];
    }

    void setRunDelay(int se, long value) {
        runDelay[row(se)] = value;
    }

    public long pcount(int se) {
        return pcount[row(se)];
    }

    void setPcount(int se, long value) {
        pcount[row(se)] = value;
    }

    int timeSlice(int se) {
        return timeSlice[row(se)];
    }

    void setTimeSlice(int se, int value) {
        timeSlice[row(se)] = (byte) value;
    }

    public int dl(int se) {
        return dl[row(se)];
    }

    void setDl(int se, int value) {
        dl[row(se)] = value;
    }

    public int scx(int se) {
        return scx[row(se)];
    }

    void setScx(int se, int value) {
        scx[row(se)] = value;
    }

    public boolean resetOnFork(int se) {
        return resetOnFork[row(se)] != 0;
    }

    void setResetOnFork(int se, boolean value) {
        resetOnFork[row(se)] = (byte) (value ? 1 : 0);
    }

    int userCpus(int se) {
        return userCpus[row(se)];
    }

    void setUserCpus(int se, int value) {
        userCpus[row(se)] = value;
    }

    /** A word of cpus_mask: the CPUs 64 * word and following. */
    public long cpusMask(int se, int word) {
        return cpusMask[row(se) * maskWords + word];
    }

    void setCpusMask(int se, int word, long value) {
        cpusMask[row(se) * maskWords + word] = value;
    }

    public boolean isAllowed(int se, int cpu) {
        return (cpusMask[row(se) * maskWords + (cpu >> 6)] >>> cpu & 1) != 0;
    }

    /** The first CPU that it may run on. */
    int firstAllowed(int se) {
        int word = 0;
        while (cpusMask(se, word) == 0) {
            word++;
        }
        return (word << 6) + Long.numberOfTrailingZeros(cpusMask(se, word));
    }

    /** select_fallback_rq(): the CPU, or the first that the task may run on. */
    int allowedOr(int se, int cpu) {
        return isAllowed(se, cpu) ? cpu : firstAllowed(se);
    }

    /** nr_cpus_allowed > 1. */
    boolean isMovable(int se) {
        int first = firstAllowed(se);
        long others = cpusMask(se, first >> 6) & ~(1L << first);
        for (int word = (first >> 6) + 1; word < maskWords && others == 0; word++) {
            others = cpusMask(se, word);
        }
        return others != 0;
    }

    void copyCpusMask(int from, int to) {
        System.arraycopy(cpusMask, row(from) * maskWords, cpusMask, row(to) * maskWords, maskWords);
    }

    @Override
    protected void clearRow(int row) {
        task[row] = 0;
        cfsRq[row] = 0;
        avg[row] = 0;
        parent[row] = 0;
        myQ[row] = 0;
        taskGroup[row] = 0;
        runnableWeight[row] = 0;
        throttleWork[row] = 0;
        depth[row] = 0;
        weight[row] = 0;
        invWeight[row] = 0;
        vruntime[row] = 0;
        deadline[row] = 0;
        slice[row] = 0;
        vlag[row] = 0;
        vprot[row] = 0;
        minVruntime[row] = 0;
        minSlice[row] = 0;
        runLeft[row] = 0;
        runRight[row] = 0;
        runParent[row] = 0;
        onRq[row] = 0;
        schedDelayed[row] = 0;
        relDeadline[row] = 0;
        customSlice[row] = 0;
        execStart[row] = 0;
        sumExecRuntime[row] = 0;
        prevSumExecRuntime[row] = 0;
        schedClass[row] = 0;
        piPrio[row] = 0;
        todo[row] = 0;
        onCpu[row] = 0;
        remaining[row] = 0;
        kernelLeft[row] = 0;
        recentUsedCpu[row] = 0;
        wakeeFlips[row] = 0;
        lastWakee[row] = 0;
        wakeeFlipDecayNs[row] = 0;
        lastQueued[row] = 0;
        runDelay[row] = 0;
        pcount[row] = 0;
        timeSlice[row] = 0;
        userCpus[row] = 0;
        dl[row] = 0;
        scx[row] = 0;
        resetOnFork[row] = 0;
        Arrays.fill(cpusMask, row * maskWords, (row + 1) * maskWords, 0);
    }

    @Override
    protected void columns(Columns columns) {
        task = columns.ints(task);
        cfsRq = columns.ints(cfsRq);
        avg = columns.ints(avg);
        parent = columns.ints(parent);
        myQ = columns.ints(myQ);
        taskGroup = columns.ints(taskGroup);
        runnableWeight = columns.ints(runnableWeight);
        throttleWork = columns.bytes(throttleWork);
        depth = columns.bytes(depth);
        weight = columns.longs(weight);
        invWeight = columns.longs(invWeight);
        vruntime = columns.longs(vruntime);
        deadline = columns.longs(deadline);
        slice = columns.longs(slice);
        vlag = columns.longs(vlag);
        vprot = columns.longs(vprot);
        minVruntime = columns.longs(minVruntime);
        minSlice = columns.longs(minSlice);
        runLeft = columns.ints(runLeft);
        runRight = columns.ints(runRight);
        runParent = columns.ints(runParent);
        onRq = columns.bytes(onRq);
        schedDelayed = columns.bytes(schedDelayed);
        relDeadline = columns.bytes(relDeadline);
        customSlice = columns.bytes(customSlice);
        execStart = columns.longs(execStart);
        sumExecRuntime = columns.longs(sumExecRuntime);
        prevSumExecRuntime = columns.longs(prevSumExecRuntime);
        schedClass = columns.bytes(schedClass);
        piPrio = columns.bytes(piPrio);
        todo = columns.bytes(todo);
        onCpu = columns.bytes(onCpu);
        remaining = columns.longs(remaining);
        kernelLeft = columns.longs(kernelLeft);
        recentUsedCpu = columns.ints(recentUsedCpu);
        wakeeFlips = columns.ints(wakeeFlips);
        lastWakee = columns.ints(lastWakee);
        wakeeFlipDecayNs = columns.longs(wakeeFlipDecayNs);
        lastQueued = columns.longs(lastQueued);
        runDelay = columns.longs(runDelay);
        pcount = columns.longs(pcount);
        timeSlice = columns.bytes(timeSlice);
        userCpus = columns.ints(userCpus);
        dl = columns.ints(dl);
        scx = columns.ints(scx);
        resetOnFork = columns.bytes(resetOnFork);
        cpusMask = columns.longs(cpusMask, maskWords);
    }
}
