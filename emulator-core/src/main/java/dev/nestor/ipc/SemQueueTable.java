package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.IntBlocks;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;

/** The struct sem_queue columns: an operation that a task has asked for, and its struct sembufs in one pool. */
public final class SemQueueTable extends Table {
    /** The list of the whole set, not that of one semaphore. */
    static final int WHOLE_SET = -1;

    private static final int SEMBUF = 2; // words: sem_num and sem_op, sem_flg

    private int[] sleeper = new int[initialRows()]; // task
    private int[] undo = new int[initialRows()]; // sem_undo; NULL without SEM_UNDO
    private int[] pid = new int[initialRows()]; // pid of the task's process, not held
    private int[] status = new int[initialRows()]; // negative errno, 0 when done; -EINTR while it waits
    private int[] nsops = new int[initialRows()]; // operations
    private int[] sops = new int[initialRows()]; // of the operations in the pool
    private int[] blocking = new int[initialRows()]; // index of the operation that it waits for
    private int[] list = new int[initialRows()]; // semaphore whose list it is on, or WHOLE_SET
    private byte[] alter = new byte[initialRows()]; // bool; it changes something
    private byte[] dupsop = new byte[initialRows()]; // bool; it may name a semaphore twice
    private final IntBlocks sembufs;

    /** @param sopLimit operations of all rows together */
    public SemQueueTable(int limit, int sopLimit) {
        super("sem_queue", 48, limit);
        sembufs = new IntBlocks(SEMBUF * sopLimit);
    }

    /** A row with room for so many operations; NULL at a limit. */
    int create(int count) {
        int block = sembufs.alloc((long) SEMBUF * count);
        int queue = block == IntBlocks.NONE ? NULL : alloc();
        if (queue != NULL) {
            nsops[row(queue)] = count;
            sops[row(queue)] = block;
        } else if (block != IntBlocks.NONE) {
            sembufs.free(block, SEMBUF * count);
        }
        return queue;
    }

    void destroy(int queue) {
        sembufs.free(sops[row(queue)], SEMBUF * nsops[row(queue)]);
        free(queue);
    }

    void setSop(int queue, int index, int num, int op, int flag) {
        int at = sops[row(queue)] + SEMBUF * index;
        sembufs.set(at, num << 16 | (op & 0xffff));
        sembufs.set(at + 1, flag);
    }

    int num(int queue, int index) {
        return sembufs.get(sops[row(queue)] + SEMBUF * index) >>> 16;
    }

    int op(int queue, int index) {
        return (short) sembufs.get(sops[row(queue)] + SEMBUF * index);
    }

    int flag(int queue, int index) {
        return sembufs.get(sops[row(queue)] + SEMBUF * index + 1);
    }

    public int sleeper(int queue) {
        return sleeper[row(queue)];
    }

    void setSleeper(int queue, int value) {
        sleeper[row(queue)] = value;
    }

    int undo(int queue) {
        return undo[row(queue)];
    }

    void setUndo(int queue, int value) {
        undo[row(queue)] = value;
    }

    int pid(int queue) {
        return pid[row(queue)];
    }

    void setPid(int queue, int value) {
        pid[row(queue)] = value;
    }

    int status(int queue) {
        return status[row(queue)];
    }

    void setStatus(int queue, int value) {
        status[row(queue)] = value;
    }

    int nsops(int queue) {
        return nsops[row(queue)];
    }

    int blocking(int queue) {
        return blocking[row(queue)];
    }

    void setBlocking(int queue, int value) {
        blocking[row(queue)] = value;
    }

    int list(int queue) {
        return list[row(queue)];
    }

    void setList(int queue, int value) {
        list[row(queue)] = value;
    }

    boolean isAlter(int queue) {
        return alter[row(queue)] != 0;
    }

    void setAlter(int queue, boolean value) {
        alter[row(queue)] = (byte) (value ? 1 : 0);
    }

    boolean isDupsop(int queue) {
        return dupsop[row(queue)] != 0;
    }

    void setDupsop(int queue, boolean value) {
        dupsop[row(queue)] = (byte) (value ? 1 : 0);
    }

    void digestSops(StateHash hash) {
        sembufs.digest(hash);
    }

    @Override
    protected void clearRow(int row) {
        sleeper[row] = 0;
        undo[row] = 0;
        pid[row] = 0;
        status[row] = 0;
        nsops[row] = 0;
        sops[row] = 0;
        blocking[row] = 0;
        list[row] = 0;
        alter[row] = 0;
        dupsop[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        sleeper = columns.ints(sleeper);
        undo = columns.ints(undo);
        pid = columns.ints(pid);
        status = columns.ints(status);
        nsops = columns.ints(nsops);
        sops = columns.ints(sops);
        blocking = columns.ints(blocking);
        list = columns.ints(list);
        alter = columns.bytes(alter);
        dupsop = columns.bytes(dupsop);
    }
}
