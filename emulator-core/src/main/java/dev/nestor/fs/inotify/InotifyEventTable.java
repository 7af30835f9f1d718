package dev.nestor.fs.inotify;

import dev.nestor.fs.NotifyGroupTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct inotify_event_info columns: an event that nobody has read yet. */
final class InotifyEventTable extends Table {
    private int[] wd = new int[initialRows()]; // watch descriptor; -1 when events are lost
    private int[] mask = new int[initialRows()]; // IN_*
    private int[] cookie = new int[initialRows()]; // the same for both ends of a rename
    private int[] name = new int[initialRows()]; // name, held; NULL for none
    private final Chain queue; // of a group: its events, oldest first

    InotifyEventTable(int limit, NotifyGroupTable groups) {
        super("inotify_event_info", 63, limit);
        queue = new Chain(groups, this);
    }

    int wd(int event) {
        return wd[row(event)];
    }

    void setWd(int event, int value) {
        wd[row(event)] = value;
    }

    int mask(int event) {
        return mask[row(event)];
    }

    void setMask(int event, int value) {
        mask[row(event)] = value;
    }

    int cookie(int event) {
        return cookie[row(event)];
    }

    void setCookie(int event, int value) {
        cookie[row(event)] = value;
    }

    int name(int event) {
        return name[row(event)];
    }

    void setName(int event, int value) {
        name[row(event)] = value;
    }

    Chain queue() {
        return queue;
    }

    @Override
    protected void clearRow(int row) {
        wd[row] = 0;
        mask[row] = 0;
        cookie[row] = 0;
        name[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        wd = columns.ints(wd);
        mask = columns.ints(mask);
        cookie = columns.ints(cookie);
        name = columns.ints(name);
    }
}
