package dev.nestor.mm;

import static dev.nestor.uapi.Mman.PROT_EXEC;
import static dev.nestor.uapi.Mman.PROT_READ;
import static dev.nestor.uapi.Mman.PROT_WRITE;

/** The VM_* flags of include/linux/mm.h. */
public final class VmFlags {
    public static final long VM_READ = 1;
    public static final long VM_WRITE = 2;
    public static final long VM_EXEC = 4;
    public static final long VM_SHARED = 8;
    public static final long VM_MAYREAD = 0x10;
    public static final long VM_MAYWRITE = 0x20;
    public static final long VM_MAYEXEC = 0x40;
    public static final long VM_MAYSHARE = 0x80;
    public static final long VM_GROWSDOWN = 0x100;
    public static final long VM_PFNMAP = 0x400;
    public static final long VM_LOCKED = 0x2000;
    public static final long VM_IO = 0x4000;
    public static final long VM_SEQ_READ = 0x8000;
    public static final long VM_RAND_READ = 0x10000;
    public static final long VM_DONTCOPY = 0x20000;
    public static final long VM_DONTEXPAND = 0x40000;
    public static final long VM_LOCKONFAULT = 0x80000;
    public static final long VM_ACCOUNT = 0x100000;
    public static final long VM_NORESERVE = 0x200000;
    public static final long VM_WIPEONFORK = 0x2000000;
    public static final long VM_DONTDUMP = 0x4000000;
    public static final long VM_HUGEPAGE = 0x20000000;
    public static final long VM_NOHUGEPAGE = 0x40000000;
    public static final long VM_MERGEABLE = 0x80000000L;
    public static final long VM_DROPPABLE = 1L << 40;

    /** What a mapping lets its holder read, write or execute. */
    public static final long VM_ACCESS_FLAGS = VM_READ | VM_WRITE | VM_EXEC;

    public static final long VM_MAY_FLAGS = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
    public static final long VM_LOCKED_MASK = VM_LOCKED | VM_LOCKONFAULT;
    /** VM_DATA_DEFAULT_FLAGS without execution: brk and stack. */
    public static final long VM_DATA_FLAGS = VM_READ | VM_WRITE | VM_MAY_FLAGS;
    /** Vmas that neither merge nor grow. */
    public static final long VM_SPECIAL = VM_IO | VM_DONTEXPAND | VM_PFNMAP;

    private VmFlags() {}

    /** calc_vm_prot_bits(): PROT_* to VM_*. */
    static long ofProt(int prot) {
        return prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
    }

    /** accountable_mapping(): whether it counts against the commit limit. */
    static boolean isAccountable(long flags) {
        return (flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
    }

    /** is_data_mapping(): what RLIMIT_DATA limits. */
    static boolean isData(long flags) {
        return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
    }

    /** is_exec_mapping(): what VmExe and VmLib are made of. */
    static boolean isExec(long flags) {
        return (flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC;
    }

    static boolean isStack(long flags) {
        return (flags & VM_GROWSDOWN) != 0;
    }
}
