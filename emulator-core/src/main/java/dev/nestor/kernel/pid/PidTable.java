package dev.nestor.kernel.pid;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/**
 * The struct pid columns: what keeps a process number, with its number at every level from the root namespace down to
 * the one it was made in. Lives while a task, a descriptor or a group holds it.
 */
public final class PidTable extends Table {
    private int levels = 1; // numbers kept for each row: the deepest namespace's level + 1
    private int[] count = new int[initialRows()]; // references
    private int[] ns = new int[initialRows()]; // pid_namespace it was made in
    private int[] numbers = new int[initialRows()]; // number at each level, by levels
    private int[] thread = new int[initialRows()]; // task: PIDTYPE_PID
    private int[] process = new int[initialRows()]; // task: PIDTYPE_TGID, the leader
    private int[] waitPidfd = new int[initialRows()]; // wait queue of pidfd pollers
    private int[] inode = new int[initialRows()]; // dentry of its pidfs inode; NULL while no pidfd is open
    private int[] exitCode = new int[initialRows()]; // wait(2) status, once its thread has been reaped
    private long[] exitCgroup = new long[initialRows()]; // id of the cgroup that the thread died in
    private byte[] hasExit = new byte[initialRows()]; // bool; the two are known
    private byte[] freed = new byte[initialRows()]; // bool; its numbers lead to it no more
    private final Chain groupMembers; // PIDTYPE_PGID: leaders
    private final Chain sessionMembers; // PIDTYPE_SID: leaders

    public PidTable(int limit, TaskTable tasks) {
        super("pid", 4, limit);
        groupMembers = new Chain(this, tasks);
        sessionMembers = new Chain(this, tasks);
    }

    /** The leaders of the processes of a process group. */
    public Chain groupMembers() {
        return groupMembers;
    }

    /** The leaders of the processes of a session. */
    public Chain sessionMembers() {
        return sessionMembers;
    }

    public int count(int pid) {
        return count[row(pid)];
    }

    void setCount(int pid, int value) {
        count[row(pid)] = value;
    }

    public int ns(int pid) {
        return ns[row(pid)];
    }

    void setNs(int pid, int value) {
        ns[row(pid)] = value;
    }

    int number(int pid, int level) {
        return numbers[row(pid) * levels + level];
    }

    void setNumber(int pid, int level, int nr) {
        numbers[row(pid) * levels + level] = nr;
    }

    boolean freed(int pid) {
        return freed[row(pid)] != 0;
    }

    void setFreed(int pid, boolean value) {
        freed[row(pid)] = (byte) (value ? 1 : 0);
    }

    /** pid_task(PIDTYPE_PID): the thread, or NULL once it has been released. */
    public int thread(int pid) {
        return thread[row(pid)];
    }

    void setThread(int pid, int task) {
        thread[row(pid)] = task;
    }

    /** pidfs_exit(): how the thread ended, for those who keep a pidfd or will get one. */
    public void setExit(int pid, int code, long cgroup) {
        int row = row(pid);
        exitCode[row] = code;
        exitCgroup[row] = cgroup;
        hasExit[row] = 1;
    }

    public boolean hasExit(int pid) {
        return hasExit[row(pid)] != 0;
    }

    public int exitCode(int pid) {
        return exitCode[row(pid)];
    }

    public long exitCgroup(int pid) {
        return exitCgroup[row(pid)];
    }

    /** pid_task(PIDTYPE_TGID): the thread group leader, or NULL once it has been released. */
    public int process(int pid) {
        return process[row(pid)];
    }

    void setProcess(int pid, int task) {
        process[row(pid)] = task;
    }

    public int waitPidfd(int pid) {
        return waitPidfd[row(pid)];
    }

    public void setWaitPidfd(int pid, int queue) {
        waitPidfd[row(pid)] = queue;
    }

    public int inode(int pid) {
        return inode[row(pid)];
    }

    public void setInode(int pid, int value) {
        inode[row(pid)] = value;
    }

    /** Makes room for the numbers of a namespace at this level; rows are laid out anew when it is the deepest yet. */
    void reserveLevel(int level) {
        if (level < levels) {
            return;
        }
        int wider = level + 1;
        int[] moved = new int[numbers.length / levels * wider];
        for (int row = 0; row < rows(); row++) {
            System.arraycopy(numbers, row * levels, moved, row * wider, levels);
        }
        numbers = moved;
        levels = wider;
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        ns[row] = 0;
        Arrays.fill(numbers, row * levels, (row + 1) * levels, 0);
        thread[row] = 0;
        process[row] = 0;
        waitPidfd[row] = 0;
        inode[row] = 0;
        exitCode[row] = 0;
        exitCgroup[row] = 0;
        hasExit[row] = 0;
        freed[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        ns = columns.ints(ns);
        numbers = columns.ints(numbers, levels);
        thread = columns.ints(thread);
        process = columns.ints(process);
        waitPidfd = columns.ints(waitPidfd);
        inode = columns.ints(inode);
        exitCode = columns.ints(exitCode);
        exitCgroup = columns.longs(exitCgroup);
        hasExit = columns.bytes(hasExit);
        freed = columns.bytes(freed);
    }
}
