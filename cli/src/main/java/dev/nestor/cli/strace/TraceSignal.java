package dev.nestor.cli.strace;

import org.jspecify.annotations.Nullable;

/**
 * A signal at its delivery.
 *
 * @param signal its number, 0 when the name is unknown
 * @param isStop whether it stopped the task; then there is no siginfo
 * @param info the siginfo, a {@link Value.Struct} with fields {@code si_signo}, {@code si_code} and so on
 */
public record TraceSignal(
        int signal, boolean isStop, @Nullable Value info, Span span) implements TraceRecord {}
