package dev.nestor.mm;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.StateHash;
import dev.nestor.uapi.Errno;

/** Local descriptor tables: arch/x86/kernel/ldt.c. A forked task has a copy, a new program has none. */
public final class Ldts {
    public static final int LDT_ENTRIES = 8192;
    public static final int LDT_ENTRY_SIZE = 8; // bytes

    private final MmTable mms;
    private final LdtTable table;

    Ldts(MmTable mms, int limit) {
        this.mms = mms;
        this.table = new LdtTable(limit, mms);
    }

    /** How many entries a table has, empty ones included; 0 where there is none. */
    public int entries(int mm) {
        return mms.ldtEntries(mm);
    }

    /** The descriptor in a place, 0 when it is empty. */
    public long get(int mm, int index) {
        int entry = find(mm, index);
        return entry == NULL ? 0 : table.desc(entry);
    }

    private int find(int mm, int index) {
        int entry = table.ofMm().first(mm);
        while (entry != NULL && table.index(entry) != index) {
            entry = table.ofMm().next(entry);
        }
        return entry;
    }

    /** write_ldt(): 0 or ENOMEM. */
    public int set(int mm, int index, long desc) {
        int entry = find(mm, index);
        if (entry != NULL && desc == 0) {
            table.ofMm().remove(entry);
            table.free(entry);
        } else if (desc != 0) {
            entry = entry == NULL ? add(mm, index) : entry;
            if (entry == NULL) {
                return -Errno.ENOMEM;
            }
            table.setDesc(entry, desc);
        }
        mms.setLdtEntries(mm, Math.max(mms.ldtEntries(mm), index + 1));
        return 0;
    }

    private int add(int mm, int index) {
        int entry = table.alloc();
        if (entry != NULL) {
            table.setIndex(entry, index);
            table.ofMm().addLast(mm, entry);
        }
        return entry;
    }

    /** ldt_dup_context(): false without memory. */
    boolean copy(int from, int to) {
        for (int entry = table.ofMm().first(from);
                entry != NULL;
                entry = table.ofMm().next(entry)) {
            if (set(to, table.index(entry), table.desc(entry)) != 0) {
                return false;
            }
        }
        mms.setLdtEntries(to, mms.ldtEntries(from));
        return true;
    }

    /** destroy_context_ldt(). */
    void free(int mm) {
        for (int entry = table.ofMm().first(mm);
                entry != NULL;
                entry = table.ofMm().first(mm)) {
            table.ofMm().remove(entry);
            table.free(entry);
        }
        mms.setLdtEntries(mm, 0);
    }

    void digest(StateHash hash) {
        table.digest(hash);
    }
}
