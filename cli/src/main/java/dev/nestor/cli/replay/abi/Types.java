package dev.nestor.cli.replay.abi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Codecs by the names that {@code structures.txt} and {@code signatures.txt} give them; both files say at their top how
 * types are written.
 */
final class Types {

    /** Structures of socket options, found by the name of their first field. */
    private static final List<String> OPTIONS =
            List.of("timeval", "linger", "ucred", "group_req", "tpacket_req", "sock_fprog", "ip_mreq", "in6_pktinfo");

    /** Headers that follow struct nlmsghdr, found by the name of their first field. */
    private static final Map<String, String> PAYLOADS = Map.of(
            "ifi_family", "ifinfomsg",
            "ifa_family", "ifaddrmsg",
            "rtm_family", "rtmsg",
            "rtgen_family", "rtgenmsg",
            "ndm_family", "ndmsg",
            "family", "fib_rule_hdr",
            "ncm_family", "netconfmsg",
            "tcm_family", "tcmsg");

    private final Map<String, StructCodec> structs = new LinkedHashMap<>();
    private final Map<String, StructCodec> payloads = new HashMap<>();
    private @Nullable NetlinkCodec netlink;

    /** What a type may refer to: the arguments of a call, or nothing in a structure. */
    record Scope(List<String> registers, int offset) {

        static Scope field(int offset) {
            return new Scope(List.of(), offset);
        }

        static Scope call(List<String> registers) {
            return new Scope(registers, 0);
        }

        int register(String name) {
            int register = registers.indexOf(name);
            if (register < 0) {
                throw new IllegalArgumentException("no argument " + name + " among " + registers);
            }
            return register;
        }
    }

    static Types load() {
        Types types = new Types();
        for (String line : Resource.lines("structures.txt")) {
            types.add(line);
        }
        PAYLOADS.forEach((field, name) -> types.payloads.put(field, types.struct(name)));
        return types;
    }

    StructCodec struct(String name) {
        StructCodec codec = structs.get(name);
        if (codec == null) {
            throw new IllegalArgumentException("no structure " + name);
        }
        return codec;
    }

    /** {@code name = field:type ...}, {@code name(size) = ...}, {@code name(packed) = ...}. */
    private void add(String line) {
        int equals = line.indexOf('=');
        String head = line.substring(0, equals).strip();
        int open = head.indexOf('(');
        String name = open < 0 ? head : head.substring(0, open);
        String attribute = open < 0 ? "" : head.substring(open + 1, head.length() - 1);
        if (structs.put(name, layout(line.substring(equals + 1), attribute)) != null) {
            throw new IllegalArgumentException("two structures " + name);
        }
    }

    private StructCodec layout(String fields, String attribute) {
        boolean isPacked = "packed".equals(attribute);
        int least = attribute.isEmpty() || isPacked ? 0 : Integer.parseInt(attribute);
        List<StructCodec.Member> members = new ArrayList<>();
        int end = 0;
        int alignment = 1;
        for (String field : Resource.words(fields)) {
            int colon = field.indexOf(':');
            int at = field.indexOf('@');
            String type = field.substring(colon + 1, at < 0 ? field.length() : at);
            int given = at < 0 ? end : Integer.parseInt(field.substring(at + 1));
            Codec codec = type(type, Scope.field(given));
            int step = isPacked ? 1 : codec.alignment();
            int offset = (given + step - 1) & -step;
            if (codec.fixedSize() == 0) {
                throw new IllegalArgumentException(field + " has no size");
            }
            if (!field.startsWith("_:")) {
                members.add(new StructCodec.Member(field.substring(0, colon), offset, codec));
            }
            end = Math.max(end, offset + codec.fixedSize());
            alignment = Math.max(alignment, step);
        }
        int size = Math.max((end + alignment - 1) & -alignment, least);
        return new StructCodec(members.toArray(new StructCodec.Member[0]), size, alignment);
    }

    /** The codec of a type: {@code s32}, {@code *timespec}, {@code bytes[count>result]}, {@code clone_args/size}. */
    Codec type(String text, Scope scope) {
        if (text.startsWith("*") || text.startsWith("^")) {
            return new PointerCodec(type(text.substring(1), scope), text.startsWith("^"));
        }
        if (text.endsWith("!")) {
            return new WrittenCodec(type(text.substring(0, text.length() - 1), scope));
        }
        int colon = text.indexOf(':');
        if (colon > 0) {
            return struct(text.substring(0, colon)).reading(Resource.list(text.substring(colon + 1)));
        }
        int slash = text.indexOf('/');
        if (slash > 0) {
            return struct(text.substring(0, slash)).sizedBy(scope.register(text.substring(slash + 1)));
        }
        int open = text.indexOf('[');
        if (open > 0) {
            return sized(text.substring(0, open), text.substring(open + 1, text.length() - 1), scope);
        }
        Codec number = number(text);
        return number == null ? named(text, scope) : number;
    }

    private Codec sized(String name, String bound, Scope scope) {
        return switch (name) {
            case "text" -> TextCodec.field(Integer.parseInt(bound));
            case "sockaddr" -> addresses().ofLength(scope.register(bound));
            case "option" -> new OptionCodec(scope.register(bound), options());
            case "bit" -> BitCodec.of(bound);
            case "bytes" -> new BytesCodec(length(bound, scope), false, netlink());
            case "handle" -> new HandleCodec(Integer.parseInt(bound));
            case "random" -> new BytesCodec(length(bound, scope), true, netlink());
            case "iovec" -> new IovecCodec(length(bound, scope), false, netlink());
            case "rooms" -> new IovecCodec(length(bound, scope), true, netlink());
            case "dirents" -> new DirentsCodec(length(bound, scope));
            case "link" -> new LinkCodec(length(bound, scope));
            case "bits" -> new BitsCodec(length(bound, scope), null);
            case "pollfd" -> new PollCodec(length(bound, scope));
            case "msgbuf" -> new MessageTextCodec(length(bound, scope));
            default -> new ArrayCodec(type(name, scope), length(bound, scope));
        };
    }

    private Length length(String bound, Scope scope) {
        boolean isResult = bound.endsWith(">result");
        String room = isResult ? bound.substring(0, bound.length() - 7) : bound;
        if (room.isEmpty()) {
            return new Length(Length.SHOWN, -1, isResult);
        }
        boolean isFixed = Character.isDigit(room.charAt(0));
        return new Length(isFixed ? Length.SHOWN : scope.register(room), isFixed ? Long.parseLong(room) : -1, isResult);
    }

    /** {@code u8} to {@code s64}, with {@code ?} for any number, with {@code -} for none; null when it is none. */
    private static @Nullable Codec number(String text) {
        IntCodec.Rule rule =
                text.endsWith("?") ? IntCodec.Rule.ANY : text.endsWith("-") ? IntCodec.Rule.NEVER : IntCodec.Rule.EXACT;
        String bits = rule == IntCodec.Rule.EXACT ? text.substring(1) : text.substring(1, text.length() - 1);
        int size =
                switch (bits) {
                    case "8" -> Byte.BYTES;
                    case "16" -> Short.BYTES;
                    case "32" -> Integer.BYTES;
                    case "64" -> Long.BYTES;
                    default -> 0;
                };
        boolean isNumber = size > 0 && (text.startsWith("u") || text.startsWith("s"));
        return isNumber ? new IntCodec(size, text.startsWith("s"), rule) : null;
    }

    private Codec named(String name, Scope scope) {
        return switch (name) {
            case "mountid" -> new IntCodec(Long.BYTES, false, IntCodec.Rule.MOUNT);
            case "mountnsid" -> new IntCodec(Long.BYTES, false, IntCodec.Rule.MOUNT_NS);
            case "inode" -> new IntCodec(Long.BYTES, false, IntCodec.Rule.INODE);
            case "locktype" -> new IntCodec(Short.BYTES, true, IntCodec.Rule.LOCK_FOUND);
            case "lockowner" -> new IntCodec(Integer.BYTES, true, IntCodec.Rule.LOCK_OWNER);
            case "status" -> new IntCodec(Integer.BYTES, true, IntCodec.Rule.STATUS);
            case "string" -> TextCodec.string();
            case "path" -> TextCodec.path();
            case "strings" -> new StringsCodec();
            case "sigset" -> new MaskCodec();
            case "timeleft" -> RemainingCodec.timespec();
            case "timeleft_result" -> RemainingCodec.timespec().behindResult();
            case "valleft" -> RemainingCodec.timeval();
            case "valleft_result" -> RemainingCodec.timeval().behindResult();
            case "sockaddr" -> addresses().asField(16);
            case "sockaddr_storage" -> addresses().asField(128);
            case "sent" -> new MessageCodec(false, addresses(), netlink(), control());
            case "received" -> new MessageCodec(true, addresses(), netlink(), control());
            case "capabilities" -> new CapabilitiesCodec();
            case "filter" -> new FilterCodec();
            case "fds_in" -> BitsCodec.descriptors("in");
            case "fds_out" -> BitsCodec.descriptors("out");
            case "fds_except" -> BitsCodec.descriptors("except");
            case "strtab" -> new StrtabCodec(scope.offset());
            default -> struct(name);
        };
    }

    private SockaddrCodec addresses() {
        return SockaddrCodec.of(struct("sockaddr_any"));
    }

    private ControlCodec control() {
        return new ControlCodec(struct("ucred"), struct("timeval"));
    }

    private List<StructCodec> options() {
        return OPTIONS.stream().map(this::struct).toList();
    }

    private NetlinkCodec netlink() {
        if (netlink == null) {
            netlink = new NetlinkCodec(struct("nlmsghdr"), payloads);
        }
        return netlink;
    }
}
