/** UTS namespaces. May touch {@code kernel.cred} and below. Mirrors kernel/utsname.c, the name calls of kernel/sys.c. */
@NullMarked
package dev.nestor.kernel.utsname;

import org.jspecify.annotations.NullMarked;
