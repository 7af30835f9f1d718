package dev.nestor.cli.replay;

import dev.nestor.cli.strace.TraceCall;

/** Files and descriptors from before the log, and from outside the emulator. */
final class OutsideFiles {
    OutsideFiles(Machine machine) {}

    void noteWorkingDirectory(ReplayedTask member, TraceCall call) {}

    String learn(ReplayedTask member, TraceCall call, long result) {
        return "";
    }

    String excuse(ReplayedTask member, TraceCall call, long result) {
        return "";
    }

    void adopt(ReplayedTask member, TraceCall call) {}

    void alignWith(ReplayedTask member, TraceCall call, long result) {}
}
