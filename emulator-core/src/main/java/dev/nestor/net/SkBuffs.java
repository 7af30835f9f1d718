package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.IovIter;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Vfs;
import dev.nestor.ipc.ByteBlocks;
import dev.nestor.kernel.pid.Pids;
import dev.nestor.machine.Work;
import dev.nestor.table.StateHash;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;

/** Packets and messages: their memory, their price, and the descriptors that fly in them. net/core/skbuff.c, scm.c. */
final class SkBuffs {
    private static final int PAGE = 4096;
    private static final int SKB_OVERHEAD = 256; // bytes of struct sk_buff
    private static final int SHARED_INFO = 320; // bytes of struct skb_shared_info
    private static final int LEAST_HEAD = 512; // bytes of the smallest slab that holds both

    /** SKB_MAX_ALLOC: what fits into four pages. */
    static final int SKB_MAX_ALLOC = 4 * PAGE - SHARED_INFO;

    /** SKB_MAX_HEAD(0): what fits into a page. */
    static final int SKB_MAX_HEAD = PAGE - SHARED_INFO;

    /** An embryo stands behind it, no bytes: a connection that waits for accept. */
    static final int CONNECTION = 1;

    /** The row stands for bytes that end a record. */
    static final int END_OF_RECORD = 2;

    private final Vfs vfs;
    private final SkBuffTable skbs;
    private final ScmFileTable flights;
    private final ByteBlocks blocks;
    private final NameTable names;
    private final Pids pids;
    private final Work work;
    private final SockTable sockets;
    private final Sockets owner;
    private boolean isLanding; // files are being let go of

    /* Files in flight of each user: look up, never walk. */
    private final Int2IntOpenHashMap inFlight = new Int2IntOpenHashMap();

    /* How often each file is in flight: look up, never walk. */
    private final Int2IntOpenHashMap flightsOf = new Int2IntOpenHashMap();

    private final byte[] chunk = new byte[PAGE];
    private int[] landing = new int[16]; // files to be let go of
    private int landings;

    SkBuffs(Sockets owner, SkBuffTable skbs, ScmFileTable flights, int maxBytes) {
        this.owner = owner;
        this.sockets = owner.table;
        this.vfs = owner.vfs;
        this.skbs = skbs;
        this.flights = flights;
        this.blocks = new ByteBlocks(maxBytes);
        this.names = vfs.tables.names;
        this.pids = vfs.below.pids();
        this.work = vfs.below.work();
    }

    SkBuffTable table() {
        return skbs;
    }

    /** skb->truesize of alloc_skb_with_frags(): a head of so many bytes and pages behind it. */
    static int truesize(int head, int data) {
        int slab = Math.max(LEAST_HEAD, Integer.highestOneBit(2 * (head + SHARED_INFO) - 1));
        return slab + SKB_OVERHEAD + ((data + PAGE - 1) & -PAGE);
    }

    /** A buffer with room for so many bytes, charged to nobody; NULL at a limit. */
    int alloc(int bytes) {
        int skb = skbs.alloc();
        if (skb == NULL) {
            return NULL;
        }
        work.add(Work.OBJECT_ALLOC);
        if (bytes > 0) {
            int block = blocks.alloc(bytes);
            if (block == ByteBlocks.NONE) {
                skbs.free(skb);
                return NULL;
            }
            skbs.setBlock(skb, block);
            skbs.setCapacity(skb, bytes);
        }
        skbs.setLength(skb, bytes);
        return skb;
    }

    /** skb_set_owner_w(): it counts in the sender's buffer, and keeps the sender. */
    void charge(int skb, int sk, int truesize) {
        skbs.setSk(skb, owner.hold(sk));
        skbs.setTruesize(skb, truesize);
        sockets.setWmemAlloc(sk, sockets.wmemAlloc(sk) + truesize);
    }

    /** skb_set_owner_r(): it counts in the receiver's buffer. */
    void chargeReceiver(int skb, int sk) {
        skbs.setCharged(skb, sk);
        sockets.setRmemAlloc(sk, sockets.rmemAlloc(sk) + skbs.truesize(skb));
    }

    /** skb_copy_datagram_from_iter(): false on a fault. */
    boolean fill(int skb, IovIter from) {
        int length = skbs.length(skb);
        work.add(Work.BYTES_COPIED, length);
        return length == 0 || blocks.fill(skbs.block(skb), 0, from, length) == length;
    }

    /** The same of a part, from a place in the buffer on. */
    boolean fillFrom(int skb, int at, IovIter from, int length) {
        work.add(Work.BYTES_COPIED, length);
        return length == 0 || blocks.fill(skbs.block(skb), at, from, length) == length;
    }

    /** The bytes of one buffer to the beginning of another. */
    void copy(int from, int to) {
        for (int at = 0; at < skbs.length(from); at += chunk.length) {
            int part = Math.min(chunk.length, skbs.length(from) - at);
            blocks.get(skbs.block(from), at, chunk, 0, part);
            blocks.put(skbs.block(to), at, chunk, 0, part);
        }
    }

    /** Puts one hardware address in the place of another in all that waits at a socket. */
    void replace(int sk, SockTable socks, long before, long after) {
        byte[] bytes = new byte[0];
        byte[] old = new byte[6];
        RtnLinks.putAddress(old, 0, before);
        for (int skb = socks.receiveQueue().first(sk);
                skb != NULL;
                skb = socks.receiveQueue().next(skb)) {
            int length = skbs.length(skb);
            bytes = new byte[length];
            blocks.get(skbs.block(skb), 0, bytes, 0, length);
            for (int at = 0; at + 6 <= length; at++) {
                if (java.util.Arrays.equals(bytes, at, at + 6, old, 0, 6)) {
                    RtnLinks.putAddress(bytes, at, after);
                }
            }
            blocks.put(skbs.block(skb), 0, bytes, 0, length);
        }
    }

    /** Another identification, and with it another sum, in a packet that begins with a header of IPv4. */
    void identify(int skb, int id) {
        if (skb == NULL || skbs.length(skb) < IpHeaders.IP_SIZE) {
            return;
        }
        blocks.get(skbs.block(skb), 0, chunk, 0, IpHeaders.IP_SIZE);
        Bytes.putPort(chunk, 4, id);
        Bytes.putPort(chunk, 10, 0);
        Bytes.putPort(chunk, 10, IpHeaders.fold(IpHeaders.sum(chunk, 0, IpHeaders.IP_SIZE, 0)));
        blocks.put(skbs.block(skb), 0, chunk, 0, IpHeaders.IP_SIZE);
    }

    /** skb_orphan(): it has left the sender's buffer. */
    void unchargeSender(int skb) {
        int sk = skbs.sk(skb);
        skbs.setSk(skb, NULL);
        if (sk != NULL) {
            sockets.setWmemAlloc(sk, sockets.wmemAlloc(sk) - skbs.truesize(skb));
            owner.writeSpace(sk);
            owner.put(sk);
        }
    }

    void putFrom(int skb, byte[] from, int offset, int length) {
        if (length > 0) {
            blocks.put(skbs.block(skb), 0, from, offset, length);
        }
    }

    void get(int skb, int at, byte[] into, int length) {
        blocks.get(skbs.block(skb), at, into, 0, length);
    }

    /** skb_copy_datagram_msg(): false on a fault. */
    boolean drain(int skb, int at, IovIter to, int length) {
        work.add(Work.BYTES_COPIED, length);
        return length == 0 || blocks.drain(skbs.block(skb), at, to, length) == length;
    }

    /** unix_skb_len(): bytes that have not been read. */
    int unread(int skb) {
        return skbs.length(skb) - skbs.consumed(skb);
    }

    void setName(int skb, int name) {
        skbs.setName(skb, name == NULL ? NULL : names.get(name));
    }

    void setCreds(int skb, int pid, int uid, int gid) {
        skbs.setPid(skb, pid == NULL ? NULL : pids.getPid(pid));
        skbs.setUid(skb, uid);
        skbs.setGid(skb, gid);
        skbs.setHasCreds(skb, 1);
    }

    /** Puts a file into the message; false at the limit. */
    boolean attachFile(int skb, int file, int uid) {
        int row = flights.alloc();
        if (row == NULL) {
            return false;
        }
        flights.setFile(row, vfs.files.get(file));
        flights.setUid(row, uid);
        skbs.files().addLast(skb, row);
        inFlight.addTo(uid, 1);
        flightsOf.addTo(file, 1);
        return true;
    }

    /** user->unix_inflight. */
    int inFlight(int uid) {
        return inFlight.get(uid);
    }

    /** How often a file is in flight. */
    int flightsOf(int file) {
        return flightsOf.get(file);
    }

    boolean hasFlights() {
        return flights.size() > 0;
    }

    ScmFileTable flights() {
        return flights;
    }

    /** The first file comes down: it is taken out of the message, and its reference is the caller's. */
    int takeFile(int skb) {
        int row = skbs.files().first(skb);
        int file = flights.file(row);
        int uid = flights.uid(row);
        skbs.files().remove(row);
        flights.free(row);
        if (inFlight.addTo(uid, -1) == 1) {
            inFlight.remove(uid);
        }
        if (flightsOf.addTo(file, -1) == 1) {
            flightsOf.remove(file);
        }
        return file;
    }

    /** kfree_skb(): it is on no queue. Files that it carries are let go of, one after the other. */
    void free(int skb) {
        while (!skbs.files().isEmpty(skb)) {
            if (landings == landing.length) {
                landing = java.util.Arrays.copyOf(landing, 2 * landings);
            }
            landing[landings++] = takeFile(skb);
        }
        int sk = skbs.sk(skb);
        int charged = skbs.charged(skb);
        int truesize = skbs.truesize(skb);
        if (skbs.capacity(skb) > 0) {
            blocks.free(skbs.block(skb), skbs.capacity(skb));
        }
        if (skbs.pid(skb) != NULL) {
            pids.putPid(skbs.pid(skb));
        }
        if (skbs.name(skb) != NULL) {
            names.put(skbs.name(skb));
        }
        skbs.free(skb);
        work.add(Work.OBJECT_FREE);
        if (charged != NULL) {
            sockets.setRmemAlloc(charged, sockets.rmemAlloc(charged) - truesize);
        }
        if (sk != NULL) {
            sockets.setWmemAlloc(sk, sockets.wmemAlloc(sk) - truesize);
            owner.writeSpace(sk);
            owner.put(sk);
        }
        land();
    }

    /** The last reference on a file may close a socket, and with that free further messages: they wait for their turn here. */
    private void land() {
        if (isLanding) {
            return;
        }
        isLanding = true;
        while (landings > 0) {
            vfs.files.put(landing[--landings]);
        }
        isLanding = false;
    }

    void digest(StateHash hash) {
        skbs.digest(hash);
        flights.digest(hash);
        blocks.digest(hash);
    }
}
