package dev.nestor.uapi;

/** include/uapi/linux/memfd.h, and F_SEAL_* of include/uapi/linux/fcntl.h. */
public final class Memfd {
    public static final int MFD_CLOEXEC = 1;
    public static final int MFD_ALLOW_SEALING = 2;
    public static final int MFD_HUGETLB = 4;
    public static final int MFD_NOEXEC_SEAL = 8;
    public static final int MFD_EXEC = 0x10;
    public static final int F_ADD_SEALS = 1033;
    public static final int F_GET_SEALS = 1034;
    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;
    public static final int F_SEAL_FUTURE_WRITE = 0x10;
    public static final int F_SEAL_EXEC = 0x20;
    public static final int MEMFD_NOEXEC_SCOPE_NOEXEC_SEAL = 1;
    public static final int MEMFD_NOEXEC_SCOPE_NOEXEC_ENFORCED = 2;

    private Memfd() {}
}
