package dev.nestor.table;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of any class, seen from outside: made with whatever its constructor asks for, its columns found by reflection. A
 * column is an array that can be replaced by a longer one; a final array has to do with something else than rows.
 */
final class TableColumns {
    private static final int LIMIT = 1000;
    private static final int CPUS_OR_WORDS = 64;

    final Table table;
    private final List<Field> columns = new ArrayList<>();

    private TableColumns(Table table) {
        this.table = table;
        for (Class<?> type = table.getClass(); type != Table.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                boolean replaceable =
                        !Modifier.isFinal(field.getModifiers()) && !Modifier.isStatic(field.getModifiers());
                if (field.getType().isArray() && replaceable) {
                    field.setAccessible(true);
                    columns.add(field);
                }
            }
        }
    }

    static TableColumns of(Class<?> type) {
        return new TableColumns((Table) make(type, new HashMap<>()));
    }

    /** Parameters of a table's type get the same table wherever they occur, ints a limit. */
    private static Object make(Class<?> type, Map<Class<?>, Object> made) {
        Object known = made.get(type);
        if (known != null) {
            return known;
        }
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        Class<?>[] parameters = constructor.getParameterTypes();
        Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            arguments[i] = parameters[i] == int.class ? (i == 0 ? LIMIT : CPUS_OR_WORDS) : make(parameters[i], made);
        }
        try {
            Object instance = constructor.newInstance(arguments);
            made.put(type, instance);
            return instance;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("can't make a " + type.getSimpleName(), e);
        }
    }

    List<Field> columns() {
        return columns;
    }

    /** Rows that every column has room for. */
    int capacity() {
        return Array.getLength(read(field(Table.class, "nextFree"), table));
    }

    int stride(Field column) {
        return Array.getLength(read(column, table)) / capacity();
    }

    /** A live row: a new one, or the first where all are taken from the start. */
    int someRow() {
        int handle = table.alloc();
        return handle == Table.NULL ? table.handleInRow(1) : handle;
    }

    /** Writes something else than zero into every element of a row. */
    void fill(int handle) {
        for (Field column : columns) {
            Object array = read(column, table);
            int stride = stride(column);
            for (int i = 0; i < stride; i++) {
                put(array, table.row(handle) * stride + i, 0x51 + i);
            }
        }
    }

    static void put(Object array, int index, int value) {
        switch (array) {
            case int[] ints -> ints[index] = value;
            case long[] longs -> longs[index] = value;
            case byte[] bytes -> bytes[index] = (byte) value;
            default ->
                throw new AssertionError("a column of " + array.getClass().getSimpleName());
        }
    }

    /** Whether an element of the row is what {@link #fill} has left. */
    boolean isFilled(Field column, int row) {
        int stride = stride(column);
        for (int i = 0; i < stride; i++) {
            if (get(column, row * stride + i) != (byte) (0x51 + i) && get(column, row * stride + i) != 0x51 + i) {
                return false;
            }
        }
        return true;
    }

    boolean isZero(Field column, int row) {
        int stride = stride(column);
        for (int i = 0; i < stride; i++) {
            if (get(column, row * stride + i) != 0) {
                return false;
            }
        }
        return true;
    }

    long get(Field column, int index) {
        return ((Number) Array.get(read(column, table), index)).longValue();
    }

    int length(Field column) {
        return Array.getLength(read(column, table));
    }

    Object array(Field column) {
        return read(column, table);
    }

    /** The chains that the table declares, single or in an array. */
    List<Chain> chains() {
        List<Chain> chains = new ArrayList<>();
        for (Field field : table.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            if (field.getType() == Chain.class) {
                chains.add((Chain) read(field, table));
            } else if (field.getType() == Chain[].class) {
                chains.addAll(List.of((Chain[]) read(field, table)));
            }
        }
        return chains;
    }

    static Table end(Chain chain, String name) {
        return (Table) read(field(Chain.class, name), chain);
    }

    private static Field field(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new AssertionError(e);
        }
    }

    private static Object read(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
