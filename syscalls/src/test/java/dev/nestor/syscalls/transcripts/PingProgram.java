package dev.nestor.syscalls.transcripts;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;

/** ping of iputils: requests of 56 bytes to an address of IPv4. */
final class PingProgram {
    private static final int DATA = 56; // bytes
    private static final int ICMP_HEADER = 8; // bytes
    private static final int IP_HEADER = 20; // bytes
    private static final int ICMP_ECHO = 8;
    private static final int IP_TTL = 2;
    private static final int IP_RECVTTL = 12;
    private static final int POLLIN = 1;
    private static final int CLOCK_MONOTONIC = 1;
    private static final int PORT = 1025; // of the socket that asks for the way
    private static final int CONTROL = 64; // bytes
    private static final long NS = 1_000_000_000L;

    private final UserProcess process;
    private final String address;
    private final int count;
    private final double wait; // seconds
    private boolean isRaw;
    private long fd;
    private int identifier;
    private int ttl; // of the last reply
    private int received;
    private double least = Double.MAX_VALUE; // ms, as the next ones
    private double most;
    private double sum;
    private double squares;

    private PingProgram(UserProcess process, String address, int count, double wait) {
        this.process = process;
        this.address = address;
        this.count = count;
        this.wait = wait;
    }

    /** ping -c COUNT -W SECONDS ADDRESS. */
    static int run(UserProcess process, List<String> argv) {
        int count = 1;
        double wait = 10;
        for (int i = 1; i < argv.size() - 1; i++) {
            String word = argv.get(i);
            String value = word.length() > 2 ? word.substring(2) : argv.get(++i);
            if (word.startsWith("-c")) {
                count = Integer.parseInt(value);
            } else {
                wait = Double.parseDouble(value);
            }
        }
        return new PingProgram(process, argv.getLast(), count, wait).run();
    }

    private byte[] peer(int port) {
        byte[] bytes = new byte[16];
        bytes[0] = Socket.AF_INET;
        bytes[2] = (byte) (port >> 8);
        bytes[3] = (byte) port;
        String[] numbers = address.split("[.]", -1);
        for (int i = 0; i < 4; i++) {
            bytes[4 + i] = (byte) Integer.parseInt(numbers[i]);
        }
        return bytes;
    }

    private long nowNs() {
        process.check(process.call(Nr.NR_clock_gettime, CLOCK_MONOTONIC, process.buffer()));
        return process.longAt(process.buffer()) * NS + process.longAt(process.buffer() + 8);
    }

    private int run() {
        fd = process.call(Nr.NR_socket, Socket.AF_INET, Socket.SOCK_DGRAM, Socket.IPPROTO_ICMP);
        if (fd == -Errno.EACCES) {
            isRaw = true;
            fd = process.call(Nr.NR_socket, Socket.AF_INET, Socket.SOCK_RAW, Socket.IPPROTO_ICMP);
        }
        if (fd < 0) {
            return process.err("ping: socket: " + Errors.text((int) -fd));
        }
        long probe = process.call(Nr.NR_socket, Socket.AF_INET, Socket.SOCK_DGRAM, 0);
        long result = process.call(Nr.NR_connect, probe, process.bytes(peer(PORT)), 16);
        if (result < 0) {
            process.err("ping: connect: " + Errors.text((int) -result));
            return 2;
        }
        process.close(probe);
        process.call(Nr.NR_setsockopt, fd, 0, IP_RECVTTL, process.longs(1), 4);
        identifier = process.pid() & 0xffff;
        process.out("PING %s (%s) %d(%d) bytes of data.\n"
                .formatted(address, address, DATA, DATA + ICMP_HEADER + IP_HEADER));
        long start = nowNs();
        for (int sequence = 1; sequence <= count; sequence++) {
            if (sequence > 1) {
                process.sleep(1);
            }
            one(sequence);
        }
        return tell((nowNs() - start) / 1_000_000);
    }

    private void one(int sequence) {
        ByteBuffer packet = ByteBuffer.allocate(ICMP_HEADER + DATA);
        packet.put(0, (byte) ICMP_ECHO).putShort(4, (short) identifier).putShort(6, (short) sequence);
        long sent = nowNs();
        packet.putLong(8, sent).putShort(2, sum(packet));
        byte[] bytes = packet.array();
        long to = process.bytes(peer(0));
        long result = process.call(Nr.NR_sendto, fd, process.bytes(bytes), bytes.length, 0, to, 16);
        if (result < 0) {
            process.err("ping: sendmsg: " + Errors.text((int) -result));
            return;
        }
        long deadline = sent + Math.round(wait * NS);
        while (nowNs() < deadline) {
            long pollfd = process.longs(fd | (long) POLLIN << 32);
            long ready = process.call(Nr.NR_poll, pollfd, 1, (deadline - nowNs() + 999_999) / 1_000_000);
            if (ready > 0 && receive(sequence)) {
                return;
            }
        }
    }

    private static short sum(ByteBuffer packet) {
        int sum = 0;
        for (int at = 0; at < packet.capacity(); at += 2) {
            sum += packet.getShort(at) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }

    /** Takes one packet; whether it is the reply to this request. */
    private boolean receive(int sequence) {
        long data = process.buffer() + 1024;
        long control = process.buffer() + 512;
        long name = process.buffer() + 768;
        long vector = process.longs(data, 1024);
        long header = process.longs(name, 16, vector, 1, control, CONTROL, 0);
        long length = process.call(Nr.NR_recvmsg, fd, header, 0);
        process.check(length);
        long now = nowNs();
        ByteBuffer packet = ByteBuffer.wrap(process.bytesAt(data, (int) length));
        if (isRaw) {
            ttl = packet.get(8) & 0xff;
            packet = packet.slice(IP_HEADER, packet.capacity() - IP_HEADER);
        } else {
            ttl = ttlOf(control, process.longAt(header + 40));
        }
        boolean isReply = packet.get(0) == 0
                && packet.getShort(6) == sequence
                && (!isRaw || packet.getShort(4) == (short) identifier);
        if (isReply) {
            double ms = (now - packet.getLong(8)) / 1e6;
            received++;
            least = Math.min(least, ms);
            most = Math.max(most, ms);
            sum += ms;
            squares += ms * ms;
            String from = IpAddress.text(process.bytesAt(name + 4, 4));
            process.out(String.format(
                    Locale.ROOT,
                    "%d bytes from %s: icmp_seq=%d ttl=%d time=%.3f ms\n",
                    packet.capacity(),
                    from,
                    sequence,
                    ttl,
                    ms));
        }
        return isReply;
    }

    private int ttlOf(long control, long length) {
        for (long at = control; at < control + length; at += (process.longAt(at) + 7) & -8) {
            if (process.intAt(at + 12) == IP_TTL) {
                return process.intAt(at + 16);
            }
        }
        return 0;
    }

    private int tell(long ms) {
        int lost = 100 * (count - received) / count;
        process.out("\n--- %s ping statistics ---\n%d packets transmitted, %d received, %d%% packet loss, time %dms\n"
                .formatted(address, count, received, lost, ms));
        if (received == 0) {
            process.out("\n");
            return 1;
        }
        double mean = sum / received;
        double deviation = Math.sqrt(Math.max(0, squares / received - mean * mean));
        process.out(String.format(
                Locale.ROOT, "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", least, mean, most, deviation));
        return 0;
    }
}
