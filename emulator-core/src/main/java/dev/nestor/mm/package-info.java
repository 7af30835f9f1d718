/**
 * Address spaces: page frames, page tables, vmas, faults, and the user memory that system calls read and write. May
 * touch {@code kernel.*} and below; files come in through {@link dev.nestor.mm.VmFile}, which a higher room implements.
 * Mirrors mm/mmap.c, mm/vma.c, mm/memory.c, mm/mprotect.c, mm/mremap.c, mm/madvise.c and kernel/fork.c's dup_mmap().
 */
@NullMarked
package dev.nestor.mm;

import org.jspecify.annotations.NullMarked;
