package dev.nestor.cli.replay;

import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.Span;
import dev.nestor.cli.strace.TraceRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record of a task's script.
 *
 * @param record null when the line can't be read
 * @param problem why it can't; null when it can
 * @param child the task of the spool that the call made, or TraceSpool.NONE
 */
public record Step(@Nullable TraceRecord record, @Nullable LogException problem, Span span, int child) {}
