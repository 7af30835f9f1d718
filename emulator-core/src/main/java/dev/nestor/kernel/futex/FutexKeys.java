package dev.nestor.kernel.futex;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.machine.Work;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.UserMemory;
import dev.nestor.mm.VmFlags;
import dev.nestor.mm.VmaTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Futex;

/** get_futex_key(): what a user address stands for. */
public final class FutexKeys {
    /** Any other process may mean the same futex: FLAGS_SHARED. */
    public static final int SHARED = 1;

    /** The word is followed by the node of its bucket: FLAGS_NUMA. */
    public static final int NUMA = 2;

    /** None is woken for a number of none, as only the newer calls have it: FLAGS_STRICT. */
    public static final int STRICT = 4;

    private static final int WORD = 4; // bytes

    private final AddressSpaces spaces;
    private final UserMemory memory;
    private final FileTable files;
    private final Work work;

    public FutexKeys(AddressSpaces spaces, FileTable files, Work work) {
        this.spaces = spaces;
        this.memory = spaces.memory();
        this.files = files;
        this.work = work;
    }

    UserMemory memory() {
        return memory;
    }

    /**
     * Fills a key. A private futex need not be mapped.
     *
     * @param flags SHARED, NUMA
     * @param write whether the word is to be written, so that memory that can only be read will not do
     * @return 0, EINVAL where the address is not a multiple of the word's size, EFAULT
     */
    public int get(int mm, long address, int flags, boolean write, FutexKey key) {
        boolean numa = (flags & NUMA) != 0;
        int size = numa ? 2 * WORD : WORD;
        if ((address & size - 1) != 0) {
            return -Errno.EINVAL;
        }
        if (!UserMemory.accessOk(address, size)) {
            return -Errno.EFAULT;
        }
        int error = numa ? node(mm, address + WORD) : 0;
        if (error != 0) {
            return error;
        }
        work.add(Work.LOOKUP);
        if ((flags & SHARED) == 0) {
            key.set(numa ? FutexKey.PRIVATE_OF_NODE : FutexKey.PRIVATE, mm, address);
            return 0;
        }
        return shared(mm, address, write, key);
    }

    /** The node that the second word names; a word that names none is told the first one. */
    private int node(int mm, long address) {
        int node = memory.getInt(mm, address);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        if (node == Futex.FUTEX_NO_NODE) {
            return memory.putInt(mm, address, 0) != 0 ? -Errno.EFAULT : 0;
        }
        return node == 0 ? 0 : -Errno.EINVAL;
    }

    private int shared(int mm, long address, boolean write, FutexKey key) {
        boolean isWritable = memory.writable(mm, address, WORD);
        if (!isWritable && (write || !memory.readable(mm, address, WORD))) {
            return -Errno.EFAULT;
        }
        VmaTable vmas = spaces.vmas();
        int vma = spaces.findVma(mm, address);
        if (vma == NULL) {
            return -Errno.EFAULT;
        }
        boolean isShared = vmas.has(vma, VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE);
        long place = address - vmas.start(vma) + (vmas.pgoff(vma) << 12);
        if (vmas.kind(vma) == VmaTable.FILE && (isShared || !isWritable)) {
            key.set(FutexKey.FILE, files.inode(vmas.file(vma)), place);
        } else if (vmas.kind(vma) == VmaTable.SHMEM) {
            key.set(FutexKey.SHMEM, vmas.file(vma), place);
        } else if (isWritable) {
            key.set(FutexKey.ANONYMOUS, mm, address);
        } else {
            return -Errno.EFAULT; // nobody could ever change it
        }
        return 0;
    }
}
