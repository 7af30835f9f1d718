/** sysfs: files that show a text, and directories of objects that come and go. May touch {@code fs}, {@code fs.proc} and all rooms before them. Mirrors fs/kernfs and fs/sysfs. */
@NullMarked
package dev.nestor.fs.sysfs;

import org.jspecify.annotations.NullMarked;
