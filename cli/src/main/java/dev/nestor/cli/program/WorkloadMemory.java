package dev.nestor.cli.program;

import dev.nestor.init.Kernel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The memory of the workload's process that arguments of calls are put into: some room for each thread. */
public final class WorkloadMemory {
    /** Of a mask of 8 192 CPUs. */
    public static final int MASK_BYTES = 1024;

    private static final long NS_PER_SECOND = 1_000_000_000;
    private static final long BASE = 0x10000000000L;
    private static final int ROOM = 2048; // bytes of a thread: a mask of 8 192 CPUs, and what else a call takes
    public static final long BUFFER = 0x20000000000L; // address of what mapBuffer() maps
    private static final int READ_WRITE = 3;

    private final Kernel kernel;
    private int mm;

    public WorkloadMemory(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Maps the room of so many threads into an address space. */
    public void map(int into, int threads) {
        mm = into;
        long end = BASE + (long) ROOM * (threads + 1);
        kernel.addressSpaces().learnMapping(mm, BASE, (end + 0xfff) & ~0xfffL, READ_WRITE);
    }

    /** Maps a buffer of so many bytes, which is all threads'. */
    public void mapBuffer(long bytes) {
        kernel.addressSpaces().learnMapping(mm, BUFFER, (BUFFER + bytes + 0xfff) & ~0xfffL, READ_WRITE);
    }

    /** Maps the room of a thread that was not expected. */
    public void mapRoom(int thread) {
        long start = at(thread) & ~0xfffL;
        kernel.addressSpaces().learnMapping(mm, start, start + 0x1000, READ_WRITE);
    }

    /** The address of a thread's room. */
    public static long at(int thread) {
        return BASE + (long) ROOM * thread;
    }

    public long putText(int thread, String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
        kernel.userMemory().copyToUser(mm, at(thread), bytes, 0, bytes.length);
        return at(thread);
    }

    /** struct timespec. */
    public long putTime(int thread, long ns) {
        kernel.userMemory().putLong(mm, at(thread), Math.floorDiv(ns, NS_PER_SECOND));
        kernel.userMemory().putLong(mm, at(thread) + 8, Math.floorMod(ns, NS_PER_SECOND));
        return at(thread);
    }

    /** A mask of CPUs, of {@link #MASK_BYTES}. */
    public long putMask(int thread, List<Integer> cpus) {
        for (int word = 0; word < MASK_BYTES / 8; word++) {
            long bits = 0;
            for (int cpu : cpus) {
                bits |= cpu >> 6 == word ? 1L << cpu : 0;
            }
            putLong(thread, 8 * word, bits);
        }
        return at(thread);
    }

    public void putLong(int thread, int offset, long value) {
        kernel.userMemory().putLong(mm, at(thread) + offset, value);
    }
}
