package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.Ldts;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.util.Arrays;

/** modify_ldt(2): arch/x86/kernel/ldt.c. Its errors come back as unsigned int, as they do there. */
public final class SysLdt {
    private static final int READ = 0;
    private static final int WRITE_OLD = 1;
    private static final int READ_DEFAULT = 2;
    private static final int WRITE = 0x11;
    private static final int USER_DESC_SIZE = 16; // bytes: struct user_desc
    private static final int DEFAULT_SIZE = 128; // bytes
    private static final long UNSIGNED_INT = 0xffff_ffffL;

    /** user_desc.flags: bit fields. */
    private static final int SEG_32BIT = 1;

    private static final int CONTENTS_SHIFT = 1;
    private static final int READ_EXEC_ONLY = 8;
    private static final int LIMIT_IN_PAGES = 0x10;
    private static final int SEG_NOT_PRESENT = 0x20;
    private static final int USEABLE = 0x40;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Ldts ldts;
    private final byte[] bytes = new byte[Math.max(DEFAULT_SIZE, USER_DESC_SIZE)];

    public SysLdt(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.ldts = kernel.addressSpaces().ldts();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_modify_ldt, "modify_ldt", (task, args) -> modifyLdt(task, args) & UNSIGNED_INT);
    }

    private long modifyLdt(int task, SyscallArgs args) {
        int mm = tasks.mm(task);
        long size = args.get(2);
        return switch (args.intAt(0)) {
            case READ -> read(mm, args.get(1), size);
            case WRITE_OLD -> write(mm, args.get(1), size, true);
            case READ_DEFAULT -> clear(mm, args.get(1), Math.min(size, DEFAULT_SIZE));
            case WRITE -> write(mm, args.get(1), size, false);
            default -> -Errno.ENOSYS;
        };
    }

    /** clear_user() up to the size of the default table. */
    private long clear(int mm, long address, long size) {
        Arrays.fill(bytes, (byte) 0);
        return memory.copyToUser(mm, address, bytes, 0, (int) size) != 0 ? -Errno.EFAULT : size;
    }

    /** read_ldt(): all of the room is written where there is a table, its end with zeros. */
    private long read(int mm, long address, long wanted) {
        int entries = ldts.entries(mm);
        if (entries == 0) {
            return isWritable(mm, address, wanted) ? 0 : -Errno.EFAULT;
        }
        long size = Math.min(wanted, (long) Ldts.LDT_ENTRIES * Ldts.LDT_ENTRY_SIZE);
        for (long at = 0; at < size; at += Long.BYTES) {
            int index = (int) (at / Ldts.LDT_ENTRY_SIZE);
            Bytes.putLong(bytes, 0, index < entries ? ldts.get(mm, index) : 0);
            int part = (int) Math.min(Long.BYTES, size - at);
            if (memory.copyToUser(mm, address + at, bytes, 0, part) != 0) {
                return -Errno.EFAULT;
            }
        }
        return size;
    }

    /** Without a table nothing is written, but memory that is not there is found where the address is bad. */
    private boolean isWritable(int mm, long address, long size) {
        return size == 0 || memory.copyFromUser(mm, address, bytes, 0, 1) == 0;
    }

    /** write_ldt(). */
    private long write(int mm, long address, long size, boolean isOld) {
        if (size != USER_DESC_SIZE) {
            return -Errno.EINVAL;
        }
        if (memory.copyFromUser(mm, address, bytes, 0, USER_DESC_SIZE) != 0) {
            return -Errno.EFAULT;
        }
        int entry = Bytes.getInt(bytes, 0);
        int base = Bytes.getInt(bytes, 4);
        int limit = Bytes.getInt(bytes, 8);
        int flags = Bytes.getInt(bytes, 12);
        if (Integer.compareUnsigned(entry, Ldts.LDT_ENTRIES) >= 0) {
            return -Errno.EINVAL;
        }
        boolean isConforming = (flags >>> CONTENTS_SHIFT & 3) == 3;
        if (isConforming && (isOld || (flags & SEG_NOT_PRESENT) == 0)) {
            return -Errno.EINVAL;
        }
        int bits = flags & (2 * USEABLE - 1);
        boolean isEmpty = base == 0 && limit == 0 && (isOld || bits == (READ_EXEC_ONLY | SEG_NOT_PRESENT));
        long desc = isEmpty ? 0 : descriptor(base, limit, isOld ? flags & ~USEABLE : flags);
        return ldts.set(mm, entry, desc);
    }

    /** fill_ldt(). */
    private static long descriptor(int base, int limit, int flags) {
        long desc = (limit & 0xffffL) | (base & 0xffffL) << 16;
        long type = ((flags & READ_EXEC_ONLY) == 0 ? 2 : 0) | (flags >>> CONTENTS_SHIFT & 3) << 2 | 1;
        desc |= (base >>> 16 & 0xffL) << 32 | type << 40 | 1L << 44 | 3L << 45;
        desc |= (flags & SEG_NOT_PRESENT) == 0 ? 1L << 47 : 0;
        desc |= (long) (limit >>> 16 & 0xf) << 48;
        desc |= (flags & USEABLE) != 0 ? 1L << 52 : 0;
        desc |= (flags & SEG_32BIT) != 0 ? 1L << 54 : 0;
        desc |= (flags & LIMIT_IN_PAGES) != 0 ? 1L << 55 : 0;
        return desc | (base >>> 24 & 0xffL) << 56;
    }
}
