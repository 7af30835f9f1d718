/** Cgroup namespaces; the hierarchy itself is not modelled yet. May touch {@code kernel.time} and below. Mirrors kernel/cgroup/namespace.c. */
@NullMarked
package dev.nestor.kernel.cgroup;

import org.jspecify.annotations.NullMarked;
