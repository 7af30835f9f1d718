package dev.nestor.cli.replay.abi;

import dev.nestor.uapi.Errno;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Short texts for what differs. */
final class Texts {

    private static final int LONGEST = 48;
    private static final int STOPPED = 0x7f;
    private static final int CONTINUED = 0xffff;

    private static final List<String> ERRORS = errors();

    private Texts() {}

    private static List<String> errors() {
        List<String> names = new ArrayList<>();
        List<Field> fields = new ArrayList<>(List.of(Errno.class.getFields()));
        fields.sort(Comparator.comparing(Field::getName)
                .reversed()); // EWOULDBLOCK and EDEADLOCK give way to EAGAIN, EDEADLK
        for (Field field : fields) {
            if (field.getType() == int.class && Modifier.isStatic(field.getModifiers())) {
                int number = numberOf(field);
                while (names.size() <= number) {
                    names.add("");
                }
                names.set(number, field.getName());
            }
        }
        return List.copyOf(names);
    }

    private static int numberOf(Field field) {
        try {
            return field.getInt(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a call returned: a number, an errno, or that it did not return. */
    static String result(long result) {
        if (result == OutcomeComparer.DIED) {
            return "died";
        }
        if (result < 0 && -result < ERRORS.size() && !ERRORS.get((int) -result).isEmpty()) {
            return ERRORS.get((int) -result);
        }
        return result > Integer.MAX_VALUE ? "0x" + Long.toHexString(result) : Long.toString(result);
    }

    /** A status of wait(2). */
    static String status(int status) {
        if (status == CONTINUED) {
            return "continued";
        }
        if ((status & STOPPED) == 0) {
            return "exited " + (status >> 8 & 0xff);
        }
        if ((status & 0xff) == STOPPED) {
            return "stopped " + (status >> 8 & 0xff);
        }
        return "killed " + (status & STOPPED) + ((status & 0x80) == 0 ? "" : " core");
    }

    /** A piece of a text around the place where it differs from another. */
    static String excerpt(byte[] bytes, int length, int around) {
        int from = Math.clamp(around - LONGEST / 2, 0, Math.max(0, length - LONGEST));
        int to = Math.min(length, from + LONGEST);
        String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        StringBuilder shown = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                shown.append("\\n");
            } else if (c < ' ' || c > '~') {
                shown.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                shown.append(c);
            }
        }
        return (from > 0 ? "…" : "") + shown + '"' + (to < length ? "…" : "");
    }
}
