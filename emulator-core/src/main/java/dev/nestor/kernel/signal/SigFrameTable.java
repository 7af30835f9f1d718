package dev.nestor.kernel.signal;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** What struct rt_sigframe keeps on the user stack while a handler runs: one row for each handler not yet returned from. */
public final class SigFrameTable extends Table {
    private int[] depth = new int[initialRows()]; // frames of the task's up to this one
    private long[] mask = new long[initialRows()]; // signal mask to go back to
    private long[] result = new long[initialRows()]; // rax to go back to: the interrupted call's result, or its number
    private int[] nr = new int[initialRows()]; // call that is to be made again, or -1
    private long[] args = new long[6 * initialRows()]; // argument registers to go back to
    private int[] onStack = new int[initialRows()]; // bool; the handler runs on the alternate stack
    private long[] stackSp = new long[initialRows()]; // alternate stack at the time: user address
    private long[] stackSize = new long[initialRows()]; // bytes
    private int[] stackFlags = new int[initialRows()]; // SS_*
    private final Chain ofTask; // the innermost last

    public SigFrameTable(int limit, TaskTable tasks) {
        super("rt_sigframe", 22, limit);
        ofTask = new Chain(tasks, this);
    }

    Chain ofTask() {
        return ofTask;
    }

    public int depth(int frame) {
        return depth[row(frame)];
    }

    void setDepth(int frame, int value) {
        depth[row(frame)] = value;
    }

    public long mask(int frame) {
        return mask[row(frame)];
    }

    void setMask(int frame, long value) {
        mask[row(frame)] = value;
    }

    public long result(int frame) {
        return result[row(frame)];
    }

    void setResult(int frame, long value) {
        result[row(frame)] = value;
    }

    int nr(int frame) {
        return nr[row(frame)];
    }

    void setNr(int frame, int value) {
        nr[row(frame)] = value;
    }

    long args(int frame, int index) {
        return args[row(frame) * 6 + index];
    }

    void setArgs(int frame, int index, long value) {
        args[row(frame) * 6 + index] = value;
    }

    boolean onStack(int frame) {
        return onStack[row(frame)] != 0;
    }

    void setOnStack(int frame, boolean value) {
        onStack[row(frame)] = value ? 1 : 0;
    }

    long stackSp(int frame) {
        return stackSp[row(frame)];
    }

    long stackSize(int frame) {
        return stackSize[row(frame)];
    }

    int stackFlags(int frame) {
        return stackFlags[row(frame)];
    }

    void setStack(int frame, long sp, long size, int flags) {
        int row = row(frame);
        stackSp[row] = sp;
        stackSize[row] = size;
        stackFlags[row] = flags;
    }

    void copy(int from, int to) {
        setDepth(to, depth(from));
        setMask(to, mask(from));
        setResult(to, result(from));
        setNr(to, nr(from));
        for (int i = 0; i < 6; i++) {
            setArgs(to, i, args(from, i));
        }
        setOnStack(to, onStack(from));
        setStack(to, stackSp(from), stackSize(from), stackFlags(from));
    }

    @Override
    protected void clearRow(int row) {
        depth[row] = 0;
        mask[row] = 0;
        result[row] = 0;
        nr[row] = 0;
        Arrays.fill(args, row * 6, (row + 1) * 6, 0);
        onStack[row] = 0;
        stackSp[row] = 0;
        stackSize[row] = 0;
        stackFlags[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        depth = columns.ints(depth);
        mask = columns.longs(mask);
        result = columns.longs(result);
        nr = columns.ints(nr);
        args = columns.longs(args, 6);
        onStack = columns.ints(onStack);
        stackSp = columns.longs(stackSp);
        stackSize = columns.longs(stackSize);
        stackFlags = columns.ints(stackFlags);
    }
}
