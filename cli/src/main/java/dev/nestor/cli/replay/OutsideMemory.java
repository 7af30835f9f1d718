package dev.nestor.cli.replay;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.uapi.Mman;
import dev.nestor.uapi.Nr;

/** Memory that a program had before the log shows how: its image, its stack, or all of it when the log begins later. */
final class OutsideMemory {
    private static final int ALL = Mman.PROT_READ | Mman.PROT_WRITE | Mman.PROT_EXEC;

    private final Machine machine;

    OutsideMemory(Machine machine) {
        this.machine = machine;
    }

    /** A call about a range succeeded: then it is mapped. Why the result is not computed, or "". */
    String learn(ReplayedTask member, TraceCall call) {
        int lengthAt =
                switch (call.nr()) {
                    case Nr.NR_mprotect,
                            Nr.NR_madvise,
                            Nr.NR_msync,
                            Nr.NR_mlock,
                            Nr.NR_mlock2,
                            Nr.NR_munlock,
                            Nr.NR_mremap,
                            Nr.NR_mincore -> 1;
                    default -> -1;
                };
        Value address = call.arg(0);
        Value length = lengthAt < 0 ? null : call.arg(lengthAt);
        if (address == null || length == null || !address.isNumber() || !length.isNumber() || length.number() <= 0) {
            return "";
        }
        return map(member, address.number(), length.number()) ? "memory from before the log" : "";
    }

    /** The log has mapped what the emulator has not. */
    void align(ReplayedTask member, TraceCall call, long result) {
        boolean maps = call.nr() == Nr.NR_mmap || call.nr() == Nr.NR_mremap;
        CallResult recorded = call.result();
        Value length = call.arg(call.nr() == Nr.NR_mremap ? 2 : 1);
        if (maps
                && recorded.outcome() == CallResult.Outcome.RETURNED
                && recorded.value() != result
                && length != null
                && length.isNumber()
                && length.number() > 0) {
            map(member, recorded.value(), length.number());
        }
    }

    /** The log has something mapped here. */
    boolean map(ReplayedTask member, long address, long length) {
        int mm = machine.mm(member.task());
        return machine.kernel().addressSpaces().learnMapping(mm, address, address + length, ALL) == 0;
    }
}
