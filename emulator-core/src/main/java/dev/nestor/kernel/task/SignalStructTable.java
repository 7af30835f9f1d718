package dev.nestor.kernel.task;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The signal_struct columns: what the threads of one process share. */
public final class SignalStructTable extends Table {
    public static final int SIGNAL_STOP_STOPPED = 1;
    public static final int SIGNAL_STOP_CONTINUED = 2;
    public static final int SIGNAL_GROUP_EXIT = 4;
    public static final int SIGNAL_CLD_STOPPED = 0x10;
    public static final int SIGNAL_CLD_CONTINUED = 0x20;

    private int[] nrThreads = new int[initialRows()]; // threads not yet released
    private int[] live = new int[initialRows()]; // threads not yet in exit
    private int[] leader = new int[initialRows()]; // task: the thread group leader
    private byte[] sessionLeader = new byte[initialRows()]; // bool; leader of the kernel's signal_struct
    private int[] groupExitCode = new int[initialRows()]; // wait(2) status of exit_group
    private int[] groupExecTask =
            new int[initialRows()]; // task: the thread that waits in exec for the others to die, or NULL
    private int[] currTarget = new int
            [initialRows()]; // task: the thread that took the last signal for the process; NULL stands for the leader
    private int[] flags = new int[initialRows()]; // SIGNAL_*
    private int[] groupStopCount = new int[initialRows()]; // threads still to stop
    private int[] groupStopSignal = new int[initialRows()];
    private byte[] isChildSubreaper = new byte[initialRows()]; // bool; prctl
    private byte[] hasChildSubreaper = new byte[initialRows()]; // bool; an ancestor is a subreaper
    private byte[] unkillable = new byte[initialRows()]; // bool; SIGNAL_UNKILLABLE: the init of a PID namespace
    private int[] tgid = new int[initialRows()]; // pid
    private int[] pgrp = new int[initialRows()]; // pid
    private int[] session = new int[initialRows()]; // pid
    private int[] waitChldexit = new int[initialRows()]; // wait queue
    private int[] realTimer = new int[initialRows()]; // hrtimer of ITIMER_REAL
    private long[] realIntervalNs = new long[initialRows()]; // ns
    private int[] nextPosixTimerId = new int[initialRows()]; // number of the next timer_create(2)
    private byte[] timerCreateRestoreIds =
            new byte[initialRows()]; // bool; prctl: timer_create(2) takes the number wished
    private long[] virtExpires = new long[initialRows()]; // ns of user time; ITIMER_VIRTUAL, 0 while it is off
    private long[] virtIncr = new long[initialRows()]; // ns
    private long[] profExpires = new long[initialRows()]; // ns of CPU time; ITIMER_PROF, 0 while it is off
    private long[] profIncr = new long[initialRows()]; // ns
    private long[] sharedPendingSet = new long[initialRows()]; // signals in the shared queue
    private long[] utime = new long[initialRows()]; // cycles of released threads
    private long[] stime = new long[initialRows()]; // cycles of released threads
    private long[] cutime = new long[initialRows()]; // cycles of waited-for children
    private long[] cstime = new long[initialRows()]; // cycles of waited-for children
    private int[] oomScoreAdj = new int[initialRows()]; // -1000..1000
    private int[] autogroup = new int[initialRows()]; // task_group of its session; NULL for none
    private int[] oomScoreAdjMin = new int[initialRows()]; // as low as it may be set without CAP_SYS_RESOURCE
    private long[] rlimCur = new long[16 * initialRows()]; // RLIMIT_*, by resource
    private long[] rlimMax = new long[16 * initialRows()]; // RLIMIT_*, by resource
    private final Chain threads; // thread_head

    public SignalStructTable(int limit, TaskTable tasks) {
        super("signal_struct", 2, limit);
        threads = new Chain(this, tasks);
    }

    public int nrThreads(int signal) {
        return nrThreads[row(signal)];
    }

    public void setNrThreads(int signal, int value) {
        nrThreads[row(signal)] = value;
    }

    public int live(int signal) {
        return live[row(signal)];
    }

    public void setLive(int signal, int value) {
        live[row(signal)] = value;
    }

    public int leader(int signal) {
        return leader[row(signal)];
    }

    public boolean sessionLeader(int signal) {
        return sessionLeader[row(signal)] != 0;
    }

    public void setSessionLeader(int signal, boolean value) {
        sessionLeader[row(signal)] = (byte) (value ? 1 : 0);
    }

    public void setLeader(int signal, int value) {
        leader[row(signal)] = value;
    }

    public int groupExitCode(int signal) {
        return groupExitCode[row(signal)];
    }

    public void setGroupExitCode(int signal, int value) {
        groupExitCode[row(signal)] = value;
    }

    public int groupExecTask(int signal) {
        return groupExecTask[row(signal)];
    }

    public void setGroupExecTask(int signal, int value) {
        groupExecTask[row(signal)] = value;
    }

    public int currTarget(int signal) {
        return currTarget[row(signal)];
    }

    public void setCurrTarget(int signal, int value) {
        currTarget[row(signal)] = value;
    }

    public int flags(int signal) {
        return flags[row(signal)];
    }

    public void setFlags(int signal, int value) {
        flags[row(signal)] = value;
    }

    public int groupStopCount(int signal) {
        return groupStopCount[row(signal)];
    }

    public void setGroupStopCount(int signal, int value) {
        groupStopCount[row(signal)] = value;
    }

    public int groupStopSignal(int signal) {
        return groupStopSignal[row(signal)];
    }

    public void setGroupStopSignal(int signal, int value) {
        groupStopSignal[row(signal)] = value;
    }

    public boolean isChildSubreaper(int signal) {
        return isChildSubreaper[row(signal)] != 0;
    }

    public void setIsChildSubreaper(int signal, boolean value) {
        isChildSubreaper[row(signal)] = (byte) (value ? 1 : 0);
    }

    public boolean hasChildSubreaper(int signal) {
        return hasChildSubreaper[row(signal)] != 0;
    }

    public void setHasChildSubreaper(int signal, boolean value) {
        hasChildSubreaper[row(signal)] = (byte) (value ? 1 : 0);
    }

    public boolean unkillable(int signal) {
        return unkillable[row(signal)] != 0;
    }

    public void setUnkillable(int signal, boolean value) {
        unkillable[row(signal)] = (byte) (value ? 1 : 0);
    }

    public int tgid(int signal) {
        return tgid[row(signal)];
    }

    public void setTgid(int signal, int value) {
        tgid[row(signal)] = value;
    }

    public int pgrp(int signal) {
        return pgrp[row(signal)];
    }

    public void setPgrp(int signal, int value) {
        pgrp[row(signal)] = value;
    }

    public int session(int signal) {
        return session[row(signal)];
    }

    public void setSession(int signal, int value) {
        session[row(signal)] = value;
    }

    public int waitChldexit(int signal) {
        return waitChldexit[row(signal)];
    }

    public void setWaitChldexit(int signal, int value) {
        waitChldexit[row(signal)] = value;
    }

    public int realTimer(int signal) {
        return realTimer[row(signal)];
    }

    public void setRealTimer(int signal, int value) {
        realTimer[row(signal)] = value;
    }

    public long realIntervalNs(int signal) {
        return realIntervalNs[row(signal)];
    }

    public void setRealIntervalNs(int signal, long value) {
        realIntervalNs[row(signal)] = value;
    }

    public int nextPosixTimerId(int signal) {
        return nextPosixTimerId[row(signal)];
    }

    public void setNextPosixTimerId(int signal, int value) {
        nextPosixTimerId[row(signal)] = value;
    }

    public boolean timerCreateRestoreIds(int signal) {
        return timerCreateRestoreIds[row(signal)] != 0;
    }

    public void setTimerCreateRestoreIds(int signal, boolean value) {
        timerCreateRestoreIds[row(signal)] = (byte) (value ? 1 : 0);
    }

    public long virtExpires(int signal) {
        return virtExpires[row(signal)];
    }

    public void setVirtExpires(int signal, long value) {
        virtExpires[row(signal)] = value;
    }

    public long virtIncr(int signal) {
        return virtIncr[row(signal)];
    }

    public void setVirtIncr(int signal, long value) {
        virtIncr[row(signal)] = value;
    }

    public long profExpires(int signal) {
        return profExpires[row(signal)];
    }

    public void setProfExpires(int signal, long value) {
        profExpires[row(signal)] = value;
    }

    public long profIncr(int signal) {
        return profIncr[row(signal)];
    }

    public void setProfIncr(int signal, long value) {
        profIncr[row(signal)] = value;
    }

    public long sharedPendingSet(int signal) {
        return sharedPendingSet[row(signal)];
    }

    public void setSharedPendingSet(int signal, long value) {
        sharedPendingSet[row(signal)] = value;
    }

    public long utime(int signal) {
        return utime[row(signal)];
    }

    public void setUtime(int signal, long value) {
        utime[row(signal)] = value;
    }

    public long stime(int signal) {
        return stime[row(signal)];
    }

    public void setStime(int signal, long value) {
        stime[row(signal)] = value;
    }

    public long cutime(int signal) {
        return cutime[row(signal)];
    }

    public void setCutime(int signal, long value) {
        cutime[row(signal)] = value;
    }

    public long cstime(int signal) {
        return cstime[row(signal)];
    }

    public void setCstime(int signal, long value) {
        cstime[row(signal)] = value;
    }

    /** signal->autogroup. */
    public int autogroup(int signal) {
        return autogroup[row(signal)];
    }

    public void setAutogroup(int signal, int value) {
        autogroup[row(signal)] = value;
    }

    public int oomScoreAdjMin(int signal) {
        return oomScoreAdjMin[row(signal)];
    }

    public void setOomScoreAdjMin(int signal, int value) {
        oomScoreAdjMin[row(signal)] = value;
    }

    public int oomScoreAdj(int signal) {
        return oomScoreAdj[row(signal)];
    }

    public void setOomScoreAdj(int signal, int value) {
        oomScoreAdj[row(signal)] = value;
    }

    public long rlimCur(int signal, int index) {
        return rlimCur[row(signal) * 16 + index];
    }

    public void setRlimCur(int signal, int index, long value) {
        rlimCur[row(signal) * 16 + index] = value;
    }

    public long rlimMax(int signal, int index) {
        return rlimMax[row(signal) * 16 + index];
    }

    public void setRlimMax(int signal, int index, long value) {
        rlimMax[row(signal) * 16 + index] = value;
    }

    /** The threads of a process, the leader first. */
    public Chain threads() {
        return threads;
    }

    @Override
    protected void clearRow(int row) {
        nrThreads[row] = 0;
        live[row] = 0;
        leader[row] = 0;
        sessionLeader[row] = 0;
        groupExitCode[row] = 0;
        groupExecTask[row] = 0;
        currTarget[row] = 0;
        flags[row] = 0;
        groupStopCount[row] = 0;
        groupStopSignal[row] = 0;
        isChildSubreaper[row] = 0;
        hasChildSubreaper[row] = 0;
        unkillable[row] = 0;
        tgid[row] = 0;
        pgrp[row] = 0;
        session[row] = 0;
        waitChldexit[row] = 0;
        realTimer[row] = 0;
        realIntervalNs[row] = 0;
        nextPosixTimerId[row] = 0;
        timerCreateRestoreIds[row] = 0;
        virtExpires[row] = 0;
        virtIncr[row] = 0;
        profExpires[row] = 0;
        profIncr[row] = 0;
        sharedPendingSet[row] = 0;
        utime[row] = 0;
        stime[row] = 0;
        cutime[row] = 0;
        cstime[row] = 0;
        oomScoreAdj[row] = 0;
        autogroup[row] = 0;
        oomScoreAdjMin[row] = 0;
        Arrays.fill(rlimCur, row * 16, (row + 1) * 16, 0);
        Arrays.fill(rlimMax, row * 16, (row + 1) * 16, 0);
    }

    @Override
    protected void columns(Columns columns) {
        nrThreads = columns.ints(nrThreads);
        live = columns.ints(live);
        leader = columns.ints(leader);
        sessionLeader = columns.bytes(sessionLeader);
        groupExitCode = columns.ints(groupExitCode);
        groupExecTask = columns.ints(groupExecTask);
        currTarget = columns.ints(currTarget);
        flags = columns.ints(flags);
        groupStopCount = columns.ints(groupStopCount);
        groupStopSignal = columns.ints(groupStopSignal);
        isChildSubreaper = columns.bytes(isChildSubreaper);
        hasChildSubreaper = columns.bytes(hasChildSubreaper);
        unkillable = columns.bytes(unkillable);
        tgid = columns.ints(tgid);
        pgrp = columns.ints(pgrp);
        session = columns.ints(session);
        waitChldexit = columns.ints(waitChldexit);
        realTimer = columns.ints(realTimer);
        realIntervalNs = columns.longs(realIntervalNs);
        nextPosixTimerId = columns.ints(nextPosixTimerId);
        timerCreateRestoreIds = columns.bytes(timerCreateRestoreIds);
        virtExpires = columns.longs(virtExpires);
        virtIncr = columns.longs(virtIncr);
        profExpires = columns.longs(profExpires);
        profIncr = columns.longs(profIncr);
        sharedPendingSet = columns.longs(sharedPendingSet);
        utime = columns.longs(utime);
        stime = columns.longs(stime);
        cutime = columns.longs(cutime);
        cstime = columns.longs(cstime);
        oomScoreAdj = columns.ints(oomScoreAdj);
        autogroup = columns.ints(autogroup);
        oomScoreAdjMin = columns.ints(oomScoreAdjMin);
        rlimCur = columns.longs(rlimCur, 16);
        rlimMax = columns.longs(rlimMax, 16);
    }
}
