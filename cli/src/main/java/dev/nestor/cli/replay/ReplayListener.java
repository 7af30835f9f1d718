package dev.nestor.cli.replay;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.init.Kernel;

/** Listens to a replay, and changes nothing. */
public interface ReplayListener {
    /** Listens to nothing. */
    ReplayListener NONE = new ReplayListener() {};

    /** The kernel is up. */
    default void began(Kernel kernel) {}

    /** An emulated task plays the member from now on. */
    default void born(ReplayedTask member) {}

    /** A call has come to its end in the log; the member tells what came of it. */
    default void called(ReplayedTask member, TraceCall call) {}

    /** The log says that the member has ended. */
    default void ended(ReplayedTask member) {}
}
