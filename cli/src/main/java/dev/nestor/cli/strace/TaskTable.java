package dev.nestor.cli.strace;

import java.util.Arrays;

/** What is kept of every task of a log, in order of first appearance. */
final class TaskTable {

    private static final int NONE = CloneBook.NONE;

    private int[] pid = new int[16];
    private long[] firstLine = new long[16];
    private int[] firstBlock = new int[16];
    private int[] records = new int[16];
    private int[] entries = new int[16]; // of the chain: the records, and the exits of calls cut in two
    private int[] parent = new int[16]; // task, NONE for those that the log began with
    private int[] parentRecord = new int[16];
    private int[] firstChild = new int[0]; // task, by number of the record that made it
    private int[] nextSibling = new int[0]; // task
    private int size;

    int add(int taskPid, long line) {
        if (size == pid.length) {
            grow(size * 2);
        }
        pid[size] = taskPid;
        firstLine[size] = line;
        parent[size] = NONE;
        parentRecord[size] = NONE;
        return size++;
    }

    private void grow(int length) {
        pid = Arrays.copyOf(pid, length);
        firstLine = Arrays.copyOf(firstLine, length);
        firstBlock = Arrays.copyOf(firstBlock, length);
        records = Arrays.copyOf(records, length);
        entries = Arrays.copyOf(entries, length);
        parent = Arrays.copyOf(parent, length);
        parentRecord = Arrays.copyOf(parentRecord, length);
    }

    int size() {
        return size;
    }

    int pid(int task) {
        return pid[task];
    }

    void setPid(int task, int taskPid) {
        pid[task] = taskPid;
    }

    long firstLine(int task) {
        return firstLine[task];
    }

    int firstBlock(int task) {
        return firstBlock[task];
    }

    int records(int task) {
        return records[task];
    }

    int entries(int task) {
        return entries[task];
    }

    int parent(int task) {
        return parent[task];
    }

    int parentRecord(int task) {
        return parentRecord[task];
    }

    int firstChild(int task) {
        return firstChild[task];
    }

    int nextSibling(int task) {
        return nextSibling[task];
    }

    void setParent(int task, int maker, int makerRecord) {
        assert maker != task : task;
        parent[task] = maker;
        parentRecord[task] = makerRecord;
    }

    void close(TaskRecorder recorder) throws LogException {
        firstBlock[recorder.task] = recorder.first();
        records[recorder.task] = recorder.records();
        entries[recorder.task] = recorder.entries();
        recorder.finish();
    }

    /** Links each task's children in the order of the records that made them. */
    void linkChildren() {
        firstChild = new int[size];
        nextSibling = new int[size];
        Arrays.fill(firstChild, NONE);
        Arrays.fill(nextSibling, NONE);
        int[] lastChild = new int[size];
        Integer[] byRecord = new Integer[size];
        Arrays.setAll(byRecord, task -> task);
        Arrays.sort(byRecord, (a, b) -> Integer.compare(parentRecord[a], parentRecord[b]));
        for (int child : byRecord) {
            int maker = parent[child];
            if (maker == NONE) {
                continue;
            }
            if (firstChild[maker] == NONE) {
                firstChild[maker] = child;
            } else {
                nextSibling[lastChild[maker]] = child;
            }
            lastChild[maker] = child;
        }
    }
}
