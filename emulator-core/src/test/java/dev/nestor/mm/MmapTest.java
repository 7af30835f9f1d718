package dev.nestor.mm;

import static dev.nestor.uapi.Errno.EACCES;
import static dev.nestor.uapi.Errno.EAGAIN;
import static dev.nestor.uapi.Errno.EEXIST;
import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.EINVAL;
import static dev.nestor.uapi.Errno.ENODEV;
import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Errno.EOPNOTSUPP;
import static dev.nestor.uapi.Errno.EOVERFLOW;
import static dev.nestor.uapi.Errno.EPERM;
import static dev.nestor.uapi.Mman.MAP_ANONYMOUS;
import static dev.nestor.uapi.Mman.MAP_FIXED;
import static dev.nestor.uapi.Mman.MAP_FIXED_NOREPLACE;
import static dev.nestor.uapi.Mman.MAP_GROWSDOWN;
import static dev.nestor.uapi.Mman.MAP_LOCKED;
import static dev.nestor.uapi.Mman.MAP_NORESERVE;
import static dev.nestor.uapi.Mman.MAP_PRIVATE;
import static dev.nestor.uapi.Mman.MAP_SHARED;
import static dev.nestor.uapi.Mman.MAP_SHARED_VALIDATE;
import static dev.nestor.uapi.Mman.MAP_STACK;
import static dev.nestor.uapi.Mman.MAP_SYNC;
import static dev.nestor.uapi.Mman.PROT_EXEC;
import static dev.nestor.uapi.Mman.PROT_NONE;
import static dev.nestor.uapi.Mman.PROT_READ;
import static dev.nestor.uapi.Mman.PROT_WRITE;
import static dev.nestor.uapi.Resource.RLIMIT_AS;
import static dev.nestor.uapi.Resource.RLIMIT_DATA;
import static dev.nestor.uapi.Resource.RLIMIT_MEMLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers were seen on Linux 6.18, address space randomisation off, in a static program. */
class MmapTest {
    private static final long PAGE = Frames.PAGE_SIZE;
    private static final int RW = PROT_READ | PROT_WRITE;
    private static final int ANON = MAP_PRIVATE | MAP_ANONYMOUS;
    private static final long VVAR = 0x7ffff7ff7000L;

    private final FakeFiles files = new FakeFiles();
    private final MmFixture kernel = new MmFixture(1 << 12, 1 << 17, files);
    private final Mmap.Source source = new Mmap.Source();

    @BeforeEach
    void exec() {
        kernel.spaces.setFiles(files);
        files.frames = kernel.spaces.frames();
        kernel.tasks.setMm(kernel.task, kernel.spaces.execMm());
    }

    private long map(long address, long length, int prot, int flags) {
        return kernel.mmap.mmap(kernel.task, address, length, prot, flags, kernel.anonymous);
    }

    private long mapFile(int file, int prot, int flags) {
        return kernel.mmap.mmap(kernel.task, 0, PAGE, prot, flags, source.set(file, 0));
    }

    private long mapAt(int file, long pgoff) {
        return kernel.mmap.mmap(kernel.task, 0, PAGE, PROT_READ, MAP_PRIVATE, source.set(file, pgoff));
    }

    @Test
    void placement_isTopDown_belowTheVdso() {
        assertThat(map(0, PAGE, RW, ANON)).isEqualTo(VVAR - PAGE);
        assertThat(map(0, PAGE, PROT_NONE, ANON)).isEqualTo(VVAR - 2 * PAGE);
        assertThat(map(0, 2 << 20, RW, ANON)).isEqualTo(0x7ffff7c00000L);
        assertThat(map(0, PAGE, RW, ANON)).isEqualTo(VVAR - 3 * PAGE);
        assertThat(map(0, (2 << 20) + PAGE, RW, ANON)).isEqualTo(0x7ffff79ff000L);
        assertThat(map(0, 8 << 20, RW, ANON | MAP_STACK | MAP_NORESERVE)).isEqualTo(0x7ffff7000000L);
        assertThat(map(0x20000123, PAGE, RW, ANON)).isEqualTo(0x20000000);
        assertThat(map(0x20000123, PAGE, RW, ANON)).isEqualTo(VVAR - 4 * PAGE);
        assertThat(map(0, PAGE, RW, ANON | 0x40)).isEqualTo(0x40000000);
        assertThat(map(0, 2 * PAGE, RW, ANON | 0x40)).isEqualTo(0x40001000);
        assertThat(map(0x7ffffffff000L, PAGE, RW, ANON)).isEqualTo(VVAR - 5 * PAGE);
    }

    @Test
    void placement_keepsTheGapOfAStack() {
        long stack = map(0, PAGE, RW, ANON | MAP_GROWSDOWN);
        assertThat(map(0, PAGE, RW, ANON)).isEqualTo(stack - 0x101000);
    }

    @Test
    void errors_comeInTheKernelsOrder() {
        assertThat(map(0, 0, RW, MAP_ANONYMOUS)).isEqualTo(-EINVAL);
        assertThat(map(0, -1, RW, MAP_ANONYMOUS)).isEqualTo(-ENOMEM);
        assertThat(map(0, 1L << 50, RW, MAP_ANONYMOUS)).isEqualTo(-ENOMEM);
        assertThat(map(0, PAGE, RW, MAP_ANONYMOUS)).isEqualTo(-EINVAL);
        assertThat(map(4097, PAGE, RW, MAP_ANONYMOUS | MAP_FIXED)).isEqualTo(-EINVAL);
        assertThat(map(0x7ffffffff000L, PAGE, RW, ANON | MAP_FIXED)).isEqualTo(-ENOMEM);
        assertThat(map(0xffff800000000000L, PAGE, RW, ANON | MAP_FIXED)).isEqualTo(-ENOMEM);
        assertThat(map(VVAR, PAGE, RW, ANON | MAP_FIXED_NOREPLACE)).isEqualTo(-EEXIST);
        assertThat(map(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN)).isEqualTo(-EINVAL);
        assertThat(map(0, PAGE, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS)).isEqualTo(-EINVAL);
        assertThat(map(0, PAGE, 0xff0, ANON)).isPositive();
        assertThat(map(0, 30L << 30, RW, ANON)).isEqualTo(-ENOMEM);
        assertThat(map(0, 64L << 30, RW, ANON | MAP_NORESERVE)).isPositive();
        assertThat(map(0, 0x2a0000000000L, PROT_NONE, ANON | MAP_NORESERVE)).isPositive();
        assertThat(map(0, 0x7ffffffff000L, PROT_NONE, ANON | MAP_NORESERVE)).isEqualTo(-ENOMEM);
    }

    @Test
    void lowAddresses_needCapSysRawio() {
        assertThat(map(0, PAGE, RW, ANON | MAP_FIXED)).isZero();
        kernel.setCapabilities(0);
        assertThat(map(0, PAGE, RW, ANON | MAP_FIXED)).isEqualTo(-EPERM);
        assertThat(map(0, PAGE, RW, MAP_ANONYMOUS | MAP_FIXED)).isEqualTo(-EPERM);
        assertThat(map(0, 1L << 50, RW, ANON | MAP_FIXED)).isEqualTo(-ENOMEM);
        assertThat(map(4096, PAGE, RW, ANON | MAP_FIXED)).isEqualTo(4096);
    }

    @Test
    void files_areCheckedByMode() {
        assertThat(mapFile(FakeFiles.RO, RW, MAP_SHARED)).isEqualTo(-EACCES);
        assertThat(mapFile(FakeFiles.RO, PROT_READ, MAP_SHARED)).isPositive();
        assertThat(mapFile(FakeFiles.RO, RW, MAP_PRIVATE)).isPositive();
        assertThat(mapFile(FakeFiles.WO, PROT_READ, MAP_PRIVATE)).isEqualTo(-EACCES);
        assertThat(mapFile(FakeFiles.WO, PROT_WRITE, MAP_SHARED)).isEqualTo(-EACCES);
        assertThat(mapFile(FakeFiles.DIRECTORY, PROT_READ, MAP_PRIVATE)).isEqualTo(-ENODEV);
        assertThat(mapFile(FakeFiles.DIRECTORY, RW, MAP_SHARED)).isEqualTo(-EACCES);
        assertThat(mapFile(FakeFiles.DIRECTORY, PROT_READ, 0)).isEqualTo(-EINVAL);
        assertThat(mapFile(FakeFiles.DIRECTORY, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN))
                .isEqualTo(-ENODEV);
        assertThat(mapFile(FakeFiles.RW, RW, MAP_PRIVATE | MAP_GROWSDOWN)).isEqualTo(-EINVAL);
        assertThat(mapFile(FakeFiles.NOEXEC, PROT_EXEC, MAP_PRIVATE)).isEqualTo(-EPERM);
        assertThat(mapFile(FakeFiles.RW, RW, MAP_SHARED_VALIDATE)).isPositive();
        assertThat(mapFile(FakeFiles.RW, RW, MAP_SHARED_VALIDATE | 0x200)).isEqualTo(-EOPNOTSUPP);
        assertThat(mapFile(FakeFiles.RW, RW, MAP_SHARED_VALIDATE | MAP_SYNC)).isEqualTo(-EOPNOTSUPP);
        assertThat(mapFile(FakeFiles.RO, RW, MAP_SHARED_VALIDATE | MAP_SYNC)).isEqualTo(-EACCES);
        assertThat(mapFile(FakeFiles.RW, RW, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE))
                .isEqualTo(-EOPNOTSUPP);
        assertThat(mapFile(FakeFiles.RW, RW, MAP_SHARED | MAP_SYNC)).isEqualTo(-EOPNOTSUPP);
        assertThat(mapAt(FakeFiles.RW, 0xfffffffffffffL)).isEqualTo(-EOVERFLOW);
        assertThat(mapAt(FakeFiles.RW, 0x7ffffffffffffL)).isEqualTo(-EOVERFLOW);
        assertThat(mapAt(FakeFiles.RW, 0x7fffffffffffeL)).isPositive();
    }

    @Test
    void readOnlySharedFile_cannotBecomeWritable() {
        long shared = mapFile(FakeFiles.RO, PROT_READ, MAP_SHARED);
        assertThat(kernel.mprotect.mprotect(kernel.task, shared, PAGE, RW)).isEqualTo(-EACCES);
        assertThat(kernel.mprotect.mprotect(kernel.task, shared, PAGE, PROT_READ | PROT_EXEC))
                .isZero();
    }

    @Test
    void privateFile_copiesOnWrite_andSharedWritesThrough() {
        UserMemory memory = kernel.spaces.memory();
        int mm = kernel.mm();
        long mine = mapFile(FakeFiles.RW, RW, MAP_PRIVATE);
        long shared = mapFile(FakeFiles.RW, RW, MAP_SHARED);

        assertThat(memory.getInt(mm, mine)).isEqualTo(0);
        assertThat(memory.putInt(mm, shared, 5)).isZero();
        assertThat(memory.getInt(mm, mine)).isEqualTo(5);
        assertThat(memory.putInt(mm, mine, 6)).isZero();
        assertThat(memory.getInt(mm, shared)).isEqualTo(5);
        assertThat(memory.getInt(mm, mine)).isEqualTo(6);
        assertThat(kernel.spaces.mms().rssFile(mm)).isEqualTo(1);
        assertThat(kernel.spaces.mms().rssAnon(mm)).isEqualTo(1);
        assertThat(files.holders).isEqualTo(2);
        long beyond = mapAt(FakeFiles.RW, 1);
        assertThat(memory.putInt(mm, beyond, 6)).isEqualTo(-EFAULT);
        kernel.spaces.mmput(mm);
        assertThat(files.holders).isZero();
        assertThat(kernel.spaces.frames().size()).isEqualTo(1);
    }

    @Test
    void sharedAnonymous_staysSharedOverFork() {
        UserMemory memory = kernel.spaces.memory();
        long shared = map(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
        int child = kernel.spaces.dupMm(kernel.mm());

        memory.putInt(child, shared, 7);

        assertThat(memory.getInt(kernel.mm(), shared)).isEqualTo(7);
        assertThat(kernel.spaces.mms().rssShmem(child)).isEqualTo(1);
        kernel.spaces.mmput(child);
        assertThat(memory.getInt(kernel.mm(), shared)).isEqualTo(7);
        kernel.spaces.mmput(kernel.mm());
        assertThat(kernel.spaces.frames().size()).isZero();
    }

    @Test
    void guards_faultUntilRemoved_andSurviveDontneed() {
        UserMemory memory = kernel.spaces.memory();
        long at = map(0, 2 * PAGE, RW, ANON);
        memory.putInt(kernel.mm(), at, 1);

        assertThat(kernel.madvise.madvise(kernel.task, at, PAGE, 102)).isZero();
        assertThat(memory.putInt(kernel.mm(), at, 2)).isEqualTo(-EFAULT);
        kernel.madvise.madvise(kernel.task, at, PAGE, 4);
        assertThat(memory.readable(kernel.mm(), at, 4)).isFalse();
        assertThat(kernel.madvise.madvise(kernel.task, at, PAGE, 103)).isZero();
        assertThat(memory.getInt(kernel.mm(), at)).isZero();
    }

    @Test
    void limits_ofLocking() {
        long at = map(0, PAGE, RW, ANON);
        kernel.setCapabilities(0);
        kernel.setLimit(RLIMIT_MEMLOCK, 8 << 20);
        assertThat(kernel.mlock.mlock(kernel.task, at, 16 << 20, false)).isEqualTo(-ENOMEM);
        assertThat(map(0, 16 << 20, RW, ANON | MAP_LOCKED)).isEqualTo(-EAGAIN);
        kernel.setLimit(RLIMIT_MEMLOCK, 0);
        assertThat(kernel.mlock.mlock(kernel.task, at, PAGE, false)).isEqualTo(-EPERM);
        assertThat(map(0, PAGE, RW, MAP_ANONYMOUS | MAP_LOCKED)).isEqualTo(-EPERM);
        assertThat(kernel.mlock.mlockall(kernel.task, 1)).isEqualTo(-EPERM);
        assertThat(kernel.mlock.mlockall(kernel.task, 0)).isEqualTo(-EINVAL);
        assertThat(kernel.mlock.munlock(kernel.task, at, PAGE)).isZero();
    }

    @Test
    void limits_ofAddressSpaceAndData() {
        kernel.setLimit(RLIMIT_AS, 100 << 20);
        assertThat(map(0, 200 << 20, PROT_NONE, ANON)).isEqualTo(-ENOMEM);
        assertThat(map(0, 200 << 20, PROT_NONE, MAP_ANONYMOUS)).isEqualTo(-EINVAL);
        kernel.setLimit(RLIMIT_DATA, 1 << 20);
        assertThat(map(0, 2 << 20, RW, ANON)).isEqualTo(-ENOMEM);
        assertThat(map(0, 2 << 20, PROT_NONE, ANON)).isPositive();
        assertThat(map(0, 2 << 20, RW, MAP_SHARED | MAP_ANONYMOUS)).isPositive();
        long readable = map(0, 2 << 20, PROT_READ, ANON);
        assertThat(kernel.mprotect.mprotect(kernel.task, readable, 2 << 20, RW)).isEqualTo(-ENOMEM);
    }

    @Test
    void mapCount_isLimited() {
        long at = 0x100000000L;
        int before = kernel.spaces.mms().mapCount(kernel.mm());
        long made = 0;
        while (map(at + made * 2 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED) > 0) {
            made++;
        }
        assertThat(before + made).isEqualTo(65_531);
        assertThat(kernel.mmap.munmap(kernel.task, at, PAGE)).isZero();
        assertThat(map(at + made * 2 * PAGE, 3 * PAGE, PROT_READ, ANON | MAP_FIXED))
                .isPositive();
        assertThat(kernel.mmap.munmap(kernel.task, at + made * 2 * PAGE + PAGE, PAGE))
                .isEqualTo(-ENOMEM);
        assertThat(kernel.mmap.munmap(kernel.task, at + made * 2 * PAGE, PAGE)).isZero();
        assertThat(kernel.mprotect.mprotect(kernel.task, at + made * 2 * PAGE + PAGE, PAGE, RW))
                .isEqualTo(-ENOMEM);
    }

    @Test
    void learnMapping_takesTheVdsosPlace_andLeavesTheRestAlone() {
        map(0x20001000, PAGE, PROT_NONE, ANON | MAP_FIXED);
        assertThat(kernel.spaces.learnMapping(kernel.mm(), 0x20000000, 0x20003000, RW))
                .isZero();
        assertThat(kernel.spaces.learnMapping(kernel.mm(), VVAR, VVAR + PAGE, RW))
                .isZero();

        UserMemory memory = kernel.spaces.memory();
        assertThat(memory.putInt(kernel.mm(), 0x20000000, 1)).isZero();
        assertThat(memory.putInt(kernel.mm(), 0x20001000, 1)).isEqualTo(-EFAULT);
        assertThat(memory.putInt(kernel.mm(), 0x20002000, 1)).isZero();
        assertThat(memory.putInt(kernel.mm(), VVAR, 1)).isZero();
    }
}
