package dev.nestor.uapi;

/** Options of linux/prctl.h. */
public final class Prctl {
    public static final int PR_CAPBSET_DROP = 0x18;
    public static final int PR_CAPBSET_READ = 0x17;
    public static final int PR_CAP_AMBIENT = 0x2f;
    public static final int PR_GET_CHILD_SUBREAPER = 0x25;
    public static final int PR_GET_DUMPABLE = 3;
    public static final int PR_GET_ENDIAN = 0x13;
    public static final int PR_GET_FPEMU = 9;
    public static final int PR_GET_FPEXC = 11;
    public static final int PR_GET_FP_MODE = 0x2e;
    public static final int PR_GET_IO_FLUSHER = 0x3a;
    public static final int PR_GET_KEEPCAPS = 7;
    public static final int PR_GET_NAME = 0x10;
    public static final int PR_GET_NO_NEW_PRIVS = 0x27;
    public static final int PR_GET_PDEATHSIG = 2;
    public static final int PR_GET_SECCOMP = 0x15;
    public static final int PR_GET_SECUREBITS = 0x1b;
    public static final int PR_GET_SPECULATION_CTRL = 0x34;
    public static final int PR_GET_TAGGED_ADDR_CTRL = 0x38;
    public static final int PR_GET_THP_DISABLE = 0x2a;
    public static final int PR_GET_TID_ADDRESS = 0x28;
    public static final int PR_GET_TIMERSLACK = 0x1e;
    public static final int PR_GET_TIMING = 13;
    public static final int PR_GET_TSC = 0x19;
    public static final int PR_GET_UNALIGN = 5;
    public static final int PR_MCE_KILL = 0x21;
    public static final int PR_MCE_KILL_GET = 0x22;
    public static final int PR_MPX_DISABLE_MANAGEMENT = 0x2c;
    public static final int PR_MPX_ENABLE_MANAGEMENT = 0x2b;
    public static final int PR_PAC_GET_ENABLED_KEYS = 0x3d;
    public static final int PR_PAC_RESET_KEYS = 0x36;
    public static final int PR_PAC_SET_ENABLED_KEYS = 0x3c;
    public static final int PR_SCHED_CORE = 0x3e;
    public static final int PR_SET_CHILD_SUBREAPER = 0x24;
    public static final int PR_SET_DUMPABLE = 4;
    public static final int PR_SET_ENDIAN = 0x14;
    public static final int PR_SET_FPEMU = 10;
    public static final int PR_SET_FPEXC = 12;
    public static final int PR_SET_FP_MODE = 0x2d;
    public static final int PR_SET_IO_FLUSHER = 0x39;
    public static final int PR_SET_KEEPCAPS = 8;
    public static final int PR_SET_MM = 0x23;
    public static final int PR_SET_NAME = 15;
    public static final int PR_SET_NO_NEW_PRIVS = 0x26;
    public static final int PR_SET_PDEATHSIG = 1;
    public static final int PR_SET_PTRACER = 0x59616d61;
    public static final int PR_SET_SECCOMP = 0x16;
    public static final int PR_SET_SECUREBITS = 0x1c;
    public static final int PR_SET_SPECULATION_CTRL = 0x35;
    public static final int PR_SET_SYSCALL_USER_DISPATCH = 0x3b;
    public static final int PR_SET_TAGGED_ADDR_CTRL = 0x37;
    public static final int PR_SET_THP_DISABLE = 0x29;
    public static final int PR_SET_TIMERSLACK = 0x1d;
    public static final int PR_SET_TIMING = 14;
    public static final int PR_SET_TSC = 0x1a;
    public static final int PR_SET_UNALIGN = 6;
    public static final int PR_SET_VMA = 0x53564d41;
    public static final int PR_SME_GET_VL = 0x40;
    public static final int PR_SME_SET_VL = 0x3f;
    public static final int PR_SVE_GET_VL = 0x33;
    public static final int PR_SVE_SET_VL = 0x32;
    public static final int PR_TASK_PERF_EVENTS_DISABLE = 0x1f;
    public static final int PR_TASK_PERF_EVENTS_ENABLE = 0x20;

    private Prctl() {}
}
