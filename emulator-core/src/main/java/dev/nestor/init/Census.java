package dev.nestor.init;

import dev.nestor.table.Table;
import java.util.List;
import java.util.Set;

/** How many rows of every table were in use at one moment: what is compared to find leaks. */
public final class Census {
    /** Names that were looked at stay, as in the kernel's caches, until something needs the room. */
    private static final Set<String> CACHES = Set.of("dentry", "inode", "name");

    private final List<Table> tables;
    private final int[] sizes; // rows in use, by place in tables

    private Census(List<Table> tables) {
        this.tables = tables;
        this.sizes = new int[tables.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = tables.get(i).size();
        }
    }

    public static Census of(Kernel kernel) {
        return new Census(AllTables.of(kernel).list());
    }

    /** Throws an AssertionError that names every table, caches left out, of which more rows are in use now than then. */
    public void checkNothingLeft(Kernel kernel) {
        List<Table> now = AllTables.of(kernel).list();
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < sizes.length; i++) {
            Table table = now.get(i);
            if (table.size() > sizes[i] && !CACHES.contains(table.name())) {
                left.append("\n  ").append(table.name()).append(": ").append(table.size());
                left.append(" rows in use, ").append(sizes[i]).append(" expected");
            }
        }
        if (!left.isEmpty()) {
            throw new AssertionError("left behind:" + left);
        }
    }

    /** Rows in use of the table of that name. */
    public int rows(String table) {
        for (int i = 0; i < sizes.length; i++) {
            if (tables.get(i).name().equals(table)) {
                return sizes[i];
            }
        }
        throw new IllegalArgumentException(table);
    }
}
