package dev.nestor.syscalls;

import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.net.Message;
import dev.nestor.net.Network;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Socket;

/** socket(2) and the calls that make, bind, connect and ask sockets: net/socket.c. */
public final class SysSocket {
    private static final int FLAGS = Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK; // SOCK_CLOEXEC, SOCK_NONBLOCK

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Files files;
    private final FileTables descriptors;
    private final Network network;
    private final byte[] address = new byte[Message.STORAGE + 8];
    private final int[] ends = new int[2];

    public SysSocket(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.files = kernel.files();
        this.descriptors = kernel.fileTables();
        this.network = kernel.fileSystems().network();
    }

    public void register(SyscallTable.Builder calls) {
        calls.partial(Nr.NR_socket, "socket", this::socket, "rings and filters of packet sockets, AF_VSOCK, AF_XDP")
                .full(Nr.NR_socketpair, "socketpair", this::socketpair)
                .full(Nr.NR_bind, "bind", this::bind)
                .full(Nr.NR_connect, "connect", this::connect)
                .full(Nr.NR_listen, "listen", this::listen)
                .full(Nr.NR_accept, "accept", (task, args) -> accept(task, args, 0))
                .full(Nr.NR_accept4, "accept4", (task, args) -> accept(task, args, args.intAt(3)))
                .full(Nr.NR_getsockname, "getsockname", (task, args) -> getname(task, args, false))
                .full(Nr.NR_getpeername, "getpeername", (task, args) -> getname(task, args, true))
                .full(Nr.NR_shutdown, "shutdown", this::shutdown)
                .partial(Nr.NR_setsockopt, "setsockopt", this::setsockopt, "what the list of options says")
                .partial(Nr.NR_getsockopt, "getsockopt", this::getsockopt, "filters");
    }

    private long socket(int task, SyscallArgs args) {
        int flags = args.intAt(1) & ~Socket.SOCK_TYPE_MASK;
        if ((flags & ~FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        int file = network.socket(
                task, args.intAt(0), args.intAt(1) & Socket.SOCK_TYPE_MASK, args.intAt(2), flags & Fcntl.O_NONBLOCK);
        return file < 0 ? file : install(task, file, flags);
    }

    private int install(int task, int file, int flags) {
        int fd = descriptors.installLowest(task, 0, file, (flags & Fcntl.O_CLOEXEC) != 0);
        if (fd < 0) {
            files.put(file);
        }
        return fd;
    }

    private long socketpair(int task, SyscallArgs args) {
        int flags = args.intAt(1) & ~Socket.SOCK_TYPE_MASK;
        if ((flags & ~FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        int struct = tasks.files(task);
        int first = descriptors.unused(task, 0);
        int second = first < 0 ? first : descriptors.unused(task, first + 1);
        if (second < 0) {
            return second;
        }
        int mm = tasks.mm(task);
        if (memory.putInt(mm, args.get(3), first) != 0 || memory.putInt(mm, args.get(3) + 4, second) != 0) {
            return -Errno.EFAULT;
        }
        int type = args.intAt(1) & Socket.SOCK_TYPE_MASK;
        long error = network.socketpair(task, args.intAt(0), type, args.intAt(2), flags & Fcntl.O_NONBLOCK, ends);
        if (error != 0) {
            return error;
        }
        boolean cloexec = (flags & Fcntl.O_CLOEXEC) != 0;
        descriptors.install(struct, first, ends[0], cloexec);
        descriptors.install(struct, second, ends[1], cloexec);
        return 0;
    }

    /** move_addr_to_kernel(): 0, EINVAL, EFAULT. */
    private int takeAddress(int task, long from, int length) {
        if (length < 0 || length > Message.STORAGE) {
            return -Errno.EINVAL;
        }
        java.util.Arrays.fill(address, (byte) 0);
        return length == 0 ? 0 : memory.copyFromUser(tasks.mm(task), from, address, 0, length);
    }

    private long bind(int task, SyscallArgs args) {
        int file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        int error = takeAddress(task, args.get(1), args.intAt(2));
        return error != 0 ? error : network.bind(task, file, address, args.intAt(2));
    }

    private long connect(int task, SyscallArgs args) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == 0) {
            return -Errno.EBADF;
        }
        int error = takeAddress(task, args.get(1), args.intAt(2));
        if (error != 0) {
            return error;
        }
        file = network.fileOf(task, args.intAt(0));
        return file < 0 ? file : network.connect(task, file, address, args.intAt(2));
    }

    private long listen(int task, SyscallArgs args) {
        int file = network.fileOf(task, args.intAt(0));
        return file < 0 ? file : network.listen(task, file, args.intAt(1));
    }

    private long accept(int task, SyscallArgs args, int flags) {
        int file = files.usableFileOf(task, args.intAt(0));
        if (file == 0) {
            return -Errno.EBADF;
        }
        if ((flags & ~FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        int reserved = files.reservedFd(task);
        int fd = reserved >= 0 ? reserved : descriptors.unused(task, 0);
        if (fd < 0) {
            return fd;
        }
        file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        long made = network.accept(task, file, flags & Fcntl.O_NONBLOCK);
        if (made == Syscalls.BLOCKED) {
            files.reserveForCall(task, fd);
        }
        if (made < 0) {
            return made;
        }
        int child = (int) made;
        long error = 0;
        if (args.get(1) != 0) {
            int length = network.getname(task, child, true, address);
            error = length < 0
                    ? -Errno.ECONNABORTED
                    : giveAddress(memory, tasks.mm(task), address, length, args.get(1), args.get(2));
        }
        if (error != 0) {
            files.put(child);
            return error;
        }
        descriptors.install(tasks.files(task), fd, child, (flags & Fcntl.O_CLOEXEC) != 0);
        return fd;
    }

    /** move_addr_to_user(): as much as there is room for, and how long it is. 0, EINVAL, EFAULT. */
    static int giveAddress(UserMemory memory, int mm, byte[] from, int length, long to, long lengthAt) {
        int room = memory.getInt(mm, lengthAt);
        if (memory.faulted()) {
            return -Errno.EFAULT;
        }
        int shown = Math.min(room, length);
        if (shown < 0) {
            return -Errno.EINVAL;
        }
        if (shown > 0 && memory.copyToUser(mm, to, from, 0, shown) != 0) {
            return -Errno.EFAULT;
        }
        return memory.putInt(mm, lengthAt, length);
    }

    private long getname(int task, SyscallArgs args, boolean peer) {
        int file = network.fileOf(task, args.intAt(0));
        if (file < 0) {
            return file;
        }
        int length = network.getname(task, file, peer, address);
        return length < 0 ? length : giveAddress(memory, tasks.mm(task), address, length, args.get(1), args.get(2));
    }

    private long shutdown(int task, SyscallArgs args) {
        int file = network.fileOf(task, args.intAt(0));
        return file < 0 ? file : network.shutdown(task, file, args.intAt(1));
    }

    private long setsockopt(int task, SyscallArgs args) {
        int file = network.fileOf(task, args.intAt(0));
        return file < 0
                ? file
                : network.setsockopt(task, file, args.intAt(1), args.intAt(2), args.get(3), args.intAt(4));
    }

    private long getsockopt(int task, SyscallArgs args) {
        int file = network.fileOf(task, args.intAt(0));
        return file < 0 ? file : network.getsockopt(task, file, args.intAt(1), args.intAt(2), args.get(3), args.get(4));
    }
}
