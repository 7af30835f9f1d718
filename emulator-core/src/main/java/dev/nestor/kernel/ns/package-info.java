/**
 * What all eight kinds of namespace have in common: a type, an inode number, an owner, and the operations by which nsfs
 * and setns handle one without knowing its kind. May touch {@code kernel.task} and below. Mirrors
 * include/linux/ns_common.h, proc_ns.h, fs/proc/generic.c (inode numbers).
 */
@NullMarked
package dev.nestor.kernel.ns;

import org.jspecify.annotations.NullMarked;
