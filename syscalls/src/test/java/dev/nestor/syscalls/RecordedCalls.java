package dev.nestor.syscalls;

import dev.nestor.fs.Outside;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of a .calls file; the format is described in files/record.py, and that of several processes in
 * tasks/record.py, which wrote their answers.
 */
final class RecordedCalls {
    private static final Pattern TOKEN = Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"|\\S+");
    private static final Pattern ANSWER = Pattern.compile(" = (?=-?[A-Z0-9$g\"])");
    private static final Pattern CALL = Pattern.compile("(?:([A-Z]): )?(.*?)(?: -> (\\w+))?");
    private static final long UNMAPPED = 8;
    private static final long CALL_NS = 1000; // what a call takes, so that times go by
    private static final long PATIENCE_NS = 2_000_000_000L;

    /** Those whose members are not all of one size. */
    private static final List<String> STRUCTURES = List.of("fh", "xargs", "loop", "oldloop", "lcfg");

    private final TestMachine machine;
    private int task; // that makes the call
    private final Map<String, Integer> tasks = new HashMap<>(); // by their letters
    private final Map<String, Long> values = new HashMap<>(); // that calls have answered, by their names
    private final Map<String, Long> names = new HashMap<>();

    private final Map<Integer, String> errnos = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<byte[]> handles = new ArrayList<>(); // of files, as they come
    private final List<Integer> moves = new ArrayList<>(); // cookies of renames, as they come
    private final FanotifyText fanotify = new FanotifyText();
    private long next; // free memory for arguments

    private record Out(String kind, long address, int size) {}

    RecordedCalls(TestMachine machine, int task) {
        this.machine = machine;
        this.task = task;
        tasks.put("A", task);
        constants(
                "Fcntl",
                "Stat",
                "Sched",
                "Mman",
                "Resource",
                "Signal",
                "Capability",
                "Prctl",
                "Keyctl",
                "Time",
                "Socket",
                "Memfd",
                "Loop",
                "Block",
                "Inotify",
                "Fanotify");
        for (Field field : fields("Errno")) {
            if (!List.of("EWOULDBLOCK", "EDEADLOCK").contains(field.getName())) {
                errnos.put((int) valueOf(field), field.getName());
            }
        }
        errnos.put(Errno.EOPNOTSUPP, "ENOTSUP");
        errnos.put(Errno.EDEADLK, "EDEADLOCK");
        errnos.put(Outside.EOUTSIDE, "EOUTSIDE");
        for (Field field : fields("Nr")) {
            numbers.put(field.getName().substring(3), (int) valueOf(field));
        }
        for (String pair : ("CAPV3 0x20080522 CAPV2 0x20071026 CAPV1 0x19980330 PRIO_PROCESS 0 PRIO_PGRP 1 PRIO_USER 2"
                        + " O_LARGEFILE 0x8000 RENAME_NOREPLACE 1 RENAME_EXCHANGE 2 RENAME_WHITEOUT 4"
                        + " CLOSE_RANGE_UNSHARE 2 CLOSE_RANGE_CLOEXEC 4 F_DUPFD_QUERY 0x403 F_CREATED_QUERY 0x404"
                        + " TCGETS 0x5401 FIONREAD 0x541B FIONBIO 0x5421 FIOCLEX 0x5451 FIONCLEX 0x5450 FIGETBSZ 2"
                        + " MS_RDONLY 1 MS_NOSUID 2 MS_NODEV 4 MS_NOEXEC 8 MS_REMOUNT 32 MS_BIND 0x1000 MS_MOVE 0x2000"
                        + " MS_REC 0x4000 MS_PRIVATE 0x40000 MS_SLAVE 0x80000 MS_SHARED 0x100000 MS_UNBINDABLE 0x20000"
                        + " MS_SYNCHRONOUS 16 MS_STRICTATIME 0x1000000 MS_NOATIME 1024 MS_RELATIME 0x200000"
                        + " MS_NODIRATIME 2048 MS_NOSYMFOLLOW 256 MS_LAZYTIME 0x2000000"
                        + " MNT_DETACH 2 MNT_FORCE 1 MNT_EXPIRE 4 UMOUNT_NOFOLLOW 8 NS_GET_USERNS 0xb701"
                        + " NS_GET_PARENT 0xb702 NS_GET_NSTYPE 0xb703 NS_GET_OWNER_UID 0xb704"
                        + " CDROM_GET_CAPABILITY 0x5331 FDGETFDCSTAT 0x80280215"
                        + " INOTIFY_IOC_SETNEXTWD 0x40044900 FALLOC_FL_KEEP_SIZE 1 FALLOC_FL_PUNCH_HOLE 2 LOCK_SH 1 LOCK_EX 2 LOCK_NB 4 LOCK_UN 8"
                        + " CLONE_NEWTIME 0x80 CLONE_NEWIPC 0x8000000 TFD_TIMER_CANCEL_ON_SET 2"
                        + " SOCK_CLOEXEC 0x80000 SOCK_NONBLOCK 0x800"
                        + " SPLICE_F_MOVE 1 SPLICE_F_NONBLOCK 2 SPLICE_F_MORE 4 SPLICE_F_GIFT 8"
                        + " SCHED_NORMAL 0 SCHED_FIFO 1 SCHED_RR 2 SCHED_BATCH 3 SCHED_IDLE 5 SCHED_DEADLINE 6"
                        + " RESET_ON_FORK 1 RECLAIM 2 DL_OVERRUN 4 KEEP_POLICY 8 KEEP_PARAMS 16 CLAMP_MIN 32 CLAMP_MAX 64"
                        + " POLLIN 1 POLLPRI 2 POLLOUT 4 POLLERR 8 POLLHUP 16 POLLNVAL 32")
                .split(" (?=[A-Z])")) {
            String[] both = pair.split(" ");
            names.put(both[0], Long.decode(both[1]));
        }
    }

    private void constants(String... classes) {
        for (String name : classes) {
            for (Field field : fields(name)) {
                names.put(field.getName(), valueOf(field));
            }
        }
    }

    private static Field[] fields(String name) {
        try {
            return Class.forName("dev.nestor.uapi." + name).getFields();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long valueOf(Field field) {
        try {
            return ((Number) field.get(null)).longValue();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The lines of a file beside this class. */
    static List<String> lines(String file) {
        try (InputStream in = RecordedCalls.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines with what this machine answers. */
    List<String> run(List<String> lines) {
        List<String> answered = new ArrayList<>();
        for (String line : lines) {
            String call = ANSWER.split(line)[0].stripTrailing();
            answered.add(line.isEmpty() || line.startsWith("#") ? line : call + " = " + answer(call));
        }
        return answered;
    }

    private String answer(String line) {
        Matcher parts = CALL.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException(line);
        }
        String letter = parts.group(1) == null ? "A" : parts.group(1);
        task = Objects.requireNonNull(tasks.get(letter), letter);
        String call = parts.group(2);
        String answer = call(call, parts.group(3));
        if (call.startsWith("execve") && answer.equals("0")) {
            task = machine.kernel()
                    .pids()
                    .findTaskByVpid(ns(), machine.kernel().pids().taskNr(task, ns()));
            giveArgumentPage();
        }
        return answer;
    }

    private int ns() {
        return machine.kernel().pids().activeNs(task);
    }

    private void giveArgumentPage() {
        machine.kernel()
                .addressSpaces()
                .learnMapping(machine.kernel().tasks().mm(task), TestMachine.PAGE, TestMachine.PAGE + 65536, 3);
    }

    private String call(String call, @Nullable String name) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(call);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        return switch (tokens.getFirst()) {
            case "msleep" -> {
                machine.advance(Long.parseLong(tokens.get(1)) * 1_000_000);
                yield "0";
            }
            case "pinggroups" -> pingGroups((int) number(tokens.get(1)), (int) number(tokens.get(2)));
            case "mountinfo" -> mountinfo();
            case "mntid" -> mountId(tokens.get(1), Objects.requireNonNull(name));
            default -> systemCall(tokens, name);
        };
    }

    private String systemCall(List<String> tokens, @Nullable String name) {
        next = TestMachine.PAGE;
        long[] args = new long[6];
        List<Out> outs = new ArrayList<>();
        for (int i = 1; i < tokens.size(); i++) {
            args[i - 1] = argument(tokens.get(i), outs);
        }
        Integer nr = numbers.get(tokens.getFirst());
        if (nr == null) {
            throw new IllegalArgumentException(tokens.getFirst());
        }
        machine.advance(CALL_NS);
        long result = machine.call(task, nr, args);
        if (!machine.kernel().tasks().isLive(task) || machine.kernel().tasks().exitState(task) != 0) {
            return "gone";
        }
        if (result == Syscalls.BLOCKED) {
            machine.advance(PATIENCE_NS);
            result = machine.resultOf(task);
        }
        if (result == Syscalls.BLOCKED) {
            return "BLOCKED";
        }
        if (result < 0 && result > -4096) {
            boolean tellsSize = result == -Errno.EOVERFLOW
                    && !outs.isEmpty()
                    && outs.getFirst().kind.equals("fh");
            tellsSize |= result == -Errno.E2BIG
                    && !outs.isEmpty()
                    && outs.getFirst().kind.equals("sattr");
            return errno(result) + (tellsSize ? " " + shown(outs.getFirst(), -1) : "");
        }
        return told(tokens.getFirst().equals("clone"), result, name, outs);
    }

    private String told(boolean clone, long result, @Nullable String name, List<Out> outs) {
        if (clone && name != null) {
            tasks.put(name, machine.kernel().pids().findTaskByVpid(ns(), (int) result));
        } else if (name != null) {
            values.put(name, result);
        }
        StringBuilder text = new StringBuilder();
        if (name != null && !clone) {
            text.append('$').append(name);
        } else {
            text.append(result > 4096 ? named(result) : String.valueOf(result));
        }
        for (Out out : outs) {
            String shown = shown(out, result);
            if (!shown.isEmpty()) {
                text.append(' ').append(shown);
            }
        }
        return text.toString();
    }

    /** Writes net.ipv4.ping_group_range. */
    private String pingGroups(int low, int high) {
        int net = machine.kernel().nsProxyTable().netNs(machine.kernel().tasks().nsproxy(task));
        machine.kernel().nets().table().setPingRange(net, low, high);
        return "0";
    }

    /** The unique id of a mount is called by a name from now on. */
    private String mountId(String path, String name) {
        next = TestMachine.PAGE;
        long at = place(unescape(path), 1);
        long out = place(new byte[256], 0);
        long result = machine.call(task, Nr.NR_statx, -100, at, 0, 0x4000, out);
        values.put(name, Bytes.getLong(bytesAt(out, 256), 144));
        return result == 0 ? "$" + name : errno(result);
    }

    /** /proc/self/mountinfo with its mount ids, peer groups and anonymous devices numbered as they appear. */
    private String mountinfo() {
        byte[] text = read("/proc/self/mountinfo");
        Map<String, String> known = new HashMap<>();
        int[] counts = new int[128];
        Function<String, String> named =
                key -> known.computeIfAbsent(key, k -> k.charAt(0) + "" + ++counts[k.charAt(0)]);
        List<String> shown = new ArrayList<>();
        for (String line : new String(text, StandardCharsets.ISO_8859_1).lines().toList()) {
            String[] fields = line.split(" ");
            fields[0] = named.apply("m" + fields[0]);
            fields[1] = named.apply("m" + fields[1]);
            fields[2] = fields[2].startsWith("0:") ? named.apply("d" + fields[2].substring(2)) : fields[2];
            for (int i = 6; !fields[i].equals("-"); i++) {
                int colon = fields[i].indexOf(':');
                fields[i] = colon < 0
                        ? fields[i]
                        : fields[i].substring(0, colon + 1) + named.apply("g" + fields[i].substring(colon + 1));
            }
            shown.add(String.join(" ", fields));
        }
        byte[] whole = String.join("\n", shown).getBytes(StandardCharsets.ISO_8859_1);
        return escape(whole, whole.length);
    }

    private byte[] read(String path) {
        next = TestMachine.PAGE;
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        long fd = machine.call(task, Nr.NR_open, place(path.getBytes(StandardCharsets.ISO_8859_1), 1), 0);
        long room = place(new byte[32_768], 0);
        byte[] piece = new byte[32_768];
        for (long got = 1; got > 0; ) {
            got = machine.call(task, Nr.NR_read, fd, room, piece.length);
            machine.kernel().userMemory().copyFromUser(machine.kernel().tasks().mm(task), room, piece, 0, (int) got);
            whole.write(piece, 0, (int) got);
        }
        machine.call(task, Nr.NR_close, fd);
        return whole.toByteArray();
    }

    /** The name of a value that a call has answered, or the value. */
    private String named(long value) {
        for (Map.Entry<String, Long> known : values.entrySet()) {
            if (known.getValue() == value) {
                return "$" + known.getKey();
            }
        }
        return String.valueOf(value);
    }

    String errno(long result) {
        return "-" + errnos.getOrDefault((int) -result, String.valueOf(-result));
    }

    private long argument(String token, List<Out> outs) {
        if (token.startsWith("\"")) {
            return place(unescape(token), 1);
        }
        if (token.equals("NULL")) {
            return 0;
        }
        if (token.equals("@bad")) {
            return UNMAPPED;
        }
        if (!token.startsWith(">")) {
            return number(token);
        }
        String kind = token.substring(1).split("=")[0];
        String value = token.contains("=") ? token.substring(token.indexOf('=') + 1) : "";
        byte[] bytes = kind.equals("msg") ? messageHeader(value) : buffer(kind, value);
        long address = place(bytes, 0);
        outs.add(new Out(kind, address, bytes.length));
        return address;
    }

    private long place(byte[] bytes, int more) {
        long address = next;
        byte[] whole = java.util.Arrays.copyOf(bytes, bytes.length + more);
        machine.kernel().userMemory().copyToUser(machine.kernel().tasks().mm(task), address, whole, 0, whole.length);
        next += (whole.length + 15) & -16;
        return address;
    }

    private long number(String token) {
        if (token.startsWith("$")) {
            return Objects.requireNonNull(values.get(token.substring(1)), token);
        }
        long value = 0;
        for (String part : token.split("\\|")) {
            boolean negated = part.startsWith("~");
            String name = negated ? part.substring(1) : part;
            long one = names.containsKey(name)
                    ? names.get(name)
                    : name.matches("-?0[0-7]+")
                            ? Long.parseLong(name, 8)
                            : name.startsWith("0x")
                                    ? Long.parseUnsignedLong(name.substring(2), 16)
                                    : Long.parseLong(name);
            value |= negated ? ~one : one;
        }
        return value;
    }

    /** Bytes of a structure of that name. */
    private static int sizeOf(String kind) {
        return switch (kind) {
            case "loop" -> 232;
            case "oldloop" -> 168;
            case "lcfg" -> 304;
            case "stat" -> 144;
            case "fh" -> 136;
            case "statfs" -> 120;
            case "dents", "watch", "fan" -> 4096;
            case "int" -> 4;
            case "ints", "long" -> 8;
            case "flock", "times", "its", "itv", "mattr", "req" -> 32;
            case "ts", "age", "xargs" -> 16;
            case "info" -> 112;
            case "ev" -> 96;
            case "sev", "attr" -> 64;
            case "si" -> 128;
            case "timex" -> 208;
            case "poll" -> 80;
            case "how" -> 24;
            case "iov" -> 64;
            case "caps" -> 24;
            case "sattr" -> 64;
            case "keys" -> 400;
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** struct msghdr, with what it points to put into memory. */
    private byte[] messageHeader(String value) {
        String[] parts = (value + ",,,,,").split(",", -1);
        byte[] name = HexFormat.of().parseHex(parts[0]);
        byte[] data = sized(parts[1].getBytes(StandardCharsets.ISO_8859_1), parts[2]);
        byte[] control = sized(HexFormat.of().parseHex(parts[3]), parts[4]);
        byte[] vector = new byte[16];
        byte[] header = new byte[56];
        Bytes.putLong(header, 0, name.length == 0 ? 0 : place(name, 0));
        Bytes.putInt(header, 8, name.length);
        Bytes.putLong(vector, 0, place(data, 0));
        Bytes.putLong(vector, 8, data.length);
        Bytes.putLong(header, 32, control.length == 0 ? 0 : place(control, 0));
        Bytes.putLong(header, 16, place(vector, 0));
        Bytes.putLong(header, 24, 1);
        Bytes.putLong(header, 40, control.length);
        return header;
    }

    private void structure(String kind, byte[] bytes, String[] parts) {
        if (kind.endsWith("loop") || kind.equals("lcfg")) {
            LoopText.put(bytes, kind, parts, this::number);
        } else if (kind.equals("fh")) {
            fileHandle(bytes, parts);
        } else {
            attribute(bytes, parts);
        }
    }

    /** struct file_handle: room, type and bytes, or one that came out, of another type or size. */
    private void fileHandle(byte[] bytes, String[] parts) {
        if (!parts[0].startsWith("h")) {
            byte[] body = HexFormat.of().parseHex(parts[2]);
            Bytes.putInt(bytes, 0, (int) number(parts[0]));
            Bytes.putInt(bytes, 4, parts[1].isEmpty() ? 0 : (int) number(parts[1]));
            System.arraycopy(body, 0, bytes, 8, body.length);
            return;
        }
        String which = parts[0].substring(1);
        byte[] known = which.equals("l") ? handles.getLast() : handles.get(Integer.parseInt(which) - 1);
        System.arraycopy(known, 0, bytes, 0, known.length);
        if (!parts[1].isEmpty()) {
            Bytes.putInt(bytes, 4, (int) number(parts[1]));
        }
        if (!parts[2].isEmpty()) {
            Bytes.putInt(bytes, 0, (int) number(parts[2]));
        }
    }

    /** struct xattr_args: value, size or room, flags. */
    private void attribute(byte[] bytes, String[] parts) {
        byte[] text = parts[0].getBytes(StandardCharsets.ISO_8859_1);
        int size = parts[1].isEmpty() ? text.length : (int) number(parts[1]);
        Bytes.putLong(bytes, 0, place(sized(text, String.valueOf(size)), 8));
        Bytes.putInt(bytes, 8, size);
        Bytes.putInt(bytes, 12, parts[2].isEmpty() ? 0 : (int) number(parts[2]));
    }

    private static byte[] sized(byte[] bytes, String room) {
        return room.isEmpty() ? bytes : java.util.Arrays.copyOf(bytes, Math.max(bytes.length, Integer.parseInt(room)));
    }

    private String shownMessage(byte[] raw, int result) {
        byte[] vector = bytesAt(Bytes.getLong(raw, 16), 16);
        byte[] control = bytesAt(Bytes.getLong(raw, 32), (int) Bytes.getLong(raw, 40));
        return escape(bytesAt(Bytes.getLong(vector, 0), result), result) + " "
                + (control.length == 0 ? "-" : HexFormat.of().formatHex(control)) + " namelen=" + Bytes.getInt(raw, 8)
                + " flags=0x" + Integer.toHexString(Bytes.getInt(raw, 48));
    }

    private byte[] bytesAt(long address, int length) {
        byte[] bytes = new byte[length];
        machine.kernel().userMemory().copyFromUser(machine.kernel().tasks().mm(task), address, bytes, 0, length);
        return bytes;
    }

    private byte[] buffer(String kind, String value) {
        if (kind.startsWith("z") || kind.matches("(a|ip|eth|sm|ids)\\d+")) {
            return new byte[Integer.parseInt(kind.replaceAll("\\D", ""))];
        }
        if (kind.matches("\\d+")) {
            return new byte[Integer.parseInt(kind)];
        }
        byte[] bytes = new byte[sizeOf(kind)];
        String[] values = value.isEmpty() ? new String[0] : value.split(",");
        if (kind.equals("flock")) {
            bytes[0] = (byte) number(values[0]);
            bytes[2] = (byte) number(values[1]);
            Bytes.putLong(bytes, 8, number(values[2]));
            Bytes.putLong(bytes, 16, number(values[3]));
            Bytes.putInt(bytes, 24, (int) number(values[4]));
        } else if (kind.equals("ev") && values.length > 0) {
            String[] both = values[0].split(":");
            Bytes.putInt(bytes, 0, (int) number(both[0]));
            Bytes.putLong(bytes, 4, number(both[1]));
        } else if (STRUCTURES.contains(kind)) {
            structure(kind, bytes, (value + ",,").split(",", -1));
        } else if (kind.equals("sev")) {
            Bytes.putLong(bytes, 0, number(values[0]));
            for (int i = 1; i < 4; i++) {
                Bytes.putInt(bytes, 4 + 4 * i, (int) number(values[i]));
            }
        } else if (kind.equals("timex") && values.length > 0) {
            Bytes.putInt(bytes, 0, (int) number(values[0]));
            Bytes.putLong(bytes, 88, number(values[1]));
            Bytes.putLong(bytes, 80, number(values[2]));
        } else if (kind.equals("req")) {
            Bytes.putInt(bytes, 0, (int) number(values[0]));
            Bytes.putInt(bytes, 4, (int) number(values[1]));
            for (int i = 2; i < values.length; i++) {
                Bytes.putLong(bytes, 8 * i - 8, number(values[i]));
            }
        } else if (kind.equals("poll")) {
            for (int i = 0; i < values.length; i++) {
                String[] both = values[i].split(":");
                Bytes.putInt(bytes, 8 * i, Integer.parseInt(both[0]));
                Bytes.putInt(bytes, 8 * i + 4, (int) number(both[1]));
            }
        } else if (kind.equals("sattr")) {
            schedAttr(bytes, values);
        } else if (kind.equals("caps")) {
            capabilitySets(bytes, values);
        } else {
            for (int i = 0; i < values.length; i++) {
                if (kind.startsWith("int")) {
                    Bytes.putInt(bytes, 4 * i, (int) number(values[i]));
                } else {
                    Bytes.putLong(bytes, 8 * i, time(values[i]));
                }
            }
        }
        return bytes;
    }

    private long time(String value) {
        return value.startsWith("+")
                ? machine.kernel().timekeeping().realtimeNs() / 1_000_000_000 + Long.parseLong(value.substring(1))
                : number(value);
    }

    /** A packet of IPv4, at a place behind a header of Ethernet or at the beginning, without identification and sum. */
    private static byte[] withoutIdentity(byte[] raw, int at) {
        if (at == 0 || (raw[at - 2] == 8 && raw[at - 1] == 0)) {
            raw[at + 4] = raw[at + 5] = raw[at + 10] = raw[at + 11] = 0;
        }
        return raw;
    }

    private String shown(Out out, long result) {
        byte[] raw = new byte[out.size];
        machine.kernel().userMemory().copyFromUser(machine.kernel().tasks().mm(task), out.address, raw, 0, raw.length);
        if (out.kind.matches("\\d+")) {
            return escape(raw, (int) Math.min(result, raw.length));
        }
        if (out.kind.matches("a\\d+")) {
            return escape(raw, raw.length);
        }
        if (out.kind.matches("(ip|eth)\\d+")) {
            return escape(withoutIdentity(raw, out.kind.startsWith("ip") ? 0 : 14), (int) Math.min(result, raw.length));
        }
        if (out.kind.startsWith("sm")) {
            return StatmountText.of(raw);
        }
        if (out.kind.startsWith("ids")) {
            return mountIds(raw, (int) result);
        }
        return switch (out.kind) {
            case "msg" -> shownMessage(raw, (int) result);
            case "stat" ->
                "mode=0" + Integer.toOctalString(Bytes.getInt(raw, 24)) + " nlink=" + Bytes.getLong(raw, 16) + " uid="
                        + unsigned(raw, 28) + " gid=" + unsigned(raw, 32) + " rdev=0x"
                        + Long.toHexString(Bytes.getLong(raw, 40)) + " size=" + Bytes.getLong(raw, 48) + " blksize="
                        + Bytes.getLong(raw, 56) + " blocks=" + Bytes.getLong(raw, 64);
            case "statfs" ->
                "type=0x" + Long.toHexString(Bytes.getLong(raw, 0)) + " bsize=" + Bytes.getLong(raw, 8) + " namelen="
                        + Bytes.getLong(raw, 64) + " frsize=" + Bytes.getLong(raw, 72) + " flags=0x"
                        + Long.toHexString(Bytes.getLong(raw, 80));
            case "age", "info" -> Math.floorDiv(Bytes.getLong(raw, 0), 100_000) + "e5s";
            case "its", "itv" -> timer(raw, out.kind.equals("its"));
            case "si" ->
                "signo=" + Bytes.getInt(raw, 0) + " code=" + Bytes.getInt(raw, 8) + " " + Bytes.getInt(raw, 16) + " "
                        + Bytes.getInt(raw, 20) + " value=" + Bytes.getLong(raw, 24);
            case "loop", "oldloop" -> LoopText.of(raw);
            case "attr" ->
                Bytes.getLong(raw, 0) + " " + Bytes.getLong(raw, 8) + " " + Bytes.getLong(raw, 16) + " "
                        + Bytes.getLong(raw, 24);
            case "timex" -> timex(raw);
            case "fh" -> handle(raw, result == 0);
            case "xargs" -> result <= 0 ? "" : escape(bytesAt(Bytes.getLong(raw, 0), (int) result), (int) result);
            case "fan" -> fanotify.of(raw, (int) result);
            case "watch" -> watched(raw, (int) result);
            case "dents" -> dents(raw, (int) result);
            case "ev" -> events(raw, (int) result);
            case "int" -> String.valueOf(Bytes.getInt(raw, 0));
            case "ints" -> Bytes.getInt(raw, 0) + " " + Bytes.getInt(raw, 4);
            case "long" -> String.valueOf(Bytes.getLong(raw, 0));
            case "flock" ->
                raw[0] + "," + raw[2] + "," + Bytes.getLong(raw, 8) + "," + Bytes.getLong(raw, 16) + ","
                        + Bytes.getInt(raw, 24);
            case "poll" -> polled(raw);
            case "caps" -> set(raw, 0) + " " + set(raw, 4) + " " + set(raw, 8);
            case "sattr" -> schedAttr(raw, result);
            case "keys" -> keys(raw, (int) result);
            default -> "";
        };
    }

    /** struct file_handle; one that was made is kept for later calls. */
    private String handle(byte[] raw, boolean isMade) {
        if (isMade) {
            handles.add(raw);
        }
        return "bytes=" + Bytes.getInt(raw, 0) + (isMade ? " type=0x" + Integer.toHexString(Bytes.getInt(raw, 4)) : "");
    }

    private void capabilitySets(byte[] bytes, String[] values) {
        for (int i = 0; i < values.length; i++) {
            long set = number(values[i]);
            Bytes.putInt(bytes, 4 * i, (int) set);
            Bytes.putInt(bytes, 4 * i + 12, (int) (set >>> 32));
        }
    }

    /** struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period. */
    private void schedAttr(byte[] bytes, String[] values) {
        int[] at = {0, 4, 8, 16, 20, 24, 32, 40};
        for (int i = 0; i < values.length; i++) {
            if (i < 2 || i == 3 || i == 4) {
                Bytes.putInt(bytes, at[i], (int) number(values[i]));
            } else {
                Bytes.putLong(bytes, at[i], number(values[i]));
            }
        }
    }

    private static String schedAttr(byte[] raw, long result) {
        if (result < 0) {
            return "size=" + Bytes.getInt(raw, 0);
        }
        return Bytes.getInt(raw, 0) + "," + Bytes.getInt(raw, 4) + "," + Bytes.getLong(raw, 8) + ","
                + Bytes.getInt(raw, 16) + "," + Bytes.getInt(raw, 20) + ","
                + Long.toUnsignedString(Bytes.getLong(raw, 24)) + ","
                + Bytes.getLong(raw, 32) + "," + Bytes.getLong(raw, 40);
    }

    private static String set(byte[] raw, int at) {
        return Long.toHexString(unsigned(raw, at) | unsigned(raw, at + 12) << 32);
    }

    private String keys(byte[] raw, int length) {
        List<String> list = new ArrayList<>();
        for (int at = 0; at + 4 <= length; at += 4) {
            list.add(named(Bytes.getInt(raw, at)));
        }
        return String.join(" ", list);
    }

    private String mountIds(byte[] raw, int count) {
        List<String> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String known = named(Bytes.getLong(raw, 8 * i));
            list.add(known.startsWith("$") ? known : "?");
        }
        return String.join(" ", list);
    }

    private static String timer(byte[] raw, boolean isSpec) {
        long sec = Bytes.getLong(raw, 16);
        long rest = Bytes.getLong(raw, 24);
        String value = isSpec && sec == 0 && rest == 1 ? "1ns" : sec + (rest > 0 ? 1 : 0) + "s";
        return Bytes.getLong(raw, 0) + "." + Bytes.getLong(raw, 8) + " " + value;
    }

    private static String timex(byte[] raw) {
        return "off=" + Bytes.getLong(raw, 8) + " freq=" + Bytes.getLong(raw, 16) + " max=" + Bytes.getLong(raw, 24)
                + " est=" + Bytes.getLong(raw, 32) + " status=0x" + Integer.toHexString(Bytes.getInt(raw, 40))
                + " const="
                + Bytes.getLong(raw, 48) + " prec=" + Bytes.getLong(raw, 56) + " tol=" + Bytes.getLong(raw, 64)
                + " tick="
                + Bytes.getLong(raw, 88);
    }

    private static long unsigned(byte[] raw, int at) {
        return Bytes.getInt(raw, at) & 0xffffffffL;
    }

    private static String dents(byte[] raw, int length) {
        List<String> entries = new ArrayList<>();
        int at = 0;
        while (at < length) {
            int size = (raw[at + 16] & 0xff) | (raw[at + 17] & 0xff) << 8;
            int end = at + 19;
            while (raw[end] != 0) {
                end++;
            }
            entries.add(new String(raw, at + 19, end - at - 19, StandardCharsets.ISO_8859_1) + ":" + raw[at + 18] + ":"
                    + Bytes.getLong(raw, at + 8));
            at += size;
        }
        return String.join(" ", entries);
    }

    private static String events(byte[] raw, int count) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add("0x" + Integer.toHexString(Bytes.getInt(raw, 12 * i)) + ":" + Bytes.getLong(raw, 12 * i + 4));
        }
        return String.join(" ", events);
    }

    /** Events of inotify; their cookies are numbered as they come. */
    private String watched(byte[] raw, int length) {
        List<String> events = new ArrayList<>();
        for (int at = 0; at < length; ) {
            int cookie = Bytes.getInt(raw, at + 8);
            if (cookie != 0 && !moves.contains(cookie)) {
                moves.add(cookie);
            }
            int name = Bytes.getInt(raw, at + 12);
            int end = at + 16;
            while (end < at + 16 + name && raw[end] != 0) {
                end++;
            }
            events.add(Bytes.getInt(raw, at) + ":0x" + Integer.toHexString(Bytes.getInt(raw, at + 4)) + ":"
                    + (moves.indexOf(cookie) + 1) + ":"
                    + new String(raw, at + 16, end - at - 16, StandardCharsets.ISO_8859_1) + ":" + name);
            at += 16 + name;
        }
        return String.join(" ", events);
    }

    private static String polled(byte[] raw) {
        List<String> masks = new ArrayList<>();
        for (int at = 0; at < raw.length; at += 8) {
            int both = Bytes.getInt(raw, at + 4);
            if ((both & 0xffff) != 0) {
                masks.add("0x" + Integer.toHexString(both >>> 16));
            }
        }
        return String.join(" ", masks);
    }

    private static byte[] unescape(String token) {
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
                case '0' -> text.append('\0');
                case 'x' -> {
                    text.append((char) Integer.parseInt(token.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> text.append(c);
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static String escape(byte[] raw, int length) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < length; i++) {
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
