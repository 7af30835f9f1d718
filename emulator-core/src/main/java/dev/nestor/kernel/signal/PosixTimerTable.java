package dev.nestor.kernel.signal;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct k_itimer columns: a timer of timer_create(2), or one that a sleep on CPU time waits for. */
public final class PosixTimerTable extends Table {
    private int[] id = new int[initialRows()]; // number that the process knows it by
    private int[] clock = new int[initialRows()]; // CLOCK_*, or a clock of CPU time by number
    private int[] status = new int[initialRows()]; // PosixTimers.DISARMED, ARMED, REQUEUE_PENDING
    private int[] notify = new int[initialRows()]; // SIGEV_*
    private int[] pid = new int[initialRows()]; // pid that the signal goes to, held; NULL for none
    private int[] signo = new int[initialRows()]; // signal
    private long[] sigevValue = new long[initialRows()]; // sigev_value
    private long[] intervalNs = new long[initialRows()]; // ns; 0 for a timer that expires once
    private long[] overrun = new long[initialRows()]; // expirations since the signal was last taken, less one
    private long[] overrunLast = new long[initialRows()]; // what timer_getoverrun(2) tells
    private int[] signalSeq = new int[initialRows()]; // counts settings and deliveries: a signal of before is void
    private int[] sigqueueSeq = new int[initialRows()]; // signalSeq when the signal was queued
    private byte[] sigPeriodic =
            new byte[initialRows()]; // bool; the signal that was sent last is of a timer with an interval
    private int[] sigqueue = new int[initialRows()]; // sigqueue that its signal uses; NULL of a sleep
    private int[] hrtimer = new int[initialRows()]; // hrtimer; NULL of a CPU timer
    private int[] cpuPid = new int[initialRows()]; // pid whose CPU time it counts, held; NULL for no CPU timer
    private int[] sleeper = new int[initialRows()]; // task that it wakes, instead of sending a signal; NULL for none
    private long[] cpuExpires = new long[initialRows()]; // CPU time in ns, 0 for none
    private final Chain ofProcess; // signal_struct.posix_timers, latest first
    private final Chain ignored; // signal_struct.ignored_posix_timers
    private final Chain armed; // the CPU timers that a signal_struct has to look at

    public PosixTimerTable(int limit, SignalStructTable signals) {
        super("k_itimer", 20, limit);
        ofProcess = new Chain(signals, this);
        ignored = new Chain(signals, this);
        armed = new Chain(signals, this);
    }

    public int id(int timer) {
        return id[row(timer)];
    }

    void setId(int timer, int value) {
        id[row(timer)] = value;
    }

    public int clock(int timer) {
        return clock[row(timer)];
    }

    void setClock(int timer, int value) {
        clock[row(timer)] = value;
    }

    int status(int timer) {
        return status[row(timer)];
    }

    void setStatus(int timer, int value) {
        status[row(timer)] = value;
    }

    public int notify(int timer) {
        return notify[row(timer)];
    }

    void setNotify(int timer, int value) {
        notify[row(timer)] = value;
    }

    public int pid(int timer) {
        return pid[row(timer)];
    }

    void setPid(int timer, int value) {
        pid[row(timer)] = value;
    }

    public int signo(int timer) {
        return signo[row(timer)];
    }

    void setSigno(int timer, int value) {
        signo[row(timer)] = value;
    }

    public long sigevValue(int timer) {
        return sigevValue[row(timer)];
    }

    void setSigevValue(int timer, long value) {
        sigevValue[row(timer)] = value;
    }

    public long intervalNs(int timer) {
        return intervalNs[row(timer)];
    }

    void setIntervalNs(int timer, long value) {
        intervalNs[row(timer)] = value;
    }

    long overrun(int timer) {
        return overrun[row(timer)];
    }

    void setOverrun(int timer, long value) {
        overrun[row(timer)] = value;
    }

    long overrunLast(int timer) {
        return overrunLast[row(timer)];
    }

    void setOverrunLast(int timer, long value) {
        overrunLast[row(timer)] = value;
    }

    int signalSeq(int timer) {
        return signalSeq[row(timer)];
    }

    void setSignalSeq(int timer, int value) {
        signalSeq[row(timer)] = value;
    }

    int sigqueueSeq(int timer) {
        return sigqueueSeq[row(timer)];
    }

    void setSigqueueSeq(int timer, int value) {
        sigqueueSeq[row(timer)] = value;
    }

    boolean sigPeriodic(int timer) {
        return sigPeriodic[row(timer)] != 0;
    }

    void setSigPeriodic(int timer, boolean value) {
        sigPeriodic[row(timer)] = (byte) (value ? 1 : 0);
    }

    int sigqueue(int timer) {
        return sigqueue[row(timer)];
    }

    void setSigqueue(int timer, int value) {
        sigqueue[row(timer)] = value;
    }

    int hrtimer(int timer) {
        return hrtimer[row(timer)];
    }

    void setHrtimer(int timer, int value) {
        hrtimer[row(timer)] = value;
    }

    public int cpuPid(int timer) {
        return cpuPid[row(timer)];
    }

    void setCpuPid(int timer, int value) {
        cpuPid[row(timer)] = value;
    }

    int sleeper(int timer) {
        return sleeper[row(timer)];
    }

    void setSleeper(int timer, int value) {
        sleeper[row(timer)] = value;
    }

    long cpuExpires(int timer) {
        return cpuExpires[row(timer)];
    }

    void setCpuExpires(int timer, long value) {
        cpuExpires[row(timer)] = value;
    }

    Chain ofProcess() {
        return ofProcess;
    }

    Chain ignored() {
        return ignored;
    }

    Chain armed() {
        return armed;
    }

    @Override
    protected void clearRow(int row) {
        id[row] = 0;
        clock[row] = 0;
        status[row] = 0;
        notify[row] = 0;
        pid[row] = 0;
        signo[row] = 0;
        sigevValue[row] = 0;
        intervalNs[row] = 0;
        overrun[row] = 0;
        overrunLast[row] = 0;
        signalSeq[row] = 0;
        sigqueueSeq[row] = 0;
        sigPeriodic[row] = 0;
        sigqueue[row] = 0;
        hrtimer[row] = 0;
        cpuPid[row] = 0;
        sleeper[row] = 0;
        cpuExpires[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        id = columns.ints(id);
        clock = columns.ints(clock);
        status = columns.ints(status);
        notify = columns.ints(notify);
        pid = columns.ints(pid);
        signo = columns.ints(signo);
        sigevValue = columns.longs(sigevValue);
        intervalNs = columns.longs(intervalNs);
        overrun = columns.longs(overrun);
        overrunLast = columns.longs(overrunLast);
        signalSeq = columns.ints(signalSeq);
        sigqueueSeq = columns.ints(sigqueueSeq);
        sigPeriodic = columns.bytes(sigPeriodic);
        sigqueue = columns.ints(sigqueue);
        hrtimer = columns.ints(hrtimer);
        cpuPid = columns.ints(cpuPid);
        sleeper = columns.ints(sleeper);
        cpuExpires = columns.longs(cpuExpires);
    }
}
