package dev.nestor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TopologyTest {
    @Test
    void threadsOfACore_areHalfTheMachineApart() {
        Topology topology = Topology.of(2, 2, 3, 2);
        assertThat(topology.cpus()).isEqualTo(24);
        assertThat(topology.cores()).isEqualTo(12);
        assertThat(topology.core(13)).isEqualTo(1);
        assertThat(topology.llc(13)).isZero();
        assertThat(topology.llc(3)).isEqualTo(1);
        assertThat(topology.socket(23)).isEqualTo(1);
        assertThat(topology.llcSize()).isEqualTo(6);
        assertThat(topology.shareCache(0, 14)).isTrue();
        assertThat(topology.shareCache(2, 3)).isFalse();
        assertThat(topology.coreMask(1, 0)).isEqualTo(1L << 1 | 1L << 13);
        assertThat(topology.llcMask(0, 0)).isEqualTo(0b111L | 0b111L << 12);
    }

    @Test
    void masks_coverManyWords() {
        Topology topology = Topology.of(4, 8, 16, 2);
        assertThat(topology.cpus()).isEqualTo(1_024);
        assertThat(topology.words()).isEqualTo(16);
        int cpus = 0;
        for (int llc = 0; llc < topology.llcs(); llc++) {
            for (int word = 0; word < topology.words(); word++) {
                cpus += Long.bitCount(topology.llcMask(llc, word));
            }
        }
        assertThat(cpus).isEqualTo(1_024);
    }

    @Test
    void plain_isOneCache() {
        assertThat(Topology.plain(3).shareCache(0, 2)).isTrue();
        assertThat(Topology.plain(3).core(2)).isEqualTo(2);
        assertThatThrownBy(() -> Topology.plain(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
