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
}
