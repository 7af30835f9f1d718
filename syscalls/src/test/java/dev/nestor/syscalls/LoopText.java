package dev.nestor.syscalls;

import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;

/** struct loop_info64, loop_info and loop_config, as files/record.py writes them. */
final class LoopText {
    private static final int INFO = 232; // bytes of struct loop_info64
    private static final int NAME = 64; // bytes

    private LoopText() {}

    /** Puts in offset, limit, flags, name; for struct loop_config after descriptor and size of a block. */
    static void put(byte[] bytes, String kind, String[] values, ToLongFunction<String> number) {
        if (values[0].isEmpty()) {
            return;
        }
        boolean isOld = kind.equals("oldloop");
        int first = kind.equals("lcfg") ? 2 : 0;
        int at = 4 * first;
        if (first > 0) {
            Bytes.putInt(bytes, 0, (int) number.applyAsLong(values[0]));
            Bytes.putInt(bytes, 4, (int) number.applyAsLong(values[1]));
        }
        long offset = number.applyAsLong(values[first]);
        if (isOld) {
            Bytes.putInt(bytes, 32, (int) offset);
        } else {
            Bytes.putLong(bytes, at + 24, offset);
            Bytes.putLong(bytes, at + 32, number.applyAsLong(values[first + 1]));
        }
        Bytes.putInt(bytes, isOld ? 44 : at + 52, (int) number.applyAsLong(values[first + 2]));
        byte[] name = values[first + 3].getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(name, 0, bytes, isOld ? 48 : at + 56, name.length);
    }

    /** The device, offset, limit (not in the old one), flags and name. */
    static String of(byte[] raw) {
        boolean isOld = raw.length != INFO;
        int length = 0;
        int at = isOld ? 48 : 56;
        while (length < NAME && raw[at + length] != 0) {
            length++;
        }
        String place = isOld
                ? "loop" + Bytes.getInt(raw, 0) + " " + Bytes.getInt(raw, 32)
                : "loop" + Bytes.getInt(raw, 40) + " " + Bytes.getLong(raw, 24) + " " + Bytes.getLong(raw, 32);
        return place + " 0x" + Integer.toHexString(Bytes.getInt(raw, isOld ? 44 : 52)) + " \""
                + new String(raw, at, length, StandardCharsets.ISO_8859_1) + "\"";
    }
}
