package dev.nestor.net;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/**
 * The options of SOL_IP, SOL_IPV6, SOL_TCP and SOL_UDP that hold a number and do nothing else here: what each is at first, and
 * what may be put in. Those that do something are {@link InetOptions}' own.
 */
final class InetOptionSpecs {
    /** No such option. */
    static final int NONE = -1;

    /*
     * Level and option; the value at first; the least and the most that may be set, "flag" for what becomes 0 or 1, or the
     * errno of setting it; the fewest bytes that it is set with; the sockets that have it: all, or
     * those that are a stream, or those that are not (to others it is EINVAL).
     */
    private static final String SPECS = """
            0 5 0 EINVAL 0 all
            0 6 0 flag 0 all
            0 7 0 flag 0 all
            0 10 1 0..5 0 all
            0 18 0 flag 0 all
            0 19 0 flag 1 all
            0 20 0 flag 0 all
            0 21 0 0..255 1 all
            0 22 0 ENOPROTOOPT 0 all
            0 23 0 flag 0 all
            0 24 0 flag 0 all
            0 25 0 flag 0 other
            0 26 0 0..1 0 all
            0 34 1 flag 1 all
            0 49 1 0..1 1 all
            0 51 0 any 4 all
            41 2 0 flag 4 all
            41 3 0 flag 4 all
            41 4 0 flag 4 all
            41 5 0 flag 4 all
            41 8 0 flag 4 all
            41 11 0 flag 4 all
            41 18 1 -1..255=1 4 other
            41 19 1 0..1 4 all
            41 22 0 ENOPROTOOPT 4 all
            41 23 1 0..5 4 all
            41 29 1 flag 4 all
            41 30 0 flag 4 all
            41 31 0 0..1 4 all
            41 33 0 flag 4 all
            41 53 0 flag 4 all
            41 56 0 flag 4 all
            41 58 0 flag 4 all
            41 60 0 flag 4 all
            41 62 0 flag 0 all
            41 70 1 flag 0 all
            41 73 0 0..255 4 all
            41 74 0 flag 4 all
            41 75 0 flag 4 all
            41 77 0 flag 0 all
            41 78 0 flag 4 all
            6 4 7200 1..32767 4 stream
            6 5 75 1..32767 4 stream
            6 6 9 1..127 4 stream
            6 7 6 1..127 4 stream
            6 12 1 flag 4 stream
            6 16 0 0..1 4 stream
            6 18 0 0..2147483647 4 stream
            6 23 0 0..2147483647 4 stream
            6 25 0 any 4 stream
            6 27 0 0..255 4 stream
            6 30 0 0..1 4 stream
            6 34 0 0..1 4 stream
            6 36 0 0..1 4 stream
            6 37 0 0..2147483647 4 stream
            17 10 0 ENOPROTOOPT 4 other
            17 11 0 ENOPROTOOPT 4 other
            17 101 0 flag 4 other
            17 102 0 flag 4 other
            17 103 0 0..65535 4 other
            17 104 0 flag 4 other
            6 17 0 0..1 4 stream
            6 20 0 EPERM 4 stream
            6 29 0 EPERM 4 stream
            6 43 0 ENOPROTOOPT 4 stream
            6 44 120000 1000..120000 4 stream
            6 45 200000 8000..200000 4 stream
            6 46 200000 8000..200000 4 stream
            """;

    private static final int LEAST_BYTES = 0; // columns of a spec
    private static final int FIRST = 1;
    private static final int LOW = 2;
    private static final int HIGH = 3;
    private static final int MINUS_ONE = 4; // what -1 stands for
    private static final int FLAG = 5;
    private static final int ERROR = 6;
    private static final int SOCKETS = 7;
    private static final int COLUMNS = 8;
    private static final int ALL = 0;
    private static final int STREAM = 1;

    private final Int2IntOpenHashMap places = new Int2IntOpenHashMap();
    private final int[] specs;

    InetOptionSpecs() {
        String[] lines = SPECS.split("\n");
        specs = new int[lines.length * COLUMNS];
        places.defaultReturnValue(NONE);
        for (int i = 0; i < lines.length; i++) {
            String[] cells = lines[i].split(" ");
            int at = i * COLUMNS;
            places.put(key(Integer.parseInt(cells[0]), Integer.parseInt(cells[1])), at);
            specs[at + FIRST] = Integer.parseInt(cells[2]);
            specs[at + LEAST_BYTES] = Integer.parseInt(cells[4]);
            specs[at + SOCKETS] = cells[5].equals("all") ? ALL : cells[5].equals("stream") ? STREAM : 2;
            range(at, cells[3]);
        }
    }

    private void range(int at, String range) {
        specs[at + LOW] = Integer.MIN_VALUE;
        specs[at + HIGH] = Integer.MAX_VALUE;
        specs[at + MINUS_ONE] = -1;
        switch (range) {
            case "flag" -> specs[at + FLAG] = 1;
            case "EINVAL" -> specs[at + ERROR] = Errno.EINVAL;
            case "ENOPROTOOPT" -> specs[at + ERROR] = Errno.ENOPROTOOPT;
            case "EPERM" -> specs[at + ERROR] = Errno.EPERM;
            case "any" -> {
                // as it is
            }
            default -> {
                String[] ends = range.split("=")[0].split("\\.\\.");
                specs[at + LOW] = Integer.parseInt(ends[0]);
                specs[at + HIGH] = Integer.parseInt(ends[1]);
                if (range.contains("=")) {
                    specs[at + MINUS_ONE] = Integer.parseInt(range.split("=")[1]);
                }
            }
        }
    }

    /** What stands for an option in a table. */
    static int key(int level, int option) {
        return level << 8 | option;
    }

    /** The place of an option, or NONE. */
    int find(int level, int option) {
        return option < 0 || option > 255 ? NONE : places.get(key(level, option));
    }

    /** Whether sockets of a type have it. */
    boolean has(int spec, int type) {
        int wanted = specs[spec + SOCKETS];
        return wanted == ALL || (wanted == STREAM) == (type == Socket.SOCK_STREAM);
    }

    int first(int spec) {
        return specs[spec + FIRST];
    }

    /** 0, or why a value cannot be set: EINVAL, ENOPROTOOPT. */
    int check(int spec, int value, int length) {
        if (length < specs[spec + LEAST_BYTES]) {
            return -Errno.EINVAL;
        }
        if (specs[spec + ERROR] != 0) {
            return -specs[spec + ERROR];
        }
        return value < specs[spec + LOW] || value > specs[spec + HIGH] ? -Errno.EINVAL : 0;
    }

    /** What a value that may be set is kept as. */
    int kept(int spec, int value) {
        if (specs[spec + FLAG] != 0) {
            return value != 0 ? 1 : 0;
        }
        return value == -1 ? specs[spec + MINUS_ONE] : value;
    }
}
