package dev.nestor.net;

import dev.nestor.fs.FileOps;
import dev.nestor.uapi.Errno;

/**
 * proto_ops: what can be done with the sockets of one family and type. Results are as those of the calls: a value, a
 * negative errno, or {@link FileOps#BLOCKED} when the task has been put on a wait queue and is to come again.
 */
interface ProtoOps {
    long BLOCKED = FileOps.BLOCKED;

    /** The socket is closed; what else refers to it may keep it. */
    void release(int sk);

    /** sk_destruct(): the last reference is gone. */
    default void destroy(int sk) {}

    /** @param address with room for the longest */
    default long bind(int task, int sk, byte[] address, int length) {
        return -Errno.EOPNOTSUPP;
    }

    /** @param flags O_NONBLOCK */
    default long connect(int task, int sk, byte[] address, int length, int flags) {
        return -Errno.EOPNOTSUPP;
    }

    default long listen(int task, int sk, int backlog) {
        return -Errno.EOPNOTSUPP;
    }

    /** The sock of a connection, which is without a file still. */
    default long accept(int task, int sk, int flags) {
        return -Errno.EOPNOTSUPP;
    }

    /** The length of the address, or a negative errno. */
    int getname(int task, int sk, boolean peer, byte[] into);

    default long socketpair(int task, int first, int second) {
        return -Errno.EOPNOTSUPP;
    }

    default long shutdown(int task, int sk, int how) {
        return -Errno.EOPNOTSUPP;
    }

    default long sendmsg(int task, int sk, Message message) {
        return -Errno.EOPNOTSUPP;
    }

    default long recvmsg(int task, int sk, Message message) {
        return -Errno.EOPNOTSUPP;
    }

    int poll(int task, int sk);

    /** Another wait queue that pollers sleep on, or NULL. */
    default int secondPollQueue(int sk) {
        return 0;
    }

    /** -ENOIOCTLCMD for what the family does not know. */
    default long ioctl(int task, int sk, int cmd, long arg) {
        return -Errno.ENOIOCTLCMD;
    }

    /** Options of other levels than SOL_SOCKET. */
    default long setsockopt(int task, int sk, int level, int option, long value, int length) {
        return -Errno.EOPNOTSUPP;
    }

    default long getsockopt(int task, int sk, int level, int option, long value, long length) {
        return -Errno.EOPNOTSUPP;
    }

    /** sk_write_space(): bytes sent have been read. */
    void writeSpace(int sk);
}
