package dev.nestor.net;

import dev.nestor.fs.Outside;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Options of SOL_TCP that are more than a number: do_tcp_setsockopt(), do_tcp_getsockopt(). */
final class TcpOptions {
    private static final int TCP_NODELAY = 1;
    private static final int TCP_MAXSEG = 2;
    private static final int TCP_CORK = 3;
    private static final int TCP_LINGER2 = 8;
    private static final int TCP_DEFER_ACCEPT = 9;
    private static final int TCP_WINDOW_CLAMP = 10;
    private static final int TCP_INFO = 11;
    private static final int TCP_QUICKACK = 12;
    private static final int TCP_CONGESTION = 13;
    private static final int TCP_MD5SIG = 14;
    private static final int TCP_THIN_DUPACK = 17;
    private static final int TCP_REPAIR = 19;
    private static final int TCP_REPAIR_QUEUE = 20;
    private static final int TCP_QUEUE_SEQ = 21;
    private static final int TCP_REPAIR_OPTIONS = 22;
    private static final int TCP_TIMESTAMP = 24;
    private static final int TCP_CC_INFO = 26;
    private static final int TCP_SAVED_SYN = 28;
    private static final int TCP_REPAIR_WINDOW = 29;
    private static final int TCP_ULP = 31;
    private static final int TCP_MD5SIG_EXT = 32;
    private static final int TCP_FASTOPEN_KEY = 33;
    private static final int TCP_ZEROCOPY_RECEIVE = 35;
    private static final int INFO_SIZE = 256; // bytes of struct tcp_info
    private static final int CC_INFO_SIZE = 20; // bytes of struct tcp_bbr_info
    private static final int NAME_SIZE = 16; // TCP_CA_NAME_MAX, bytes
    private static final int TIMEOUT_INIT = 1_000_000; // us
    private static final int MSS_LOOPBACK = 32_768;
    private static final int MSS_DEFAULT = 536;
    private static final int MSS_LEAST = 88;
    private static final int MSS_MOST = 32_767;
    private static final int FIN_TIMEOUT = 60; // s
    private static final int FIN_TIMEOUT_MOST = 120; // s
    private static final int RTO_MOST = 120; // s
    private static final int CLAMP_LEAST = 1152; // bytes: half of SOCK_MIN_RCVBUF
    private static final int CLAMP_CONNECTED = 65_536; // bytes

    private final InetOptions all;
    private final SockTable table;
    private final byte[] name = new byte[NAME_SIZE];

    TcpOptions(InetOptions all) {
        this.all = all;
        this.table = all.table;
    }

    /** Those that are set by a name or a structure. */
    static boolean isText(int option) {
        return option == TCP_CONGESTION || option == TCP_ULP;
    }

    /** Those whose value is not only what was set. */
    static boolean isOwn(int option) {
        return option == TCP_QUICKACK
                || option == TCP_THIN_DUPACK
                || option == TCP_REPAIR_QUEUE
                || option == TCP_REPAIR_WINDOW;
    }

    private static String congestion(int place) {
        return switch (place) {
            case 1 -> "cubic";
            case 2 -> "reno";
            default -> "bbr";
        };
    }

    /** tcp_set_congestion_control(): EINVAL, EFAULT, ENOENT. */
    long setText(int sk, int option, int mm, long address, int length) {
        if (length < 1) {
            return -Errno.EINVAL;
        }
        int bytes = Math.min(length, NAME_SIZE - 1);
        Arrays.fill(name, (byte) 0);
        if (all.memory.copyFromUser(mm, address, name, 0, bytes) != 0) {
            return -Errno.EFAULT;
        }
        int end = 0;
        while (end < bytes && name[end] != 0) {
            end++;
        }
        String wanted = new String(name, 0, end, StandardCharsets.ISO_8859_1);
        for (int i = 0; option == TCP_CONGESTION && i < 3; i++) {
            if (congestion(i).equals(wanted)) {
                return all.store(sk, Socket.SOL_TCP, TCP_CONGESTION, i);
            }
        }
        return -Errno.ENOENT;
    }

    private boolean isOpen(int sk) {
        return table.state(sk) != Socket.TCP_CLOSE && table.state(sk) != Socket.TCP_LISTEN;
    }

    long set(int task, int sk, int option, int value, int length) {
        if (length < Integer.BYTES) {
            return -Errno.EINVAL;
        }
        switch (option) {
            case TCP_NODELAY -> all.setFlag(sk, InetFlags.NODELAY, value != 0);
            case TCP_CORK -> all.setFlag(sk, InetFlags.CORK, value != 0);
            case TCP_MAXSEG -> {
                boolean fits = value == 0 || (value >= MSS_LEAST && value <= MSS_MOST);
                return fits ? all.store(sk, Socket.SOL_TCP, option, value) : -Errno.EINVAL;
            }
            case TCP_LINGER2 -> {
                int seconds = value < 0 ? -1 : value == 0 ? FIN_TIMEOUT : Math.min(value, FIN_TIMEOUT_MOST);
                return all.store(sk, Socket.SOL_TCP, option, seconds);
            }
            case TCP_DEFER_ACCEPT -> {
                return all.store(sk, Socket.SOL_TCP, option, retransmissions(value));
            }
            case TCP_WINDOW_CLAMP -> {
                if (value == 0) {
                    return table.state(sk) == Socket.TCP_CLOSE
                            ? all.store(sk, Socket.SOL_TCP, option, 0)
                            : -Errno.EINVAL;
                }
                return all.store(sk, Socket.SOL_TCP, option, Math.max(value, CLAMP_LEAST));
            }
            case TCP_REPAIR -> {
                return repair(task, sk, value);
            }
            case TCP_TIMESTAMP -> {
                return -Errno.EPERM;
            }
            case TCP_MD5SIG, TCP_QUEUE_SEQ, TCP_REPAIR_OPTIONS, TCP_MD5SIG_EXT, TCP_FASTOPEN_KEY -> {
                return -Errno.EINVAL;
            }
            default -> {
                return -Errno.ENOPROTOOPT;
            }
        }
        return 0;
    }

    private long repair(int task, int sk, int value) {
        boolean may = all.mayAdmin(task, sk)
                && (table.state(sk) == Socket.TCP_CLOSE || table.state(sk) == Socket.TCP_ESTABLISHED);
        if (!may) {
            return -Errno.EPERM;
        }
        return value < -1 || value > 1 ? -Errno.EINVAL : all.store(sk, Socket.SOL_TCP, TCP_REPAIR, Math.max(value, 0));
    }

    /** secs_to_retrans(), retrans_to_secs(): whole retransmissions, in seconds. */
    private static int retransmissions(int seconds) {
        if (seconds <= 0) {
            return 0;
        }
        int period = 1;
        int timeout = 1;
        int count = 1;
        while (seconds > period && count < 255) {
            count++;
            timeout = Math.min(timeout << 1, RTO_MOST);
            period += timeout;
        }
        return period;
    }

    private int stored(int sk, int option, int first, byte[] out) {
        int stored = all.stored(sk, Socket.SOL_TCP, option);
        return InetOptions.number(out, stored == InetOptions.NO_VALUE ? first : stored);
    }

    /** The length of the answer, or a negative errno. */
    int value(int sk, int option, int room, byte[] out) {
        boolean isConnected = isOpen(sk);
        return switch (option) {
            case TCP_NODELAY -> InetOptions.number(out, all.flag(sk, InetFlags.NODELAY));
            case TCP_CORK -> InetOptions.number(out, all.flag(sk, InetFlags.CORK));
            case TCP_MAXSEG -> maxSegment(sk, isConnected, out);
            case TCP_LINGER2 -> stored(sk, option, FIN_TIMEOUT, out);
            case TCP_THIN_DUPACK -> InetOptions.number(out, 0);
            case TCP_DEFER_ACCEPT, TCP_REPAIR -> stored(sk, option, 0, out);
            case TCP_WINDOW_CLAMP -> stored(sk, option, isConnected ? CLAMP_CONNECTED : 0, out);
            case TCP_QUICKACK -> stored(sk, option, isConnected ? 0 : 1, out);
            case TCP_INFO -> info(sk, isConnected, out);
            case TCP_CONGESTION -> {
                Arrays.fill(out, 0, NAME_SIZE, (byte) 0);
                int stored = all.stored(sk, Socket.SOL_TCP, option);
                byte[] text = congestion(stored).getBytes(StandardCharsets.ISO_8859_1);
                System.arraycopy(text, 0, out, 0, text.length);
                yield NAME_SIZE;
            }
            case TCP_CC_INFO -> {
                Arrays.fill(out, 0, CC_INFO_SIZE, (byte) 0);
                yield isConnected ? -Outside.EOUTSIDE : CC_INFO_SIZE;
            }
            case TCP_TIMESTAMP -> -Outside.EOUTSIDE;
            case TCP_SAVED_SYN, TCP_ULP, TCP_FASTOPEN_KEY -> 0;
            case TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ, TCP_REPAIR_WINDOW, TCP_ZEROCOPY_RECEIVE -> -Errno.EINVAL;
            default -> -Errno.ENOPROTOOPT;
        };
    }

    private int maxSegment(int sk, boolean isConnected, byte[] out) {
        int stored = all.stored(sk, Socket.SOL_TCP, TCP_MAXSEG);
        boolean isSet = stored != InetOptions.NO_VALUE && stored != 0;
        return InetOptions.number(out, isConnected ? MSS_LOOPBACK : isSet ? stored : MSS_DEFAULT);
    }

    /** tcp_get_info() of a socket without a connection; what a connection has measured is not known. */
    private int info(int sk, boolean isConnected, byte[] out) {
        if (isConnected) {
            return -Outside.EOUTSIDE;
        }
        Arrays.fill(out, 0, INFO_SIZE, (byte) 0);
        out[0] = (byte) table.state(sk);
        out[7] = 1; // tcpi_delivery_rate_app_limited
        Bytes.putInt(out, 8, TIMEOUT_INIT);
        Bytes.putInt(out, 16, MSS_DEFAULT);
        return INFO_SIZE;
    }
}
