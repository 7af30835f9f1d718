/** Files of sysfs that show a text. May touch {@code fs}, {@code fs.proc} and all rooms before them. Mirrors fs/kernfs/file.c, fs/sysfs/file.c. */
@NullMarked
package dev.nestor.fs.sysfs;

import org.jspecify.annotations.NullMarked;
