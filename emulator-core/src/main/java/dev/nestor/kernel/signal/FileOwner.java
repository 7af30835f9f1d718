package dev.nestor.kernel.signal;

/** struct fown_struct, one for each place that needs one: who is told by SIGIO, and in whose name. */
public final class FileOwner {
    private int pid; // pid; NULL when nobody is told
    private int type; // PIDTYPE_*
    private int uid; // kuid of who set it
    private int euid; // kuid of who set it
    private int signum; // F_SETSIG; 0 for SIGIO without si_fd

    public FileOwner set(int newPid, int newType, int newUid, int newEuid, int newSignum) {
        pid = newPid;
        type = newType;
        uid = newUid;
        euid = newEuid;
        signum = newSignum;
        return this;
    }

    int pid() {
        return pid;
    }

    int type() {
        return type;
    }

    int uid() {
        return uid;
    }

    int euid() {
        return euid;
    }

    int signum() {
        return signum;
    }
}
