package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The fs_context columns: a file system that is being set up, or set up anew. One file of fsopen(2) or fspick(2) has it. */
public final class FsContextTable extends Table {
    /** FS_CONTEXT_*: how far it has come. */
    public static final int CREATE_PARAMS = 0;

    public static final int AWAITING_MOUNT = 1;
    public static final int AWAITING_RECONF = 2;
    public static final int RECONF_PARAMS = 3;
    public static final int FAILED = 4;

    private int[] type = new int[initialRows()]; // FsType index
    private int[] phase = new int[initialRows()]; // FS_CONTEXT_*
    private int[] root = new int[initialRows()]; // dentry, held with its super_block; NULL until there is one
    private int[] userNs = new int[initialRows()]; // user_namespace, held
    private int[] pidNs = new int[initialRows()]; // pid_namespace that a procfs is to show, held; NULL for the caller's
    private int[] sbFlags = new int[initialRows()]; // SB_*
    private int[] sbFlagsMask = new int[initialRows()]; // SB_* that have been named
    private int[] source = new int[initialRows()]; // name; NULL for none
    private int[] options =
            new int[initialRows()]; // name: key=value,key… as far as they have been taken; NULL for none
    private int[] log = new int[initialRows()]; // name: messages, each with a NUL behind it; NULL for none

    public FsContextTable(int limit) {
        super("fs_context", 57, limit);
    }

    public int type(int fc) {
        return type[row(fc)];
    }

    public void setType(int fc, int value) {
        type[row(fc)] = value;
    }

    public int phase(int fc) {
        return phase[row(fc)];
    }

    public void setPhase(int fc, int value) {
        phase[row(fc)] = value;
    }

    public int root(int fc) {
        return root[row(fc)];
    }

    public void setRoot(int fc, int value) {
        root[row(fc)] = value;
    }

    public int userNs(int fc) {
        return userNs[row(fc)];
    }

    public void setUserNs(int fc, int value) {
        userNs[row(fc)] = value;
    }

    public int pidNs(int fc) {
        return pidNs[row(fc)];
    }

    public void setPidNs(int fc, int value) {
        pidNs[row(fc)] = value;
    }

    public int sbFlags(int fc) {
        return sbFlags[row(fc)];
    }

    public void setSbFlags(int fc, int value) {
        sbFlags[row(fc)] = value;
    }

    public int sbFlagsMask(int fc) {
        return sbFlagsMask[row(fc)];
    }

    public void setSbFlagsMask(int fc, int value) {
        sbFlagsMask[row(fc)] = value;
    }

    public int source(int fc) {
        return source[row(fc)];
    }

    public void setSource(int fc, int value) {
        source[row(fc)] = value;
    }

    public int options(int fc) {
        return options[row(fc)];
    }

    public void setOptions(int fc, int value) {
        options[row(fc)] = value;
    }

    public int log(int fc) {
        return log[row(fc)];
    }

    public void setLog(int fc, int value) {
        log[row(fc)] = value;
    }

    @Override
    protected void clearRow(int row) {
        type[row] = 0;
        phase[row] = 0;
        root[row] = 0;
        userNs[row] = 0;
        pidNs[row] = 0;
        sbFlags[row] = 0;
        sbFlagsMask[row] = 0;
        source[row] = 0;
        options[row] = 0;
        log[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        type = columns.ints(type);
        phase = columns.ints(phase);
        root = columns.ints(root);
        userNs = columns.ints(userNs);
        pidNs = columns.ints(pidNs);
        sbFlags = columns.ints(sbFlags);
        sbFlagsMask = columns.ints(sbFlagsMask);
        source = columns.ints(source);
        options = columns.ints(options);
        log = columns.ints(log);
    }
}
