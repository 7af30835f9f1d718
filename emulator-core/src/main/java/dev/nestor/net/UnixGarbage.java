package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTable;
import dev.nestor.table.Chain;

/**
 * Sockets that only messages refer to which nobody can receive: net/unix/garbage.c. Their messages are thrown away, and
 * with them they go.
 */
final class UnixGarbage {
    /*
     * A socket in flight may be garbage when its file has no other references than those of messages. It is not when one of
     * those messages waits at a socket that is none, or may be accepted from one. What remains after all have been freed
     * from suspicion that can be is garbage: the queues of these sockets are emptied.
     */

    /** unix_tot_inflight that makes a sender collect first. */
    private static final int MANY = 16_000;

    private static final int CANDIDATE = 1;

    private final Sockets sockets;
    private final SockTable table;
    private final SkBuffs skBuffs;
    private final SkBuffTable skbs;
    private final FileTable files;
    private int kind; // of sockets' files
    private boolean isCollecting;

    UnixGarbage(Sockets sockets) {
        this.sockets = sockets;
        this.table = sockets.table;
        this.skBuffs = sockets.skBuffs;
        this.skbs = skBuffs.table();
        this.files = sockets.vfs.tables.files;
    }

    void setKind(int ofSockets) {
        kind = ofSockets;
    }

    /** wait_for_unix_gc(). */
    void collectIfMany() {
        if (skBuffs.flights().size() > MANY) {
            collect();
        }
    }

    /** unix_gc(). */
    void collect() {
        if (isCollecting || !skBuffs.hasFlights() || !markCandidates()) {
            return;
        }
        isCollecting = true;
        boolean again = true;
        while (again) {
            again = clearReachable();
        }
        sweep();
        isCollecting = false;
    }

    private int sockInFlight(int row) {
        return sockets.sockOf(skBuffs.flights().file(row), kind);
    }

    private boolean markCandidates() {
        boolean any = false;
        ScmFileTable flights = skBuffs.flights();
        for (int i = 1; i < flights.rows(); i++) {
            int row = flights.handleInRow(i);
            int sk = row == NULL ? NULL : sockInFlight(row);
            if (sk != NULL) {
                int file = flights.file(row);
                boolean isSuspect = files.count(file) == skBuffs.flightsOf(file);
                table.setGcMark(sk, isSuspect ? CANDIDATE : 0);
                any |= isSuspect;
            }
        }
        return any;
    }

    /** Frees from suspicion what waits at sockets that are not suspect; whether there was any. */
    private boolean clearReachable() {
        boolean any = false;
        ScmFileTable flights = skBuffs.flights();
        for (int i = 1; i < flights.rows(); i++) {
            int row = flights.handleInRow(i);
            int sk = row == NULL ? NULL : sockInFlight(row);
            if (sk != NULL && table.gcMark(sk) == CANDIDATE && !isSuspect(receiver(row))) {
                table.setGcMark(sk, 0);
                any = true;
            }
        }
        return any;
    }

    /** The socket where a message waits, or who will accept that one; NULL for one that is being received. */
    private int receiver(int row) {
        Chain inMessage = skbs.files();
        int sk = table.receiveQueue().owner(inMessage.owner(row));
        return sk != NULL && table.listener(sk) != NULL ? table.listener(sk) : sk;
    }

    private boolean isSuspect(int sk) {
        return sk != NULL && table.gcMark(sk) == CANDIDATE;
    }

    private void sweep() {
        for (int i = 1; i < table.rows(); i++) {
            int sk = table.handleInRow(i);
            if (sk != NULL && table.gcMark(sk) == CANDIDATE) {
                table.setGcMark(sk, 0);
                drop(sk);
            }
        }
    }

    /** Messages with files go, those of connections that wait for accept, too. */
    private void drop(int sk) {
        sockets.hold(sk);
        int skb = table.receiveQueue().first(sk);
        while (skb != NULL && !sockets.is(sk, SockFlags.DEAD)) {
            int next = table.receiveQueue().next(skb);
            if (skbs.flags(skb) == SkBuffs.CONNECTION) {
                drop(skbs.sk(skb));
            } else if (!skbs.files().isEmpty(skb)) {
                table.receiveQueue().remove(skb);
                table.setAckBacklog(sk, table.ackBacklog(sk) - 1);
                skBuffs.free(skb);
                next = sockets.is(sk, SockFlags.DEAD)
                        ? NULL
                        : table.receiveQueue().first(sk);
            }
            skb = sockets.is(sk, SockFlags.DEAD) ? NULL : next;
        }
        sockets.put(sk);
    }
}
