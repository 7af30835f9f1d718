package dev.nestor.cli.replay.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RenamingTest {

    private final Renaming renaming = new Renaming();

    @Test
    void matches_isOneToOne() {
        assertThat(renaming.matches(4026532177L, 4026532200L)).isTrue();
        assertThat(renaming.matches(4026532177L, 4026532200L)).isTrue();
        assertThat(renaming.matches(4026532177L, 4026532201L)).isFalse();
        assertThat(renaming.matches(4026532178L, 4026532200L)).isFalse();
    }

    @Test
    void initialNamespaces_areThemselves() {
        assertThat(renaming.matches(4026531836L, 4026531836L)).isTrue();
        assertThat(renaming.matches(4026531837L, 4026531836L)).isFalse();
        assertThat(renaming.matches(4026532177L, 4026531836L)).isFalse();
        assertThat(renaming.matches(4026532177L, 4026531840L)).isTrue();
    }

    @Test
    void numberOfNewNamespace_mayStandForAnother() {
        assertThat(renaming.matches(4026532177L, 4026532200L)).isTrue();
        assertThat(renaming.matches(4026532178L, 4026532201L)).isTrue();
        renaming.make(4026532177L);
        assertThat(renaming.matches(4026532177L, 4026531836L)).isFalse();
        assertThat(renaming.matches(4026532177L, 4026532201L)).isTrue();
        assertThat(renaming.matches(4026532177L, 4026532200L)).isFalse();
        assertThat(renaming.matches(4026532178L, 4026532200L)).isTrue();
    }

    @Test
    void awaitedMount_isTheNextUnknownOne_once() {
        long known = (1L << 31) + 7;
        assertThat(renaming.matches(known, (1L << 31) + 3)).isTrue();
        renaming.await((1L << 31) + 4);

        assertThat(renaming.emulated(known)).isEqualTo((1L << 31) + 3);
        assertThat(renaming.emulated((1L << 31) + 9)).isEqualTo((1L << 31) + 4);
        assertThat(renaming.emulated((1L << 31) + 10)).isEqualTo((1L << 31) + 10);
        assertThat(renaming.emulated((1L << 31) + 9)).isEqualTo((1L << 31) + 4);
    }
}
