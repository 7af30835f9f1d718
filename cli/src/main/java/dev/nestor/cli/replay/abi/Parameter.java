package dev.nestor.cli.replay.abi;

import org.jspecify.annotations.Nullable;

/**
 * One argument of a call.
 *
 * @param name as strace prints it
 * @param codec what a pointer points to; null for numbers
 * @param places bytes that PLACE needs
 * @param missing what the register holds when the log breaks off before this argument
 */
record Parameter(String name, Kind kind, @Nullable Codec codec, int places, long missing) {}
