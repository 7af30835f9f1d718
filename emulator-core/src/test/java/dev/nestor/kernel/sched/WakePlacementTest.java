package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.machine.Topology;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WakePlacementTest {
    private final Topology topology = Topology.of(2, 1, 4, 2);
    private final SwitchLog log = new SwitchLog();
    private final SmallScheduler machine = new SmallScheduler(topology, log);

    @Test
    void newTasks_takeIdleCores_evenlyOverTheCaches_thenIdleThreads() {
        int[] hogs = new int[16];
        Set<Integer> cores = new HashSet<>();
        int first = 0;
        for (int i = 0; i < 8; i++) {
            hogs[i] = machine.hog();
            cores.add(topology.core(machine.tasks.cpu(hogs[i])));
            first += topology.llc(machine.tasks.cpu(hogs[i])) == 0 ? 1 : 0;
        }
        assertThat(cores).hasSize(8);
        assertThat(first).isEqualTo(4);
        Set<Integer> cpus = new HashSet<>();
        for (int i = 8; i < 16; i++) {
            hogs[i] = machine.hog();
        }
        for (int hog : hogs) {
            cpus.add(machine.tasks.cpu(hog));
        }
        assertThat(cpus).hasSize(16);
    }

    @Test
    void wokenTask_staysWhereItWas_whileThatCpuIsIdle() {
        for (int i = 0; i < 8; i++) {
            machine.periodic(200 * US, 3 * MS);
            machine.loop.runUntil(machine.clock.now() + 300 * US);
        }
        machine.loop.runUntil(1_000 * MS);
        assertThat(log.migrations()).isZero();
    }

    @Test
    void wokenTask_goesToAnIdleCpuOfItsCache_whenItsOwnIsTaken() {
        int sleeper = machine.periodic(200 * US, 50 * MS);
        machine.loop.runUntil(10 * MS);
        int home = machine.tasks.cpu(sleeper);
        machine.hog(home);
        machine.loop.runUntil(60 * MS);
        int now = machine.tasks.cpu(sleeper);
        assertThat(now).isNotEqualTo(home);
        assertThat(topology.shareCache(now, home)).isTrue();
        assertThat(topology.core(now))
                .as("an idle core before a busy one's thread")
                .isNotEqualTo(topology.core(home));
    }

    @Test
    void wokenTask_goesNowhereThatItMayNot() {
        int sleeper = machine.periodic(200 * US, 5 * MS, 3);
        machine.hog(3);
        machine.loop.runUntil(500 * MS);
        assertThat(machine.tasks.cpu(sleeper)).isEqualTo(3);
    }
}
