package dev.nestor.init;

import dev.nestor.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** The references to one table's rows, as a walk over all who can have one finds them. */
final class Holders {
    private final Table table;
    private final List<String> kinds = new ArrayList<>(); // who holds, in words
    private final List<int[]> found = new ArrayList<>(); // references, by kind and row

    Holders(Table table) {
        this.table = table;
    }

    /** Notes a reference; NULL is none. */
    void hold(int handle, String kind) {
        if (handle == Table.NULL) {
            return;
        }
        if (!table.isLive(handle)) {
            throw new AssertionError(kind + " refers to a " + table.name() + " that is gone: " + hex(handle));
        }
        int index = kinds.indexOf(kind);
        if (index < 0) {
            index = kinds.size();
            kinds.add(kind);
            found.add(new int[table.rows()]);
        }
        found.get(index)[table.rowOf(handle)]++;
    }

    /** Every live row's count is the number of references found. */
    void check(IntUnaryOperator count) {
        for (int row = 1; row < table.rows(); row++) {
            int handle = table.handleInRow(row);
            if (handle != Table.NULL && count.applyAsInt(handle) != sum(row)) {
                throw new AssertionError(table.name() + " " + hex(handle) + " counts " + count.applyAsInt(handle)
                        + " references, and " + sum(row) + " are found: " + listed(row));
            }
        }
    }

    /** References found to a row. */
    int of(int handle) {
        return sum(table.rowOf(handle));
    }

    private int sum(int row) {
        int sum = 0;
        for (int[] byRow : found) {
            sum += byRow[row];
        }
        return sum;
    }

    private String listed(int row) {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < kinds.size(); i++) {
            if (found.get(i)[row] != 0) {
                list.append(list.isEmpty() ? "" : ", ").append(found.get(i)[row]);
                list.append(" × ").append(kinds.get(i));
            }
        }
        return list.isEmpty() ? "nobody" : list.toString();
    }

    private static String hex(int handle) {
        return Integer.toHexString(handle);
    }
}
