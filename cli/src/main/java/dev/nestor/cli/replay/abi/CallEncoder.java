package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.AddressSpaces;

/**
 * Gives a recorded call the registers and the user memory that its program had. What pointers point to is laid out in an
 * arena of the task's own, a range of addresses that no program uses; it is laid out anew for each call of the task, so
 * that a blocked call keeps its own until it ends.
 */
public final class CallEncoder {

    public CallEncoder(Signatures signatures, AddressSpaces spaces, TaskTable tasks) {}

    /**
     * Sets the six argument registers, and writes what they point to into the address space.
     *
     * @param registers six, set by this
     * @return false when the log shows an argument in a way that cannot be encoded: then the result is to be taken from
     *     the log
     */
    public boolean encode(int task, int mm, TraceCall call, long[] registers) {
        return false;
    }
}
