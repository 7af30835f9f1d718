package dev.nestor.fs.eventpoll;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct eventpoll columns. */
final class EventPollTable extends Table {
    private int[] wq = new int[initialRows()]; // wait queue of those in epoll_wait(2)
    private int[] pollWait = new int[initialRows()]; // wait queue of those who poll its file
    private int[] file = new int[initialRows()]; // its own; not held
    private int[] nrUnknown = new int[initialRows()]; // items whose files are outside the emulator
    private long[] busyPoll = new long[initialRows()]; // struct epoll_params: µs, budget << 32, prefer << 48

    EventPollTable(int limit) {
        super("eventpoll", 58, limit);
    }

    int wq(int ep) {
        return wq[row(ep)];
    }

    void setWq(int ep, int value) {
        wq[row(ep)] = value;
    }

    int pollWait(int ep) {
        return pollWait[row(ep)];
    }

    void setPollWait(int ep, int value) {
        pollWait[row(ep)] = value;
    }

    int file(int ep) {
        return file[row(ep)];
    }

    void setFile(int ep, int value) {
        file[row(ep)] = value;
    }

    long busyPoll(int ep) {
        return busyPoll[row(ep)];
    }

    void setBusyPoll(int ep, long value) {
        busyPoll[row(ep)] = value;
    }

    int nrUnknown(int ep) {
        return nrUnknown[row(ep)];
    }

    void setNrUnknown(int ep, int value) {
        nrUnknown[row(ep)] = value;
    }

    @Override
    protected void clearRow(int row) {
        wq[row] = 0;
        pollWait[row] = 0;
        file[row] = 0;
        nrUnknown[row] = 0;
        busyPoll[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        wq = columns.ints(wq);
        pollWait = columns.ints(pollWait);
        file = columns.ints(file);
        nrUnknown = columns.ints(nrUnknown);
        busyPoll = columns.longs(busyPoll);
    }
}
