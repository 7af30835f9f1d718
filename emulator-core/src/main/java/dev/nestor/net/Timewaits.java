package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.EventLoop;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.table.StateHash;
import dev.nestor.uapi.Socket;

/**
 * Ports that connections keep after their end: net/ipv4/inet_timewait_sock.c, tcp_minisocks.c. Who closes first leaves a row
 * that holds its port: until the other side has closed too, at most for net.ipv4.tcp_fin_timeout, and a minute from then on.
 */
final class Timewaits {
    private static final long TIMEWAIT_NS = 60_000_000_000L; // TCP_TIMEWAIT_LEN
    private static final long SECOND_NS = 1_000_000_000;
    private static final int PRIORITY = 0;

    private final Sockets sockets;
    private final SockTable socks;
    private final InetSockTable inet;
    private final TimewaitTable table;
    private final Ports ports;
    private final PortSettings settings;
    private final EventLoop loop;
    private final Timekeeping time;
    private final int kind;

    Timewaits(InetRoom room, EventLoop loop) {
        this.sockets = room.sockets();
        this.socks = sockets.table;
        this.inet = room.inet();
        this.ports = room.ports();
        this.settings = ports.settings();
        this.loop = loop;
        this.time = sockets.time;
        this.table = ports.timewaits();
        this.kind = loop.register((tw, number) -> expire(tw));
    }

    TimewaitTable table() {
        return table;
    }

    /** tcp_time_wait(): the port of a socket stays behind; at a limit, or of net.ipv4.tcp_max_tw_buckets, it does not. */
    void begin(int sk, int state) {
        int info = socks.info(sk);
        int bucket = inet.bucket(info);
        int net = socks.net(sk);
        int tw = bucket == NULL || settings.maxTimewaits(net) <= 0 ? NULL : table.alloc();
        if (tw == NULL) {
            return;
        }
        boolean isStrict = !sockets.is(sk, SockFlags.REUSEADDR);
        table.setFamily(tw, socks.family(sk));
        table.setBucket(tw, bucket);
        table.setStrict(tw, isStrict ? 1 : 0);
        table.setPort(tw, inet.port(info));
        table.setPeerPort(tw, inet.peerPort(info));
        table.setMark(tw, socks.mark(sk));
        table.setLocalHigh(tw, inet.localHigh(info));
        table.setLocalLow(tw, inet.localLow(info));
        table.setPeerHigh(tw, inet.peerHigh(info));
        table.setPeerLow(tw, inet.peerLow(info));
        table.setCookie(tw, sockets.cookie(sk));
        table.sockets().addFirst(net, tw);
        table.owners().addFirst(bucket, tw);
        inet.setTimewait(info, tw);
        setState(tw, net, state);
    }

    private void setState(int tw, int net, int state) {
        table.setState(tw, state);
        if (state != Socket.TCP_FIN_WAIT1) {
            long lasts = state == Socket.TCP_TIME_WAIT ? TIMEWAIT_NS : settings.finTimeout(net) * SECOND_NS;
            table.setExpires(tw, time.now() + time.nsToCycles(lasts));
            loop.schedule(table.expires(tw), PRIORITY, kind, tw, 0);
        }
    }

    private int of(int sk) {
        int info = socks.info(sk);
        int tw = info == NULL ? NULL : inet.timewait(info);
        return tw != NULL && table.isLive(tw) ? tw : NULL;
    }

    /** The other side has said that it has got all. */
    void acknowledged(int sk) {
        int tw = of(sk);
        if (tw != NULL && table.state(tw) == Socket.TCP_FIN_WAIT1) {
            setState(tw, socks.net(sk), Socket.TCP_FIN_WAIT2);
        }
    }

    /** tcp_timewait_state_process() of a FIN: the other side has closed too. */
    void closed(int sk) {
        int tw = of(sk);
        if (tw != NULL) {
            setState(tw, socks.net(sk), Socket.TCP_TIME_WAIT);
        }
    }

    /** inet_twsk_deschedule_put() of one that has been reset. */
    void end(int sk) {
        int tw = of(sk);
        if (tw != NULL) {
            free(tw);
        }
    }

    private void expire(int tw) {
        if (table.isLive(tw) && table.expires(tw) != 0 && table.expires(tw) <= time.now()) {
            free(tw);
        }
    }

    private void free(int tw) {
        table.sockets().remove(tw);
        table.owners().remove(tw);
        ports.dropIfUnused(table.bucket(tw));
        table.free(tw);
    }

    /** inet_twsk_purge(): the net goes. */
    void exitNet(int net) {
        int tw = table.sockets().first(net);
        while (tw != NULL) {
            free(tw);
            tw = table.sockets().first(net);
        }
    }

    void digest(StateHash hash) {
        table.digest(hash);
    }
}
