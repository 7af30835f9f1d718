package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/** A socket address, laid out as its family says. */
final class SockaddrCodec extends Codec {
    /*
     * Two things are the kernel's to choose and are compared one to one by the log's Renaming: ports of the ephemeral
     * range, and port numbers of netlink that are no process numbers. Names that autobind gives to sockets of AF_UNIX
     * are five hexadecimal digits, any of which will do.
     */

    private static final int STORAGE = 128; // the longest
    private static final int PATH = 2; // offset of sun_path, sa_data, sin_port
    private static final int AUTOBIND_BYTES = 6;
    private static final long FIRST_EPHEMERAL = 32768;
    private static final long PORTS = 1L << 48; // apart from inodes in the renaming

    private final StructCodec fields; // of all families: no two have one of the same name
    private final int lengthRegister; // -1 when the length is no argument
    private final int fixedSize; // as a field; 0 elsewhere

    private SockaddrCodec(StructCodec fields, int lengthRegister, int fixedSize) {
        this.fields = fields;
        this.lengthRegister = lengthRegister;
        this.fixedSize = fixedSize;
    }

    /** One behind a pointer of its own. */
    static SockaddrCodec of(StructCodec fields) {
        return new SockaddrCodec(fields, -1, 0);
    }

    SockaddrCodec ofLength(int register) {
        return new SockaddrCodec(fields, register, 0);
    }

    SockaddrCodec asField(int bytes) {
        return new SockaddrCodec(fields, -1, bytes);
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        long given = lengthRegister < 0 ? 0 : Math.min(frame.length(lengthRegister), 1 << 12);
        return Math.max(given, value != null && value.atEntry() instanceof Value.Struct ? STORAGE : given);
    }

    @Override
    int fixedSize() {
        return fixedSize;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value.atEntry() instanceof Value.Struct address) || address.isAbbreviated()) {
            return false;
        }
        Value family = address.field("sa_family");
        if (family == null || !family.isNumber()) {
            return false;
        }
        arena.put(at, Short.BYTES, family.number());
        for (Field field : address.fields()) {
            String name = field.name();
            if (name != null && !"sa_family".equals(name) && !putField(arena, at, name, field.value())) {
                return false;
            }
        }
        return true;
    }

    private boolean putField(Arena arena, int at, String name, Value value) {
        if (("sun_path".equals(name) || "sa_data".equals(name)) && value instanceof Value.Str text) {
            int shown = Math.min(text.bytes().length, (fixedSize > 0 ? fixedSize : STORAGE) - PATH);
            arena.put(at + PATH, text.bytes(), shown);
            return true;
        }
        return fields.putField(arena, at, name, value);
    }

    @Override
    boolean same(View view, long at, Value value) {
        if (!(value.atExit() instanceof Value.Struct address)) {
            return view.cannotTell("shown in an unknown way");
        }
        Value family = address.field("sa_family");
        if (family == null || !family.isNumber()) {
            return view.cannotTell("no family shown");
        }
        long found = view.number(at, Short.BYTES);
        if (found != (family.number() & 0xffff)) {
            view.differ(family.number(), found);
            return view.in("sa_family");
        }
        for (Field field : address.fields()) {
            String name = field.name();
            if (name != null && !"sa_family".equals(name) && !sameField(view, at, name, field.value())) {
                return view.in(name);
            }
        }
        return true;
    }

    private boolean sameField(View view, long at, String name, Value value) {
        return switch (name) {
            case "sun_path", "sa_data" -> samePath(view, at, value);
            case "sin_port", "sin6_port" -> samePort(view, at + PATH, value);
            case "nl_pid" ->
                isChosen(value)
                        ? view.number(at + 4, Integer.BYTES) != 0 || view.differ("a port", "0")
                        : fields.sameField(view, at, name, value);
            default -> fields.sameField(view, at, name, value);
        };
    }

    /** Whether a port number of netlink is none of a process: the kernel's choice for a second socket. */
    private static boolean isChosen(Value port) {
        return port.isNumber() && (int) port.number() < 0;
    }

    private static boolean samePath(View view, long at, Value value) {
        if (!(value instanceof Value.Str text)) {
            return view.cannotTell("shown in an unknown way");
        }
        if (isAutobound(text.bytes(), text.bytes().length)) {
            byte[] found = view.bytes(at + PATH, AUTOBIND_BYTES);
            return found == null || isAutobound(found, AUTOBIND_BYTES) || view.differ("a name by autobind", "another");
        }
        return BytesCodec.sameBytes(view, at + PATH, text, text.bytes().length);
    }

    private static boolean isAutobound(byte[] name, int length) {
        if (length != AUTOBIND_BYTES || name[0] != 0) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (Character.digit(name[i], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean samePort(View view, long at, Value value) {
        if (!Numbers.areShown(value)) {
            return view.cannotTell("shown in an unknown way");
        }
        long shown = swap(Numbers.of(value));
        long found = swap(view.number(at, Short.BYTES));
        if (shown < FIRST_EPHEMERAL || found < FIRST_EPHEMERAL) {
            return shown == found || view.differ(shown, found);
        }
        return shown == found || view.renaming().matches(PORTS | shown, PORTS | found) || view.differ(shown, found);
    }

    private static long swap(long port) {
        return ((port & 0xff) << 8) | ((port >> 8) & 0xff);
    }
}
