package dev.nestor.kernel.cred;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.HotPath;
import java.util.function.IntConsumer;

/**
 * What users have, and how much they may: kernel/ucount.c.
 *
 * <p>A user has a ucounts in each user namespace. What it has is counted there, and in the ucounts of the one who made the
 * namespace, in the namespace above; and so on up to the initial one. A limit of any of these namespaces is a limit.
 */
public final class Ucounts {
    /** Resources counted here though their limit is a process's: enum rlimit_type. */
    public static final int RLIMIT_NPROC = 0;

    public static final int RLIMIT_MSGQUEUE = 1;
    public static final int RLIMIT_SIGPENDING = 2;
    public static final int RLIMIT_MEMLOCK = 3;
    public static final int RLIMIT_COUNT = 4;

    private final UcountsTable table;
    private final UserNamespaceTable namespaces;
    private final IntConsumer putNs;

    /** @param putNs gives back a reference on a user namespace */
    Ucounts(UcountsTable table, UserNamespaceTable namespaces, IntConsumer putNs) {
        this.table = table;
        this.namespaces = namespaces;
        this.putNs = putNs;
    }

    /** alloc_ucounts(): the one of a user in a namespace, with a reference for the caller; NULL at the table's limit. */
    public int alloc(int userNs, int kuid) {
        int found = table.find(userNs, kuid);
        if (found != NULL) {
            return get(found);
        }
        int ucounts = table.alloc();
        if (ucounts == NULL) {
            return NULL;
        }
        table.insert(ucounts, userNs, kuid);
        table.setCount(ucounts, 1);
        namespaces.setCount(userNs, namespaces.count(userNs) + 1);
        return ucounts;
    }

    /** get_ucounts(). */
    public int get(int ucounts) {
        table.setCount(ucounts, table.count(ucounts) + 1);
        return ucounts;
    }

    /** put_ucounts(). */
    public void put(int ucounts) {
        int count = table.count(ucounts) - 1;
        table.setCount(ucounts, count);
        if (count == 0) {
            int userNs = table.ns(ucounts);
            table.free(ucounts);
            putNs.accept(userNs);
        }
    }

    /** The user namespace of a ucounts. */
    public int ns(int ucounts) {
        return table.ns(ucounts);
    }

    /** The kuid of a ucounts. */
    public int uid(int ucounts) {
        return table.uid(ucounts);
    }

    /** The ucounts that what is counted in this one is counted in, too; NULL above the initial namespace. */
    private int above(int ucounts) {
        return namespaces.ucounts(table.ns(ucounts));
    }

    /** inc_ucount(): one more object of a user's. A ucounts, held, or NULL where a namespace's limit is reached. */
    int incUcount(int userNs, int kuid, int type) {
        int ucounts = alloc(userNs, kuid);
        for (int at = ucounts; at != NULL; at = above(at)) {
            if (table.ucount(at, type) >= namespaces.ucountMax(table.ns(at), type)) {
                for (int below = ucounts; below != at; below = above(below)) {
                    table.setUcount(below, type, table.ucount(below, type) - 1);
                }
                put(ucounts);
                return NULL;
            }
            table.setUcount(at, type, table.ucount(at, type) + 1);
        }
        return ucounts;
    }

    /** dec_ucount(): gives back the reference, too. */
    void decUcount(int ucounts, int type) {
        for (int at = ucounts; at != NULL; at = above(at)) {
            assert table.ucount(at, type) > 0 : "none of type " + type + " is counted";
            table.setUcount(at, type, table.ucount(at, type) - 1);
        }
        put(ucounts);
    }

    /** get_rlimit_value(): units of a resource that a user has. */
    public long rlimitValue(int ucounts, int type) {
        return table.rlimit(ucounts, type);
    }

    /**
     * inc_rlimit_ucounts(): counts more of a resource, whatever the limits. How much the user has now, or Long.MAX_VALUE
     * where a namespace allows less.
     */
    @HotPath
    public long incRlimit(int ucounts, int type, long units) {
        long max = Long.MAX_VALUE;
        long has = 0;
        for (int at = ucounts; at != NULL; at = above(at)) {
            long now = table.rlimit(at, type) + units;
            table.setRlimit(at, type, now);
            if (now < 0 || now > max) {
                has = Long.MAX_VALUE;
            } else if (at == ucounts) {
                has = now;
            }
            max = namespaces.rlimitMax(table.ns(at), type);
        }
        return has;
    }

    /** dec_rlimit_ucounts(). */
    @HotPath
    public void decRlimit(int ucounts, int type, long units) {
        for (int at = ucounts; at != NULL; at = above(at)) {
            assert table.rlimit(at, type) >= units : "less of type " + type + " is counted";
            table.setRlimit(at, type, table.rlimit(at, type) - units);
        }
    }

    /**
     * inc_rlimit_get_ucounts(): counts one more, which holds every ucounts that it is the first in. How much the user has
     * now, or 0 with nothing changed where a namespace allows less.
     *
     * @param override whether the namespaces' limits count for nothing
     */
    @HotPath
    public long incRlimitGet(int ucounts, int type, boolean override) {
        long max = Long.MAX_VALUE;
        for (int at = ucounts; at != NULL; at = above(at)) {
            long now = table.rlimit(at, type) + 1;
            if (now > max) {
                decRlimitPut(ucounts, at, type);
                return 0;
            }
            table.setRlimit(at, type, now);
            if (now == 1) {
                get(at);
            }
            max = override ? max : namespaces.rlimitMax(table.ns(at), type);
        }
        return table.rlimit(ucounts, type);
    }

    /** dec_rlimit_put_ucounts(). */
    @HotPath
    public void decRlimitPut(int ucounts, int type) {
        decRlimitPut(ucounts, NULL, type);
    }

    private void decRlimitPut(int ucounts, int last, int type) {
        int at = ucounts;
        while (at != last) {
            int next = above(at);
            long now = table.rlimit(at, type) - 1;
            assert now >= 0 : "none of type " + type + " is counted";
            table.setRlimit(at, type, now);
            if (now == 0) {
                put(at);
            }
            at = next;
        }
    }

    /** is_rlimit_overlimit(): whether the user has more than a process's limit, or than a namespace allows. */
    @HotPath
    public boolean isRlimitOverlimit(int ucounts, int type, long rlimit) {
        long max = rlimit < 0 ? Long.MAX_VALUE : rlimit;
        for (int at = ucounts; at != NULL; at = above(at)) {
            if (table.rlimit(at, type) > max) {
                return true;
            }
            max = namespaces.rlimitMax(table.ns(at), type);
        }
        return false;
    }
}
