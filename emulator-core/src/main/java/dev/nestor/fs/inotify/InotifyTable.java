package dev.nestor.fs.inotify;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct fsnotify_group columns of inotify instances. */
final class InotifyTable extends Table {
    private int[] wait = new int[initialRows()]; // wait queue of readers and pollers
    private int[] lastWd = new int[initialRows()]; // watch descriptor given last
    private int[] nrUnknown = new int[initialRows()]; // watches of whose changes nobody is told here

    InotifyTable(int limit) {
        super("fsnotify_group", 61, limit);
    }

    int wait(int group) {
        return wait[row(group)];
    }

    void setWait(int group, int value) {
        wait[row(group)] = value;
    }

    int lastWd(int group) {
        return lastWd[row(group)];
    }

    void setLastWd(int group, int value) {
        lastWd[row(group)] = value;
    }

    int nrUnknown(int group) {
        return nrUnknown[row(group)];
    }

    void setNrUnknown(int group, int value) {
        nrUnknown[row(group)] = value;
    }

    @Override
    protected void clearRow(int row) {
        wait[row] = 0;
        lastWd[row] = 0;
        nrUnknown[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        wait = columns.ints(wait);
        lastWd = columns.ints(lastWd);
        nrUnknown = columns.ints(nrUnknown);
    }
}
