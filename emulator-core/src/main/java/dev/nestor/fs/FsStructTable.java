package dev.nestor.fs;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The fs_struct columns: where a task stands in the file tree. */
public final class FsStructTable extends Table {
    private int[] users = new int[initialRows()]; // tasks
    private int[] umask = new int[initialRows()]; // permission bits
    private int[] rootMnt = new int[initialRows()]; // mount
    private int[] rootDentry = new int[initialRows()]; // dentry
    private int[] pwdMnt = new int[initialRows()]; // mount
    private int[] pwdDentry = new int[initialRows()]; // dentry

    public FsStructTable(int limit) {
        super("fs_struct", 37, limit);
    }

    public int users(int fs) {
        return users[row(fs)];
    }

    void setUsers(int fs, int value) {
        users[row(fs)] = value;
    }

    public int umask(int fs) {
        return umask[row(fs)];
    }

    public void setUmask(int fs, int value) {
        umask[row(fs)] = value;
    }

    public int rootMnt(int fs) {
        return rootMnt[row(fs)];
    }

    void setRootMnt(int fs, int value) {
        rootMnt[row(fs)] = value;
    }

    public int rootDentry(int fs) {
        return rootDentry[row(fs)];
    }

    void setRootDentry(int fs, int value) {
        rootDentry[row(fs)] = value;
    }

    public int pwdMnt(int fs) {
        return pwdMnt[row(fs)];
    }

    void setPwdMnt(int fs, int value) {
        pwdMnt[row(fs)] = value;
    }

    public int pwdDentry(int fs) {
        return pwdDentry[row(fs)];
    }

    void setPwdDentry(int fs, int value) {
        pwdDentry[row(fs)] = value;
    }

    @Override
    protected void clearRow(int row) {
        users[row] = 0;
        umask[row] = 0;
        rootMnt[row] = 0;
        rootDentry[row] = 0;
        pwdMnt[row] = 0;
        pwdDentry[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        users = columns.ints(users);
        umask = columns.ints(umask);
        rootMnt = columns.ints(rootMnt);
        rootDentry = columns.ints(rootDentry);
        pwdMnt = columns.ints(pwdMnt);
        pwdDentry = columns.ints(pwdDentry);
    }
}
