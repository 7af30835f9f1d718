package dev.nestor.cli.replay.abi;

import static dev.nestor.uapi.Errno.EAGAIN;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.mm.UserMemory;
import dev.nestor.uapi.Futex;
import dev.nestor.uapi.Nr;

/**
 * The words of futexes. Programs change them without the kernel, so that no log shows it; but that a call waited, or that
 * it did not, says what its word was. It is set before the call.
 */
final class FutexWords {

    private static final int COMMAND = ~(0x80 | 0x100); // FUTEX_PRIVATE_FLAG, FUTEX_CLOCK_REALTIME
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_CMP_REQUEUE = 4;
    private static final int FUTEX_WAIT_BITSET = 9;
    private static final int FUTEX_WAKE_BITSET = 10;
    private static final int TIMEOUT = 3; // registers
    private static final int UADDR2 = 4;
    private static final int VAL3 = 5;

    private final UserMemory memory;

    FutexWords(UserMemory memory) {
        this.memory = memory;
    }

    /** False for a call on a lock with priority inheritance, whose word has its owner's number. */
    boolean prepare(int mm, TraceCall call, long[] registers) {
        if (call.nr() == Nr.NR_futex) {
            if (isOfLock((int) registers[1] & COMMAND)) {
                return false;
            }
            placeBits(call, registers);
            switch ((int) registers[1] & COMMAND) {
                case FUTEX_WAIT, FUTEX_WAIT_BITSET -> set(mm, registers[0], (int) registers[2], call);
                case FUTEX_CMP_REQUEUE -> set(mm, registers[0], (int) registers[5], call);
                default -> {}
            }
        } else if (call.nr() == Nr.NR_futex_wait) {
            set(mm, registers[0], (int) registers[1], call);
        }
        return true;
    }

    private static boolean isOfLock(int command) {
        return switch (command) {
            case Futex.FUTEX_LOCK_PI,
                    Futex.FUTEX_LOCK_PI2,
                    Futex.FUTEX_TRYLOCK_PI,
                    Futex.FUTEX_UNLOCK_PI,
                    Futex.FUTEX_WAIT_REQUEUE_PI,
                    Futex.FUTEX_CMP_REQUEUE_PI -> true;
            default -> false;
        };
    }

    /** strace leaves out the arguments that a command does not use: the bits are the last one that it shows. */
    private static void placeBits(TraceCall call, long[] registers) {
        int command = (int) registers[1] & COMMAND;
        if (command == FUTEX_WAIT_BITSET && call.args().size() == UADDR2 + 1) {
            registers[VAL3] = registers[UADDR2];
        } else if (command == FUTEX_WAKE_BITSET && call.args().size() == TIMEOUT + 1) {
            registers[VAL3] = registers[TIMEOUT];
        }
    }

    private void set(int mm, long address, int value, TraceCall call) {
        boolean wasOther = call.result().value() == -EAGAIN;
        int word = memory.getInt(mm, address);
        if (memory.faulted()) {
            return;
        }
        if ((word == value) == wasOther) {
            memory.putInt(mm, address, wasOther ? value + 1 : value);
        }
    }
}
