package dev.nestor.ipc;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;

/** The struct shmid_kernel columns. */
public final class ShmTable extends IpcPermTable {
    private int[] shmem = new int[initialRows()]; // shmem object with its pages, held
    private long[] segsz = new long[initialRows()]; // bytes
    private long[] nattch = new long[initialRows()]; // vmas, and calls that are about to make one
    private long[] atim = new long[initialRows()]; // s since 1970: last attach
    private long[] dtim = new long[initialRows()]; // s since 1970: last detach
    private long[] ctim = new long[initialRows()]; // s since 1970: last change
    private int[] cprid = new int[initialRows()]; // pid of the creator, held
    private int[] lprid = new int[initialRows()]; // pid of who attached or detached last, held
    private final Chain created; // of a task: the segments it has created, latest first

    public ShmTable(int limit, TaskTable tasks) {
        super("shmid_kernel", 51, limit);
        created = new Chain(tasks, this);
    }

    public int shmem(int shp) {
        return shmem[row(shp)];
    }

    void setShmem(int shp, int value) {
        shmem[row(shp)] = value;
    }

    public long segsz(int shp) {
        return segsz[row(shp)];
    }

    void setSegsz(int shp, long value) {
        segsz[row(shp)] = value;
    }

    public long nattch(int shp) {
        return nattch[row(shp)];
    }

    void setNattch(int shp, long value) {
        nattch[row(shp)] = value;
    }

    public long atim(int shp) {
        return atim[row(shp)];
    }

    void setAtim(int shp, long value) {
        atim[row(shp)] = value;
    }

    public long dtim(int shp) {
        return dtim[row(shp)];
    }

    void setDtim(int shp, long value) {
        dtim[row(shp)] = value;
    }

    public long ctim(int shp) {
        return ctim[row(shp)];
    }

    void setCtim(int shp, long value) {
        ctim[row(shp)] = value;
    }

    public int cprid(int shp) {
        return cprid[row(shp)];
    }

    void setCprid(int shp, int value) {
        cprid[row(shp)] = value;
    }

    public int lprid(int shp) {
        return lprid[row(shp)];
    }

    void setLprid(int shp, int value) {
        lprid[row(shp)] = value;
    }

    Chain created() {
        return created;
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        shmem[row] = 0;
        segsz[row] = 0;
        nattch[row] = 0;
        atim[row] = 0;
        dtim[row] = 0;
        ctim[row] = 0;
        cprid[row] = 0;
        lprid[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        shmem = columns.ints(shmem);
        segsz = columns.longs(segsz);
        nattch = columns.longs(nattch);
        atim = columns.longs(atim);
        dtim = columns.longs(dtim);
        ctim = columns.longs(ctim);
        cprid = columns.ints(cprid);
        lprid = columns.ints(lprid);
    }
}
