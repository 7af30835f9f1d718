package dev.nestor.machine;

/**
 * Which CPUs there are and what they share. CPU numbers go as firmware usually gives them: first one hardware thread of
 * every core, core by core through the last-level caches and sockets, then the second thread of every core.
 */
public final class Topology {
    private final int sockets;
    private final int llcsPerSocket;
    private final int coresPerLlc;
    private final int threadsPerCore;
    private final int cores;
    private final int words; // of a CPU mask
    private final long[] llcMasks; // by llc, words each
    private final long[] coreMasks; // by core, words each

    private Topology(int sockets, int llcsPerSocket, int coresPerLlc, int threadsPerCore) {
        this.sockets = atLeastOne(sockets);
        this.llcsPerSocket = atLeastOne(llcsPerSocket);
        this.coresPerLlc = atLeastOne(coresPerLlc);
        this.threadsPerCore = atLeastOne(threadsPerCore);
        this.cores = Math.multiplyExact(Math.multiplyExact(sockets, llcsPerSocket), coresPerLlc);
        this.words = (Math.multiplyExact(cores, threadsPerCore) + Long.SIZE - 1) / Long.SIZE;
        this.llcMasks = new long[llcs() * words];
        this.coreMasks = new long[cores * words];
        for (int cpu = 0; cpu < cpus(); cpu++) {
            llcMasks[llc(cpu) * words + (cpu >> 6)] |= 1L << cpu;
            coreMasks[core(cpu) * words + (cpu >> 6)] |= 1L << cpu;
        }
    }

    /** So many cores of one thread each, on one socket with one last-level cache. */
    public static Topology plain(int cpus) {
        return new Topology(1, 1, cpus, 1);
    }

    public static Topology of(int sockets, int llcsPerSocket, int coresPerLlc, int threadsPerCore) {
        return new Topology(sockets, llcsPerSocket, coresPerLlc, threadsPerCore);
    }

    public int cpus() {
        return cores * threadsPerCore;
    }

    public int cores() {
        return cores;
    }

    public int llcs() {
        return sockets * llcsPerSocket;
    }

    public int sockets() {
        return sockets;
    }

    public int threadsPerCore() {
        return threadsPerCore;
    }

    public int core(int cpu) {
        return cpu % cores;
    }

    public int llc(int cpu) {
        return core(cpu) / coresPerLlc;
    }

    public int socket(int cpu) {
        return llc(cpu) / llcsPerSocket;
    }

    /** CPUs that share a last-level cache: sd_llc_size. */
    public int llcSize() {
        return coresPerLlc * threadsPerCore;
    }

    /** cpus_share_cache(). */
    public boolean shareCache(int a, int b) {
        return llc(a) == llc(b);
    }

    /** Words of a mask with a bit for each CPU: CPU n is bit n % 64 of word n / 64. */
    public int words() {
        return words;
    }

    /** A word of the mask of the CPUs under one last-level cache. */
    public long llcMask(int llc, int word) {
        return llcMasks[llc * words + word];
    }

    /** A word of the mask of the threads of one core. */
    public long coreMask(int core, int word) {
        return coreMasks[core * words + word];
    }

    private static int atLeastOne(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a topology of " + count);
        }
        return count;
    }
}
