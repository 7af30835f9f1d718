/**
 * Files that stand for namespaces: what the links of /proc/PID/ns lead to. May touch {@code fs} and all rooms before it.
 * Mirrors fs/nsfs.c.
 */
@NullMarked
package dev.nestor.fs.nsfs;

import org.jspecify.annotations.NullMarked;
