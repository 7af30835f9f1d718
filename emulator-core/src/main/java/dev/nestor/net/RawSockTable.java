package dev.nestor.net;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** What struct raw_sock and struct raw6_sock have beyond an inet_sock. */
public final class RawSockTable extends Table {
    /** Words of struct icmp6_filter. */
    static final int WORDS = 4;

    private int[] protocol = new int[initialRows()]; // inet_num: what it receives
    private int[] sum = new int[initialRows()]; // 1 + IPV6_CHECKSUM: where the kernel puts the sum; 0 for none
    private long[] filter0 = new long[initialRows()]; // ICMP_FILTER; first word of ICMPV6_FILTER
    private long[] filter1 = new long[initialRows()]; // second
    private long[] filter2 = new long[initialRows()]; // third
    private long[] filter3 = new long[initialRows()]; // fourth

    public RawSockTable(int limit) {
        super("raw_sock", 66, limit);
    }

    public int protocol(int raw) {
        return protocol[row(raw)];
    }

    void setProtocol(int raw, int value) {
        protocol[row(raw)] = value;
    }

    public int sum(int raw) {
        return sum[row(raw)];
    }

    void setSum(int raw, int value) {
        sum[row(raw)] = value;
    }

    /** A word of the filter: the bits of types that are not shown. */
    public long filter(int raw, int word) {
        int row = row(raw);
        return switch (word) {
            case 0 -> filter0[row];
            case 1 -> filter1[row];
            case 2 -> filter2[row];
            default -> filter3[row];
        };
    }

    void setFilter(int raw, int word, long value) {
        int row = row(raw);
        switch (word) {
            case 0 -> filter0[row] = value;
            case 1 -> filter1[row] = value;
            case 2 -> filter2[row] = value;
            default -> filter3[row] = value;
        }
    }

    @Override
    protected void clearRow(int row) {
        protocol[row] = 0;
        sum[row] = 0;
        filter0[row] = 0;
        filter1[row] = 0;
        filter2[row] = 0;
        filter3[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        protocol = columns.ints(protocol);
        sum = columns.ints(sum);
        filter0 = columns.longs(filter0);
        filter1 = columns.longs(filter1);
        filter2 = columns.longs(filter2);
        filter3 = columns.longs(filter3);
    }
}
