/** Descriptors that tell of what happens to files, file systems and mounts. May touch {@code fs} and all rooms before it. Mirrors fs/notify/fanotify. */
@NullMarked
package dev.nestor.fs.fanotify;

import org.jspecify.annotations.NullMarked;
