package dev.nestor.kernel.signal;

import dev.nestor.kernel.task.SignalStructTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The struct sigqueue columns: a signal that waits, with what it has to say, in a task's own queue or its process's. */
public final class SigQueueTable extends Table {
    private int[] signo = new int[initialRows()];
    private int[] errno = new int[initialRows()];
    private int[] code = new int[initialRows()]; // SI_*, CLD_*, POLL_*
    private long[] fields = new long[SigInfo.FIELDS * initialRows()]; // the union of siginfo_t
    private int[] ucounts = new int[initialRows()]; // ucounts that it is counted in
    private byte[] preallocated = new byte[initialRows()]; // bool; SIGQUEUE_PREALLOC: belongs to a POSIX timer
    private int[] timer = new int[initialRows()]; // k_itimer that it belongs to; NULL once that is deleted
    private final Chain ofTask; // task_struct.pending
    private final Chain ofProcess; // signal_struct.shared_pending

    public SigQueueTable(int limit, TaskTable tasks, SignalStructTable signals) {
        super("sigqueue", 6, limit);
        ofTask = new Chain(tasks, this);
        ofProcess = new Chain(signals, this);
    }

    Chain ofTask() {
        return ofTask;
    }

    Chain ofProcess() {
        return ofProcess;
    }

    public int signo(int queued) {
        return signo[row(queued)];
    }

    public int code(int queued) {
        return code[row(queued)];
    }

    boolean preallocated(int queued) {
        return preallocated[row(queued)] != 0;
    }

    void setPreallocated(int queued, boolean value) {
        preallocated[row(queued)] = (byte) (value ? 1 : 0);
    }

    int timer(int queued) {
        return timer[row(queued)];
    }

    void setTimer(int queued, int value) {
        timer[row(queued)] = value;
    }

    public int ucounts(int queued) {
        return ucounts[row(queued)];
    }

    void setUcounts(int queued, int value) {
        ucounts[row(queued)] = value;
    }

    void store(int queued, SigInfo info) {
        int row = row(queued);
        signo[row] = info.signo();
        errno[row] = info.errno();
        code[row] = info.code();
        for (int i = 0; i < SigInfo.FIELDS; i++) {
            fields[row * SigInfo.FIELDS + i] = info.field(i);
        }
    }

    void load(int queued, SigInfo into) {
        int row = row(queued);
        into.set(signo[row], code[row]);
        into.setErrno(errno[row]);
        for (int i = 0; i < SigInfo.FIELDS; i++) {
            into.setField(i, fields[row * SigInfo.FIELDS + i]);
        }
    }

    @Override
    protected void clearRow(int row) {
        signo[row] = 0;
        errno[row] = 0;
        code[row] = 0;
        Arrays.fill(fields, row * SigInfo.FIELDS, (row + 1) * SigInfo.FIELDS, 0);
        ucounts[row] = 0;
        preallocated[row] = 0;
        timer[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        signo = columns.ints(signo);
        errno = columns.ints(errno);
        code = columns.ints(code);
        fields = columns.longs(fields, SigInfo.FIELDS);
        ucounts = columns.ints(ucounts);
        preallocated = columns.bytes(preallocated);
        timer = columns.ints(timer);
    }
}
