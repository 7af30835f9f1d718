/**
 * Reads logs of strace: lines into a spool on disk, and calls, signals and ends back out of it, task by task or
 * in the order of the log. It knows the text of strace and no kernel state; it may touch the JDK only.
 */
@NullMarked
package dev.nestor.cli.strace;

import org.jspecify.annotations.NullMarked;
