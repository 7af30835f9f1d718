package dev.nestor.net;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** An open file of /dev/net/tun: struct tun_file. */
public final class TunFileTable extends Table {
    private int[] sk = new int[initialRows()]; // sock
    private int[] tun = new int[initialRows()]; // tun_struct; NULL before TUNSETIFF, and when the device is gone
    private int[] ifindex = new int[initialRows()]; // wanted for the device; 0 for any
    private int[] detached = new int[initialRows()]; // 1 when its queue is off
    private int[] flags = new int[initialRows()]; // IFF_NAPI…, as asked for
    private int[] isGone = new int[initialRows()]; // 1 when its device has been deleted under it
    private final Chain files; // of a device

    public TunFileTable(int limit, TunTable tuns) {
        super("tun_file", 67, limit);
        files = new Chain(tuns, this);
    }

    public int sk(int tfile) {
        return sk[row(tfile)];
    }

    void setSk(int tfile, int value) {
        sk[row(tfile)] = value;
    }

    public int tun(int tfile) {
        return tun[row(tfile)];
    }

    void setTun(int tfile, int value) {
        tun[row(tfile)] = value;
    }

    public int ifindex(int tfile) {
        return ifindex[row(tfile)];
    }

    void setIfindex(int tfile, int value) {
        ifindex[row(tfile)] = value;
    }

    public int detached(int tfile) {
        return detached[row(tfile)];
    }

    void setDetached(int tfile, int value) {
        detached[row(tfile)] = value;
    }

    public int flags(int tfile) {
        return flags[row(tfile)];
    }

    void setFlags(int tfile, int value) {
        flags[row(tfile)] = value;
    }

    public int isGone(int tfile) {
        return isGone[row(tfile)];
    }

    void setIsGone(int tfile, int value) {
        isGone[row(tfile)] = value;
    }

    public Chain files() {
        return files;
    }

    @Override
    protected void clearRow(int row) {
        sk[row] = 0;
        tun[row] = 0;
        ifindex[row] = 0;
        detached[row] = 0;
        flags[row] = 0;
        isGone[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        sk = columns.ints(sk);
        tun = columns.ints(tun);
        ifindex = columns.ints(ifindex);
        detached = columns.ints(detached);
        flags = columns.ints(flags);
        isGone = columns.ints(isGone);
    }
}
