package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct fsnotify_group columns: who wants to hear of what happens to files. */
public final class NotifyGroupTable extends Table {
    private int[] backend = new int[initialRows()]; // FsNotify backend
    private int[] wait = new int[initialRows()]; // wait queue of readers and pollers
    private int[] ucounts = new int[initialRows()]; // ucounts that it is counted in; held
    private int[] maxEvents = new int[initialRows()]; // that may wait
    private int[] qLen = new int[initialRows()]; // events that wait
    private long[] seen = new long[initialRows()]; // number of the event that it heard of last
    private int[] last = new int[initialRows()]; // of inotify: watch descriptor given last; of dnotify: none
    private int[] flags = new int[initialRows()]; // of fanotify: FAN_*
    private int[] eventFlags = new int[initialRows()]; // of fanotify: O_* of the files that come with events
    private int[] userNs = new int[initialRows()]; // of fanotify: user namespace of who made it; held
    private int[] nrUnknown = new int[initialRows()]; // marks on what changes outside of the emulator
    private byte[] overflows = new byte[initialRows()]; // an event says that others are lost

    public NotifyGroupTable(int limit) {
        super("fsnotify_group", 61, limit);
    }

    public int backend(int group) {
        return backend[row(group)];
    }

    public void setBackend(int group, int value) {
        backend[row(group)] = value;
    }

    public int wait(int group) {
        return wait[row(group)];
    }

    public void setWait(int group, int value) {
        wait[row(group)] = value;
    }

    public int ucounts(int group) {
        return ucounts[row(group)];
    }

    public void setUcounts(int group, int value) {
        ucounts[row(group)] = value;
    }

    public int maxEvents(int group) {
        return maxEvents[row(group)];
    }

    public void setMaxEvents(int group, int value) {
        maxEvents[row(group)] = value;
    }

    public int qLen(int group) {
        return qLen[row(group)];
    }

    public void setQLen(int group, int value) {
        qLen[row(group)] = value;
    }

    public long seen(int group) {
        return seen[row(group)];
    }

    public void setSeen(int group, long value) {
        seen[row(group)] = value;
    }

    public int last(int group) {
        return last[row(group)];
    }

    public void setLast(int group, int value) {
        last[row(group)] = value;
    }

    public int flags(int group) {
        return flags[row(group)];
    }

    public void setFlags(int group, int value) {
        flags[row(group)] = value;
    }

    public int eventFlags(int group) {
        return eventFlags[row(group)];
    }

    public void setEventFlags(int group, int value) {
        eventFlags[row(group)] = value;
    }

    public int userNs(int group) {
        return userNs[row(group)];
    }

    public void setUserNs(int group, int value) {
        userNs[row(group)] = value;
    }

    public int nrUnknown(int group) {
        return nrUnknown[row(group)];
    }

    public void setNrUnknown(int group, int value) {
        nrUnknown[row(group)] = value;
    }

    public boolean overflows(int group) {
        return overflows[row(group)] != 0;
    }

    public void setOverflows(int group, boolean value) {
        overflows[row(group)] = (byte) (value ? 1 : 0);
    }

    @Override
    protected void clearRow(int row) {
        backend[row] = 0;
        wait[row] = 0;
        ucounts[row] = 0;
        maxEvents[row] = 0;
        qLen[row] = 0;
        seen[row] = 0;
        last[row] = 0;
        flags[row] = 0;
        eventFlags[row] = 0;
        userNs[row] = 0;
        nrUnknown[row] = 0;
        overflows[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        backend = columns.ints(backend);
        wait = columns.ints(wait);
        ucounts = columns.ints(ucounts);
        maxEvents = columns.ints(maxEvents);
        qLen = columns.ints(qLen);
        seen = columns.longs(seen);
        last = columns.ints(last);
        flags = columns.ints(flags);
        eventFlags = columns.ints(eventFlags);
        userNs = columns.ints(userNs);
        nrUnknown = columns.ints(nrUnknown);
        overflows = columns.bytes(overflows);
    }
}
