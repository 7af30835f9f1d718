package dev.nestor.kernel.utsname;

import dev.nestor.kernel.ns.NamespaceTable;
import dev.nestor.table.Columns;
import java.util.Arrays;

/** The struct uts_namespace columns: a struct new_utsname of six fields of 65 bytes. */
public final class UtsNamespaceTable extends NamespaceTable {
    /** Bytes of one field, __NEW_UTS_LEN + 1. */
    public static final int FIELD = 65;
    /** Bytes of struct new_utsname. */
    public static final int NEW_UTSNAME_SIZE = 6 * FIELD;

    private byte[] name = new byte[NEW_UTSNAME_SIZE * initialRows()]; // struct new_utsname

    public UtsNamespaceTable(int limit) {
        super("uts_namespace", 11, limit);
    }

    /** Copies struct new_utsname out. */
    public void read(int ns, byte[] into) {
        System.arraycopy(name, row(ns) * NEW_UTSNAME_SIZE, into, 0, NEW_UTSNAME_SIZE);
    }

    /** Copies bytes into a field from its beginning; the rest of the field stays. */
    void write(int ns, int field, byte[] from, int length) {
        System.arraycopy(from, 0, name, row(ns) * NEW_UTSNAME_SIZE + field * FIELD, length);
    }

    void clearField(int ns, int field) {
        int at = row(ns) * NEW_UTSNAME_SIZE + field * FIELD;
        Arrays.fill(name, at, at + FIELD, (byte) 0);
    }

    void copyName(int from, int to) {
        System.arraycopy(name, row(from) * NEW_UTSNAME_SIZE, name, row(to) * NEW_UTSNAME_SIZE, NEW_UTSNAME_SIZE);
    }

    @Override
    protected void clearRow(int row) {
        super.clearRow(row);
        Arrays.fill(name, row * NEW_UTSNAME_SIZE, (row + 1) * NEW_UTSNAME_SIZE, (byte) 0);
    }

    @Override
    protected void columns(Columns columns) {
        super.columns(columns);
        name = columns.bytes(name, NEW_UTSNAME_SIZE);
    }
}
