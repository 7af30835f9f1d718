package dev.nestor.cli.strace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The macros and functions of C that strace writes instead of a number. */
final class Macros {

    private static final int IN6_ADDR_BYTES = 16;

    /* Of any address; longer text is none, and not worth to be taken apart. */
    private static final int LONGEST_ADDRESS = 96;

    private Macros() {}

    /** A number or bytes as they lie in memory; the macro itself when it is none of those that we know. */
    static Value evaluate(String name, List<Value> args) {
        Value known =
                switch (name) {
                    case "makedev" ->
                        isNumbers(args, 2)
                                ? number(makedev(
                                        args.get(0).number(), args.get(1).number()))
                                : null;
                    case "htons", "ntohs" ->
                        isNumbers(args, 1) ? number(swap(args.get(0).number(), Short.BYTES)) : null;
                    case "htonl", "ntohl" ->
                        isNumbers(args, 1) ? number(swap(args.get(0).number(), Integer.BYTES)) : null;
                    case "inet_addr" ->
                        args.size() == 1 && args.get(0) instanceof Value.Str text ? inetAddr(text.text()) : null;
                    case "inet_pton" ->
                        args.size() > 1 && args.get(1) instanceof Value.Str text ? inetPton(text.text()) : null;
                    case "_IOC" -> isNumbers(args, 4) ? number(ioc(args)) : null;
                    default -> null;
                };
        return known == null ? new Value.Macro(name, args) : known;
    }

    private static boolean isNumbers(List<Value> args, int count) {
        return args.size() == count && args.stream().allMatch(Value::isNumber);
    }

    private static Value number(long value) {
        return new Value.Num(value, null);
    }

    /* new_encode_dev() of linux/kdev_t.h, and what glibc does with what exceeds it */
    private static long makedev(long major, long minor) {
        return ((major & 0xfffff000L) << 32) | ((major & 0xfff) << 8) | ((minor & 0xffffff00L) << 12) | (minor & 0xff);
    }

    private static long swap(long value, int bytes) {
        return Long.reverseBytes(value) >>> (Long.SIZE - Byte.SIZE * bytes);
    }

    private static long ioc(List<Value> args) {
        long direction = args.get(0).number();
        return direction << 30
                | args.get(3).number() << 16
                | args.get(1).number() << 8
                | args.get(2).number();
    }

    private static @Nullable Value inetAddr(String text) {
        if (text.length() > LONGEST_ADDRESS) {
            return null;
        }
        byte[] bytes = new byte[Integer.BYTES];
        return dotted(text, bytes, 0)
                ? number(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffffffffL)
                : null;
    }

    private static boolean dotted(String text, byte[] to, int from) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != Integer.BYTES) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            if (!parts[i].matches("[0-9]{1,3}") || Integer.parseInt(parts[i]) > 255) {
                return false;
            }
            to[from + i] = (byte) Integer.parseInt(parts[i]);
        }
        return true;
    }

    private static @Nullable Value inetPton(String text) {
        if (text.length() > LONGEST_ADDRESS) {
            return null;
        }
        if (text.indexOf(':') < 0) {
            byte[] bytes = new byte[Integer.BYTES];
            return dotted(text, bytes, 0) ? new Value.Str(bytes, false) : null;
        }
        byte[] bytes = new byte[IN6_ADDR_BYTES];
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text, bytes) == IN6_ADDR_BYTES ? new Value.Str(bytes, false) : null;
        }
        byte[] tail = new byte[IN6_ADDR_BYTES];
        int head = groups(text.substring(0, gap), bytes);
        int tailLength = groups(text.substring(gap + 2), tail);
        if (head < 0 || tailLength < 0 || head + tailLength > IN6_ADDR_BYTES) {
            return null;
        }
        System.arraycopy(tail, 0, bytes, IN6_ADDR_BYTES - tailLength, tailLength);
        return new Value.Str(bytes, false);
    }

    /** Writes {@code fe80:1} or {@code ffff:127.0.0.1}; how many bytes, or -1. */
    private static int groups(String text, byte[] to) {
        if (text.isEmpty()) {
            return 0;
        }
        int length = 0;
        for (String group : text.split(":", -1)) {
            if (group.indexOf('.') > 0 && length <= to.length - Integer.BYTES && dotted(group, to, length)) {
                length += Integer.BYTES;
            } else if (group.matches("[0-9a-fA-F]{1,4}") && length <= to.length - Short.BYTES) {
                int value = Integer.parseInt(group, 16);
                to[length++] = (byte) (value >> 8);
                to[length++] = (byte) value;
            } else {
                return -1;
            }
        }
        return length;
    }

    /** The bytes of {@code 02:42:ac:11:00:02}, or the text when it is no such address. */
    static Value hardwareAddress(String text) {
        if (text.length() > LONGEST_ADDRESS || !text.toLowerCase(Locale.ROOT).matches("[0-9a-f]{2}(:[0-9a-f]{2})+")) {
            return new Value.Opaque(text);
        }
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = (byte) Integer.parseInt(parts[i], 16);
        }
        return new Value.Str(bytes, false);
    }
}
