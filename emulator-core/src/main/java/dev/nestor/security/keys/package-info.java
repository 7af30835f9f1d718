/**
 * Keys that the kernel keeps for processes, and the keyrings that they hang on: thread, process, session and user
 * keyrings, and their quotas. May touch {@code kernel.time} and below. Mirrors security/keys.
 */
@NullMarked
package dev.nestor.security.keys;

import org.jspecify.annotations.NullMarked;
