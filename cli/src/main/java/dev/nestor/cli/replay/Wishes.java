package dev.nestor.cli.replay;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.cli.strace.Value;
import dev.nestor.init.Kernel;
import dev.nestor.ipc.IpcIds;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Mman;
import dev.nestor.uapi.Nr;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;

/**
 * Makes the numbers that a kernel chooses freely come out as in the log, where they may: process numbers of the outermost
 * PID namespace, addresses, identifiers of the initial IPC namespace, and serial numbers of keys. That is the renaming
 * under which results are compared. The emulator takes a wish only if
 * it is lawful: a number that is taken or an address that is not free is not given out.
 */
public final class Wishes {
    private static final int MAX_LENGTH = 32_768; // what keyctl(2) returns below is the length of something

    private final Machine machine;
    private final Crew crew;

    /** Address spaces whose brk the log has shown. */
    private final IntOpenHashSet brkSeen = new IntOpenHashSet();

    public Wishes(Machine machine, Crew crew) {
        this.machine = machine;
        this.crew = crew;
    }

    /** Before a call is entered. */
    public void before(ReplayedTask member, TraceCall call) {
        switch (call.nr()) {
            case Nr.NR_clone, Nr.NR_clone3, Nr.NR_fork, Nr.NR_vfork -> wishForNumber(member, call.result());
            case Nr.NR_mmap -> wishForMapping(member, call);
            case Nr.NR_mremap, Nr.NR_shmat -> wishForAddress(member, call.result());
            case Nr.NR_brk -> wishForBrk(member, call.result());
            case Nr.NR_semget, Nr.NR_msgget, Nr.NR_shmget -> wishForIdentifier(member, call);
            case Nr.NR_add_key, Nr.NR_request_key, Nr.NR_keyctl -> wishForKey(call.result());
            default -> {}
        }
    }

    /** Serial numbers of keys are random. */
    private void wishForKey(CallResult result) {
        boolean isSerial = result.outcome() == CallResult.Outcome.RETURNED && result.value() > MAX_LENGTH;
        machine.kernel().keys().wishFor(isSerial ? (int) result.value() : 0);
    }

    private void wishForNumber(ReplayedTask member, CallResult result) {
        Step step = member.script().current();
        int child = step == null ? TraceSpool.NONE : step.child();
        long number = child != TraceSpool.NONE ? crew.pid(child) : numberIn(member, result);
        if (number > 0) {
            machine.kernel().pidNamespaces().setLastPid(machine.rootPidNs(), (int) number - 1);
        }
    }

    /** The outermost number of a child that never shows, as far as the result tells it. */
    private long numberIn(ReplayedTask member, CallResult result) {
        if (result.outcome() != CallResult.Outcome.RETURNED || result.outer() > 0) {
            return result.outer();
        }
        boolean isOutermost = machine.kernel().pids().activeNs(member.task()) == machine.rootPidNs();
        return isOutermost ? result.value() : 0;
    }

    private void wishForMapping(ReplayedTask member, TraceCall call) {
        Value flags = call.args().size() > 3 ? call.arg(3) : null;
        boolean isFixed = flags != null
                && flags.isNumber()
                && (flags.number() & (Mman.MAP_FIXED | Mman.MAP_FIXED_NOREPLACE)) != 0;
        if (!isFixed) {
            wishForAddress(member, call.result());
        }
    }

    private void wishForAddress(ReplayedTask member, CallResult result) {
        if (result.outcome() == CallResult.Outcome.RETURNED) {
            addressSpaces().suggest(machine.mm(member.task()), result.value());
        }
    }

    /** Where the heap of a new program begins is chosen at random: the first brk of an address space shows it. */
    private void wishForBrk(ReplayedTask member, CallResult result) {
        int mm = machine.mm(member.task());
        MmTable mms = addressSpaces().mms();
        if (brkSeen.add(mm) && result.outcome() == CallResult.Outcome.RETURNED && mms.brk(mm) == mms.startBrk(mm)) {
            addressSpaces().startHeap(mm, result.value());
        }
    }

    /** Identifiers of the initial IPC namespace go on from those that were there before. */
    private void wishForIdentifier(ReplayedTask member, TraceCall call) {
        Kernel kernel = machine.kernel();
        int ns = kernel.nsProxyTable().ipcNs(machine.tasks().nsproxy(member.task()));
        int initial = kernel.nsProxyTable().ipcNs(machine.tasks().nsproxy(kernel.initTask()));
        Value key = call.arg(0);
        if (ns != initial || call.result().outcome() != CallResult.Outcome.RETURNED || key == null || !key.isNumber()) {
            return;
        }
        IpcIds ids =
                switch (call.nr()) {
                    case Nr.NR_semget -> kernel.semaphores().ids();
                    case Nr.NR_msgget -> kernel.messageQueues().ids();
                    default -> kernel.sharedSegments().ids();
                };
        if (!ids.hasKey(ns, (int) key.number())) {
            ids.suggest(ns, (int) call.result().value());
        }
    }

    private AddressSpaces addressSpaces() {
        return machine.kernel().addressSpaces();
    }
}
