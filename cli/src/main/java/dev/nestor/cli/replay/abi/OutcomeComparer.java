package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.uapi.Nr;

/**
 * Compares the answer of the emulator to a call with the log's: the result, and what was written through pointers.
 *
 * <p>Numbers, errors, names and contents are compared exactly, and texts that strace has cut as far as they are shown.
 * Clocks, time stamps, usage, random bytes and what describes the disk need only be there. Time left may differ by a
 * second and a half. Inodes of namespaces, pipes and sockets, and ephemeral ports, are compared one to one.
 */
public final class OutcomeComparer {

    /** The result of a call in which the task died: exit, or a signal that killed it there. */
    public static final long DIED = Long.MIN_VALUE + 1;

    private static final long LAST_ERRNO = 4095;
    private static final int STATX_MNT_ID_UNIQUE = 0x4000;
    private static final int STX_MNT_ID = 144; // offset in struct statx

    private final Signatures signatures;
    private final CallFrame frame = new CallFrame();
    private final View view;

    public OutcomeComparer(Signatures signatures, AddressSpaces spaces, Renaming renaming) {
        this(signatures, spaces, renaming, new Renaming());
    }

    /** @param mounts unique ids of mounts, apart from what else is renamed */
    public OutcomeComparer(Signatures signatures, AddressSpaces spaces, Renaming renaming, Renaming mounts) {
        this.signatures = signatures;
        this.view = new View(spaces, frame, renaming, mounts);
    }

    /**
     * To be called when the call has ended and before the next one of the task is encoded.
     *
     * @param mm the task's; NULL when it has none any more
     * @param registers as {@link CallEncoder#encode} set them
     * @param result a value, a negative errno, one of the kernel's own restart codes, or {@link #DIED}
     */
    public Outcome compare(int mm, TraceCall call, long[] registers, long result) {
        CallResult recorded = call.result();
        switch (recorded.outcome()) {
            case UNFINISHED, TORN -> {
                return Outcome.unknown("", "the log does not show how it ended");
            }
            case UNKNOWN -> {
                return unreturned(call, result);
            }
            default -> {
                // There is a result to compare.
            }
        }
        Signature signature = signatures.of(call);
        frame.open(call, signature);
        view.open(mm, result);
        if (!sameResult(signature.result(), recorded.value(), result)) {
            return Outcome.different(Texts.result(recorded.value()), Texts.result(result));
        }
        noteNamespaces(call);
        awaitMount(call, registers, result);
        for (int i = 0; i < signature.arity(); i++) {
            Value value = frame.arg(i);
            if (value != null && !compare(signature.parameter(i), value, registers[i])) {
                view.in(signature.argName(i));
                noteMount(call, registers);
                break;
            }
        }
        return view.outcome();
    }

    /** strace does not show the unique id that statx(2) answers: the next one that the program names without more is it. */
    private void awaitMount(TraceCall call, long[] registers, long result) {
        boolean isAsked = call.nr() == Nr.NR_statx && (registers[3] & STATX_MNT_ID_UNIQUE) != 0;
        if (isAsked && result == 0 && registers[4] != 0) {
            view.awaitMount(registers[4] + STX_MNT_ID);
        }
    }

    /** The id of a mount that statx(2) shows is known from now on, though something else of the file may differ. */
    private void noteMount(TraceCall call, long[] registers) {
        Value shown =
                call.nr() == Nr.NR_statx && call.arg(4) instanceof Value.Struct stat ? stat.field("stx_mnt_id") : null;
        if (shown != null && shown.isNumber() && shown.number() > 0 && registers[4] != 0) {
            view.noteMount(registers[4] + STX_MNT_ID, shown.number());
        }
    }

    /** A call that the log says has no result: the task ended in it. */
    private static Outcome unreturned(TraceCall call, long result) {
        if (result == DIED) {
            return Outcome.EQUAL;
        }
        boolean isExit = call.nr() == Nr.NR_exit || call.nr() == Nr.NR_exit_group;
        return isExit
                ? Outcome.different("died", Texts.result(result))
                : Outcome.unknown("", "the log does not show what it returned");
    }

    /** Behind its result, {@code (mnt:[4026532177])}, a call shows what namespaces it has made. */
    private void noteNamespaces(TraceCall call) {
        if (call.nr() == Nr.NR_unshare || call.nr() == Nr.NR_clone || call.nr() == Nr.NR_clone3) {
            for (Field made : call.result().details()) {
                if (made.value().isNumber()) {
                    view.renaming().make(made.value().number());
                }
            }
        }
    }

    private static boolean isError(long result) {
        return result < 0 && result >= -LAST_ERRNO;
    }

    private static boolean sameResult(ResultRule rule, long recorded, long result) {
        if (recorded == result) {
            return true;
        }
        boolean isLow = rule == ResultRule.LOW32 && result != DIED;
        if (isLow || result == DIED || isError(recorded) || isError(result)) {
            return isLow && (int) recorded == (int) result;
        }
        return switch (rule) {
            case ANY, TEXT -> true;
            case NEAR -> recorded > 0 && result > 0 && Math.abs(recorded - result) <= 1;
            case ORDER -> recorded > 0 && result > 0;
            case EXACT, LOW32 -> false;
        };
    }

    private boolean compare(Parameter parameter, Value value, long address) {
        if (value.isNumber() || !(parameter.kind().isWritten() || parameter.kind() == Kind.ANY)) {
            return true;
        }
        Codec codec = parameter.codec();
        if (codec == null) {
            return frame.result().value() < 0 || view.cannotTell("not known to be compared");
        }
        return address == 0 ? view.cannotTell("no pointer") : codec.same(view, address, value);
    }
}
