/** Descriptors that tell of changes of files. May touch {@code fs} and all rooms before it. Mirrors fs/notify/inotify. */
@NullMarked
package dev.nestor.fs.inotify;

import org.jspecify.annotations.NullMarked;
