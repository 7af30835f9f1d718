package dev.nestor.ipc;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Columns;
import java.util.Arrays;

/** The struct ipc_namespace columns: limits, what is in use, and struct ipc_ids of each kind of object. */
public final class IpcNamespaceTable extends NamespaceTable {
    /** Places of the semaphores' limits in kernel.sem. */
    public static final int SEMMSL = 0;

    public static final int SEMMNS = 1;
    public static final int SEMOPM = 2;
    public static final int SEMMNI = 3;

    private static final int KINDS = 3;
    private static final int SEM_CTLS = 4;

    private int[] inUse = new int[KINDS * initialRows()]; // objects, by kind
    private int[] seq = new int[KINDS * initialRows()]; // sequence number of the next object, by kind
    private int[] maxIdx = new int[KINDS * initialRows()]; // one more than the highest index in use, by kind
    private int[] lastIdx = new int[KINDS * initialRows()]; // one more than the index given out last, by kind
    private int[] nextId = new int[KINDS * initialRows()]; // one more than the identifier wished for, or 0; by kind
    private int[] idrNext = new int[KINDS * initialRows()]; // where the next cyclic search starts, by kind
    private int[] semCtls = new int[SEM_CTLS * initialRows()]; // kernel.sem
    private int[] usedSems = new int[initialRows()]; // semaphores in all sets
    private int[] msgCtlmax = new int[initialRows()]; // bytes of a message, unsigned
    private int[] msgCtlmnb = new int[initialRows()]; // bytes of a queue, unsigned
    private int[] msgCtlmni = new int[initialRows()]; // queues
    private long[] msgBytes = new long[initialRows()]; // bytes in all queues
    private long[] msgHdrs = new long[initialRows()]; // messages in all queues
    private long[] shmCtlmax = new long[initialRows()]; // bytes of a segment, unsigned
    private long[] shmCtlall = new long[initialRows()]; // pages of all segments, unsigned
    private int[] shmCtlmni = new int[initialRows()]; // segments
    private long[] shmTot = new long[initialRows()]; // pages of all segments, unsigned
    private byte[] shmRmidForced = new byte[initialRows()]; // bool; segments go with their last attachment

    public IpcNamespaceTable(int limit) {
        super("ipc_namespace", 12, limit);
    }

    private int at(int ns, int kind) {
        return row(ns) * KINDS + kind;
    }

    public int inUse(int ns, int kind) {
        return inUse[at(ns, kind)];
    }

    void setInUse(int ns, int kind, int value) {
        inUse[at(ns, kind)] = value;
    }

    int seq(int ns, int kind) {
        return seq[at(ns, kind)];
    }

    void setSeq(int ns, int kind, int value) {
        seq[at(ns, kind)] = value;
    }

    /** The highest index in use; -1 when there is none. */
    public int maxIdx(int ns, int kind) {
        return maxIdx[at(ns, kind)] - 1;
    }

    void setMaxIdx(int ns, int kind, int value) {
        maxIdx[at(ns, kind)] = value + 1;
    }

    int lastIdx(int ns, int kind) {
        return lastIdx[at(ns, kind)] - 1;
    }

    void setLastIdx(int ns, int kind, int value) {
        lastIdx[at(ns, kind)] = value + 1;
    }

    /** The identifier that the next object gets, or -1. */
    public int nextId(int ns, int kind) {
        return nextId[at(ns, kind)] - 1;
    }

    public void setNextId(int ns, int kind, int value) {
        nextId[at(ns, kind)] = value + 1;
    }

    int idrNext(int ns, int kind) {
        return idrNext[at(ns, kind)];
    }

    void setIdrNext(int ns, int kind, int value) {
        idrNext[at(ns, kind)] = value;
    }

    public int semCtl(int ns, int which) {
        return semCtls[row(ns) * SEM_CTLS + which];
    }

    public void setSemCtl(int ns, int which, int value) {
        semCtls[row(ns) * SEM_CTLS + which] = value;
    }

    public int usedSems(int ns) {
        return usedSems[row(ns)];
    }

    void setUsedSems(int ns, int value) {
        usedSems[row(ns)] = value;
    }

    public int msgCtlmax(int ns) {
        return msgCtlmax[row(ns)];
    }

    public void setMsgCtlmax(int ns, int value) {
        msgCtlmax[row(ns)] = value;
    }

    public int msgCtlmnb(int ns) {
        return msgCtlmnb[row(ns)];
    }

    public void setMsgCtlmnb(int ns, int value) {
        msgCtlmnb[row(ns)] = value;
    }

    public int msgCtlmni(int ns) {
        return msgCtlmni[row(ns)];
    }

    public void setMsgCtlmni(int ns, int value) {
        msgCtlmni[row(ns)] = value;
    }

    public long msgBytes(int ns) {
        return msgBytes[row(ns)];
    }

    public long msgHdrs(int ns) {
        return msgHdrs[row(ns)];
    }

    /** Counts messages and their bytes, more or (negative) fewer. */
    void countMessages(int ns, int messages, long bytes) {
        msgHdrs[row(ns)] += messages;
        msgBytes[row(ns)] += bytes;
    }

    public long shmCtlmax(int ns) {
        return shmCtlmax[row(ns)];
    }

    public void setShmCtlmax(int ns, long value) {
        shmCtlmax[row(ns)] = value;
    }

    public long shmCtlall(int ns) {
        return shmCtlall[row(ns)];
    }

    public void setShmCtlall(int ns, long value) {
        shmCtlall[row(ns)] = value;
    }

    public int shmCtlmni(int ns) {
        return shmCtlmni[row(ns)];
    }

    public void setShmCtlmni(int ns, int value) {
        shmCtlmni[row(ns)] = value;
    }

    public long shmTot(int ns) {
        return shmTot[row(ns)];
    }

    void setShmTot(int ns, long value) {
        shmTot[row(ns)] = value;
    }

    public boolean shmRmidForced(int ns) {
        return shmRmidForced[row(ns)] != 0;
    }

    public void setShmRmidForced(int ns, boolean value) {
        shmRmidForced[row(ns)] = (byte) (value ? 1 : 0);
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        Arrays.fill(inUse, row * KINDS, (row + 1) * KINDS, 0);
        Arrays.fill(seq, row * KINDS, (row + 1) * KINDS, 0);
        Arrays.fill(maxIdx, row * KINDS, (row + 1) * KINDS, 0);
        Arrays.fill(lastIdx, row * KINDS, (row + 1) * KINDS, 0);
        Arrays.fill(nextId, row * KINDS, (row + 1) * KINDS, 0);
        Arrays.fill(idrNext, row * KINDS, (row + 1) * KINDS, 0);
        Arrays.fill(semCtls, row * SEM_CTLS, (row + 1) * SEM_CTLS, 0);
        usedSems[row] = 0;
        msgCtlmax[row] = 0;
        msgCtlmnb[row] = 0;
        msgCtlmni[row] = 0;
        msgBytes[row] = 0;
        msgHdrs[row] = 0;
        shmCtlmax[row] = 0;
        shmCtlall[row] = 0;
        shmCtlmni[row] = 0;
        shmTot[row] = 0;
        shmRmidForced[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        inUse = columns.ints(inUse, KINDS);
        seq = columns.ints(seq, KINDS);
        maxIdx = columns.ints(maxIdx, KINDS);
        lastIdx = columns.ints(lastIdx, KINDS);
        nextId = columns.ints(nextId, KINDS);
        idrNext = columns.ints(idrNext, KINDS);
        semCtls = columns.ints(semCtls, SEM_CTLS);
        usedSems = columns.ints(usedSems);
        msgCtlmax = columns.ints(msgCtlmax);
        msgCtlmnb = columns.ints(msgCtlmnb);
        msgCtlmni = columns.ints(msgCtlmni);
        msgBytes = columns.longs(msgBytes);
        msgHdrs = columns.longs(msgHdrs);
        shmCtlmax = columns.longs(shmCtlmax);
        shmCtlall = columns.longs(shmCtlall);
        shmCtlmni = columns.ints(shmCtlmni);
        shmTot = columns.longs(shmTot);
        shmRmidForced = columns.bytes(shmRmidForced);
    }
}
