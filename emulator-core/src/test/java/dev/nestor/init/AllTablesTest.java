package dev.nestor.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.table.Table;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AllTablesTest {
    private final Kernel kernel = new Kernel(new KernelConfig());

    @Test
    void everyTableThatAKernelReaches_isInItsDigest() {
        Set<Table> inDigest = Collections.newSetFromMap(new IdentityHashMap<>());
        inDigest.addAll(AllTables.of(kernel).list());
        assertThat(reachable().stream().filter(table -> !inDigest.contains(table)))
                .extracting(Table::name)
                .as("tables that Kernel.digest leaves out")
                .isEmpty();
        assertThat(inDigest).hasSizeGreaterThan(30);
    }

    @Test
    void names_areUnique() {
        assertThat(AllTables.of(kernel).list()).extracting(Table::name).doesNotHaveDuplicates();
    }

    /** All tables among the objects of ours that references lead to. */
    private Set<Table> reachable() {
        Set<Table> tables = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>();
        open.add(kernel);
        while (!open.isEmpty()) {
            Object at = open.remove();
            if (!seen.add(at)) {
                continue;
            }
            if (at instanceof Table table) {
                tables.add(table);
            }
            if (at instanceof Object[] elements) {
                for (Object element : elements) {
                    open.addAll(ours(element));
                }
                continue;
            }
            for (Class<?> type = at.getClass(); type != null; type = type.getSuperclass()) {
                if (type.getName().startsWith("dev.nestor")) {
                    for (Field field : type.getDeclaredFields()) {
                        open.addAll(ours(read(field, at)));
                    }
                }
            }
        }
        return tables;
    }

    private static Set<Object> ours(Object value) {
        boolean ours = value != null
                && (value instanceof Object[] || value.getClass().getName().startsWith("dev.nestor"));
        return ours ? Set.of(value) : Set.of();
    }

    private static Object read(Field field, Object of) {
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
            return "";
        }
        field.setAccessible(true);
        try {
            return Objects.requireNonNullElse(field.get(of), "");
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
