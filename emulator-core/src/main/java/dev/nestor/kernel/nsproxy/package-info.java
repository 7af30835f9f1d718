/** The set of namespaces that a task has; clone, unshare and setns of them. May touch {@code net} and below. Mirrors kernel/nsproxy.c. */
@NullMarked
package dev.nestor.kernel.nsproxy;

import org.jspecify.annotations.NullMarked;
