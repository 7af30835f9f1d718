package dev.nestor.cli.strace;

import org.jspecify.annotations.Nullable;

/** An argument of a call or a field of a structure; plain strace gives no names to arguments. */
public record Field(@Nullable String name, Value value) {}
