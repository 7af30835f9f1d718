package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.event.EventLoop;
import dev.nestor.table.HotPath;
import java.util.Arrays;

/** Packets on their way through the event queue: netif_rx(), net_rx_action() of net/core/dev.c. */
final class NetRx {
    /** Before whatever else happens at the same time: the softirq runs at the end of the call that has sent. */
    private static final int PRIORITY = 0;

    /** What becomes of a packet that has arrived. It is the receiver's then. */
    interface Receiver {
        void receive(int skb);
    }

    private final EventLoop loop;
    private final int kind;
    private Receiver[] receivers = new Receiver[0]; // by packet type

    NetRx(EventLoop loop) {
        this.loop = loop;
        this.kind = loop.register((skb, type) -> receivers[(int) type].receive(skb));
    }

    int register(Receiver receiver) {
        receivers = Arrays.copyOf(receivers, receivers.length + 1);
        receivers[receivers.length - 1] = receiver;
        return receivers.length - 1;
    }

    /** Sends a packet off: it arrives after so many cycles. */
    @HotPath
    void send(int skb, int type, long cycles) {
        assert skb != NULL;
        loop.schedule(loop.clock().now() + cycles, PRIORITY, kind, skb, type);
    }
}
