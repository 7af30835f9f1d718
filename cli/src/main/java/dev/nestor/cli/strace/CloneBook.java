package dev.nestor.cli.strace;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The calls of a log that made a task, and which task each of them made.
 *
 * <p>A clone tells the number of its child only when it returns, often after the child's own first lines. And the number
 * may be wrong: seen from a PID namespace deeper than strace can follow, it is translated to something that never was.
 * So first the numbers are believed: a task belongs to the last clone that was entered before the task's first line and
 * returned the number in its first column. The tasks and the clones that are then left over go together in the order of
 * the log.
 */
final class CloneBook {

    static final int NONE = -1;

    /* What a call has told about its child. */
    private static final byte DROPPED = 0; // it failed
    private static final byte SILENT = 1; // it has not returned, or strace did not see what
    private static final byte UNTRACED = 2; // its child is hidden from strace
    private static final byte PLAIN = 3; // a number of strace's own namespace
    private static final byte TRANSLATED = 4; // a number that strace had to translate

    private final String file;
    private final int limit;

    private int[] task = new int[16];
    private int[] record = new int[16]; // of the task's chain
    private long[] entryLine = new long[16];
    private int[] childNumber = new int[16];
    private byte[] state = new byte[16];
    private int size;

    /** @param limit clones that did not fail */
    CloneBook(String file, int limit) {
        this.file = file;
        this.limit = limit;
    }

    static boolean makesTask(LineLexer line) {
        return line.nameIs("clone") || line.nameIs("clone3") || line.nameIs("fork") || line.nameIs("vfork");
    }

    /** Notes a call that is entered, and gives its slot. */
    int enter(TaskRecorder parent, LineLexer line, long number) throws LogException {
        int slot = size > 0 && state[size - 1] == DROPPED ? size - 1 : size;
        if (slot == limit) {
            throw new LogException(LogException.Kind.LIMIT, file, number, "more than " + limit + " tasks are made");
        }
        if (slot == task.length) {
            grow();
        }
        task[slot] = parent.task;
        record[slot] = parent.records();
        entryLine[slot] = number;
        childNumber[slot] = NONE;
        state[slot] = line.textContains("CLONE_UNTRACED") ? UNTRACED : SILENT;
        size = slot + 1;
        return slot;
    }

    void exit(int slot, LineLexer line) {
        int child = line.returnedTask();
        childNumber[slot] = child;
        if (child == NONE) {
            state[slot] = line.isResultUnknown() ? state[slot] : DROPPED;
        } else if (state[slot] == SILENT) {
            state[slot] = line.returnsTranslated() ? TRANSLATED : PLAIN;
        }
    }

    private void grow() {
        int length = Math.min(task.length * 2, limit);
        task = Arrays.copyOf(task, length);
        record = Arrays.copyOf(record, length);
        entryLine = Arrays.copyOf(entryLine, length);
        childNumber = Arrays.copyOf(childNumber, length);
        state = Arrays.copyOf(state, length);
    }

    /** Gives every task of the table the clone that made it, if there is one. */
    void settle(TaskTable tasks) {
        int[] byNumber = IntStream.range(0, size)
                .filter(slot -> childNumber[slot] != NONE)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(slot -> childNumber[slot])
                        .thenComparingLong(slot -> entryLine[slot]))
                .mapToInt(Integer::intValue)
                .toArray();
        boolean[] taken = new boolean[size];
        for (int child = 1; child < tasks.size(); child++) {
            int slot = lastWithNumber(byNumber, tasks.pid(child), tasks.firstLine(child), taken);
            if (slot != NONE) {
                taken[slot] = true;
                tasks.setParent(child, task[slot], record[slot]);
            }
        }
        settleLeftovers(tasks, taken);
    }

    private int lastWithNumber(int[] byNumber, int number, long before, boolean[] taken) {
        int low = 0;
        int high = byNumber.length;
        while (low < high) {
            int mid = (low + high) >>> 1;
            int slot = byNumber[mid];
            boolean fits = childNumber[slot] < number || (childNumber[slot] == number && entryLine[slot] < before);
            low = fits ? mid + 1 : low;
            high = fits ? high : mid;
        }
        int slot = low == 0 ? NONE : byNumber[low - 1];
        return slot != NONE && childNumber[slot] == number && !taken[slot] ? slot : NONE;
    }

    /* A number that strace translated is the likeliest to be wrong; a number of its own namespace hardly ever is. */
    private void settleLeftovers(TaskTable tasks, boolean[] taken) {
        settleLeftovers(tasks, taken, slot -> state[slot] == SILENT || state[slot] == TRANSLATED);
        /* Without --decode-pids strace shows the numbers of inner namespaces as they are. */
        settleLeftovers(tasks, taken, slot -> state[slot] == PLAIN);
    }

    private void settleLeftovers(TaskTable tasks, boolean[] taken, IntPredicate fits) {
        int[] inOrder = IntStream.range(0, size)
                .filter(slot -> !taken[slot] && fits.test(slot))
                .boxed()
                .sorted(Comparator.comparingLong(slot -> entryLine[slot]))
                .mapToInt(Integer::intValue)
                .toArray();
        int next = 0;
        for (int child = 1; child < tasks.size() && next < inOrder.length; child++) {
            int slot = inOrder[next];
            if (tasks.parent(child) == NONE && entryLine[slot] < tasks.firstLine(child)) {
                taken[slot] = true;
                tasks.setParent(child, task[slot], record[slot]);
                next++;
            }
        }
    }
}
