package dev.nestor.syscalls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Events of fanotify as record.py writes them; files and mounts are numbered as they come. */
final class FanotifyText {
    private final List<ByteBuffer> told = new ArrayList<>();

    private int numberOf(byte[] raw, int from, int to) {
        ByteBuffer thing = ByteBuffer.wrap(Arrays.copyOfRange(raw, from, to));
        if (!told.contains(thing)) {
            told.add(thing);
        }
        return told.indexOf(thing) + 1;
    }

    String of(byte[] raw, int length) {
        List<String> events = new ArrayList<>();
        for (int at = 0; at < length; ) {
            int size = Bytes.getInt(raw, at);
            StringBuilder event = new StringBuilder("0x" + Long.toHexString(Bytes.getLong(raw, at + 8)))
                    .append(':')
                    .append(Bytes.getInt(raw, at + 16))
                    .append(':')
                    .append(Bytes.getInt(raw, at + 20))
                    .append(':')
                    .append(size);
            for (int to = at + 24; to < at + size; to += Bytes.getInt(raw, to) >>> 16) {
                record(raw, to, event);
            }
            events.add(event.toString());
            at += size;
        }
        return String.join(" ", events);
    }

    private void record(byte[] raw, int at, StringBuilder event) {
        int type = raw[at];
        int end = at + (Bytes.getInt(raw, at) >>> 16);
        event.append(' ').append(type).append('(');
        if (type == 4) {
            event.append(Bytes.getInt(raw, at + 4));
        } else if (type == 7) {
            event.append(numberOf(raw, at + 8, at + 16));
        } else {
            int name = at + 20 + Bytes.getInt(raw, at + 12);
            int nul = name;
            while (nul < end && raw[nul] != 0) {
                nul++;
            }
            event.append(numberOf(raw, at + 4, name)).append(',');
            event.append(new String(raw, name, nul - name, StandardCharsets.ISO_8859_1));
        }
        event.append(')');
    }
}
