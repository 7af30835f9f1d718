package dev.nestor.init;

import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import java.util.ArrayList;
import java.util.List;

/** Every table of a machine, found on the way that its digest takes: so none can be looked at here and not be in the digest. */
final class AllTables {
    private final List<Table> tables = new ArrayList<>();

    private AllTables() {}

    static AllTables of(Kernel kernel) {
        AllTables all = new AllTables();
        kernel.digest(new StateHash() {
            @Override
            protected void entered(Table table) {
                all.tables.add(table);
            }
        });
        return all;
    }

    List<Table> list() {
        return tables;
    }

    <T extends Table> T get(Class<T> type) {
        for (Table table : tables) {
            if (type.isInstance(table)) {
                return type.cast(table);
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " is in the digest");
    }
}
