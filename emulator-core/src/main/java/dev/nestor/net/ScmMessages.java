package dev.nestor.net;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.fs.pidfs.PidFds;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Resource;
import dev.nestor.uapi.Socket;

/** Control messages with descriptors and credentials: net/core/scm.c. One object serves one call at a time. */
final class ScmMessages {
    private static final int CMSG_HEADER = 16; // bytes
    private static final int UCRED_SIZE = 12; // bytes

    private final Sockets sockets;
    private final Files files;
    private final FileTables descriptors;
    private final CredTable creds;
    private final PidFds pidFds;
    private final int[] taken = new int[Socket.SCM_MAX_FD]; // files that the message names
    private int count; // of them
    private boolean hasCreds;
    private int pid;
    private int uid; // kuid
    private int gid; // kgid
    private final byte[] bytes = new byte[UCRED_SIZE];

    ScmMessages(Sockets sockets, PidFds pidFds) {
        this.sockets = sockets;
        this.files = sockets.vfs.files;
        this.descriptors = sockets.vfs.fileTables;
        this.creds = sockets.creds;
        this.pidFds = pidFds;
    }

    /** scm_send(): 0, EINVAL, EBADF, EPERM, ESRCH. */
    int parse(int task, int sk, Message message) {
        count = 0;
        hasCreds = false;
        pid = NULL;
        uid = -1;
        gid = -1;
        int at = 0;
        while (at + CMSG_HEADER <= message.controlLength) {
            long length = Bytes.getLong(message.control, at);
            if (length < CMSG_HEADER || length > message.controlLength - at) {
                return -Errno.EINVAL;
            }
            if (Bytes.getInt(message.control, at + 8) == Socket.SOL_SOCKET) {
                int error = parseOne(task, sk, message.control, at, (int) length);
                if (error != 0) {
                    return error;
                }
            }
            at += (int) ((length + 7) & -8L);
        }
        return 0;
    }

    private int parseOne(int task, int sk, byte[] control, int at, int length) {
        return switch (Bytes.getInt(control, at + 12)) {
            case Socket.SCM_RIGHTS ->
                sockets.table.family(sk) != Socket.AF_UNIX
                        ? -Errno.EINVAL
                        : takeFiles(task, control, at + CMSG_HEADER, length - CMSG_HEADER);
            case Socket.SCM_CREDENTIALS ->
                length != CMSG_HEADER + UCRED_SIZE ? -Errno.EINVAL : takeCreds(task, control, at + CMSG_HEADER);
            default -> -Errno.EINVAL;
        };
    }

    /** scm_fp_copy(). */
    private int takeFiles(int task, byte[] control, int at, int length) {
        int wanted = length / Integer.BYTES;
        if (wanted > Socket.SCM_MAX_FD - count) {
            return -Errno.EINVAL;
        }
        for (int i = 0; i < wanted; i++) {
            int fd = Bytes.getInt(control, at + 4 * i);
            int file = fd < 0 ? NULL : files.fileOf(task, fd);
            if (file == NULL) {
                return -Errno.EBADF;
            }
            taken[count++] = file;
        }
        return 0;
    }

    /** scm_check_creds(), and what the numbers stand for. */
    private int takeCreds(int task, byte[] control, int at) {
        int nr = Bytes.getInt(control, at);
        int cred = sockets.tasks.cred(task);
        int userNs = creds.userNs(cred);
        int wantedUid = sockets.userNamespaces.makeKuid(userNs, Bytes.getInt(control, at + 4));
        int wantedGid = sockets.userNamespaces.makeKgid(userNs, Bytes.getInt(control, at + 8));
        if (wantedUid == -1 || wantedGid == -1) {
            return -Errno.EINVAL;
        }
        int ns = sockets.pids.activeNs(task);
        boolean mayPid = nr == sockets.pids.taskTgidNr(task, ns)
                || sockets.capabilities.nsCapable(
                        task, sockets.vfs.below.pidNamespaces().owner(ns), Capability.CAP_SYS_ADMIN);
        boolean mayUid = wantedUid == creds.uid(cred)
                || wantedUid == creds.euid(cred)
                || wantedUid == creds.suid(cred)
                || sockets.capabilities.nsCapable(task, userNs, Capability.CAP_SETUID);
        boolean mayGid = wantedGid == creds.gid(cred)
                || wantedGid == creds.egid(cred)
                || wantedGid == creds.sgid(cred)
                || sockets.capabilities.nsCapable(task, userNs, Capability.CAP_SETGID);
        if (!mayPid || !mayUid || !mayGid) {
            return -Errno.EPERM;
        }
        int found = sockets.pids.findVpid(ns, nr);
        if (found == NULL) {
            return -Errno.ESRCH;
        }
        hasCreds = true;
        pid = found;
        uid = wantedUid;
        gid = wantedGid;
        return 0;
    }

    boolean hasFiles() {
        return count > 0;
    }

    /** unix_scm_to_skb(): 0, ETOOMANYREFS, ENOMEM. */
    int toSkb(int task, int skb, boolean withFiles) {
        if (hasCreds) {
            sockets.skBuffs.setCreds(skb, pid, uid, gid);
        }
        if (!withFiles || count == 0) {
            return 0;
        }
        int user = creds.uid(sockets.tasks.cred(task));
        long limit = sockets.vfs.below.signals().rlimCur(sockets.tasks.signal(task), Resource.RLIMIT_NOFILE);
        if (sockets.skBuffs.inFlight(user) > limit
                && !sockets.capabilities.capable(task, Capability.CAP_SYS_RESOURCE)
                && !sockets.capabilities.capable(task, Capability.CAP_SYS_ADMIN)) {
            return -Errno.ETOOMANYREFS;
        }
        for (int i = 0; i < count; i++) {
            if (!sockets.skBuffs.attachFile(skb, taken[i], user)) {
                return -Errno.ENOMEM;
            }
        }
        return 0;
    }

    /** unix_maybe_add_creds(): who sends it, if one of both sides wants to know. */
    void addCreds(int task, int skb, int from, int to) {
        int wanted = SockFlags.PASSCRED | SockFlags.PASSPIDFD;
        boolean isWanted = sockets.is(from, wanted) || sockets.is(to, wanted);
        if (isWanted && sockets.skBuffs.table().hasCreds(skb) == 0) {
            int cred = sockets.tasks.cred(task);
            sockets.skBuffs.setCreds(skb, sockets.pids.tgid(task), creds.uid(cred), creds.gid(cred));
        }
    }

    /**
     * scm_recv_unix(): what came with a message, for the receiver.
     *
     * @param skb whose files are handed over, or NULL
     * @param peek the files stay in the message, too
     */
    void receive(int task, int sk, Message message, int skb, boolean peek) {
        SkBuffTable skbs = sockets.skBuffs.table();
        boolean hasFiles = skb != NULL && !skbs.files().isEmpty(skb);
        int wanted = SockFlags.PASSCRED | SockFlags.PASSPIDFD;
        if (!message.hasControl()) {
            if (hasFiles || sockets.is(sk, wanted)) {
                message.outFlags |= Socket.MSG_CTRUNC;
            }
            return;
        }
        int sender = skb == NULL ? NULL : skbs.pid(skb);
        boolean isKnown = skb != NULL && skbs.hasCreds(skb) != 0;
        if (sockets.is(sk, SockFlags.PASSCRED)) {
            putCreds(task, message, sender, isKnown ? skbs.uid(skb) : -1, isKnown ? skbs.gid(skb) : -1);
        }
        if (hasFiles) {
            putFiles(task, message, skb, peek);
        }
        if (sockets.is(sk, SockFlags.PASSPIDFD)) {
            putPidFd(task, message, sender);
        }
    }

    /** SCM_CREDENTIALS, as the receiver's namespaces number them. */
    void putCreds(int task, Message message, int sender, int kuid, int kgid) {
        int userNs = creds.userNs(sockets.tasks.cred(task));
        int nr = sender == NULL ? 0 : sockets.pids.keptNrNs(sender, sockets.pids.activeNs(task));
        Bytes.putInt(bytes, 0, nr);
        Bytes.putInt(bytes, 4, sockets.userNamespaces.fromKuidMunged(userNs, kuid));
        Bytes.putInt(bytes, 8, sockets.userNamespaces.fromKgidMunged(userNs, kgid));
        message.putCmsg(Socket.SOL_SOCKET, Socket.SCM_CREDENTIALS, bytes, UCRED_SIZE);
    }

    /** scm_detach_fds(): as many as there is room for; the others are closed. */
    private void putFiles(int task, Message message, int skb, boolean peek) {
        SkBuffTable skbs = sockets.skBuffs.table();
        int room = message.roomForFds();
        int done = 0;
        int total = 0;
        boolean cloexec = message.is(Socket.MSG_CMSG_CLOEXEC);
        for (int row = skbs.files().first(skb); row != NULL; row = skbs.files().next(row)) {
            total++;
            if (done < room && done == total - 1) {
                int file = files.get(sockets.skBuffs.flights().file(row));
                int fd = descriptors.unused(task, 0);
                if (fd < 0 || !message.putFd(done, fd)) {
                    files.put(file);
                    continue;
                }
                descriptors.install(sockets.tasks.files(task), fd, file, cloexec);
                done++;
            }
        }
        if (done > 0) {
            message.putHeader(Socket.SOL_SOCKET, Socket.SCM_RIGHTS, CMSG_HEADER + 4L * done);
            message.advance(4 * done);
        }
        if (done < total) {
            message.outFlags |= Socket.MSG_CTRUNC;
        }
        while (!peek && !skbs.files().isEmpty(skb)) {
            files.put(sockets.skBuffs.takeFile(skb));
        }
    }

    /** scm_pidfd_recv(). */
    private void putPidFd(int task, Message message, int sender) {
        if (message.controlRoom() < Integer.BYTES) {
            message.outFlags |= Socket.MSG_CTRUNC;
            return;
        }
        if (sender == NULL) {
            return;
        }
        int fd = pidFds.create(task, sender, 0);
        Bytes.putInt(bytes, 0, fd);
        boolean fits = message.controlRoom() >= CMSG_HEADER && message.hasControl();
        boolean isWritten = message.putCmsg(Socket.SOL_SOCKET, Socket.SCM_PIDFD, bytes, Integer.BYTES);
        if (fd >= 0 && (!fits || !isWritten)) {
            descriptors.close(sockets.tasks.files(task), fd);
        }
    }
}
