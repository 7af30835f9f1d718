/**
 * IPC namespaces and what they isolate: System V message queues, semaphores and shared memory segments, POSIX
 * message queues. May touch {@code fs}, {@code mm} and below. Mirrors ipc/namespace.c, util.c, msg.c, sem.c, shm.c,
 * mqueue.c.
 *
 * <p>Every object begins with the columns of kern_ipc_perm; {@link dev.nestor.ipc.IpcIds} finds it by identifier or key,
 * {@link dev.nestor.ipc.IpcPermissions} says who may use it. A namespace dies with its last holder, and its objects with it;
 * an attached segment is a holder.
 */
@NullMarked
package dev.nestor.ipc;

import org.jspecify.annotations.NullMarked;
