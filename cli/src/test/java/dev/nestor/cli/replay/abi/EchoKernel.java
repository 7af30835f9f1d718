package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.UserMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A kernel that answers each call with just what the log shows: what it wrote must be found equal. */
final class EchoKernel {

    private static final int ROW = Arena.ARENAS - 1;

    private static final Types TYPES = Types.load();
    private static final SockaddrCodec ADDRESSES = SockaddrCodec.of(TYPES.struct("sockaddr_any"));

    private final UserMemory memory;
    private final CallFrame frame = new CallFrame();
    private final Arena scratch;
    private int mm;
    private long[] registers = new long[6];

    EchoKernel(AddressSpaces spaces) {
        this.memory = spaces.memory();
        this.scratch = new Arena(spaces, frame, new Renaming());
    }

    /** Writes what the call wrote; false when it is shown in a way that this cannot write. */
    boolean answer(int space, Signature signature, TraceCall call, long[] entered) {
        mm = space;
        registers = entered;
        frame.open(call, signature);
        for (int i = 0; i < signature.arity(); i++) {
            Value value = frame.arg(i);
            Codec codec = signature.parameter(i).codec();
            boolean isWritten = signature.kind(i) == Kind.OUT || signature.kind(i) == Kind.INOUT;
            if (value != null
                    && codec != null
                    && isWritten
                    && !value.isNumber()
                    && !write(codec, registers[i], value)) {
                return false;
            }
        }
        return true;
    }

    private boolean write(Codec codec, long at, Value shown) {
        Value value = atExit(shown);
        return switch (codec) {
            case StructCodec struct -> writeStruct(struct, at, value);
            case ArrayCodec array -> writeArray(array, at, value);
            case PointerCodec pointer -> value.isNumber() || write(pointer.target(), memory.getLong(mm, at), value);
            case WrittenCodec written -> write(written.field(), at, value);
            case IntCodec number -> writeNumber(number, at, value);
            case LinkCodec link -> put(at, ((Value.Str) value).bytes());
            case DirentsCodec entries -> writeEntries(at, ((Value.Array) value).elements());
            case PollCodec poll -> writeEvents(at);
            case MessageCodec message -> writeMessage(at, (Value.Struct) value);
            case IovecCodec vectors -> writeVectors(at, value);
            case BitsCodec bits -> writeBits(bits, at, value);
            case RemainingCodec time -> writeTime(time, at, value);
            default -> put(codec, at, value);
        };
    }

    private static Value atExit(Value value) {
        return switch (value) {
            case Value.Changed changed -> atExit(changed.after());
            case Value.Array array ->
                new Value.Array(
                        array.elements().stream().map(EchoKernel::atExit).toList(), array.isAbbreviated());
            case Value.Struct struct -> {
                List<Field> fields = new ArrayList<>();
                struct.fields().forEach(field -> fields.add(new Field(field.name(), atExit(field.value()))));
                yield new Value.Struct(fields, struct.isAbbreviated());
            }
            default -> value;
        };
    }

    private boolean put(long at, byte[] bytes) {
        return memory.copyToUser(mm, at, bytes, 0, bytes.length) == 0;
    }

    private boolean put(Codec codec, long at, Value value) {
        return put(codec, at, value, (int) codec.size(frame, value));
    }

    private boolean put(Codec codec, long at, Value value, int length) {
        scratch.open(ROW, mm);
        int size = (int) codec.size(frame, value);
        int there = scratch.take(size, 8);
        if (!codec.put(scratch, there, value) || !scratch.close()) {
            return false;
        }
        byte[] bytes = new byte[length];
        return memory.copyFromUser(mm, scratch.address(there), bytes, 0, length) == 0 && put(at, bytes);
    }

    private boolean writeStruct(StructCodec codec, long at, Value value) {
        if (!(value instanceof Value.Struct struct)) {
            return false;
        }
        if (struct.fields().isEmpty()) {
            return put(at, new byte[16]);
        }
        int strings = 0; // bytes of texts behind the structure
        for (Field field : struct.fields()) {
            StructCodec.Member member = codec.member(String.valueOf(field.name()));
            if (member != null && member.codec() instanceof StrtabCodec && field.value() instanceof Value.Str text) {
                memory.putInt(mm, at + member.offset(), strings);
                put(at + 512 + strings, Arrays.copyOf(text.bytes(), text.bytes().length + 1));
                strings += text.bytes().length + 1;
            } else if (member == null || !write(member.codec(), at + member.offset(), field.value())) {
                return false;
            }
        }
        return true;
    }

    private boolean writeArray(ArrayCodec codec, long at, Value value) {
        if (!(value instanceof Value.Array array)) {
            return false;
        }
        long place = at;
        for (Value element : array.elements()) {
            if (!write(codec.element(), place, element)) {
                return false;
            }
            place += codec.element().fixedSize();
        }
        return true;
    }

    private boolean writeNumber(IntCodec codec, long at, Value value) {
        byte[] bytes = new byte[codec.fixedSize()];
        long number = Numbers.after(value);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (number >> (8 * i));
        }
        return put(at, bytes);
    }

    private boolean writeEntries(long at, List<Value> entries) {
        long place = at;
        for (Value entry : entries) {
            Value.Struct struct = (Value.Struct) entry;
            byte[] name = ((Value.Str) field(struct, "d_name")).bytes();
            byte[] bytes = new byte[(int) field(struct, "d_reclen").number()];
            bytes[16] = (byte) bytes.length;
            bytes[17] = (byte) (bytes.length >> 8);
            bytes[18] = (byte) field(struct, "d_type").number();
            System.arraycopy(name, 0, bytes, 19, name.length);
            if (!put(place, bytes)) {
                return false;
            }
            place += bytes.length;
        }
        return true;
    }

    private boolean writeEvents(long at) {
        for (Field detail : frame.result().details()) {
            if (detail.value() instanceof Value.Array ready) {
                long place = at;
                for (Value event : ready.elements()) {
                    int fd = (int) field((Value.Struct) event, "fd").number();
                    while (memory.getInt(mm, place) != fd) {
                        place += 8;
                    }
                    memory.putShort(mm, place + 6, (int)
                            field((Value.Struct) event, "revents").number());
                    place += 8;
                }
            }
        }
        return true;
    }

    private static Value field(Value.Struct struct, String name) {
        Value value = struct.field(name);
        return value == null ? new Value.Num(0, null) : value;
    }

    private boolean writeMessage(long at, Value.Struct message) {
        if (frame.result().value() < 0) {
            return true;
        }
        memory.putInt(mm, at + 8, (int) field(message, "msg_namelen").number());
        memory.putLong(mm, at + 40, field(message, "msg_controllen").number());
        memory.putInt(mm, at + 48, (int) field(message, "msg_flags").number());
        Value name = field(message, "msg_name");
        boolean isNamed = name.isNumber()
                || put(ADDRESSES, memory.getLong(mm, at), name, (int)
                        field(message, "msg_namelen").number());
        return isNamed
                && writeVectors(memory.getLong(mm, at + 16), field(message, "msg_iov"))
                && writeControl(at, message);
    }

    private boolean writeControl(long at, Value.Struct message) {
        Value shown = field(message, "msg_control");
        if (shown.isNumber()) {
            return true;
        }
        ControlCodec control = new ControlCodec(TYPES.struct("ucred"), TYPES.struct("timeval"));
        int length = (int) field(message, "msg_controllen").number();
        scratch.open(ROW, mm);
        int there = scratch.take(length, 8);
        byte[] bytes = new byte[length];
        return control.put(scratch, there, shown, length)
                && scratch.close()
                && memory.copyFromUser(mm, scratch.address(there), bytes, 0, length) == 0
                && put(memory.getLong(mm, at + 32), bytes);
    }

    private boolean writeVectors(long at, Value value) {
        if (!(value instanceof Value.Array array)) {
            return value.isNumber();
        }
        long left = Math.max(frame.result().value(), 0);
        for (int i = 0; i < array.elements().size() && left > 0; i++) {
            Value buffer = field((Value.Struct) array.elements().get(i), "iov_base");
            long room = memory.getLong(mm, at + i * 16L + 8);
            Codec bytes = TYPES.type("bytes[" + Math.min(left, room) + "]", Types.Scope.field(0));
            if (!buffer.isNumber() && !put(bytes, memory.getLong(mm, at + i * 16L), buffer)) {
                return false;
            }
            left -= Math.min(left, room);
        }
        return true;
    }

    /** The sets of select(2) are shown behind the result. */
    private boolean writeBits(BitsCodec codec, long at, Value value) {
        String detail = frame.signature().name().contains("select") ? detailOf(at) : null;
        if (detail == null) {
            return put(codec, at, value);
        }
        Value shown = frame.result().detail(detail);
        return frame.result().value() < 0 || put(codec, at, shown == null ? new Value.Array(List.of(), false) : shown);
    }

    private String detailOf(long at) {
        for (int i = 1; i < 4; i++) {
            Value value = frame.arg(i);
            if (value != null && !value.isNumber() && at == registers[i]) {
                return List.of("", "in", "out", "except").get(i);
            }
        }
        return "";
    }

    private boolean writeTime(RemainingCodec codec, long at, Value value) {
        Value left = frame.result().detail("left");
        return put(codec, at, left == null ? value : left);
    }
}
