package dev.nestor.syscalls;

import dev.nestor.fs.Files;
import dev.nestor.fs.IovIter;
import dev.nestor.fs.ReadWrite;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.net.Message;
import dev.nestor.net.Network;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Socket;

/** send(2) and recv(2), and their kin: net/socket.c. Restart word 3 keeps how many messages sendmmsg and recvmmsg have done. */
public final class SysMessage {
    private static final int MSGHDR_SIZE = 56; // bytes: struct msghdr
    private static final int MMSGHDR_SIZE = 64; // bytes: struct mmsghdr
    private static final int IOVEC_SIZE = 16; // bytes
    private static final int OPTMEM_MAX = 131_072; // net.core.optmem_max
    private static final int DONE = 3; // restart word
    private static final int INTERNAL_FLAGS = 0x0A_2D_00_00; // MSG_INTERNAL_SENDMSG_FLAGS

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Files files;
    private final Network network;
    private final Message message;
    private final byte[] header = new byte[MSGHDR_SIZE];
    private final byte[] vector = new byte[IOVEC_SIZE * IovIter.MAX_SEGMENTS];
    private final IovIter iter;

    public SysMessage(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.files = kernel.files();
        this.network = kernel.fileSystems().network();
        this.message = new Message(memory);
        this.iter = message.iter;
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_sendto, "sendto", this::sendto)
                .full(Nr.NR_recvfrom, "recvfrom", this::recvfrom)
                .full(Nr.NR_sendmsg, "sendmsg", this::sendmsg)
                .full(Nr.NR_recvmsg, "recvmsg", this::recvmsg)
                .full(Nr.NR_sendmmsg, "sendmmsg", this::sendmmsg)
                .partial(Nr.NR_recvmmsg, "recvmmsg", this::recvmmsg, "the timeout is looked at between messages only");
    }

    private int noblock(int file) {
        return files.isNonblocking(file) ? Socket.MSG_DONTWAIT : 0;
    }

    /** import_ubuf(): false when it does not lie in user space. */
    private boolean takeBuffer(int task, long address, long length) {
        long size = Math.min(length & Long.MAX_VALUE, ReadWrite.MAX_RW_COUNT);
        if (length < 0) {
            size = ReadWrite.MAX_RW_COUNT;
        }
        iter.user(tasks.mm(task), address, size);
        return UserMemory.accessOk(address, size);
    }

    private long sendto(int task, SyscallArgs args) {
        if (!takeBuffer(task, args.get(1), args.get(2))) {
            return -Errno.EFAULT;
        }
        int file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        message.clear(tasks.mm(task), (args.intAt(3) & ~INTERNAL_FLAGS) | noblock(file));
        if (args.get(4) != 0) {
            int error = takeName(task, args.get(4), args.intAt(5));
            if (error != 0) {
                return error;
            }
        }
        return network.sendmsg(task, file, message);
    }

    /** move_addr_to_kernel(). */
    private int takeName(int task, long address, int length) {
        if (length < 0 || length > Message.STORAGE) {
            return -Errno.EINVAL;
        }
        java.util.Arrays.fill(message.name, (byte) 0);
        message.nameLength = length;
        return length == 0 ? 0 : memory.copyFromUser(tasks.mm(task), address, message.name, 0, length);
    }

    private long recvfrom(int task, SyscallArgs args) {
        if (!takeBuffer(task, args.get(1), args.get(2))) {
            return -Errno.EFAULT;
        }
        int file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        message.clear(tasks.mm(task), args.intAt(3) | noblock(file));
        message.wantsName = args.get(4) != 0;
        long result = network.recvmsg(task, file, message);
        if (result >= 0 && args.get(4) != 0) {
            int error = SysSocket.giveAddress(
                    memory, tasks.mm(task), message.name, message.nameLength, args.get(4), args.get(5));
            return error != 0 ? error : result;
        }
        return result;
    }

    private long sendmsg(int task, SyscallArgs args) {
        if ((args.intAt(2) & Socket.MSG_CMSG_COMPAT) != 0) {
            return -Errno.EINVAL;
        }
        int file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        return send(task, file, args.get(1), args.intAt(2));
    }

    private long send(int task, int file, long address, int flags) {
        message.clear(tasks.mm(task), (flags & ~INTERNAL_FLAGS) | noblock(file));
        int error = takeHeader(task, address);
        if (error != 0) {
            return error;
        }
        long name = Bytes.getLong(header, 0);
        int nameLength = name == 0 ? 0 : Bytes.getInt(header, 8);
        if (nameLength < 0) {
            return -Errno.EINVAL;
        }
        if (nameLength > 0) {
            error = takeName(task, name, Math.min(nameLength, Message.STORAGE));
        }
        if (error == 0) {
            error = takeVector(task);
        }
        if (error == 0) {
            error = takeControl(task);
        }
        return error != 0 ? error : network.sendmsg(task, file, message);
    }

    private int takeHeader(int task, long address) {
        return memory.copyFromUser(tasks.mm(task), address, header, 0, MSGHDR_SIZE);
    }

    /** import_iovec(). */
    private int takeVector(int task) {
        int mm = tasks.mm(task);
        iter.clear(mm);
        long count = Bytes.getLong(header, 24);
        if (Long.compareUnsigned(count, IovIter.MAX_SEGMENTS) > 0) {
            return -Errno.EMSGSIZE;
        }
        int bytes = (int) count * IOVEC_SIZE;
        if (bytes > 0 && memory.copyFromUser(mm, Bytes.getLong(header, 16), vector, 0, bytes) != 0) {
            return -Errno.EFAULT;
        }
        long total = 0;
        for (int at = 0; at < bytes; at += IOVEC_SIZE) {
            long base = Bytes.getLong(vector, at);
            long length = Bytes.getLong(vector, at + 8);
            if (length < 0) {
                return -Errno.EINVAL;
            }
            if (!UserMemory.accessOk(base, length)) {
                return -Errno.EFAULT;
            }
            long part = Math.min(length, ReadWrite.MAX_RW_COUNT - total);
            total += part;
            iter.add(base, part);
        }
        return 0;
    }

    private int takeControl(int task) {
        long length = Bytes.getLong(header, 40);
        if (length < 0 || length > OPTMEM_MAX) {
            return -Errno.ENOBUFS;
        }
        if (length == 0) {
            return 0;
        }
        message.reserveControl((int) length);
        message.controlLength = (int) length;
        return memory.copyFromUser(tasks.mm(task), Bytes.getLong(header, 32), message.control, 0, (int) length);
    }

    private long recvmsg(int task, SyscallArgs args) {
        if ((args.intAt(2) & Socket.MSG_CMSG_COMPAT) != 0) {
            return -Errno.EINVAL;
        }
        int file = network.fileOf(task, args.intAt(0));
        return file < 0 ? file : receive(task, file, args.get(1), args.intAt(2));
    }

    private long receive(int task, int file, long address, int flags) {
        int mm = tasks.mm(task);
        int error = takeHeader(task, address);
        if (error != 0) {
            return error;
        }
        long name = Bytes.getLong(header, 0);
        if (name != 0 && Bytes.getInt(header, 8) < 0) {
            return -Errno.EINVAL;
        }
        error = takeVector(task);
        if (error != 0) {
            return error;
        }
        message.clear(mm, flags | noblock(file));
        message.wantsName = name != 0;
        long control = Bytes.getLong(header, 32);
        message.setControl(control, Bytes.getLong(header, 40));
        message.outFlags = flags & Socket.MSG_CMSG_CLOEXEC;
        long result = network.recvmsg(task, file, message);
        if (result < 0) {
            return result;
        }
        if (name != 0) {
            error = SysSocket.giveAddress(memory, mm, message.name, message.nameLength, name, address + 8);
        }
        if (error == 0) {
            error = memory.putInt(mm, address + 48, message.outFlags);
        }
        if (error == 0) {
            error = memory.putLong(mm, address + 40, message.controlEnd() - control);
        }
        return error != 0 ? error : result;
    }

    private long sendmmsg(int task, SyscallArgs args) {
        if ((args.intAt(3) & Socket.MSG_CMSG_COMPAT) != 0) {
            return -Errno.EINVAL;
        }
        int file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        long count = Math.min(args.get(2) & 0xffffffffL, IovIter.MAX_SEGMENTS);
        long done = tasks.restart(task, DONE);
        while (done < count) {
            long at = args.get(1) + done * MMSGHDR_SIZE;
            long result = send(task, file, at, args.intAt(3));
            if (result == Syscalls.BLOCKED) {
                tasks.setRestart(task, DONE, done);
                return result;
            }
            long error = tell(task, at, result);
            if (error != 0) {
                return done > 0 ? done : error;
            }
            done++;
        }
        return done;
    }

    /** Writes the length of one of several messages behind it, and the next one begins anew; 0, EFAULT, or why there was none. */
    private long tell(int task, long message, long result) {
        if (result < 0) {
            return result;
        }
        tasks.setRestart(task, 0, 0);
        tasks.setRestart(task, 1, 0);
        return memory.putInt(tasks.mm(task), message + MSGHDR_SIZE, (int) result) != 0 ? -Errno.EFAULT : 0;
    }

    private long recvmmsg(int task, SyscallArgs args) {
        if ((args.intAt(3) & Socket.MSG_CMSG_COMPAT) != 0) {
            return -Errno.EINVAL;
        }
        long timeout = args.get(4);
        if (timeout != 0) {
            int mm = tasks.mm(task);
            long seconds = memory.getLong(mm, timeout);
            long nanos = memory.getLong(mm, timeout + 8);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            if (seconds < 0 || nanos < 0 || nanos >= 1_000_000_000) {
                return -Errno.EINVAL;
            }
        }
        int file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        long count = args.get(2) & 0xffffffffL;
        long done = tasks.restart(task, DONE);
        int flags = args.intAt(3);
        while (done < count) {
            long at = args.get(1) + done * MMSGHDR_SIZE;
            boolean waits = done == 0 || (flags & Socket.MSG_WAITFORONE) == 0;
            int one = (flags & ~Socket.MSG_WAITFORONE) | (waits ? 0 : Socket.MSG_DONTWAIT);
            long result = receive(task, file, at, one);
            if (result == Syscalls.BLOCKED) {
                tasks.setRestart(task, DONE, done);
                return result;
            }
            long error = tell(task, at, result);
            if (error != 0) {
                return done > 0 ? done : error;
            }
            done++;
        }
        return done;
    }
}
