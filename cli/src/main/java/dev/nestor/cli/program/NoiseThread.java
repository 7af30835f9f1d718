package dev.nestor.cli.program;

import dev.nestor.event.Random;
import dev.nestor.kernel.time.Timekeeping;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Time;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A task of the machine's own that disturbs the others on one CPU until the workload is over. */
public final class NoiseThread extends Program {
    private static final int PR_SET_NAME = 15;
    private static final double NS_PER_SECOND = 1e9;
    private static final double UNIT = 0x1p-53;

    private final Noise noise;
    private final int cpu;
    private final int number;
    private final WorkloadMemory memory;
    private final Timekeeping time;
    private final BooleanSupplier isOver;
    private final Random random;
    private int step;

    /**
     * @param number of the thread, by which it has its room in memory
     * @param isOver whether there is nobody left to disturb
     */
    public NoiseThread(
            Noise noise, int cpu, int number, WorkloadMemory memory, Timekeeping time, BooleanSupplier isOver) {
        this.noise = noise;
        this.cpu = cpu;
        this.number = number;
        this.memory = memory;
        this.time = time;
        this.isOver = isOver;
        this.random = new Random(noise.seed() + 0x9e3779b9L * cpu);
    }

    @Override
    protected void advance() {
        switch (step) {
            case 0 -> call(Nr.NR_prctl, PR_SET_NAME, memory.putText(number, "noise/" + cpu));
            case 1 -> call(Nr.NR_sched_setaffinity, 0, WorkloadMemory.MASK_BYTES, memory.putMask(number, List.of(cpu)));
            default -> {
                if (isOver.getAsBoolean()) {
                    call(Nr.NR_exit, 0);
                } else {
                    cycles = time.nsToCycles(drawn(noise.micros() * 1e3));
                    long ns = drawn(NS_PER_SECOND / noise.perSecond());
                    call(Nr.NR_clock_nanosleep, Time.CLOCK_MONOTONIC, 0, memory.putTime(number, ns), 0);
                }
            }
        }
        step++;
    }

    /** ns, of an exponential distribution; StrictMath is the same on every machine. */
    private long drawn(double mean) {
        double uniform = ((random.nextLong() >>> 11) + 1) * UNIT;
        return Math.max(1, (long) (-StrictMath.log(uniform) * mean));
    }
}
