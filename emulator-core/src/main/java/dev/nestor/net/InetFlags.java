package dev.nestor.net;

/** Bits of {@link InetSockTable#flags}. */
final class InetFlags {
    /** SOCK_BINDPORT_LOCK: the port was asked for, and stays when a connection fails. */
    static final int PORT_LOCKED = 1;

    static final int V6ONLY = 2;

    /** Its port is counted among the children of a bucket. */
    static final int CHILD = 4;

    /** SOCK_DONE: nothing more will come. */
    static final int DONE = 8;

    static final int NODELAY = 0x10;
    static final int CORK = 0x20;
    static final int HDRINCL = 0x40;

    /** IP_RECVERR, IPV6_RECVERR. */
    static final int RECVERR = 0x80;

    static final int RECVTTL = 0x100;
    static final int PKTINFO = 0x200;
    static final int FREEBIND = 0x400;

    /** Counted in the bucket as one without SO_REUSEADDR. */
    static final int STRICT = 0x800;

    static final int RECVTOS = 0x1000;

    /** IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS. */
    static final int PKTINFO6 = 0x2000;

    static final int RECVHOPS = 0x4000;
    static final int RECVTCLASS = 0x8000;

    /** Those that make control messages. */
    static final int TOLD = RECVTTL | PKTINFO | RECVTOS | PKTINFO6 | RECVHOPS | RECVTCLASS;

    private InetFlags() {}
}
