package dev.nestor.benchmarks;

import dev.nestor.init.KernelConfig;
import dev.nestor.kernel.ns.UcountType;
import dev.nestor.net.NetDevices;
import dev.nestor.net.Network;
import dev.nestor.net.Sockets;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Network namespaces, devices and sockets by how many there are, each beside plain objects and a random read of an int[] with an
 * element for each; and a packet from end to end: {@code ./mvnw -Pbench -Dbench=NetBenchmark}.
 *
 * <p>The laws. dev_net() and sock_net() are one read of a column: what the floor costs. Names, indexes and ports are hashed: constant,
 * in one namespace and in many, but for the cache. A namespace is made and dies, a device is made and deleted, at the same cost
 * whatever else there is. A packet costs what a pair of AF_UNIX does, and the lookup of a route, a port and an event.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx6g", "-XX:+UseSerialGC"})
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class NetBenchmark {
    private static final int ADDRESS_SIZE = 16; // bytes of struct sockaddr_in
    private static final int LOOPBACK = 0x0100_007f; // 127.0.0.1 as it lies in memory
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int SIOCBRADDBR = 0x89a0;
    private static final int SIOCBRDELBR = 0x89a1;
    private static final int IFREQ_DATA = 16; // offset in struct ifreq
    private static final int ADDRESS = 1; // pages of a task's memory
    private static final int BUFFER = 2;
    private static final int TEXT = 3;
    private static final int REQUEST = 4;
    private static final long BYTES = 64; // of a packet

    /** A machine with room for all of this. */
    abstract static class Room {
        private static final int MOST = 1 << 20;

        final Host host = new Host(new KernelConfig()
                .rlimit(Resource.RLIMIT_NOFILE, MOST, MOST)
                .ucountMax(UcountType.NET_NAMESPACES, MOST)
                .maxFiles(2 * MOST)
                .maxTasks(MOST / 4));
        final Network network = host.kernel().fileSystems().network();
        int task = host.clone(host.init(), 0);

        final int socket(int ofTask, int family, int type) {
            return (int) Host.must(host.call(ofTask, Nr.NR_socket, family, type, 0));
        }

        /** The struct ifreq of {@link #ioctl}. */
        final void setRequest(String name, int data) {
            long at = host.text(task, REQUEST, name);
            host.kernel().userMemory().putInt(host.kernel().tasks().mm(task), at + IFREQ_DATA, data);
        }

        final long ioctl(int fd, int request) {
            return Host.must(host.call(task, Nr.NR_ioctl, fd, request, Host.page(REQUEST)));
        }

        /** From now on the task is in a new namespace; the one before lives on as an open file. */
        final void leaveNet() {
            Host.must(host.call(task, Nr.NR_open, host.text(task, TEXT, "/proc/self/ns/net"), 0, 0));
            Host.must(host.call(task, Nr.NR_unshare, Sched.CLONE_NEWNET, 0, 0));
        }

        final int net() {
            return host.kernel().nsProxyTable().netNs(host.kernel().tasks().nsproxy(task));
        }

        /** A port of 127.0.0.1, where {@link #ADDRESS} is. */
        final long address(int ofTask, int port) {
            int mm = host.kernel().tasks().mm(ofTask);
            long swapped = Integer.toUnsignedLong(Integer.reverseBytes(port) >>> 16);
            long at = Host.page(ADDRESS);
            host.kernel().userMemory().putLong(mm, at, Socket.AF_INET | swapped << 16 | (long) LOOPBACK << 32);
            return at;
        }

        final long bind(int ofTask, int fd, int port) {
            return host.call(ofTask, Nr.NR_bind, fd, address(ofTask, port), ADDRESS_SIZE);
        }
    }

    /** So many other network namespaces. */
    @State(Scope.Thread)
    public static class Nets extends Room {
        @Param({"1", "10", "100", "1000", "10000"})
        int nets;

        int unsharer;

        @Setup(Level.Trial)
        public void fill() {
            for (int i = 0; i < nets; i++) {
                leaveNet();
            }
            unsharer = host.clone(host.init(), 0);
        }
    }

    /** copy_net_ns() with its loopback device, and the end of the namespace made before. */
    @Benchmark
    public long makeNet(Nets nets) {
        return Host.must(nets.host.call(nets.unsharer, Nr.NR_unshare, Sched.CLONE_NEWNET, 0, 0));
    }

    /** So many devices: bridges in one namespace, or the loopback device of a namespace for each. */
    @State(Scope.Thread)
    public static class Devices extends Room {
        @Param({"1", "100", "10000", "100000"})
        int devices;

        @Param({"false", "true"})
        boolean spread;

        NetDevices table;
        Shuffle shuffle;
        int[] handles; // by place, as all of these
        int[] inNet;
        int[] index;
        byte[] names;
        int fd;

        @Setup(Level.Trial)
        public void fill() {
            table = network.devices();
            shuffle = new Shuffle(devices);
            names = new byte[devices * NetDevices.IFNAMSIZ];
            int[] made = new int[devices];
            int[] owners = new int[devices];
            fd = socket(task, Socket.AF_INET, Socket.SOCK_DGRAM);
            for (int i = 0; i < devices; i++) {
                if (spread) {
                    leaveNet();
                } else {
                    setRequest("br" + i, 0);
                    ioctl(fd, SIOCBRADDBR);
                }
                owners[i] = net();
                byte[] name = name(i);
                made[i] = table.byName(owners[i], name, 0, name.length);
            }
            handles = shuffle.arranged(made);
            inNet = shuffle.arranged(owners);
            index = new int[devices];
            for (int i = 0; i < devices; i++) {
                index[i] = table.table().ifindex(handles[i]);
                byte[] name = name(shuffle.at(i));
                System.arraycopy(name, 0, names, i * NetDevices.IFNAMSIZ, name.length);
            }
            setRequest("made", 0);
        }

        private byte[] name(int i) {
            return (spread ? "lo" : "br" + i).getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    @Benchmark
    public int devNet(Devices devices) {
        return devices.table.devNet(devices.handles[devices.shuffle.next()]);
    }

    @Benchmark
    public int deviceByIndex(Devices devices) {
        int i = devices.shuffle.next();
        return devices.table.byIndex(devices.inNet[i], devices.index[i]);
    }

    @Benchmark
    public int deviceByName(Devices devices) {
        int i = devices.shuffle.next();
        return devices.table.byName(devices.inNet[i], devices.names, i * NetDevices.IFNAMSIZ, NetDevices.IFNAMSIZ);
    }

    /** A bridge is made and deleted. */
    @Benchmark
    public long makeDevice(Devices devices) {
        devices.ioctl(devices.fd, SIOCBRADDBR);
        return devices.ioctl(devices.fd, SIOCBRDELBR);
    }

    /** A namespace or what is in one, as a plain object. */
    static final class Thing {
        private final @Nullable Thing net;

        Thing(@Nullable Thing net) {
            this.net = net;
        }
    }

    /** So many ints, and so many objects, each with a reference to one of a tenth as many others. */
    @State(Scope.Thread)
    public static class Plain {
        @Param({"1", "100", "1000", "10000", "100000", "1000000"})
        int size;

        Shuffle shuffle;
        int[] ints;
        int[] numbers; // by place
        Thing[] things; // by place

        @Setup(Level.Trial)
        public void fill() {
            shuffle = new Shuffle(size);
            ints = new int[size];
            Thing[] owners = new Thing[size / 10 + 1];
            for (int i = 0; i < owners.length; i++) {
                owners[i] = new Thing(null);
            }
            Thing[] made = new Thing[size];
            for (int i = 0; i < size; i++) {
                ints[i] = i;
                made[i] = new Thing(owners[i / 10]);
            }
            numbers = shuffle.arranged(ints);
            things = new Thing[size];
            for (int i = 0; i < size; i++) {
                things[i] = made[numbers[i]];
            }
        }
    }

    @Benchmark
    public int floor(Plain plain) {
        return plain.ints[plain.numbers[plain.shuffle.next()]];
    }

    @Benchmark
    public @Nullable Object objectNet(Plain plain) {
        return plain.things[plain.shuffle.next()].net;
    }

    /** So many objects by their names. */
    @State(Scope.Thread)
    public static class Names {
        @Param({"1", "100", "10000", "100000"})
        int names;

        final Map<String, Thing> objects = new HashMap<>();
        Shuffle shuffle;
        String[] texts; // by place

        @Setup(Level.Trial)
        public void fill() {
            shuffle = new Shuffle(names);
            texts = new String[names];
            for (int i = 0; i < names; i++) {
                objects.put("br" + i, new Thing(null));
                texts[i] = "br" + shuffle.at(i);
            }
        }
    }

    @Benchmark
    public @Nullable Object hashMapByName(Names names) {
        return names.objects.get(names.texts[names.shuffle.next()]);
    }

    /** So many objects by namespace and port. */
    @State(Scope.Thread)
    public static class Ports {
        @Param({"1000", "10000", "100000", "1000000"})
        int ports;

        final Map<Long, Thing> objects = new HashMap<>();
        Shuffle shuffle;
        long[] keys; // by place

        @Setup(Level.Trial)
        public void fill() {
            shuffle = new Shuffle(ports);
            keys = new long[ports];
            for (int i = 0; i < ports; i++) {
                objects.put(key(i), new Thing(null));
                keys[i] = key(shuffle.at(i));
            }
        }

        private static long key(int i) {
            return (long) (i / Socks.PER_NET) << 16 | (Socks.FIRST_PORT + i % Socks.PER_NET);
        }
    }

    @Benchmark
    public @Nullable Object hashMapByPort(Ports ports) {
        return ports.objects.get(ports.keys[ports.shuffle.next()]);
    }

    /** So many sockets of UDP, each bound to a port, up to 10 000 in a namespace. */
    @State(Scope.Thread)
    public static class Socks extends Room {
        private static final int PER_NET = 10_000;
        private static final int FIRST_PORT = 1024;
        private static final int FREE_PORT = 65_000;

        @Param({"1000", "10000", "100000", "1000000"})
        int sockets;

        Sockets table;
        Shuffle shuffle;
        int[] handles; // by place
        private int[] numbers; // by place
        private int[] fds; // by place
        private int[] tasks; // by net
        private int[] spares; // by net: one more socket

        @Setup(Level.Trial)
        public void fill() {
            table = network.sockets();
            tasks = new int[(sockets + PER_NET - 1) / PER_NET];
            spares = new int[tasks.length];
            int[] opened = new int[sockets];
            int[] made = new int[sockets];
            int[] all = new int[sockets];
            for (int i = 0; i < sockets; i++) {
                int net = i / PER_NET;
                if (i % PER_NET == 0) {
                    tasks[net] = host.clone(host.init(), Sched.CLONE_NEWNET);
                    task = tasks[net];
                    spares[net] = socket(task, Socket.AF_INET, Socket.SOCK_DGRAM);
                    setRequest("lo", NetDevices.IFF_UP);
                    ioctl(spares[net], SIOCSIFFLAGS);
                }
                all[i] = i;
                opened[i] = socket(task, Socket.AF_INET, Socket.SOCK_DGRAM);
                Host.must(bind(task, opened[i], FIRST_PORT + i % PER_NET));
                made[i] = network.sockOf(network.fileOf(task, opened[i]));
            }
            shuffle = new Shuffle(sockets);
            numbers = shuffle.arranged(all);
            fds = shuffle.arranged(opened);
            handles = shuffle.arranged(made);
        }

        final long bindTaken() {
            int i = numbers[shuffle.next()];
            int net = i / PER_NET;
            long result = bind(tasks[net], spares[net], FIRST_PORT + i % PER_NET);
            if (result != -Errno.EADDRINUSE) {
                throw new IllegalStateException("a port is free: " + result);
            }
            return result;
        }

        final long bindFree() {
            int by = tasks[numbers[shuffle.next()] / PER_NET];
            int fd = socket(by, Socket.AF_INET, Socket.SOCK_DGRAM);
            Host.must(bind(by, fd, FREE_PORT));
            return Host.must(host.call(by, Nr.NR_close, fd, 0, 0));
        }

        final long datagram() {
            int place = shuffle.next();
            int i = numbers[place];
            int net = i / PER_NET;
            int by = tasks[net];
            long to = address(by, FIRST_PORT + i % PER_NET);
            long buffer = Host.page(BUFFER);
            Host.must(host.sendto(by, spares[net], buffer, BYTES, to, ADDRESS_SIZE));
            host.deliver();
            return Host.must(host.call(by, Nr.NR_recvfrom, fds[place], buffer, BYTES));
        }
    }

    @Benchmark
    public int sockNet(Socks socks) {
        return socks.table.sockNet(socks.handles[socks.shuffle.next()]);
    }

    /** A port that another has: the lookup of a port, as a whole call. */
    @Benchmark
    public long bindTaken(Socks socks) {
        return socks.bindTaken();
    }

    /** socket(2), bind(2), close(2). */
    @Benchmark
    public long bindFree(Socks socks) {
        return socks.bindFree();
    }

    /** sendto(2) to one of the sockets, and recvfrom(2) there. */
    @Benchmark
    public long datagramToOne(Socks socks) {
        return socks.datagram();
    }

    /** Two sockets that are connected, of each kind. */
    @State(Scope.Thread)
    public static class Pair extends Room {
        @Param({"unix", "udp", "tcp"})
        String kind;

        private int from;
        private int to;

        @Setup(Level.Trial)
        public void connect() {
            int mm = host.kernel().tasks().mm(task);
            if (kind.equals("unix")) {
                long ends = Host.page(TEXT);
                Host.must(host.call(task, Nr.NR_socketpair, Socket.AF_UNIX, Socket.SOCK_STREAM, 0, ends));
                from = host.kernel().userMemory().getInt(mm, ends);
                to = host.kernel().userMemory().getInt(mm, ends + Integer.BYTES);
                return;
            }
            boolean isTcp = kind.equals("tcp");
            int type = isTcp ? Socket.SOCK_STREAM | Fcntl.O_NONBLOCK : Socket.SOCK_DGRAM;
            from = socket(task, Socket.AF_INET, type);
            to = socket(task, Socket.AF_INET, type);
            Host.must(bind(task, to, 1024));
            if (isTcp) {
                Host.must(host.call(task, Nr.NR_listen, to, 1, 0));
            }
            host.call(task, Nr.NR_connect, from, address(task, 1024), ADDRESS_SIZE);
            host.deliver();
            to = isTcp ? (int) Host.must(host.call(task, Nr.NR_accept, to, 0, 0)) : to;
        }

        final long transfer() {
            long buffer = Host.page(BUFFER);
            Host.must(host.call(task, Nr.NR_write, from, buffer, BYTES));
            host.deliver();
            long read = host.call(task, Nr.NR_read, to, buffer, BYTES);
            if (read != BYTES) {
                throw new IllegalStateException("read: " + read);
            }
            return read;
        }
    }

    /** write(2) at one end and read(2) at the other, of 64 bytes. */
    @Benchmark
    public long transfer(Pair pair) {
        return pair.transfer();
    }
}
