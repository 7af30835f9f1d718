package dev.nestor.cli.strace;

/** What a task did, or what was done to it. */
public sealed interface TraceRecord permits TraceCall, TraceSignal, TraceEnd {

    Span span();
}
