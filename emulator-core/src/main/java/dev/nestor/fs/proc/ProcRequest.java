package dev.nestor.fs.proc;

/** Who reads or writes which entry of /proc. One object, filled anew for each request. */
public final class ProcRequest {
    int reader;
    int subject;
    int file;
    int pid;
    int pidNs;
    int extra;
    int userNs;
    int ipcNs;
    int mntNs;
    int openerPidNs;
    long pos;

    /** The mount namespace that a list of mounts was opened for; NULL where the entry is none. */
    public int mntNs() {
        return mntNs;
    }

    /** The task that reads or writes. */
    public int reader() {
        return reader;
    }

    /** The task whose directory the entry is in; NULL when it is in none. */
    public int subject() {
        return subject;
    }

    /** The open file: its cred is the opener's. */
    public int file() {
        return file;
    }

    /** The pid of the directory. */
    public int pid() {
        return pid;
    }

    /** The PID namespace that this /proc shows: its mounter's. */
    public int pidNs() {
        return pidNs;
    }

    /** The descriptor of an entry of fdinfo. */
    public int fd() {
        return extra;
    }

    /** What the name of a directory of {@link ProcNames} stood for when it was looked up. */
    public int id() {
        return extra;
    }

    /** The user namespace that the process had when the file was opened, for an entry that is bound to it. */
    public int userNs() {
        return userNs;
    }

    /** The IPC namespace that its opener had, for an entry that is bound to it; it may be gone if that is a sysctl. */
    public int ipcNs() {
        return ipcNs;
    }

    /** The PID namespace that its opener had, for an entry that is bound to it. */
    public int openerPidNs() {
        return openerPidNs;
    }

    /** Where in the file is read or written, bytes. */
    public long pos() {
        return pos;
    }
}
