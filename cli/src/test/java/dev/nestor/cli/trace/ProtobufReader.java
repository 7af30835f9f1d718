package dev.nestor.cli.trace;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads protobuf's wire format, knowing nothing but that: fields in their order. */
final class ProtobufReader {
    /** A field: a number, or bytes, one to a character. */
    record Field(int number, long value, String bytes) {
        List<Field> message() {
            return read(bytes.getBytes(StandardCharsets.ISO_8859_1));
        }

        String text() {
            return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
    }

    private ProtobufReader() {}

    static List<Field> read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int number = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> fields.add(new Field(number, varint(in), ""));
                case 2 -> {
                    byte[] body = new byte[(int) varint(in)];
                    in.get(body);
                    fields.add(new Field(number, 0, new String(body, StandardCharsets.ISO_8859_1)));
                }
                default -> throw new IllegalArgumentException("wire type of field " + number);
            }
        }
        return fields;
    }

    /** The field of a number in a message, which has one. */
    static Field one(List<Field> message, int number) {
        return message.stream()
                .filter(field -> field.number() == number)
                .findFirst()
                .orElseThrow();
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
