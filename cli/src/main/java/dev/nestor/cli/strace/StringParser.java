package dev.nestor.cli.strace;

import java.util.Arrays;

/** Strings with the escapes of strace: C's, octal of one to three digits, hexadecimal of one or two. */
final class StringParser {

    private final RecordText in;
    private byte[] scratch = new byte[512];

    StringParser(RecordText in) {
        this.in = in;
    }

    /** At a quote, or at the {@code @} that stands for the NUL of an abstract socket's name. */
    Value.Str string() throws LogException {
        int length = 0;
        if (in.take('@')) {
            scratch[length++] = 0;
        }
        in.expect('"');
        while (!in.atEnd()) {
            byte b = in.bytes[in.at++];
            if (b == '"') {
                return new Value.Str(Arrays.copyOf(scratch, length), in.take("..."));
            }
            if (length == scratch.length) {
                scratch = Arrays.copyOf(scratch, length * 2);
            }
            scratch[length++] = b == '\\' ? escape() : b;
        }
        in.tear();
        return new Value.Str(Arrays.copyOf(scratch, length), true);
    }

    private byte escape() {
        byte b = in.peek();
        in.at++;
        return switch (b) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'v' -> 0x0b;
            case 'f' -> '\f';
            case 'b' -> '\b';
            case 'a' -> 0x07;
            case 'e' -> 0x1b;
            case 'x' -> hexadecimal();
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(b - '0');
            default -> b;
        };
    }

    private byte octal(int first) {
        int value = first;
        for (int i = 1; i < 3 && in.peek() >= '0' && in.peek() <= '7'; i++) {
            value = value * 8 + in.peek() - '0';
            in.at++;
        }
        return (byte) value;
    }

    private byte hexadecimal() {
        int value = 0;
        for (int i = 0; i < 2; i++) {
            int digit = Character.digit(in.peek(), 16);
            if (digit < 0) {
                break;
            }
            value = value * 16 + digit;
            in.at++;
        }
        return (byte) value;
    }
}
