package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.futex.FutexKeys;
import dev.nestor.kernel.futex.Futexes;
import dev.nestor.kernel.futex.PiFutexes;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;

/** futex(2), futex_wait(2), futex_wake(2), futex_requeue(2), futex_waitv(2): kernel/futex/syscalls.c. */
public final class SysFutex {
    private static final int WAITV_SIZE = 24; // struct futex_waitv
    private static final int WAITV_ADDRESS = 8;
    private static final int WAITV_FLAGS = 16;
    private static final int WAITV_RESERVED = 20;
    private static final long NOT_YET = Long.MAX_VALUE; // no outcome
    private static final int FLAGS_VALID =
            Futex.FUTEX2_SIZE_MASK | Futex.FUTEX2_NUMA | Futex.FUTEX2_MPOL | Futex.FUTEX2_PRIVATE;

    private final TaskTable tasks;
    private final UserMemory memory;
    private final Futexes futexes;
    private final FutexTimeouts timeouts;
    private final Futexes.Places places = new Futexes.Places();
    private final byte[] vector = new byte[WAITV_SIZE * Futex.FUTEX_WAITV_MAX];

    public SysFutex(Kernel kernel) {
        this.tasks = kernel.tasks();
        this.memory = kernel.userMemory();
        this.futexes = kernel.futexes();
        this.timeouts = new FutexTimeouts(kernel);
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_futex, "futex", this::futex)
                .full(Nr.NR_futex_waitv, "futex_waitv", this::futexWaitv)
                .full(Nr.NR_futex_wake, "futex_wake", this::futexWake)
                .full(Nr.NR_futex_wait, "futex_wait", this::futexWait)
                .full(Nr.NR_futex_requeue, "futex_requeue", this::futexRequeue);
    }

    /** do_futex(). */
    private long futex(int task, SyscallArgs args) {
        int op = args.intAt(1);
        int command = op & Futex.FUTEX_CMD_MASK;
        boolean waits = hasTimeout(command);
        if (waits && !timeouts.hasBegun(task) && args.get(3) != 0) {
            long error = begin(task, op, args.get(3));
            if (error != 0) {
                return error;
            }
        }
        boolean realtime = (op & Futex.FUTEX_CLOCK_REALTIME) != 0;
        if (realtime
                && command != Futex.FUTEX_WAIT_BITSET
                && command != Futex.FUTEX_WAIT_REQUEUE_PI
                && command != Futex.FUTEX_LOCK_PI2) {
            return -Errno.ENOSYS;
        }
        int mm = tasks.mm(task);
        long address = args.get(0);
        int value = args.intAt(2);
        int flags = (op & Futex.FUTEX_PRIVATE_FLAG) != 0 ? 0 : FutexKeys.SHARED;
        return switch (command) {
            case Futex.FUTEX_WAIT -> waitFor(task, args, flags, Futex.FUTEX_BITSET_MATCH_ANY);
            case Futex.FUTEX_WAIT_BITSET -> waitFor(task, args, flags, args.intAt(5));
            case Futex.FUTEX_WAKE -> futexes.wake(mm, address, flags, value, Futex.FUTEX_BITSET_MATCH_ANY);
            case Futex.FUTEX_WAKE_BITSET -> futexes.wake(mm, address, flags, value, args.intAt(5));
            case Futex.FUTEX_REQUEUE -> requeue(mm, args, flags, false);
            case Futex.FUTEX_CMP_REQUEUE -> requeue(mm, args, flags, true);
            case Futex.FUTEX_WAKE_OP -> wakeOp(mm, args, flags);
            case Futex.FUTEX_LOCK_PI, Futex.FUTEX_LOCK_PI2 -> lockPi(task, address, flags);
            case Futex.FUTEX_TRYLOCK_PI -> futexes.pi().lock(task, address, flags, true);
            case Futex.FUTEX_UNLOCK_PI -> futexes.pi().unlock(task, address, flags);
            case Futex.FUTEX_WAIT_REQUEUE_PI -> waitRequeuePi(task, args, flags);
            case Futex.FUTEX_CMP_REQUEUE_PI -> {
                setPlaces(args, flags);
                yield futexes.pi().requeue(task, places, value, args.intAt(3), args.intAt(5));
            }
            default -> -Errno.ENOSYS;
        };
    }

    /** futex_cmd_has_timeout(). */
    private static boolean hasTimeout(int command) {
        return switch (command) {
            case Futex.FUTEX_WAIT,
                    Futex.FUTEX_WAIT_BITSET,
                    Futex.FUTEX_LOCK_PI,
                    Futex.FUTEX_LOCK_PI2,
                    Futex.FUTEX_WAIT_REQUEUE_PI -> true;
            default -> false;
        };
    }

    private long begin(int task, int op, long from) {
        if ((op & Futex.FUTEX_CMD_MASK) == Futex.FUTEX_WAIT) {
            return timeouts.begin(task, from);
        }
        boolean realtime = (op & Futex.FUTEX_CLOCK_REALTIME) != 0 || (op & Futex.FUTEX_CMD_MASK) == Futex.FUTEX_LOCK_PI;
        return timeouts.beginUntil(task, realtime ? Time.CLOCK_REALTIME : Time.CLOCK_MONOTONIC, from);
    }

    /** futex_wait(): what has a timeout is gone on with by restart_syscall(2). */
    private long waitFor(int task, SyscallArgs args, int flags, int bitset) {
        long result = doWait(task, args.get(0), args.intAt(2), flags, bitset);
        return result == -Errno.ERESTARTSYS && timeouts.isSet(task) ? -Errno.ERESTART_RESTARTBLOCK : result;
    }

    /** __futex_wait(). */
    private long doWait(int task, long address, int value, int flags, int bitset) {
        if (bitset == 0) {
            return -Errno.EINVAL;
        }
        if (!timeouts.hasBegun(task)) {
            timeouts.beginForEver(task);
        }
        long outcome = outcome(task);
        if (outcome != NOT_YET) {
            return outcome;
        }
        int error = futexes.waitSetup(task, address, value, flags, bitset);
        return error != 0 ? timeouts.end(task, error) : sleep(task);
    }

    /** What has become of the wait that the task was in: the index of its futex, ETIMEDOUT, ERESTARTSYS; or NOT_YET, and it waits for none. */
    private long outcome(int task) {
        if (!futexes.isWaiting(task)) {
            return NOT_YET;
        }
        int woken = futexes.unqueue(task);
        if (woken >= 0) {
            return timeouts.end(task, woken);
        }
        if (timeouts.isOver(task)) {
            return timeouts.end(task, -Errno.ETIMEDOUT);
        }
        return tasks.sigpending(task) ? timeouts.end(task, -Errno.ERESTARTSYS) : NOT_YET;
    }

    /** futex_do_wait(): a task that is queued sleeps, unless its time is over by now or a signal is there. */
    private long sleep(int task) {
        long result = Syscalls.BLOCKED;
        if (timeouts.isOver(task)) {
            result = -Errno.ETIMEDOUT;
        } else if (tasks.sigpending(task)) {
            result = -Errno.ERESTARTSYS;
        } else {
            result = timeouts.sleep(task);
        }
        if (result != Syscalls.BLOCKED) {
            futexes.unqueue(task);
            timeouts.end(task, result);
        }
        return result;
    }

    /** futex_lock_pi(). */
    private long lockPi(int task, long address, int flags) {
        if (!timeouts.hasBegun(task)) {
            timeouts.beginForEver(task);
        }
        PiFutexes pi = futexes.pi();
        return pi.isWaiting(task) ? proceed(task) : sleepFor(task, pi.lock(task, address, flags, false));
    }

    /** futex_wait_requeue_pi(). */
    private long waitRequeuePi(int task, SyscallArgs args, int flags) {
        if (!timeouts.hasBegun(task)) {
            timeouts.beginForEver(task);
        }
        if (futexes.pi().isWaiting(task)) {
            return proceed(task);
        }
        setPlaces(args, flags);
        return sleepFor(task, futexes.pi().waitRequeue(task, places, args.intAt(2), Futex.FUTEX_BITSET_MATCH_ANY));
    }

    private long sleepFor(int task, int outcome) {
        return outcome == PiFutexes.WAITS ? proceed(task) : timeouts.end(task, outcome);
    }

    /** The task that waits for a lock has it, gives up, or sleeps on. */
    private long proceed(int task) {
        int outcome = futexes.pi().proceed(task, timeouts.isOver(task), tasks.sigpending(task));
        if (outcome != PiFutexes.WAITS) {
            return timeouts.end(task, outcome);
        }
        long result = timeouts.sleep(task);
        if (result != Syscalls.BLOCKED) {
            futexes.unqueue(task);
        }
        return result;
    }

    private long wakeOp(int mm, SyscallArgs args, int flags) {
        setPlaces(args, flags);
        return futexes.wakeOp(mm, places, args.intAt(2), args.intAt(3), args.intAt(5));
    }

    private long requeue(int mm, SyscallArgs args, int flags, boolean compares) {
        setPlaces(args, flags);
        return futexes.requeue(mm, places, args.intAt(2), args.intAt(3), compares, args.intAt(5));
    }

    private void setPlaces(SyscallArgs args, int flags) {
        places.address = args.get(0);
        places.flags = flags;
        places.address2 = args.get(4);
        places.flags2 = flags;
    }

    private long futexWake(int task, SyscallArgs args) {
        int flags = args.intAt(3);
        if (!isValid(flags) || args.get(1) >>> Integer.SIZE != 0) {
            return -Errno.EINVAL;
        }
        int how = flagsOf(flags) | FutexKeys.STRICT;
        return futexes.wake(tasks.mm(task), args.get(0), how, args.intAt(2), args.intAt(1));
    }

    private long futexWait(int task, SyscallArgs args) {
        int flags = args.intAt(3);
        if (!isValid(flags) || args.get(1) >>> Integer.SIZE != 0 || args.get(2) >>> Integer.SIZE != 0) {
            return -Errno.EINVAL;
        }
        long error = setupTimeout(task, args.get(4), args.intAt(5));
        return error != 0 ? error : doWait(task, args.get(0), args.intAt(1), flagsOf(flags), args.intAt(2));
    }

    /** futex2_setup_timeout(), at the first entry. */
    private long setupTimeout(int task, long from, int clock) {
        if (from == 0 || timeouts.hasBegun(task)) {
            return 0;
        }
        if (clock != Time.CLOCK_REALTIME && clock != Time.CLOCK_MONOTONIC) {
            return -Errno.EINVAL;
        }
        return timeouts.beginUntil(task, clock, from);
    }

    /** futex_flags_valid(): only words of 32 bits are futexes so far. */
    private static boolean isValid(int flags) {
        return (flags & ~FLAGS_VALID) == 0 && (flags & Futex.FUTEX2_SIZE_MASK) == Futex.FUTEX2_SIZE_U32;
    }

    /** futex2_to_flags(). */
    private static int flagsOf(int flags) {
        int shared = (flags & Futex.FUTEX2_PRIVATE) != 0 ? 0 : FutexKeys.SHARED;
        return shared | ((flags & Futex.FUTEX2_NUMA) != 0 ? FutexKeys.NUMA : 0);
    }

    private long futexRequeue(int task, SyscallArgs args) {
        if (args.intAt(1) != 0 || args.get(0) == 0) {
            return -Errno.EINVAL;
        }
        int mm = tasks.mm(task);
        int error = parseWaitv(mm, args.get(0), 2);
        if (error != 0) {
            return error;
        }
        if (Bytes.getInt(vector, WAITV_FLAGS) != Bytes.getInt(vector, WAITV_SIZE + WAITV_FLAGS)) {
            return -Errno.EINVAL;
        }
        places.address = Bytes.getLong(vector, WAITV_ADDRESS);
        places.flags = flagsOf(Bytes.getInt(vector, WAITV_FLAGS));
        places.address2 = Bytes.getLong(vector, WAITV_SIZE + WAITV_ADDRESS);
        places.flags2 = flagsOf(Bytes.getInt(vector, WAITV_SIZE + WAITV_FLAGS));
        return futexes.requeue(mm, places, args.intAt(2), args.intAt(3), true, (int) Bytes.getLong(vector, 0));
    }

    /** futex_parse_waitv(): 0, EFAULT or EINVAL. */
    private int parseWaitv(int mm, long from, int count) {
        for (int i = 0; i < count; i++) {
            int at = i * WAITV_SIZE;
            if (memory.copyFromUser(mm, from + at, vector, at, WAITV_SIZE) != 0) {
                return -Errno.EFAULT;
            }
            if (!isValid(Bytes.getInt(vector, at + WAITV_FLAGS))
                    || Bytes.getInt(vector, at + WAITV_RESERVED) != 0
                    || Bytes.getLong(vector, at) >>> Integer.SIZE != 0) {
                return -Errno.EINVAL;
            }
        }
        return 0;
    }

    private long futexWaitv(int task, SyscallArgs args) {
        int count = args.intAt(1);
        if (args.intAt(2) != 0 || count <= 0 || count > Futex.FUTEX_WAITV_MAX || args.get(0) == 0) {
            return -Errno.EINVAL;
        }
        long outcome = outcome(task);
        if (outcome != NOT_YET) {
            return outcome;
        }
        long failed = setupTimeout(task, args.get(3), args.intAt(4));
        if (failed == 0) {
            failed = parseWaitv(tasks.mm(task), args.get(0), count);
        }
        if (failed != 0) {
            return failed;
        }
        if (!timeouts.hasBegun(task)) {
            timeouts.beginForEver(task);
        }
        int error = waitMultipleSetup(task, count);
        return error != 0 ? timeouts.end(task, error) : sleep(task);
    }

    /** futex_wait_multiple_setup(). */
    private int waitMultipleSetup(int task, int count) {
        int error = 0;
        for (int i = 0; i < count && error == 0; i++) {
            int at = i * WAITV_SIZE;
            error = futexes.check(
                    task, Bytes.getLong(vector, at + WAITV_ADDRESS), flagsOf(Bytes.getInt(vector, at + WAITV_FLAGS)));
        }
        for (int i = 0; i < count && error == 0; i++) {
            int at = i * WAITV_SIZE;
            error = futexes.waitSetup(
                    task,
                    Bytes.getLong(vector, at + WAITV_ADDRESS),
                    (int) Bytes.getLong(vector, at),
                    flagsOf(Bytes.getInt(vector, at + WAITV_FLAGS)),
                    Futex.FUTEX_BITSET_MATCH_ANY);
        }
        if (error != 0) {
            futexes.unqueue(task);
        }
        return error;
    }
}
