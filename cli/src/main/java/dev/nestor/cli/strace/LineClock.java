package dev.nestor.cli.strace;

/**
 * The time column in whichever form strace was asked for, as microseconds: since 1970 ({@code -ttt}), since midnight
 * of the first day ({@code -t}, {@code -tt}), or since the first line ({@code -r}).
 */
final class LineClock {

    /** The log has no times. */
    static final long NONE = -1;

    /* A relative time is the gap to the line before; no gap and no epoch comes near this. */
    private static final long SMALLEST_EPOCH_MICROS = 100_000_000_000_000L;

    private static final long DAY_MICROS = 86_400_000_000L;

    private long micros = NONE;
    private long midnight;

    /** Time of the line last read. */
    long micros() {
        return micros;
    }

    /** Reads the time at {@code at}, if there is one, and gives where the rest of the line begins. */
    int read(byte[] bytes, int at, int end) {
        int i = at;
        boolean colon = false;
        boolean point = false;
        while (i < end && (LineLexer.isDigit(bytes[i]) || bytes[i] == ':' || bytes[i] == '.')) {
            colon |= bytes[i] == ':';
            point |= bytes[i] == '.';
            i++;
        }
        if (i == at || i == end || bytes[i] != ' ') {
            return at;
        }
        if (colon) {
            timeOfDay(bytes, at, i);
        } else {
            long value = micros(bytes, at, i);
            micros = value >= SMALLEST_EPOCH_MICROS || !point ? value : Math.max(micros, 0) + value;
        }
        return i;
    }

    private void timeOfDay(byte[] bytes, int from, int to) {
        long seconds = 0;
        int start = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] == ':') {
                seconds = (seconds + micros(bytes, start, i) / 1_000_000) * 60;
                start = i + 1;
            }
        }
        long value = seconds * 1_000_000 + micros(bytes, start, to) + midnight;
        if (micros - value > DAY_MICROS / 2) {
            midnight += DAY_MICROS;
            value += DAY_MICROS;
        }
        micros = value;
    }

    /** {@code 12.000265} as microseconds; digits beyond the sixth are dropped. */
    static long micros(byte[] bytes, int from, int to) {
        long value = 0;
        int decimals = -1;
        for (int i = from; i < to && decimals < 6; i++) {
            if (bytes[i] == '.') {
                decimals = 0;
            } else if (value < Long.MAX_VALUE / 100) {
                value = value * 10 + bytes[i] - '0';
                decimals += decimals >= 0 ? 1 : 0;
            }
        }
        for (int i = Math.max(decimals, 0); i < 6; i++) {
            value *= 10;
        }
        return value;
    }
}
