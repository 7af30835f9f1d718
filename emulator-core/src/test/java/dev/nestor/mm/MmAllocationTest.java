package dev.nestor.mm;

import static dev.nestor.uapi.Mman.MAP_ANONYMOUS;
import static dev.nestor.uapi.Mman.MAP_PRIVATE;
import static dev.nestor.uapi.Mman.MAP_SHARED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.testsupport.Allocations;
import org.junit.jupiter.api.Test;

class MmAllocationTest {
    private static final int ROUNDS = 20_000;
    private static final long PAGE = Frames.PAGE_SIZE;

    private final MmFixture kernel = new MmFixture(1 << 10, 1 << 10);
    private final byte[] buffer = new byte[64];

    @Test
    void callsAndCopies_allocateNothing() {
        kernel.tasks.setMm(kernel.task, kernel.spaces.execMm());
        churn();
        assertThat(Allocations.leastOf(this::churn)).isZero();
    }

    private void churn() {
        UserMemory memory = kernel.spaces.memory();
        int task = kernel.task;
        int mm = kernel.mm();
        for (int i = 0; i < ROUNDS; i++) {
            int sharing = (i & 3) == 0 ? MAP_SHARED : MAP_PRIVATE;
            long at = kernel.mmap.mmap(task, 0, 8 * PAGE, 3, sharing | MAP_ANONYMOUS, kernel.anonymous);
            memory.copyToUser(mm, at + PAGE - 32, buffer, 0, 64);
            memory.putLong(mm, at + 5 * PAGE, i);
            kernel.mprotect.mprotect(task, at + PAGE, PAGE, 1);
            int child = kernel.spaces.dupMm(mm);
            memory.putLong(child, at + 5 * PAGE, i + 1);
            memory.strncpyFromUser(child, at, buffer, 64);
            kernel.spaces.mmput(child);
            kernel.madvise.madvise(task, at, 8 * PAGE, 4);
            long moved = kernel.mremap.mremap(task, at, PAGE, 9 * PAGE, 1, 0);
            kernel.mmap.munmap(task, moved, 9 * PAGE);
            kernel.mmap.munmap(task, at, 8 * PAGE);
        }
    }
}
