package dev.nestor.uapi;

/** Flags and commands of linux/ipc.h, msg.h, sem.h and shm.h. */
public final class Ipc {
    public static final int IPC_PRIVATE = 0;
    public static final int IPC_CREAT = 0x200;
    public static final int IPC_EXCL = 0x400;
    public static final int IPC_NOWAIT = 0x800;
    public static final int IPC_RMID = 0;
    public static final int IPC_SET = 1;
    public static final int IPC_STAT = 2;
    public static final int IPC_INFO = 3;

    public static final int MSG_STAT = 11;
    public static final int MSG_INFO = 12;
    public static final int MSG_STAT_ANY = 13;
    public static final int MSG_NOERROR = 0x1000;
    public static final int MSG_EXCEPT = 0x2000;
    public static final int MSG_COPY = 0x4000;
    public static final int MSGMNI = 32000;
    public static final int MSGMAX = 8192;
    public static final int MSGMNB = 16384;
    public static final int MSGPOOL = MSGMNI * MSGMNB / 1024;
    public static final int MSGTQL = MSGMNB;
    public static final int MSGMAP = MSGMNB;
    public static final int MSGSSZ = 16;
    public static final int MSGSEG = 0xffff;

    public static final int GETPID = 11;
    public static final int GETVAL = 12;
    public static final int GETALL = 13;
    public static final int GETNCNT = 14;
    public static final int GETZCNT = 15;
    public static final int SETVAL = 16;
    public static final int SETALL = 17;
    public static final int SEM_STAT = 18;
    public static final int SEM_INFO = 19;
    public static final int SEM_STAT_ANY = 20;
    public static final int SEM_UNDO = 0x1000;
    public static final int SEMMNI = 32000;
    public static final int SEMMSL = 32000;
    public static final int SEMMNS = SEMMNI * SEMMSL;
    public static final int SEMOPM = 500;
    public static final int SEMVMX = 32767;
    public static final int SEMAEM = SEMVMX;
    public static final int SEMUME = SEMOPM;
    public static final int SEMMNU = SEMMNS;
    public static final int SEMMAP = SEMMNS;
    public static final int SEMUSZ = 20;

    public static final int SHM_LOCK = 11;
    public static final int SHM_UNLOCK = 12;
    public static final int SHM_STAT = 13;
    public static final int SHM_INFO = 14;
    public static final int SHM_STAT_ANY = 15;
    public static final int SHM_DEST = 0x200;
    public static final int SHM_LOCKED = 0x400;
    public static final int SHM_HUGETLB = 0x800;
    public static final int SHM_NORESERVE = 0x1000;
    public static final int SHM_RDONLY = 0x1000;
    public static final int SHM_RND = 0x2000;
    public static final int SHM_REMAP = 0x4000;
    public static final int SHM_EXEC = 0x8000;
    public static final int SHM_HUGE_SHIFT = 26;
    public static final int SHM_HUGE_MASK = 0x3f;
    public static final int SHMMIN = 1;
    public static final int SHMMNI = 4096;
    /** ULONG_MAX - (1 << 24). */
    public static final long SHMMAX = -1L - (1 << 24);
    /** ULONG_MAX - (1 << 24), pages. */
    public static final long SHMALL = -1L - (1 << 24);

    private Ipc() {}
}
