package dev.nestor.init;

import static dev.nestor.table.Table.NULL;

import dev.nestor.table.Chain;
import dev.nestor.table.Table;
import java.util.function.IntConsumer;

/** The words in which broken truths are told, and the walks that look for them. */
final class Claims {
    private Claims() {}

    static void that(boolean holds, String what, Table table, int handle) {
        if (!holds) {
            throw new AssertionError(table.name() + " " + Integer.toHexString(handle) + ": " + what);
        }
    }

    static void equal(int actual, int expected, String what, Table table, int handle) {
        if (actual != expected) {
            throw new AssertionError(table.name() + " " + Integer.toHexString(handle) + ": " + what + " is " + actual
                    + " (" + Integer.toHexString(actual) + "), not " + expected + " (" + Integer.toHexString(expected)
                    + ")");
        }
    }

    /** Calls back with every live row of a table, in the order of rows. */
    static void forEach(Table table, IntConsumer row) {
        for (int i = 1; i < table.rows(); i++) {
            int handle = table.handleInRow(i);
            if (handle != NULL) {
                row.accept(handle);
            }
        }
    }

    /** Both directions of a list agree, every member knows its owner; gives the list's length. */
    static int checkList(Chain chain, Table heads, int head, String what) {
        int length = 0;
        int before = NULL;
        for (int at = chain.first(head); at != NULL; at = chain.next(at)) {
            equal(chain.owner(at), head, what + ": a member's owner", heads, head);
            equal(chain.prev(at), before, what + ": what comes before a member", heads, head);
            before = at;
            length++;
        }
        equal(chain.last(head), before, what + ": the last", heads, head);
        return length;
    }

    /** All lists of a chain are sound, and no member believes to be on one that does not have it. */
    static void checkChain(Chain chain, Table heads, Table members, String what) {
        int listed = 0;
        for (int row = 1; row < heads.rows(); row++) {
            int head = heads.handleInRow(row);
            listed += head == NULL ? 0 : checkList(chain, heads, head, what);
        }
        int linked = 0;
        for (int row = 1; row < members.rows(); row++) {
            int member = members.handleInRow(row);
            linked += member != NULL && chain.owner(member) != NULL ? 1 : 0;
        }
        if (listed != linked) {
            throw new AssertionError(what + ": " + listed + " are listed, " + linked + " believe to be");
        }
    }
}
