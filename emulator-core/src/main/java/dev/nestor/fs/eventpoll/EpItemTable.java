package dev.nestor.fs.eventpoll;

import dev.nestor.fs.FileTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct epitem columns: a file that is watched. */
final class EpItemTable extends Table {
    private int[] fd = new int[initialRows()]; // by which it was added
    private int[] events = new int[initialRows()]; // EPOLL*; what is private is left once a ONESHOT has fired
    private long[] data = new long[initialRows()]; // the program's own
    private int[] entries = new int[initialRows()]; // wait entry, the first of its own: the others are its siblings
    private byte[] unknown = new byte[initialRows()]; // bool; the file is outside the emulator
    private final Chain ofPoll; // of an eventpoll: all its items, oldest first
    private final Chain ofFile; // of a file: the items that watch it
    private final Chain ready; // rdllist of an eventpoll

    EpItemTable(int limit, EventPollTable polls, FileTable files) {
        super("epitem", 59, limit);
        ofPoll = new Chain(polls, this);
        ofFile = new Chain(files, this);
        ready = new Chain(polls, this);
    }

    int fd(int item) {
        return fd[row(item)];
    }

    void setFd(int item, int value) {
        fd[row(item)] = value;
    }

    int events(int item) {
        return events[row(item)];
    }

    void setEvents(int item, int value) {
        events[row(item)] = value;
    }

    long data(int item) {
        return data[row(item)];
    }

    void setData(int item, long value) {
        data[row(item)] = value;
    }

    int entries(int item) {
        return entries[row(item)];
    }

    void setEntries(int item, int value) {
        entries[row(item)] = value;
    }

    boolean unknown(int item) {
        return unknown[row(item)] != 0;
    }

    void setUnknown(int item, boolean value) {
        unknown[row(item)] = (byte) (value ? 1 : 0);
    }

    /** The items of an eventpoll, oldest first. */
    Chain ofPoll() {
        return ofPoll;
    }

    /** The items that watch a file. */
    Chain ofFile() {
        return ofFile;
    }

    /** Those of an eventpoll whose files may have something. */
    Chain ready() {
        return ready;
    }

    @Override
    protected void clearRow(int row) {
        fd[row] = 0;
        events[row] = 0;
        data[row] = 0;
        entries[row] = 0;
        unknown[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        fd = columns.ints(fd);
        events = columns.ints(events);
        data = columns.longs(data);
        entries = columns.ints(entries);
        unknown = columns.bytes(unknown);
    }
}
