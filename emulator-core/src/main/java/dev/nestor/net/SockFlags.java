package dev.nestor.net;

/** Bits of {@link SockTable#flags}: enum sock_flags, the bits of struct socket, and what else is one bit. */
public final class SockFlags {
    /** SOCK_DEAD: closed; only references keep it. */
    public static final int DEAD = 1;

    /** SO_PASSCRED and its kind: sk_scm_recv_flags. */
    public static final int PASSCRED = 2;

    public static final int PASSPIDFD = 4;
    public static final int PASSSEC = 8;

    /** SO_PASSRIGHTS is off. */
    public static final int NO_RIGHTS = 0x10;

    public static final int URGINLINE = 0x20;
    public static final int LINGER = 0x40;
    public static final int BROADCAST = 0x80;
    public static final int KEEPALIVE = 0x100;
    public static final int REUSEADDR = 0x200;
    public static final int REUSEPORT = 0x400;
    public static final int DEBUG = 0x800;
    public static final int DONTROUTE = 0x1000;
    public static final int TIMESTAMP = 0x2000;
    public static final int TIMESTAMPNS = 0x4000;
    public static final int NO_CHECK = 0x8000;
    public static final int INQ = 0x10000;
    public static final int SNDBUF_LOCKED = 0x20000;
    public static final int RCVBUF_LOCKED = 0x40000;
    public static final int RXQ_OVFL = 0x80000;
    public static final int ZEROCOPY = 0x100000;
    public static final int LOCK_FILTER = 0x200000;
    public static final int FILTER = 0x400000;
    public static final int SELECT_ERR_QUEUE = 0x800000;
    public static final int RCVMARK = 0x1000000;
    public static final int RCVPRIORITY = 0x2000000;
    public static final int NOFCS = 0x4000000;
    public static final int WIFI_STATUS = 0x8000000;

    /** What an accepted socket takes over from its listener. */
    static final int INHERITED = PASSCRED | PASSPIDFD | PASSSEC | NO_RIGHTS;

    private SockFlags() {}
}
