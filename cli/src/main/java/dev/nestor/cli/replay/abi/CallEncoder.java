package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.AddressSpaces;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives a recorded call the registers and the user memory that its program had. What pointers point to is laid out in an
 * arena of the task's own, a range of addresses that no program uses; it is laid out anew for each call of the task, so
 * that a blocked call keeps its own until it ends.
 *
 * <p>Bytes that the log does not show are 0xFE, the emulator's own mark of what nobody knows. Where the log shows a bare
 * address it is passed as it is, and something is mapped there unless the kernel found nothing either.
 */
public final class CallEncoder {

    private final Signatures signatures;
    private final TaskTable tasks;
    private final CallFrame frame = new CallFrame();
    private final Arena arena;
    private final FutexWords futexes;

    private String refusal = "";

    public CallEncoder(Signatures signatures, AddressSpaces spaces, TaskTable tasks) {
        this(signatures, spaces, tasks, new Renaming());
    }

    /** @param mounts what ids of mounts stand for which */
    public CallEncoder(Signatures signatures, AddressSpaces spaces, TaskTable tasks, Renaming mounts) {
        this.signatures = signatures;
        this.tasks = tasks;
        this.arena = new Arena(spaces, frame, mounts);
        this.futexes = new FutexWords(spaces.memory());
    }

    /**
     * Sets the six argument registers, and writes what they point to into the address space.
     *
     * @param registers six, set by this
     * @return false when the log shows an argument in a way that cannot be encoded: then the result is to be taken from
     *     the log
     */
    public boolean encode(int task, int mm, TraceCall call, long[] registers) {
        Signature signature = signatures.of(call);
        frame.open(call, signature);
        arena.open(tasks.rowOf(task), mm);
        Arrays.fill(registers, 0);
        for (int i = 0; i < signature.arity(); i++) {
            if (!encode(signature.parameter(i), frame.arg(i), i, registers)) {
                refusal = signature.argName(i);
                return false;
            }
        }
        if (!arena.close()) {
            refusal = "no memory for it";
            return false;
        }
        if (!futexes.prepare(mm, call, registers)) {
            refusal = "the word of a lock, which no log shows";
            return false;
        }
        return true;
    }

    /** Why the last call that was not encoded was not: the argument that is shown in an unknown way, or no memory. */
    public String refusal() {
        return refusal;
    }

    private boolean encode(Parameter parameter, @Nullable Value value, int register, long[] registers) {
        if (value == null) {
            registers[register] = frame.isFinished() ? 0 : missing(parameter);
            return true;
        }
        if (Numbers.isRegister(value)) {
            registers[register] = Numbers.register(value);
            learn(parameter, registers[register]);
            return true;
        }
        Codec codec = parameter.codec();
        if (codec == null) {
            return parameter.kind() == Kind.ANY && encodeBytes(value, register, registers);
        }
        return switch (parameter.kind()) {
            case OUT -> {
                registers[register] = arena.room(codec.size(frame, value), shown(value));
                yield true;
            }
            case KEPT -> {
                int at = arena.takeKept(codec.size(frame, value));
                registers[register] = arena.address(at);
                yield codec.put(arena, at, value) && arena.closeKept();
            }
            default -> {
                int at = arena.take(codec.size(frame, value), codec.alignment());
                registers[register] = arena.address(at);
                yield codec.put(arena, at, value);
            }
        };
    }

    /** Bytes of a request that strace does not know. */
    private boolean encodeBytes(Value value, int register, long[] registers) {
        if (!(value instanceof Value.Str text)) {
            return false;
        }
        int at = arena.take(text.bytes().length + 1L, Long.BYTES);
        arena.put(at, text.bytes(), text.bytes().length);
        registers[register] = arena.address(at);
        return !text.isTruncated();
    }

    /** Sees to it that there is memory behind an address that the log shows bare. */
    private void learn(Parameter parameter, long address) {
        Codec codec = parameter.codec();
        switch (parameter.kind()) {
            case PLACE -> arena.learn(address, parameter.places());
            case ANY -> arena.learn(address, 1);
            default -> {
                if (codec != null) {
                    arena.learn(address, codec.size(frame, null));
                }
            }
        }
    }

    /** What an argument was that the log broke off before. */
    private long missing(Parameter parameter) {
        Codec codec = parameter.codec();
        if (codec == null || !parameter.kind().isWritten()) {
            return parameter.missing();
        }
        int at = arena.take(Math.max(codec.size(frame, null), Long.BYTES), Long.BYTES);
        codec.putMissing(arena, at);
        return arena.address(at);
    }

    /** How much of a room is going to be looked at. */
    private static int shown(Value value) {
        return value instanceof Value.Str text ? text.bytes().length : 4096;
    }
}
