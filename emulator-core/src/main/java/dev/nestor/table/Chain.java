package dev.nestor.table;

/**
 * A doubly linked list (list_head) threaded through the rows of one table, with its heads in the rows of another, or of
 * the same. A member is on at most one list of a chain at a time; it knows whose. Adding and removing take constant
 * time, and both tables refuse to free a row that is still linked.
 */
public final class Chain {
    private final Table headTable;
    private final Table memberTable;
    private int[] first = new int[Table.initialRows()]; // member, by head row
    private int[] last = new int[Table.initialRows()]; // member, by head row
    private int[] next = new int[Table.initialRows()]; // member, by member row
    private int[] prev = new int[Table.initialRows()]; // member, by member row
    private int[] owner = new int[Table.initialRows()]; // head, by member row; NULL when on no list

    public Chain(Table heads, Table members) {
        this.headTable = heads;
        this.memberTable = members;
        heads.attach(new Table.Attachment() {
            @Override
            public void columns(Columns columns) {
                first = columns.ints(first);
                last = columns.ints(last);
            }

            @Override
            public boolean isClear(int row) {
                return first[row] == Table.NULL && last[row] == Table.NULL;
            }
        });
        members.attach(new Table.Attachment() {
            @Override
            public void columns(Columns columns) {
                next = columns.ints(next);
                prev = columns.ints(prev);
                owner = columns.ints(owner);
            }

            @Override
            public boolean isClear(int row) {
                return owner[row] == Table.NULL && next[row] == Table.NULL && prev[row] == Table.NULL;
            }
        });
    }

    public int first(int head) {
        return first[headTable.row(head)];
    }

    public int last(int head) {
        return last[headTable.row(head)];
    }

    public int next(int member) {
        return next[memberTable.row(member)];
    }

    public int prev(int member) {
        return prev[memberTable.row(member)];
    }

    /** The head of the list that the member is on, or NULL. */
    public int owner(int member) {
        return owner[memberTable.row(member)];
    }

    public boolean isEmpty(int head) {
        return first(head) == Table.NULL;
    }

    public void addLast(int head, int member) {
        int headRow = headTable.row(head);
        int row = memberTable.row(member);
        assert owner[row] == Table.NULL : "already linked";
        int tail = last[headRow];
        owner[row] = head;
        prev[row] = tail;
        if (tail == Table.NULL) {
            first[headRow] = member;
        } else {
            next[memberTable.row(tail)] = member;
        }
        last[headRow] = member;
    }

    public void addFirst(int head, int member) {
        int headRow = headTable.row(head);
        int row = memberTable.row(member);
        assert owner[row] == Table.NULL : "already linked";
        int front = first[headRow];
        owner[row] = head;
        next[row] = front;
        if (front == Table.NULL) {
            last[headRow] = member;
        } else {
            prev[memberTable.row(front)] = member;
        }
        first[headRow] = member;
    }

    /** Puts a member behind another one that is on a list. */
    public void addAfter(int before, int member) {
        int beforeRow = memberTable.row(before);
        int after = next[beforeRow];
        if (after == Table.NULL) {
            addLast(owner[beforeRow], member);
            return;
        }
        int row = memberTable.row(member);
        assert owner[row] == Table.NULL : "already linked";
        owner[row] = owner[beforeRow];
        prev[row] = before;
        next[row] = after;
        next[beforeRow] = member;
        prev[memberTable.row(after)] = member;
    }

    /** Takes a member off the list that it is on. */
    public void remove(int member) {
        int row = memberTable.row(member);
        assert owner[row] != Table.NULL : "not linked";
        int headRow = headTable.row(owner[row]);
        int before = prev[row];
        int after = next[row];
        if (before == Table.NULL) {
            first[headRow] = after;
        } else {
            next[memberTable.row(before)] = after;
        }
        if (after == Table.NULL) {
            last[headRow] = before;
        } else {
            prev[memberTable.row(after)] = before;
        }
        owner[row] = Table.NULL;
        next[row] = Table.NULL;
        prev[row] = Table.NULL;
    }

    /** list_replace(): another member takes the place of one, which is on no list then. */
    public void replace(int member, int other) {
        int row = memberTable.row(member);
        int otherRow = memberTable.row(other);
        assert owner[row] != Table.NULL && owner[otherRow] == Table.NULL : "not linked, or linked already";
        int headRow = headTable.row(owner[row]);
        owner[otherRow] = owner[row];
        next[otherRow] = next[row];
        prev[otherRow] = prev[row];
        if (prev[row] == Table.NULL) {
            first[headRow] = other;
        } else {
            next[memberTable.row(prev[row])] = other;
        }
        if (next[row] == Table.NULL) {
            last[headRow] = other;
        } else {
            prev[memberTable.row(next[row])] = other;
        }
        owner[row] = Table.NULL;
        next[row] = Table.NULL;
        prev[row] = Table.NULL;
    }
}
