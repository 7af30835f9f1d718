package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.Random;
import dev.nestor.table.Chain;
import dev.nestor.table.HotPath;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Socket;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/** Ports of TCP and UDP, each net's own: inet_hashtables.c, inet_connection_sock.c, udp.c. */
final class Ports {
    private final Sockets sockets;
    private final SockTable table;
    private final InetSockTable inet;
    private final BindBucketTable buckets;
    private final Random random;
    private final PortSettings settings;
    private final TimewaitTable timewaits;

    /* By (net, protocol, port): look up, never walk. */
    private final Long2IntOpenHashMap byPort = new Long2IntOpenHashMap();

    Ports(Sockets sockets, InetSockTable inet, BindBucketTable buckets, Random random, PortSettings settings) {
        this.settings = settings;
        this.timewaits = new TimewaitTable(buckets.limit(), sockets.nets.table(), buckets);
        this.sockets = sockets;
        this.table = sockets.table;
        this.inet = inet;
        this.buckets = buckets;
        this.random = random;
    }

    private static long key(int net, int protocol, int port) {
        return ((long) net << 32) | ((long) protocol << 16) | port;
    }

    /** The bucket of a port, or NULL. */
    @HotPath
    int find(int net, int protocol, int port) {
        return byPort.get(key(net, protocol, port));
    }

    private int bucketOf(int net, int protocol, int port) {
        int bucket = find(net, protocol, port);
        if (bucket == NULL) {
            bucket = buckets.alloc();
            if (bucket != NULL) {
                buckets.setNet(bucket, net);
                buckets.setProtocol(bucket, protocol);
                buckets.setPort(bucket, port);
                byPort.put(key(net, protocol, port), bucket);
            }
        }
        return bucket;
    }

    /** inet_bind_bucket_destroy(). */
    void dropIfUnused(int bucket) {
        boolean isUnused = buckets.owners().isEmpty(bucket)
                && buckets.children(bucket) == 0
                && timewaits.owners().isEmpty(bucket);
        if (isUnused) {
            byPort.remove(key(buckets.net(bucket), buckets.protocol(bucket), buckets.port(bucket)));
            buckets.free(bucket);
        }
    }

    /** get_port(): takes a port, any free one for 0; false when it is in use. */
    boolean take(int sk, int wanted) {
        int port = wanted == 0 ? ephemeral(sk) : wanted;
        if (port == 0 || conflicts(sk, find(table.net(sk), protocol(sk), port))) {
            return false;
        }
        int bucket = bucketOf(table.net(sk), protocol(sk), port);
        if (bucket == NULL) {
            return false;
        }
        int info = table.info(sk);
        inet.setBucket(info, bucket);
        inet.setPort(info, port);
        buckets.owners().addFirst(bucket, info);
        return true;
    }

    /** raw_hash_sk(): the socket is found by a key of its own; false at a limit. */
    boolean join(int sk, int key, int number) {
        int bucket = bucketOf(table.net(sk), key, number);
        if (bucket == NULL) {
            return false;
        }
        inet.setBucket(table.info(sk), bucket);
        buckets.owners().addFirst(bucket, table.info(sk));
        return true;
    }

    /** The inet_socks of each bucket. */
    Chain owners() {
        return buckets.owners();
    }

    private int protocol(int sk) {
        return table.protocol(sk) == Socket.IPPROTO_MPTCP ? Socket.IPPROTO_TCP : table.protocol(sk);
    }

    private int ephemeral(int sk) {
        int net = table.net(sk);
        int range = settings.last(net) - settings.first(net) + 1;
        int first = random.nextInt(range);
        for (int i = 0; i < range; i++) {
            int port = settings.first(net) + (first + i) % range;
            int bucket = find(net, protocol(sk), port);
            if (bucket == NULL && !settings.isReserved(net, port)) {
                return port;
            }
        }
        return 0;
    }

    /** inet_csk_bind_conflict(), udp_lib_lport_inuse(). */
    private boolean conflicts(int sk, int bucket) {
        if (bucket == NULL) {
            return false;
        }
        boolean reuse = sockets.is(sk, SockFlags.REUSEADDR);
        if (buckets.children(bucket) > 0 && (!reuse || buckets.strict(bucket) > 0)) {
            return true;
        }
        int info = table.info(sk);
        for (int tw = timewaits.owners().first(bucket);
                tw != NULL;
                tw = timewaits.owners().next(tw)) {
            if ((!reuse || timewaits.strict(tw) != 0) && overlapsEnded(info, tw)) {
                return true;
            }
        }
        for (int other = buckets.owners().first(bucket);
                other != NULL;
                other = buckets.owners().next(other)) {
            if (overlap(info, other) && !mayShare(sk, inet.sk(other), reuse)) {
                return true;
            }
        }
        return false;
    }

    /** get_port() once more when a socket begins to listen: whether another listens there already. */
    boolean isListenedTo(int sk) {
        int info = table.info(sk);
        int other = buckets.owners().first(inet.bucket(info));
        while (other != NULL) {
            boolean shares = sockets.is(sk, SockFlags.REUSEPORT) && sockets.is(inet.sk(other), SockFlags.REUSEPORT);
            boolean isListening = table.state(inet.sk(other)) == Socket.TCP_LISTEN;
            if (other != info && isListening && !shares && overlap(info, other)) {
                return true;
            }
            other = buckets.owners().next(other);
        }
        return false;
    }

    private boolean overlap(int info, int other) {
        int dev = table.boundDevIf(inet.sk(info));
        int otherDev = table.boundDevIf(inet.sk(other));
        boolean sameDevice = dev == 0 || otherDev == 0 || dev == otherDev;
        return sameDevice
                && InetAddress.overlap(
                        inet.boundHigh(info),
                        inet.boundLow(info),
                        (inet.flags(info) & InetFlags.V6ONLY) != 0,
                        inet.boundHigh(other),
                        inet.boundLow(other),
                        (inet.flags(other) & InetFlags.V6ONLY) != 0);
    }

    private boolean overlapsEnded(int info, int tw) {
        return InetAddress.overlap(
                inet.boundHigh(info),
                inet.boundLow(info),
                (inet.flags(info) & InetFlags.V6ONLY) != 0,
                timewaits.localHigh(tw),
                timewaits.localLow(tw),
                true);
    }

    private boolean mayShare(int sk, int other, boolean reuse) {
        boolean isListening = table.state(other) == Socket.TCP_LISTEN;
        if (reuse && sockets.is(other, SockFlags.REUSEADDR) && !isListening) {
            return true;
        }
        return sockets.is(sk, SockFlags.REUSEPORT)
                && sockets.is(other, SockFlags.REUSEPORT)
                && table.uid(sk) == table.uid(other);
    }

    /** An accepted socket has the port of its listener. */
    void share(int child, int listener) {
        int info = table.info(child);
        int bucket = inet.bucket(table.info(listener));
        inet.setPort(info, inet.port(table.info(listener)));
        inet.setBucket(info, bucket);
        inet.setFlags(info, inet.flags(info) | InetFlags.CHILD);
        buckets.setChildren(bucket, buckets.children(bucket) + 1);
        if (!sockets.is(child, SockFlags.REUSEADDR)) {
            inet.setFlags(info, inet.flags(info) | InetFlags.STRICT);
            buckets.setStrict(bucket, buckets.strict(bucket) + 1);
        }
    }

    PortSettings settings() {
        return settings;
    }

    /** Connections that have ended and keep their ports. */
    TimewaitTable timewaits() {
        return timewaits;
    }

    /** inet_put_port(). */
    void drop(int sk) {
        int info = table.info(sk);
        int bucket = inet.bucket(info);
        if (bucket == NULL) {
            return;
        }
        inet.setBucket(info, NULL);
        if ((inet.flags(info) & InetFlags.CHILD) != 0) {
            boolean isStrict = (inet.flags(info) & InetFlags.STRICT) != 0;
            inet.setFlags(info, inet.flags(info) & ~(InetFlags.CHILD | InetFlags.STRICT));
            buckets.setChildren(bucket, buckets.children(bucket) - 1);
            if (isStrict) {
                buckets.setStrict(bucket, buckets.strict(bucket) - 1);
            }
        } else {
            buckets.owners().remove(info);
        }
        dropIfUnused(bucket);
    }

    /**
     * __inet_lookup_listener(), __udp4_lib_lookup(): who is bound to a port and best fits an address, or NULL. A connected
     * socket takes from its peer only.
     */
    @HotPath
    int lookup(int net, int protocol, InetAddress to, InetAddress from, int ifindex) {
        int bucket = find(net, protocol, to.port);
        int best = NULL;
        int bestScore = -1;
        if (bucket == NULL) {
            return NULL;
        }
        for (int info = buckets.owners().first(bucket);
                info != NULL;
                info = buckets.owners().next(info)) {
            int score = score(info, protocol, to, from, ifindex);
            if (score > bestScore) {
                bestScore = score;
                best = inet.sk(info);
            }
        }
        return best;
    }

    private int score(int info, int protocol, InetAddress to, InetAddress from, int ifindex) {
        int sk = inet.sk(info);
        if (protocol == Socket.IPPROTO_TCP && table.state(sk) != Socket.TCP_LISTEN) {
            return -1;
        }
        boolean isV6only = (inet.flags(info) & InetFlags.V6ONLY) != 0;
        long high = inet.boundHigh(info);
        long low = inet.boundLow(info);
        boolean is4 = InetAddress.isV4(to.high, to.low);
        boolean fits = InetAddress.overlap(high, low, isV6only, to.high, to.low, true)
                || (is4 && high == 0 && low == 0 && !isV6only);
        if (!fits) {
            return -1;
        }
        int score = InetAddress.isAny(high, low) ? 0 : 4;
        if (table.boundDevIf(sk) != 0) {
            if (table.boundDevIf(sk) != ifindex) {
                return -1;
            }
            score += 4;
        }
        boolean isDatagram = protocol == Socket.IPPROTO_UDP || protocol == Socket.IPPROTO_UDPLITE;
        if (isDatagram && inet.peerPort(info) != 0) {
            boolean isPeer = inet.peerPort(info) == from.port
                    && inet.peerHigh(info) == from.high
                    && inet.peerLow(info) == from.low;
            return isPeer ? score + 8 : -1;
        }
        return score + (table.family(sk) == Socket.AF_INET && is4 ? 1 : 0);
    }

    /** For a driver that knows the port that the kernel has chosen: the socket has that one instead, if it is free. */
    boolean choose(int sk, int port) {
        int info = table.info(sk);
        if (find(table.net(sk), protocol(sk), port) != NULL || (inet.flags(info) & InetFlags.CHILD) != 0) {
            return false;
        }
        drop(sk);
        return take(sk, port);
    }

    void digest(StateHash hash) {
        inet.digest(hash);
        buckets.digest(hash);
    }
}
