package dev.nestor.syscalls;

import static dev.nestor.uapi.Errno.EBADF;
import static dev.nestor.uapi.Errno.EBUSY;
import static dev.nestor.uapi.Errno.EEXIST;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Mman.MAP_ANONYMOUS;
import static dev.nestor.uapi.Mman.MAP_FIXED;
import static dev.nestor.uapi.Mman.MAP_FIXED_NOREPLACE;
import static dev.nestor.uapi.Mman.MAP_HUGETLB;
import static dev.nestor.uapi.Mman.MAP_PRIVATE;
import static dev.nestor.uapi.Mman.MAP_SHARED;
import static dev.nestor.uapi.Mman.PROT_READ;
import static dev.nestor.uapi.Mman.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Nr;
import org.junit.jupiter.api.Test;

/** Expected answers were seen on Linux 6.18; what goes beyond the boundary is tested in dev.nestor.mm. */
class SysMemoryTest {
    private static final long PAGE = 4096;
    private static final long AT = 0x20000000;
    private static final int READ_WRITE = PROT_READ | PROT_WRITE;
    private static final int ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS;

    private final TestMachine machine = new TestMachine();
    private final int task = machine.kernel().initTask();
    private final UserMemory memory = machine.kernel().userMemory();

    private long mmap(long address, long length, int prot, int flags, long fd, long offset) {
        return machine.call(task, Nr.NR_mmap, address, length, prot, flags, fd, offset);
    }

    @Test
    void mmap_checksOffset_thenFd_thenTheRest() {
        assertThat(mmap(0, PAGE, READ_WRITE, MAP_PRIVATE, -1, 1)).isEqualTo(-EINVAL);
        assertThat(mmap(0, 0, READ_WRITE, MAP_PRIVATE, -1, 0)).isEqualTo(-EBADF);
        assertThat(mmap(0, PAGE, READ_WRITE, 0, 99, 0)).isEqualTo(-EBADF);
        assertThat(mmap(0, 0, READ_WRITE, ANONYMOUS, -1, 0)).isEqualTo(-EINVAL);
        assertThat(mmap(0, -1, READ_WRITE, MAP_ANONYMOUS, -1, 0)).isEqualTo(-ENOMEM);
        assertThat(mmap(AT + 1, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0)).isEqualTo(-EINVAL);
    }

    @Test
    void mmap_ofHugePages_isENOMEM_asNoneAreReserved() {
        int huge = ANONYMOUS | MAP_HUGETLB;
        assertThat(mmap(0, 2 << 20, READ_WRITE, huge, -1, 0)).isEqualTo(-ENOMEM);
        assertThat(mmap(0, 0, READ_WRITE, huge, -1, 0)).isEqualTo(-EINVAL);
        assertThat(mmap(0, 2 << 20, READ_WRITE, huge | 20 << 26, -1, 0)).isEqualTo(-EINVAL);
        assertThat(mmap(0, 2 << 20, READ_WRITE, MAP_PRIVATE | MAP_HUGETLB, 99, 0))
                .isEqualTo(-EBADF);
    }

    @Test
    void mmap_givesMemory_thatMunmapTakesAway() {
        long at = mmap(0, 2 * PAGE, READ_WRITE, ANONYMOUS, -1, 0);
        int mm = machine.kernel().tasks().mm(task);

        assertThat(at).isPositive();
        assertThat(memory.putLong(mm, at + PAGE - 4, 0x1122334455667788L)).isZero();
        assertThat(memory.getLong(mm, at + PAGE - 4)).isEqualTo(0x1122334455667788L);
        assertThat(mmap(at, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0))
                .isEqualTo(-EEXIST);
        assertThat(machine.call(task, Nr.NR_munmap, at, 2 * PAGE)).isZero();
        assertThat(memory.putLong(mm, at, 1)).isEqualTo(-EFAULT);
    }

    @Test
    void mmap_takesTheSuggestedAddress_once() {
        int mm = machine.kernel().tasks().mm(task);
        machine.kernel().addressSpaces().suggest(mm, 0x7f1234567000L);

        assertThat(mmap(0, PAGE, READ_WRITE, ANONYMOUS, -1, 0)).isEqualTo(0x7f1234567000L);
        assertThat(mmap(0, PAGE, PROT_READ, ANONYMOUS, -1, 0)).isNotEqualTo(0x7f1234566000L);
        machine.kernel().addressSpaces().suggest(mm, 0x7f1234567000L);
        assertThat(mmap(0, PAGE, READ_WRITE, ANONYMOUS, -1, 0)).isNotEqualTo(0x7f1234567000L);
    }

    @Test
    void brk_startsWhereSuggested_whileEmpty() {
        int mm = machine.kernel().tasks().mm(task);
        machine.kernel().addressSpaces().suggest(mm, 0x55aa12345000L);

        assertThat(machine.call(task, Nr.NR_brk, 0)).isEqualTo(0x55aa12345000L);
        assertThat(machine.call(task, Nr.NR_brk, 0x55aa12345000L + 100)).isEqualTo(0x55aa12345000L + 100);
        assertThat(memory.putLong(mm, 0x55aa12345000L + 4088, 1)).isZero();
        assertThat(machine.call(task, Nr.NR_brk, 0x55aa12344000L)).isEqualTo(0x55aa12345000L + 100);
    }

    @Test
    void mprotect_takesRightsAway() {
        int mm = machine.kernel().tasks().mm(task);
        mmap(AT, 2 * PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
        memory.putInt(mm, AT, 7);

        assertThat(machine.call(task, Nr.NR_mprotect, AT, PAGE, PROT_READ)).isZero();
        assertThat(memory.putInt(mm, AT, 8)).isEqualTo(-EFAULT);
        assertThat(memory.getInt(mm, AT)).isEqualTo(7);
        assertThat(machine.call(task, Nr.NR_mprotect, AT, 3 * PAGE, READ_WRITE)).isEqualTo(-ENOMEM);
        assertThat(memory.putInt(mm, AT, 8)).isZero();
    }

    @Test
    void mremap_movesContents() {
        int mm = machine.kernel().tasks().mm(task);
        mmap(AT, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
        mmap(AT + PAGE, PAGE, PROT_READ, ANONYMOUS | MAP_FIXED, -1, 0);
        memory.putInt(mm, AT, 9);

        assertThat(machine.call(task, Nr.NR_mremap, AT, PAGE, 2 * PAGE, 0)).isEqualTo(-ENOMEM);
        long moved = machine.call(task, Nr.NR_mremap, AT, PAGE, 2 * PAGE, 1);
        assertThat(memory.getInt(mm, moved)).isEqualTo(9);
        assertThat(memory.putInt(mm, AT, 9)).isEqualTo(-EFAULT);
    }

    @Test
    void madvise_dontneed_dropsContents_andSharedMemoryKeepsThem() {
        int mm = machine.kernel().tasks().mm(task);
        mmap(AT, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
        mmap(AT + PAGE, PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        memory.putInt(mm, AT, 9);
        memory.putInt(mm, AT + PAGE, 10);

        assertThat(machine.call(task, Nr.NR_madvise, AT, 2 * PAGE, 4)).isZero();
        assertThat(memory.getInt(mm, AT)).isZero();
        assertThat(memory.getInt(mm, AT + PAGE)).isEqualTo(10);
        assertThat(machine.call(task, Nr.NR_madvise, AT, PAGE, 5)).isEqualTo(-EINVAL);
    }

    @Test
    void mincore_writesAByteForEachPage() {
        int mm = machine.kernel().tasks().mm(task);
        mmap(AT, 2 * PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
        memory.putInt(mm, AT + PAGE, 9);
        memory.putInt(mm, TestMachine.PAGE, -1);

        assertThat(machine.call(task, Nr.NR_mincore, AT, 2 * PAGE, TestMachine.PAGE))
                .isZero();
        assertThat(memory.getInt(mm, TestMachine.PAGE)).isEqualTo(0xffff0100);
        assertThat(machine.call(task, Nr.NR_mincore, AT, PAGE, 8)).isEqualTo(-EFAULT);
        assertThat(machine.call(task, Nr.NR_mincore, AT + 1, PAGE, 8)).isEqualTo(-EINVAL);
    }

    @Test
    void mlock_andItsKin() {
        mmap(AT, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
        int mm = machine.kernel().tasks().mm(task);

        assertThat(machine.call(task, Nr.NR_mlock, AT, 10)).isZero();
        assertThat(machine.kernel().addressSpaces().mms().lockedVm(mm)).isEqualTo(1);
        assertThat(machine.call(task, Nr.NR_mlock2, AT, PAGE, 2)).isEqualTo(-EINVAL);
        assertThat(machine.call(task, Nr.NR_msync, AT, PAGE, 2)).isEqualTo(-EBUSY);
        assertThat(machine.call(task, Nr.NR_munlock, AT, PAGE)).isZero();
        assertThat(machine.call(task, Nr.NR_mlockall, 4)).isEqualTo(-EINVAL);
        assertThat(machine.call(task, Nr.NR_mlockall, 1)).isZero();
        assertThat(machine.call(task, Nr.NR_munlockall)).isZero();
        assertThat(machine.kernel().addressSpaces().mms().lockedVm(mm)).isZero();
    }
}
