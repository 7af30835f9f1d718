package dev.nestor.ipc;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct kern_ipc_perm columns, which every kind of System V object begins with. */
public abstract class IpcPermTable extends Table {
    private int[] ns = new int[initialRows()]; // ipc_namespace, not held: it frees its objects
    private int[] key = new int[initialRows()]; // IPC_PRIVATE when it cannot be found by one
    private int[] id = new int[initialRows()]; // identifier, of sequence number and index
    private int[] uid = new int[initialRows()]; // kuid
    private int[] gid = new int[initialRows()]; // kgid
    private int[] cuid = new int[initialRows()]; // kuid of its creator
    private int[] cgid = new int[initialRows()]; // kgid of its creator
    private int[] mode = new int[initialRows()]; // S_IRWXUGO; SHM_DEST and SHM_LOCKED
    private int[] seq = new int[initialRows()]; // sequence number

    protected IpcPermTable(String name, int ordinal, int limit) {
        super(name, ordinal, limit);
    }

    public int ns(int object) {
        return ns[row(object)];
    }

    void setNs(int object, int value) {
        ns[row(object)] = value;
    }

    public int key(int object) {
        return key[row(object)];
    }

    void setKey(int object, int value) {
        key[row(object)] = value;
    }

    public int id(int object) {
        return id[row(object)];
    }

    void setId(int object, int value) {
        id[row(object)] = value;
    }

    public int uid(int object) {
        return uid[row(object)];
    }

    void setUid(int object, int value) {
        uid[row(object)] = value;
    }

    public int gid(int object) {
        return gid[row(object)];
    }

    void setGid(int object, int value) {
        gid[row(object)] = value;
    }

    public int cuid(int object) {
        return cuid[row(object)];
    }

    void setCuid(int object, int value) {
        cuid[row(object)] = value;
    }

    public int cgid(int object) {
        return cgid[row(object)];
    }

    void setCgid(int object, int value) {
        cgid[row(object)] = value;
    }

    public int mode(int object) {
        return mode[row(object)];
    }

    void setMode(int object, int value) {
        mode[row(object)] = value;
    }

    public int seq(int object) {
        return seq[row(object)];
    }

    void setSeq(int object, int value) {
        seq[row(object)] = value;
    }

    @Override
    protected void clearRow(int row) {
        ns[row] = 0;
        key[row] = 0;
        id[row] = 0;
        uid[row] = 0;
        gid[row] = 0;
        cuid[row] = 0;
        cgid[row] = 0;
        mode[row] = 0;
        seq[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        ns = columns.ints(ns);
        key = columns.ints(key);
        id = columns.ints(id);
        uid = columns.ints(uid);
        gid = columns.ints(gid);
        cuid = columns.ints(cuid);
        cgid = columns.ints(cgid);
        mode = columns.ints(mode);
        seq = columns.ints(seq);
    }
}
