package dev.nestor.syscalls;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.ToLongFunction;

/** The structures of IPC as ipc/record-ipc.py writes them: into memory, and out of it. */
final class IpcStructures {
    private static final List<String> TIMES = List.of("stime", "rtime", "ctime", "otime", "atime", "dtime");
    private static final String PERM = "i:key u:uid u:gid u:cuid u:cgid u:mode";
    private static final int PERM_SIZE = 48;

    private final ToLongFunction<String> numbers;

    IpcStructures(ToLongFunction<String> numbers) {
        this.numbers = numbers;
    }

    /**
     * What an argument has in memory before the call.
     *
     * @param realtimeNs CLOCK_REALTIME now
     */
    byte[] memory(String token, long realtimeNs) {
        int colon = token.indexOf(':');
        String kind = token.substring(1, colon < 0 ? token.length() : colon);
        String value = colon < 0 ? "" : token.substring(colon + 1);
        if (token.charAt(0) == '>') {
            return new byte[size(kind, value)];
        }
        return switch (kind) {
            case "msg" -> message(value);
            case "ops" -> operations(value);
            case "ts" -> longs(value);
            case "shorts" -> shorts(value.split(","));
            case "text" -> Arrays.copyOf(unescape(value), unescape(value).length + 1);
            case "until" -> until(realtimeNs + numbers.applyAsLong(value) * 1_000_000);
            case "mqattr" -> Arrays.copyOf(longs(value), 64);
            case "set" -> longs(value);
            case "sev" -> sigevent(value.split(","));
            default -> permissions(value.split(","));
        };
    }

    private int size(String kind, String value) {
        return switch (kind) {
            case "msg" -> 8 + (int) numbers.applyAsLong(value);
            case "shorts" -> 2 * (int) numbers.applyAsLong(value);
            case "text" -> (int) numbers.applyAsLong(value);
            case "int" -> 4;
            case "siginfo" -> 128;
            case "msqid_ds" -> 120;
            case "semid_ds" -> 104;
            case "shmid_ds" -> 112;
            case "msginfo" -> 32;
            case "seminfo" -> 40;
            case "shminfo" -> 72;
            case "shm_info" -> 48;
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private byte[] message(String value) {
        int colon = value.indexOf(':');
        byte[] text = unescape(value.substring(colon + 1));
        byte[] bytes = Arrays.copyOf(new byte[8], 8 + text.length);
        Bytes.putLong(bytes, 0, numbers.applyAsLong(value.substring(0, colon)));
        System.arraycopy(text, 0, bytes, 8, text.length);
        return bytes;
    }

    private byte[] operations(String value) {
        String[] steps = value.split(";");
        byte[] bytes = new byte[6 * steps.length];
        for (int i = 0; i < steps.length; i++) {
            System.arraycopy(shorts(steps[i].split(",")), 0, bytes, 6 * i, 6);
        }
        return bytes;
    }

    private byte[] longs(String value) {
        String[] values = value.split(",");
        byte[] bytes = new byte[8 * values.length];
        for (int i = 0; i < values.length; i++) {
            Bytes.putLong(bytes, 8 * i, numbers.applyAsLong(values[i]));
        }
        return bytes;
    }

    private byte[] shorts(String[] values) {
        byte[] bytes = new byte[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            long number = numbers.applyAsLong(values[i]);
            bytes[2 * i] = (byte) number;
            bytes[2 * i + 1] = (byte) (number >>> 8);
        }
        return bytes;
    }

    private static byte[] until(long ns) {
        byte[] bytes = new byte[16];
        Bytes.putLong(bytes, 0, ns / 1_000_000_000);
        Bytes.putLong(bytes, 8, ns % 1_000_000_000);
        return bytes;
    }

    private byte[] sigevent(String[] values) {
        byte[] bytes = new byte[64];
        Bytes.putLong(bytes, 0, numbers.applyAsLong(values[0]));
        Bytes.putInt(bytes, 8, (int) numbers.applyAsLong(values[1]));
        Bytes.putInt(bytes, 12, (int) numbers.applyAsLong(values[2]));
        return bytes;
    }

    private byte[] permissions(String[] values) {
        byte[] bytes = new byte[128];
        Bytes.putInt(bytes, 4, (int) numbers.applyAsLong(values[0]));
        Bytes.putInt(bytes, 8, (int) numbers.applyAsLong(values[1]));
        Bytes.putInt(bytes, 20, (int) numbers.applyAsLong(values[2]));
        Bytes.putLong(bytes, 88, values.length > 3 ? numbers.applyAsLong(values[3]) : 0);
        return bytes;
    }

    /** What an argument has in memory after the call. */
    String shown(String token, byte[] raw, int result) {
        String kind = token.split(":")[0];
        return switch (kind) {
            case "msg" -> Bytes.getLong(raw, 0) + " " + escape(raw, 8, result);
            case "shorts" -> shownShorts(raw);
            case "text" -> escape(raw, 0, result);
            case "int" -> String.valueOf(Bytes.getInt(raw, 0));
            case "siginfo" ->
                "code=" + Bytes.getInt(raw, 8) + " pid=" + Bytes.getInt(raw, 16) + " uid=" + Bytes.getInt(raw, 20)
                        + " value=" + Bytes.getLong(raw, 24);
            case "msqid_ds" -> described(raw, "U:stime U:rtime U:ctime U:cbytes U:qnum U:qbytes i:lspid i:lrpid");
            case "semid_ds" -> described(raw, "U:otime U:_ U:ctime U:_ U:nsems");
            case "shmid_ds" -> described(raw, "U:segsz U:atime U:dtime U:ctime i:cpid i:lpid U:nattch");
            case "msginfo" ->
                fields(raw, 0, "i:pool i:map i:max i:mnb i:mni i:ssz i:tql h:seg")
                        .toString();
            case "seminfo" ->
                fields(raw, 0, "i:map i:mni i:mns i:mnu i:msl i:opm i:ume i:usz i:vmx i:aem")
                        .toString();
            case "shminfo" -> fields(raw, 0, "U:max U:min U:mni U:seg U:all").toString();
            default ->
                fields(raw, 0, "i:used i:_ U:tot U:rss U:swp U:attempts U:successes")
                        .toString();
        };
    }

    private static String shownShorts(byte[] raw) {
        StringJoiner text = new StringJoiner(",");
        for (int at = 0; at < raw.length; at += 2) {
            text.add(String.valueOf(unsignedShort(raw, at)));
        }
        return text.toString();
    }

    private static int unsignedShort(byte[] raw, int at) {
        return (raw[at] & 0xff) | (raw[at + 1] & 0xff) << 8;
    }

    private static String described(byte[] raw, String more) {
        StringJoiner text = fields(raw, 0, PERM);
        text.add(fields(raw, PERM_SIZE, more).toString());
        return text.add("seq=" + unsignedShort(raw, 24)).toString();
    }

    /** @param names each with i int, u unsigned int, h unsigned short, U unsigned long before it */
    private static StringJoiner fields(byte[] raw, int from, String names) {
        StringJoiner text = new StringJoiner(" ");
        int at = from;
        for (String field : names.split(" ")) {
            String name = field.substring(2);
            boolean isLong = field.charAt(0) == 'U';
            String value =
                    switch (field.charAt(0)) {
                        case 'U' -> Long.toUnsignedString(Bytes.getLong(raw, at));
                        case 'u' -> Integer.toUnsignedString(Bytes.getInt(raw, at));
                        case 'h' -> String.valueOf(unsignedShort(raw, at));
                        default -> String.valueOf(Bytes.getInt(raw, at));
                    };
            if (name.equals("mode")) {
                value = "0o" + Integer.toOctalString(Bytes.getInt(raw, at));
            } else if (TIMES.contains(name)) {
                value = value.equals("0") ? "0" : "T";
            }
            if (!name.equals("_")) {
                text.add(name + "=" + value);
            }
            at += isLong ? 8 : 4;
        }
        return text;
    }

    static byte[] unescape(String token) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < token.length() - 1; i++) {
            char c = token.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            c = token.charAt(++i);
            switch (c) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case '0' -> text.append('\0');
                default -> text.append(c);
            }
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    static String escape(byte[] raw, int from, int length) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = from; i < from + length; i++) {
            int b = raw[i] & 0xff;
            switch (b) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case 0 -> text.append("\\0");
                default -> text.append(b >= 32 && b < 127 ? String.valueOf((char) b) : "\\x%02x".formatted(b));
            }
        }
        return text.append('"').toString();
    }
}
