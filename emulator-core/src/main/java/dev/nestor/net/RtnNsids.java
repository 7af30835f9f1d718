package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.nsfs.NsFs;
import dev.nestor.kernel.ns.NsTypes;
import dev.nestor.uapi.Errno;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.function.IntUnaryOperator;

/** Numbers by which one net knows another: peernet2id() of net/core/net_namespace.c. */
final class RtnNsids {
    private static final int NETNSA_NSID = 1;
    private static final int NETNSA_PID = 2;
    private static final int NETNSA_FD = 3;
    private static final int NOT_ASSIGNED = -1;

    private final Sockets sockets;
    private final NsFs nsFs;
    private final IntUnaryOperator netOf;

    /* By (net, other) the number, and by (net, number) the other net: look up, never walk. */
    private final Long2IntOpenHashMap ids = new Long2IntOpenHashMap();
    private final Long2IntOpenHashMap nets = new Long2IntOpenHashMap();

    RtnNsids(Sockets sockets, NsFs nsFs, IntUnaryOperator netOf) {
        this.sockets = sockets;
        this.nsFs = nsFs;
        this.netOf = netOf;
        ids.defaultReturnValue(NOT_ASSIGNED);
    }

    private static long key(int net, int other) {
        return ((long) net << 32) | (other & 0xffffffffL);
    }

    /** peernet2id_alloc(): the lowest number that is free. */
    int idOf(int net, int other) {
        int id = ids.get(key(net, other));
        if (id == NOT_ASSIGNED) {
            id = 0;
            while (nets.containsKey(key(net, id))) {
                id++;
            }
            assign(net, other, id);
        }
        return id;
    }

    private void assign(int net, int other, int id) {
        ids.put(key(net, other), id);
        nets.put(key(net, id), other);
    }

    /** get_net_ns_by_id(): or NULL. */
    int netOf(int net, int id) {
        return id < 0 ? NULL : nets.get(key(net, id));
    }

    /** get_net_ns_by_pid(): or NULL. */
    int netOfPid(int task, int nr) {
        int found = sockets.pids.findTaskByVpid(sockets.pids.activeNs(task), nr);
        return found == NULL || sockets.tasks.nsproxy(found) == NULL ? NULL : netOf.applyAsInt(found);
    }

    /** get_net_ns_by_fd(): EBADF, EINVAL. */
    int netOfFd(int task, int fd) {
        int file = sockets.vfs.files.usableFileOf(task, fd);
        if (file == NULL) {
            return -Errno.EBADF;
        }
        boolean isNet = nsFs.isNsFile(file) && nsFs.typeOf(file) == NsTypes.NET;
        return isNet ? nsFs.nsOf(file) : -Errno.EINVAL;
    }

    private int peer(int task, NlRequest asked) {
        int pid = asked.find(NETNSA_PID);
        int fd = asked.find(NETNSA_FD);
        if (pid < 0 && fd < 0) {
            return asked.fail(-Errno.EINVAL, "Peer netns reference is missing");
        }
        int at = pid >= 0 ? pid : fd;
        int found = pid >= 0 ? netOfPid(task, asked.intOf(pid)) : netOfFd(task, asked.intOf(fd));
        if (found <= NULL) {
            asked.badAttr = at - 4 - asked.at;
            return asked.fail(found == NULL ? -Errno.ESRCH : found, "Peer netns reference is invalid");
        }
        return found;
    }

    /** rtnl_net_newid(): EINVAL, EEXIST. */
    int make(int task, int net, NlRequest asked) {
        asked.hasHeader(1);
        int id = asked.find(NETNSA_NSID);
        if (id < 0) {
            return asked.fail(-Errno.EINVAL, "nsid is missing");
        }
        int peer = peer(task, asked);
        if (peer < 0) {
            return peer;
        }
        if (ids.get(key(net, peer)) != NOT_ASSIGNED) {
            return asked.fail(-Errno.EEXIST, "Peer netns already has a nsid assigned");
        }
        int wanted = asked.intOf(id);
        if (wanted < 0) {
            idOf(net, peer);
        } else if (nets.containsKey(key(net, wanted))) {
            asked.badAttr = id - 4 - asked.at;
            return asked.fail(-Errno.EEXIST, "The specified nsid is already used");
        } else {
            assign(net, peer, wanted);
        }
        return 0;
    }

    /** rtnl_net_getid(): the number, or -1 when there is none. */
    int get(int task, int net, int portid, NlRequest asked, NlMessage reply) {
        asked.hasHeader(1);
        int peer = peer(task, asked);
        if (peer < 0) {
            return peer;
        }
        fill(ids.get(key(net, peer)), 0, portid, asked, reply);
        return 0;
    }

    void dump(int net, int portid, NlRequest asked, NlMessage reply) {
        NetTable table = sockets.nets.table();
        for (int row = 1; row < table.rows(); row++) {
            int other = table.handleInRow(row);
            int id = other == NULL ? NOT_ASSIGNED : ids.get(key(net, other));
            if (id != NOT_ASSIGNED) {
                fill(id, NlRequest.NLM_F_MULTI, portid, asked, reply);
            }
        }
    }

    private static void fill(int id, int flags, int portid, NlRequest asked, NlMessage reply) {
        reply.begin(88, flags, asked.seq, portid, 1);
        reply.putInt(NETNSA_NSID, id);
        reply.end();
    }

    /** unhash_nsid(): a net that dies is known by no number any more, and knows none. */
    void forget(int net) {
        NetTable table = sockets.nets.table();
        for (int row = 1; !ids.isEmpty() && row < table.rows(); row++) {
            int other = table.handleInRow(row);
            if (other != NULL) {
                drop(other, net);
                drop(net, other);
            }
        }
    }

    private void drop(int net, int other) {
        int id = ids.remove(key(net, other));
        if (id != NOT_ASSIGNED) {
            nets.remove(key(net, id));
        }
    }
}
