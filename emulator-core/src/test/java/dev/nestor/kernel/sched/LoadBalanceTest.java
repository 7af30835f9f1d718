package dev.nestor.kernel.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.machine.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadBalanceTest {
    private static final double NS_PER_S = 1e9;

    private static void run(SmallScheduler machine, long ms) {
        machine.loop.runUntil(machine.clock.now() + ms * SmallScheduler.MS);
    }

    /** Shares of five hogs on two CPUs of the reference machine: 37.5 to 39.9 % of a CPU, 41 migrations in five seconds. */
    @Test
    void fiveHogsOnTwoCpus_moveAbout_soThatNoneIsLeftBehind() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(2));
        int[] hogs = new int[5];
        for (int i = 0; i < hogs.length; i++) {
            hogs[i] = machine.hog();
        }

        run(machine, 5000);

        int migrations = 0;
        for (int hog : hogs) {
            assertThat(machine.runtime(hog) / NS_PER_S / 5).isBetween(0.36, 0.44);
            migrations += (int) machine.tasks.nrMigrations(hog);
        }
        assertThat(migrations).isBetween(20, 90);
    }

    /** As many hogs as CPUs, all begun on one: each has a CPU of its own before long, on whatever topology. */
    @ParameterizedTest
    @CsvSource({"1,1,4,1", "1,2,4,1", "2,1,4,1", "1,1,4,2", "2,2,2,2"})
    void hogsHeapedOnOneCpu_spread(int sockets, int llcs, int cores, int threads) {
        Topology topology = Topology.of(sockets, llcs, cores, threads);
        SmallScheduler machine = new SmallScheduler(topology);
        int[] hogs = new int[topology.cpus()];
        for (int i = 0; i < hogs.length; i++) {
            hogs[i] = machine.hog(0);
        }
        run(machine, 50);
        long[] all = new long[machine.sched.maskWords()];
        all[0] = -1;
        for (int hog : hogs) {
            machine.sched.setCpusAllowed(hog, all);
        }
        run(machine, 1000);
        long[] before = new long[hogs.length];
        for (int i = 0; i < hogs.length; i++) {
            before[i] = machine.runtime(hogs[i]);
        }

        run(machine, 1000);

        for (int i = 0; i < hogs.length; i++) {
            assertThat((machine.runtime(hogs[i]) - before[i]) / NS_PER_S)
                    .as("hog " + i)
                    .isGreaterThan(0.98);
        }
    }

    /** A hog that may run on one CPU only stays there, and the others go out of its way. */
    @Test
    void pinnedHog_isNotMoved() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(2));
        int pinned = machine.hog(0);
        machine.hog();
        machine.hog();

        run(machine, 2000);

        assertThat(machine.tasks.nrMigrations(pinned)).isZero();
    }

    @Test
    void twoRuns_areTheSame() {
        long[] digests = new long[2];
        for (int i = 0; i < 2; i++) {
            SmallScheduler machine = new SmallScheduler(Topology.of(1, 2, 2, 2));
            for (int hog = 0; hog < 11; hog++) {
                machine.hog();
            }
            machine.periodic(2 * SmallScheduler.MS, 9 * SmallScheduler.MS);
            run(machine, 700);
            digests[i] = machine.digest();
        }
        assertThat(digests[1]).isEqualTo(digests[0]);
    }
}
