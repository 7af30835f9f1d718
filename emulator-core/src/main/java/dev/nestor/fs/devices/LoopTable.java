package dev.nestor.fs.devices;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct loop_device columns, with those of the block device above it. */
final class LoopTable extends Table {
    private int[] number = new int[initialRows()]; // the N of loopN
    private int[] state = new int[initialRows()]; // Lo_*: see LoopDevices
    private int[] openers = new int[initialRows()]; // open files of the block device
    private int[] file = new int[initialRows()]; // backing file, held; NULL while unbound
    private int[] flags = new int[initialRows()]; // LO_FLAGS_*
    private int[] name = new int[initialRows()]; // lo_file_name, held; NULL for an empty one
    private int[] blockSize = new int[initialRows()]; // bytes of a logical block
    private int[] ioBlock = new int[initialRows()]; // bytes of a block in the page cache (BLKBSZGET)
    private int[] readAhead = new int[initialRows()]; // sectors
    private int[] isReadOnly = new int[initialRows()]; // 1 if set by BLKROSET
    private long[] offset = new long[initialRows()]; // bytes of the backing file before the first
    private long[] sizeLimit = new long[initialRows()]; // bytes; 0 for none
    private long[] size = new long[initialRows()]; // bytes, of whole sectors

    LoopTable(int limit) {
        super("loop_device", 59, limit);
    }

    int number(int lo) {
        return number[row(lo)];
    }

    void setNumber(int lo, int value) {
        number[row(lo)] = value;
    }

    int state(int lo) {
        return state[row(lo)];
    }

    void setState(int lo, int value) {
        state[row(lo)] = value;
    }

    int openers(int lo) {
        return openers[row(lo)];
    }

    void setOpeners(int lo, int value) {
        openers[row(lo)] = value;
    }

    int file(int lo) {
        return file[row(lo)];
    }

    void setFile(int lo, int value) {
        file[row(lo)] = value;
    }

    int flags(int lo) {
        return flags[row(lo)];
    }

    void setFlags(int lo, int value) {
        flags[row(lo)] = value;
    }

    int name(int lo) {
        return name[row(lo)];
    }

    void setName(int lo, int value) {
        name[row(lo)] = value;
    }

    int blockSize(int lo) {
        return blockSize[row(lo)];
    }

    void setBlockSize(int lo, int value) {
        blockSize[row(lo)] = value;
    }

    int ioBlock(int lo) {
        return ioBlock[row(lo)];
    }

    void setIoBlock(int lo, int value) {
        ioBlock[row(lo)] = value;
    }

    int readAhead(int lo) {
        return readAhead[row(lo)];
    }

    void setReadAhead(int lo, int value) {
        readAhead[row(lo)] = value;
    }

    boolean isReadOnly(int lo) {
        return isReadOnly[row(lo)] != 0;
    }

    void setReadOnly(int lo, boolean value) {
        isReadOnly[row(lo)] = value ? 1 : 0;
    }

    long offset(int lo) {
        return offset[row(lo)];
    }

    void setOffset(int lo, long value) {
        offset[row(lo)] = value;
    }

    long sizeLimit(int lo) {
        return sizeLimit[row(lo)];
    }

    void setSizeLimit(int lo, long value) {
        sizeLimit[row(lo)] = value;
    }

    long size(int lo) {
        return size[row(lo)];
    }

    void setSize(int lo, long value) {
        size[row(lo)] = value;
    }

    @Override
    protected void clearRow(int row) {
        number[row] = 0;
        state[row] = 0;
        openers[row] = 0;
        file[row] = 0;
        flags[row] = 0;
        name[row] = 0;
        blockSize[row] = 0;
        ioBlock[row] = 0;
        readAhead[row] = 0;
        isReadOnly[row] = 0;
        offset[row] = 0;
        sizeLimit[row] = 0;
        size[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        number = columns.ints(number);
        state = columns.ints(state);
        openers = columns.ints(openers);
        file = columns.ints(file);
        flags = columns.ints(flags);
        name = columns.ints(name);
        blockSize = columns.ints(blockSize);
        ioBlock = columns.ints(ioBlock);
        readAhead = columns.ints(readAhead);
        isReadOnly = columns.ints(isReadOnly);
        offset = columns.longs(offset);
        sizeLimit = columns.longs(sizeLimit);
        size = columns.longs(size);
    }
}
