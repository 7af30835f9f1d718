package dev.nestor.uapi;

/** Capability numbers of linux/capability.h. */
public final class Capability {
    public static final int CAP_CHOWN = 0;
    public static final int CAP_DAC_OVERRIDE = 1;
    public static final int CAP_DAC_READ_SEARCH = 2;
    public static final int CAP_FOWNER = 3;
    public static final int CAP_FSETID = 4;
    public static final int CAP_KILL = 5;
    public static final int CAP_SETGID = 6;
    public static final int CAP_SETUID = 7;
    public static final int CAP_SETPCAP = 8;
    public static final int CAP_LINUX_IMMUTABLE = 9;
    public static final int CAP_NET_BIND_SERVICE = 10;
    public static final int CAP_NET_BROADCAST = 11;
    public static final int CAP_NET_ADMIN = 12;
    public static final int CAP_NET_RAW = 13;
    public static final int CAP_IPC_LOCK = 14;
    public static final int CAP_IPC_OWNER = 15;
    public static final int CAP_SYS_MODULE = 0x10;
    public static final int CAP_SYS_RAWIO = 0x11;
    public static final int CAP_SYS_CHROOT = 0x12;
    public static final int CAP_SYS_PTRACE = 0x13;
    public static final int CAP_SYS_PACCT = 0x14;
    public static final int CAP_SYS_ADMIN = 0x15;
    public static final int CAP_SYS_BOOT = 0x16;
    public static final int CAP_SYS_NICE = 0x17;
    public static final int CAP_SYS_RESOURCE = 0x18;
    public static final int CAP_SYS_TIME = 0x19;
    public static final int CAP_SYS_TTY_CONFIG = 0x1a;
    public static final int CAP_MKNOD = 0x1b;
    public static final int CAP_LEASE = 0x1c;
    public static final int CAP_AUDIT_WRITE = 0x1d;
    public static final int CAP_AUDIT_CONTROL = 0x1e;
    public static final int CAP_SETFCAP = 0x1f;
    public static final int CAP_MAC_OVERRIDE = 0x20;
    public static final int CAP_MAC_ADMIN = 0x21;
    public static final int CAP_SYSLOG = 0x22;
    public static final int CAP_WAKE_ALARM = 0x23;
    public static final int CAP_BLOCK_SUSPEND = 0x24;
    public static final int CAP_AUDIT_READ = 0x25;
    public static final int CAP_PERFMON = 0x26;
    public static final int CAP_BPF = 0x27;
    public static final int CAP_CHECKPOINT_RESTORE = 0x28;
    public static final int CAP_LAST_CAP = 0x28;
    public static final int _LINUX_CAPABILITY_VERSION_1 = 0x19980330;
    public static final int _LINUX_CAPABILITY_VERSION_2 = 0x20071026;
    public static final int _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    private Capability() {}
}
