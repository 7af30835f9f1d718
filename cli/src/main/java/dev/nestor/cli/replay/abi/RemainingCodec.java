package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.Field;
import dev.nestor.cli.strace.Value;
import org.jspecify.annotations.Nullable;

/**
 * Time that is left, as seconds and a fraction. A traced program is slower than an emulated one: what is left may differ
 * by a second and a half, but where there is time left there must be some, and none where there is none; less than two
 * microseconds may be either.
 */
final class RemainingCodec extends Codec {

    private static final long TOLERANCE_MICROS = 1_500_000;
    private static final long INSTANT_MICROS = 2;

    private final String fraction; // its field
    private final int perMicro;
    private final boolean isDetail; // shown behind the result as "left", and not in the argument

    private RemainingCodec(String fraction, int perMicro, boolean isDetail) {
        this.fraction = fraction;
        this.perMicro = perMicro;
        this.isDetail = isDetail;
    }

    static RemainingCodec timespec() {
        return new RemainingCodec("tv_nsec", 1000, false);
    }

    static RemainingCodec timeval() {
        return new RemainingCodec("tv_usec", 1, false);
    }

    /** The timeout of select(2) and its kin. */
    RemainingCodec behindResult() {
        return new RemainingCodec(fraction, perMicro, true);
    }

    @Override
    long size(CallFrame frame, @Nullable Value value) {
        return 2 * Long.BYTES;
    }

    @Override
    int fixedSize() {
        return 2 * Long.BYTES;
    }

    @Override
    boolean put(Arena arena, int at, Value value) {
        if (!(value.atEntry() instanceof Value.Struct time)) {
            return false;
        }
        Value seconds = time.field("tv_sec");
        Value rest = time.field(fraction);
        if (seconds == null || rest == null || !seconds.isNumber() || !rest.isNumber()) {
            return false;
        }
        arena.put(at, Long.BYTES, seconds.number());
        arena.put(at + Long.BYTES, Long.BYTES, rest.number());
        return true;
    }

    @Override
    boolean same(View view, long at, Value value) {
        Value shown = isDetail ? left(view) : value.atExit();
        if (shown == null) {
            return true;
        }
        if (!(shown instanceof Value.Struct time)) {
            return view.cannotTell("shown in an unknown way");
        }
        long expected = micros(number(time, "tv_sec"), number(time, fraction));
        long seconds = view.number(at, Long.BYTES);
        long rest = view.number(at + Long.BYTES, Long.BYTES);
        long found = micros(seconds, rest);
        boolean isNear = Math.abs(expected - found) <= TOLERANCE_MICROS;
        boolean isLeft = expected != 0 || number(time, fraction) != 0;
        boolean isInstant = expected < INSTANT_MICROS && found < INSTANT_MICROS;
        if (isNear && (isDetail || isInstant || isLeft == (seconds != 0 || rest != 0))) {
            return true;
        }
        return view.differ(expected + " us left", found + " us left");
    }

    private static @Nullable Value left(View view) {
        for (Field field : view.frame().result().details()) {
            if ("left".equals(field.name())) {
                return field.value();
            }
        }
        return null;
    }

    private static long number(Value.Struct time, String field) {
        Value value = time.field(field);
        return value != null && value.isNumber() ? value.number() : 0;
    }

    private long micros(long seconds, long rest) {
        return seconds > Long.MAX_VALUE / 2_000_000 ? Long.MAX_VALUE / 2 : seconds * 1_000_000 + rest / perMicro;
    }
}
