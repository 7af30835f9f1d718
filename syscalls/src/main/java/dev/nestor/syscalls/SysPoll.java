package dev.nestor.syscalls;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.FileOps;
import dev.nestor.fs.FileTables;
import dev.nestor.fs.Files;
import dev.nestor.init.Kernel;
import dev.nestor.kernel.sched.WaitQueues;
import dev.nestor.kernel.signal.SignalWakeups;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Nr;

/**
 * poll(2), select(2) and their kin: fs/select.c.
 *
 * <p>A waiting call is on the queues of all its files, and starts over when it is woken.
 */
public final class SysPoll {
    private static final int POLLFD_SIZE = 8; // bytes: struct pollfd
    private static final int BATCH = 64; // pollfds copied at a time
    private static final int MAX_SET = 1024 * 1024; // descriptors
    private static final int POLLIN_SET = 0x1 | 0x40 | 0x80 | 0x10 | 0x8;
    private static final int POLLOUT_SET = 0x4 | 0x100 | 0x200 | 0x8;
    private static final int POLLEX_SET = 0x2;
    private static final long NSEC_PER_MSEC = 1_000_000;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Files files;
    private final FileTables descriptors;
    private final WaitQueues waitQueues;
    private final SignalWakeups signals;
    private final PollTimeouts timeouts;
    private final byte[] batch = new byte[POLLFD_SIZE * BATCH];
    private final byte[] scratch = new byte[Timespecs.SIZE];
    private final long[][] sets = new long[6][16]; // asked for, found: read, write, exceptional

    public SysPoll(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.files = kernel.files();
        this.descriptors = kernel.fileTables();
        this.waitQueues = kernel.waitQueues();
        this.signals = kernel.signals().wakeups();
        this.timeouts = new PollTimeouts(kernel);
    }

    public void register(SyscallTable.Builder calls) {
        calls.full(Nr.NR_poll, "poll", this::poll)
                .full(Nr.NR_ppoll, "ppoll", this::ppoll)
                .full(Nr.NR_select, "select", this::select)
                .full(Nr.NR_pselect6, "pselect6", this::pselect6);
    }

    private long poll(int task, SyscallArgs args) {
        long millis = args.intAt(2);
        long timeout = millis < 0 ? Long.MAX_VALUE : millis * NSEC_PER_MSEC;
        long result = doPoll(task, args.get(0), args.intAt(1), timeout);
        return result == -Errno.ERESTARTNOHAND ? -Errno.ERESTART_RESTARTBLOCK : result;
    }

    private long ppoll(int task, SyscallArgs args) {
        long timeout = timespec(task, args.get(2));
        if (timeout < 0) {
            return timeout;
        }
        long error = timeouts.setSigmask(task, args.get(3), args.get(4));
        if (error != 0) {
            return error;
        }
        long result = doPoll(task, args.get(0), args.intAt(1), timeout);
        return finish(task, result, args.get(2));
    }

    /** The time to wait in ns, Long.MAX_VALUE for ever; EFAULT or EINVAL. */
    private long timespec(int task, long address) {
        return address == 0 ? Long.MAX_VALUE : Timespecs.get(memory, tasks.mm(task), address, scratch);
    }

    /** poll_select_finish(): the mask goes back unless a handler is to run, and what is left of the time is told. */
    private long finish(int task, long result, long timeAddress) {
        if (result == Syscalls.BLOCKED) {
            return result;
        }
        if (result != -Errno.ERESTARTNOHAND) {
            signals.restoreSavedSigmask(task);
        }
        if (timeAddress != 0) {
            Timespecs.put(memory, tasks.mm(task), timeAddress, timeouts.leftNs(task), scratch);
        }
        return result;
    }

    /** do_sys_poll(). */
    private long doPoll(int task, long address, int count, long timeout) {
        if (Integer.compareUnsigned(count, descriptors.limit(task)) > 0) {
            return -Errno.EINVAL;
        }
        long found = scan(task, address, count, false);
        if (found != 0) {
            return timeouts.end(task, found);
        }
        if (timeouts.isExpired(task, timeout)) {
            return timeouts.end(task, 0);
        }
        scan(task, address, count, true);
        return sleep(task);
    }

    /** Looks at all descriptors, or queues the task on all of them. Returns how many have something. */
    private long scan(int task, long address, int count, boolean waits) {
        int mm = tasks.mm(task);
        long found = 0;
        for (int start = 0; start < count; start += BATCH) {
            int part = Math.min(BATCH, count - start);
            long at = address + (long) start * POLLFD_SIZE;
            if (memory.copyFromUser(mm, at, batch, 0, part * POLLFD_SIZE) != 0) {
                return -Errno.EFAULT;
            }
            for (int i = 0; i < part; i++) {
                int fd = Bytes.getInt(batch, i * POLLFD_SIZE);
                int events = Bytes.getInt(batch, i * POLLFD_SIZE + 4) & 0xffff;
                if (waits) {
                    queue(task, fd);
                    continue;
                }
                int mask = look(task, fd, events);
                if (mask < 0) {
                    return mask;
                }
                found += mask != 0 ? 1 : 0;
                if (memory.putShort(mm, at + (long) i * POLLFD_SIZE + 6, mask) != 0) {
                    return -Errno.EFAULT;
                }
            }
        }
        return found;
    }

    /** do_pollfd(): what holds of what was asked for, errors in any case. */
    private int look(int task, int fd, int events) {
        if (fd < 0) {
            return 0;
        }
        int file = files.usableFileOf(task, fd);
        if (file == NULL) {
            return FileOps.POLLNVAL;
        }
        int mask = files.ops(file).poll(task, file);
        return mask < 0 ? mask : mask & (events | FileOps.POLLERR | FileOps.POLLHUP);
    }

    private void queue(int task, int fd) {
        int file = fd < 0 ? NULL : files.usableFileOf(task, fd);
        if (file == NULL) {
            return;
        }
        FileOps ops = files.ops(file);
        int index = 0;
        for (int queue = ops.pollQueue(file, 0); queue != NULL; queue = ops.pollQueue(file, ++index)) {
            waitQueues.prepareToWait(queue, task, TaskTable.TASK_INTERRUPTIBLE);
        }
    }

    private long sleep(int task) {
        if (tasks.sigpending(task)) {
            waitQueues.finishWait(task);
            return timeouts.end(task, -Errno.ERESTARTNOHAND);
        }
        return timeouts.sleep(task);
    }

    private long select(int task, SyscallArgs args) {
        long timeout = Long.MAX_VALUE;
        if (args.get(4) != 0) {
            int mm = tasks.mm(task);
            long sec = memory.getLong(mm, args.get(4));
            long usec = memory.getLong(mm, args.get(4) + 8);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            sec += usec / 1_000_000;
            if (sec < 0 || usec < 0) {
                return -Errno.EINVAL;
            }
            timeout = sec > Integer.MAX_VALUE * 2L ? Long.MAX_VALUE : sec * 1_000_000_000L + usec % 1_000_000 * 1000;
        }
        long result = doSelect(task, args, timeout);
        if (result != Syscalls.BLOCKED && args.get(4) != 0 && result != -Errno.EBADF) {
            long us = timeouts.leftNs(task) / 1000;
            memory.putLong(tasks.mm(task), args.get(4), us / 1_000_000);
            memory.putLong(tasks.mm(task), args.get(4) + 8, us % 1_000_000);
        }
        return result;
    }

    private long pselect6(int task, SyscallArgs args) {
        long timeout = timespec(task, args.get(4));
        if (timeout < 0) {
            return timeout;
        }
        if (args.get(5) != 0) {
            int mm = tasks.mm(task);
            long mask = memory.getLong(mm, args.get(5));
            long size = memory.getLong(mm, args.get(5) + 8);
            if (memory.faulted()) {
                return -Errno.EFAULT;
            }
            long error = timeouts.setSigmask(task, mask, size);
            if (error != 0) {
                return error;
            }
        }
        return finish(task, doSelect(task, args, timeout), args.get(4));
    }

    /** core_sys_select(). */
    private long doSelect(int task, SyscallArgs args, long timeout) {
        if (args.intAt(0) < 0) {
            return -Errno.EINVAL;
        }
        int count = Math.min(args.intAt(0), descriptors.maxFds(tasks.files(task)));
        int words = (count + 63) >>> 6;
        if (!takeSets(task, args, words)) {
            return -Errno.EFAULT;
        }
        long found = selectAll(task, count, false);
        if (found == 0 && !timeouts.isExpired(task, timeout)) {
            selectAll(task, count, true);
            found = sleep(task);
        } else {
            timeouts.end(task, 0);
        }
        return found < 0 ? found : giveSets(task, args, words) ? found : -Errno.EFAULT;
    }

    private boolean takeSets(int task, SyscallArgs args, int words) {
        int mm = tasks.mm(task);
        for (int set = 0; set < 3; set++) {
            reserve(set, words);
            reserve(set + 3, words);
            for (int i = 0; i < words; i++) {
                long address = args.get(set + 1);
                sets[set][i] = address == 0 ? 0 : memory.getLong(mm, address + 8L * i);
                sets[set + 3][i] = 0;
            }
        }
        return !memory.faulted();
    }

    private void reserve(int set, int words) {
        if (sets[set].length < words) {
            sets[set] = new long[MAX_SET / Long.SIZE];
        }
    }

    private boolean giveSets(int task, SyscallArgs args, int words) {
        int mm = tasks.mm(task);
        for (int set = 0; set < 3; set++) {
            for (int i = 0; i < words; i++) {
                if (args.get(set + 1) != 0 && memory.putLong(mm, args.get(set + 1) + 8L * i, sets[set + 3][i]) != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isIn(int set, int fd) {
        return (sets[set][fd >>> 6] & 1L << fd) != 0;
    }

    private long selectAll(int task, int count, boolean waits) {
        long found = 0;
        for (int fd = 0; fd < count; fd++) {
            if (!isIn(0, fd) && !isIn(1, fd) && !isIn(2, fd)) {
                continue;
            }
            if (waits) {
                queue(task, fd);
                continue;
            }
            int mask = look(task, fd, -1);
            if (mask < 0) {
                return mask;
            }
            if (mask == FileOps.POLLNVAL) {
                return -Errno.EBADF;
            }
            found += note(0, fd, mask & POLLIN_SET) + note(1, fd, mask & POLLOUT_SET) + note(2, fd, mask & POLLEX_SET);
        }
        return found;
    }

    private int note(int set, int fd, int mask) {
        if (!isIn(set, fd) || mask == 0) {
            return 0;
        }
        sets[set + 3][fd >>> 6] |= 1L << fd;
        return 1;
    }
}
