package dev.nestor.net;

import dev.nestor.fs.IovIter;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Socket;

/** struct msghdr in the kernel: what is sent or received by one call. One object serves one call at a time. */
public final class Message {
    /** sizeof(struct sockaddr_storage). */
    public static final int STORAGE = 128;

    private static final int CMSG_HEADER = 16; // bytes: struct cmsghdr

    /** msg_iter. */
    public IovIter iter;

    /** msg_name: to whom it is sent, or who has sent it. */
    public final byte[] name = new byte[STORAGE + 8];

    /** msg_namelen; 0 for no name. */
    public int nameLength;

    /** Whether who receives it has asked for the name. */
    public boolean wantsName;

    /** MSG_* of the call. */
    public int flags;

    /** msg_flags: MSG_* that the receiver is shown. */
    public int outFlags;

    /** Control messages to be sent. */
    public byte[] control = new byte[1024];

    public int controlLength;

    private final UserMemory memory;
    private final byte[] head = new byte[CMSG_HEADER];
    private int mm;
    private long controlAt; // user address of the next control message to be received
    private long controlRoom; // bytes

    public Message(UserMemory memory) {
        this.memory = memory;
        this.iter = new IovIter(memory);
    }

    /** Starts over, with no name, no control messages and an iterator of the caller's making. */
    public void clear(int taskMm, int msgFlags) {
        mm = taskMm;
        nameLength = 0;
        wantsName = false;
        flags = msgFlags;
        outFlags = 0;
        controlLength = 0;
        controlAt = 0;
        controlRoom = 0;
    }

    /** Another iterator than the message's own. */
    void setIter(IovIter other) {
        iter = other;
    }

    /** Where control messages are to be received. */
    public void setControl(long address, long room) {
        controlAt = address;
        controlRoom = room;
    }

    boolean hasControl() {
        return controlAt != 0;
    }

    long controlRoom() {
        return controlRoom;
    }

    boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /** Room for control messages that are sent. */
    public void reserveControl(int bytes) {
        if (control.length < bytes) {
            control = new byte[bytes];
        }
    }

    /** put_cmsg(): one control message for the receiver, as much of it as there is room for. False on a fault. */
    boolean putCmsg(int level, int type, byte[] data, int length) {
        long size = CMSG_HEADER + (long) length;
        if (controlAt == 0 || controlRoom < CMSG_HEADER) {
            outFlags |= Socket.MSG_CTRUNC;
            return true;
        }
        if (controlRoom < size) {
            outFlags |= Socket.MSG_CTRUNC;
            size = controlRoom;
        }
        if (!putHeader(level, type, size)
                || memory.copyToUser(mm, controlAt + CMSG_HEADER, data, 0, (int) (size - CMSG_HEADER)) != 0) {
            return false;
        }
        advance(length);
        return true;
    }

    boolean putHeader(int level, int type, long size) {
        Bytes.putLong(head, 0, size);
        Bytes.putInt(head, 8, level);
        Bytes.putInt(head, 12, type);
        return memory.copyToUser(mm, controlAt, head, 0, CMSG_HEADER) == 0;
    }

    /** Passes over a control message with so many bytes of data. */
    void advance(int length) {
        long space = Math.min(CMSG_HEADER + ((length + 7L) & -8L), controlRoom);
        controlAt += space;
        controlRoom -= space;
    }

    /** How many descriptors there is room for. */
    int roomForFds() {
        return (int) Math.max(-1, (controlRoom - CMSG_HEADER) / Integer.BYTES);
    }

    boolean putFd(int index, int fd) {
        return memory.putInt(mm, controlAt + CMSG_HEADER + 4L * index, fd) == 0;
    }

    /** Where the control messages end that were received. */
    public long controlEnd() {
        return controlAt;
    }
}
