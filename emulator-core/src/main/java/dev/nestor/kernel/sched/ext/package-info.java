/**
 * A scheduling class of one's own: what sched_ext is to Linux. Whoever implements {@link
 * dev.nestor.kernel.sched.ext.SchedExtOps} decides which task runs where and for how long; {@link
 * dev.nestor.kernel.sched.ext.Scx} is what the kernel does for him. Interfaces only, and may touch nothing. Mirrors
 * kernel/sched/ext.c as a BPF program sees it.
 */
@NullMarked
package dev.nestor.kernel.sched.ext;

import org.jspecify.annotations.NullMarked;
