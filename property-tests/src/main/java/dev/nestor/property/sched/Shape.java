package dev.nestor.property.sched;

import dev.nestor.machine.Topology;

/** A machine: sockets, last-level caches of a socket, cores of a cache, threads of a core. At most 64 CPUs. */
public record Shape(int sockets, int llcs, int cores, int threads) {
    public int cpus() {
        return sockets * llcs * cores * threads;
    }

    /** All CPUs, as a mask. */
    public long all() {
        return cpus() == Long.SIZE ? -1 : (1L << cpus()) - 1;
    }

    public Topology topology() {
        return Topology.of(sockets, llcs, cores, threads);
    }
}
