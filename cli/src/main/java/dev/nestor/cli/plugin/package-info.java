/** Schedulers that a user brings: how they are named, loaded and watched. Knows nothing of what runs under them. */
@NullMarked
package dev.nestor.cli.plugin;

import org.jspecify.annotations.NullMarked;
