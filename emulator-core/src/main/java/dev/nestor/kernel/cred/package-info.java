/**
 * Credentials, capabilities and user namespaces. May touch {@code kernel.pid} and below. Mirrors kernel/cred.c,
 * kernel/capability.c, security/commoncap.c, kernel/user_namespace.c, kernel/groups.c.
 */
@NullMarked
package dev.nestor.kernel.cred;

import org.jspecify.annotations.NullMarked;
