package dev.nestor.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColumnsTest {
    @Test
    void growth_multipliesByTheStride_andKeepsTheBeginning() {
        Columns growth = Columns.growTo(8);
        assertThat(growth.ints(new int[] {1, 2, 3, 4})).containsExactly(1, 2, 3, 4, 0, 0, 0, 0);
        assertThat(growth.longs(new long[] {9}, 3)).hasSize(24).startsWith(9);
        assertThat(growth.bytes(new byte[] {7}, 2)).hasSize(16).startsWith((byte) 7);
    }

    @Test
    void digest_takesInOnlyTheRowsInUse() {
        int[] column = {1, 2, 3, 4};
        StateHash two = new StateHash();
        Columns.digestInto(two, 2).ints(column);
        column[2] = 99;
        StateHash again = new StateHash();
        assertThat(Columns.digestInto(again, 2).ints(column)).isSameAs(column);
        assertThat(again.value()).isEqualTo(two.value());
        StateHash wide = new StateHash();
        Columns.digestInto(wide, 2).ints(column, 2);
        assertThat(wide.value()).isNotEqualTo(two.value());
    }

    @Test
    void footprint_addsUpBytes() {
        Columns.Footprint footprint = new Columns.Footprint();
        footprint.ints(new int[3]);
        footprint.longs(new long[3]);
        footprint.bytes(new byte[3]);
        assertThat(footprint.bytes()).isEqualTo(3 * (4 + 8 + 1));
    }
}
