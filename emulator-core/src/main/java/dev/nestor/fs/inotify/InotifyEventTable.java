package dev.nestor.fs.inotify;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct inotify_event_info columns: an event that nobody has read yet. */
final class InotifyEventTable extends Table {
    private int[] wd = new int[initialRows()]; // watch descriptor
    private int[] mask = new int[initialRows()]; // IN_*
    private final Chain queue; // of an instance: its events, oldest first

    InotifyEventTable(int limit, InotifyTable groups) {
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

    Chain queue() {
        return queue;
    }

    @Override
    protected void clearRow(int row) {
        wd[row] = 0;
        mask[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        wd = columns.ints(wd);
        mask = columns.ints(mask);
    }
}
