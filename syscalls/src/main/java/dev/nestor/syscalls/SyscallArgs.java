package dev.nestor.syscalls;

/** The six argument registers (rdi, rsi, rdx, r10, r8, r9) of the call that is being handled. */
public final class SyscallArgs {
    private final long[] registers = new long[6];

    void set(int index, long value) {
        registers[index] = value;
    }

    public long get(int index) {
        return registers[index];
    }

    /** The low half, as a call that declares an int or unsigned int takes it. */
    public int intAt(int index) {
        return (int) registers[index];
    }
}
