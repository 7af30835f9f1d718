package dev.nestor.kernel.futex;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct futex_pi_state columns: a lock in user memory that is waited for, with its rt_mutex. */
public final class FutexPiStateTable extends Table {
    private int[] owner = new int[initialRows()]; // task; NULL when it has died
    private int[] mutexOwner = new int[initialRows()]; // task; NULL between its being let go of and taken
    private int[] users = new int[initialRows()]; // futex_q that wait for it, and who works on it

    public FutexPiStateTable(int limit) {
        super("futex_pi_state", 149, limit);
    }

    int owner(int state) {
        return owner[row(state)];
    }

    void setOwner(int state, int task) {
        owner[row(state)] = task;
    }

    int mutexOwner(int state) {
        return mutexOwner[row(state)];
    }

    void setMutexOwner(int state, int task) {
        mutexOwner[row(state)] = task;
    }

    int users(int state) {
        return users[row(state)];
    }

    void addUsers(int state, int more) {
        users[row(state)] += more;
    }

    @Override
    protected void clearRow(int row) {
        owner[row] = 0;
        mutexOwner[row] = 0;
        users[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        owner = columns.ints(owner);
        mutexOwner = columns.ints(mutexOwner);
        users = columns.ints(users);
    }
}
