package dev.nestor.syscalls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** struct statmount as files/record.py shows it: without what depends on the machine. */
final class StatmountText {
    private static final int STRINGS = 512; // bytes before the strings
    private static final Object[][] LONGS = {{"magic", 24}, {"attr", 64}, {"prop", 72}};
    private static final Object[][] INTS = {{"flags", 32}, {"opts", 128}, {"secs", 136}, {"uids", 152}, {"gids", 160}};
    private static final Object[][] INTS_THERE = {{"dev", 20}, {"old", 56}, {"oldparent", 60}};
    private static final Object[][] LONGS_THERE = {
        {"id", 40}, {"parent", 48}, {"group", 80}, {"master", 88}, {"from", 96}, {"ns", 112}
    };
    private static final Object[][] TEXTS = {
        {"type", 36, 0},
        {"root", 104, 0},
        {"point", 108, 0},
        {"mntopts", 4, 0},
        {"subtype", 120, 0},
        {"source", 124, 0},
        {"array", 132, 128},
        {"secarray", 140, 136},
        {"uidmap", 156, 152},
        {"gidmap", 164, 160}
    };

    private StatmountText() {}

    static String of(byte[] raw) {
        List<String> out = new ArrayList<>();
        out.add("size=" + Bytes.getInt(raw, 0) + " mask=0x" + Long.toHexString(Bytes.getLong(raw, 8)));
        for (Object[] one : LONGS) {
            long value = Bytes.getLong(raw, (int) one[1]);
            add(out, value != 0, one[0] + "=0x" + Long.toHexString(value));
        }
        for (Object[] one : INTS) {
            int value = Bytes.getInt(raw, (int) one[1]);
            add(out, value != 0, one[0] + "=0x" + Integer.toHexString(value));
        }
        for (Object[] one : INTS_THERE) {
            add(out, Bytes.getInt(raw, (int) one[1]) != 0, one[0].toString());
        }
        for (Object[] one : LONGS_THERE) {
            add(out, Bytes.getLong(raw, (int) one[1]) != 0, one[0].toString());
        }
        add(out, (Bytes.getLong(raw, 8) & 0x1000) != 0, "knows=0x" + Long.toHexString(Bytes.getLong(raw, 144)));
        for (Object[] one : TEXTS) {
            int count = (int) one[2] == 0 ? 0 : Bytes.getInt(raw, (int) one[2]);
            int at = Bytes.getInt(raw, (int) one[1]);
            add(out, at != 0 || count != 0, one[0] + "@" + at + "=" + strings(raw, STRINGS + at, Math.max(count, 1)));
        }
        return String.join(" ", out);
    }

    private static void add(List<String> out, boolean isThere, String text) {
        if (isThere) {
            out.add(text);
        }
    }

    private static String strings(byte[] raw, int from, int count) {
        List<String> texts = new ArrayList<>();
        int at = from;
        for (int i = 0; i < count && at <= raw.length; i++) {
            int end = at;
            while (end < raw.length && raw[end] != 0) {
                end++;
            }
            texts.add(RecordedCalls.escape(Arrays.copyOfRange(raw, at, end), end - at));
            at = end + 1;
        }
        return String.join(" ", texts);
    }
}
