/**
 * Cgroups: the default hierarchy (version 2) with its controllers, where tasks are in it and in the configured hierarchies
 * of version 1, freezing, and cgroup namespaces. What controllers limit is held and checked here; of these limits that of
 * the pids controller is enforced, the others are not. The files are {@code fs.cgroup}'s. May touch {@code kernel.time} and
 * below. Mirrors kernel/cgroup/.
 */
@NullMarked
package dev.nestor.kernel.cgroup;

import org.jspecify.annotations.NullMarked;
