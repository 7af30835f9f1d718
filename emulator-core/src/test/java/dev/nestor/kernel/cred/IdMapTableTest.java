package dev.nestor.kernel.cred;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdMapTableTest {
    private static final int[] FIRST = {50, 10, 30, 70, 0, 90, 200};
    private static final int[] LOWER = {1050, 2010, 1030, 9070, 0, 100, 50};
    private static final int[] LENGTH = {5, 5, 5, 5, 1, 5, 5};

    private final IdMapTable maps = new IdMapTable(10, 1000);

    /** Linux 6.18 shows a map of these seven extents, written in this order, by its ids inside. */
    @Test
    void moreThanFiveExtents_areSortedByIdsInside() {
        int map = maps.create(7, FIRST, LOWER, LENGTH);
        int[] shown = new int[7];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = maps.first(map, i);
        }
        assertThat(shown).containsExactly(0, 10, 30, 50, 70, 90, 200);
        assertThat(maps.lowerFirst(map, 1)).isEqualTo(2010);
    }

    @Test
    void fiveExtents_keepTheirOrder() {
        int map = maps.create(5, FIRST, LOWER, LENGTH);
        assertThat(maps.first(map, 0)).isEqualTo(50);
        assertThat(maps.first(map, 4)).isZero();
    }

    @Test
    void idsAreFound_inSmallMapsAndLargeOnes_asALookAtEachExtentFindsThem() {
        for (int size = 1; size <= 7; size++) {
            int map = maps.create(size, FIRST, LOWER, LENGTH);
            for (int id = -3; id < 9100; id++) {
                assertThat(maps.down(map, id)).isEqualTo(look(size, FIRST, LOWER, id));
                assertThat(maps.up(map, id)).isEqualTo(look(size, LOWER, FIRST, id));
            }
            maps.destroy(map);
        }
    }

    /** An extent may begin beyond 2^31. */
    @Test
    void idsAreUnsigned() {
        int[] high = {0, 0x7ffffff0, 0x80000000, 0x90000000, 0xf0000000, 0xfffffff0};
        int[] low = {0xfffffff0, 0xf0000000, 0x90000000, 0x80000000, 0x7ffffff0, 0};
        int[] lengths = {10, 10, 10, 10, 10, 10};
        int map = maps.create(6, high, low, lengths);
        for (int i = 0; i < high.length; i++) {
            assertThat(maps.down(map, high[i] + 9)).isEqualTo(low[i] + 9);
            assertThat(maps.down(map, high[i] + 10)).isEqualTo(IdMapTable.MISS);
            assertThat(maps.up(map, low[i])).isEqualTo(high[i]);
        }
    }

    @Test
    void aMapThatFindsNoRoom_isNone() {
        IdMapTable small = new IdMapTable(10, 4);
        assertThat(small.create(7, FIRST, LOWER, LENGTH)).isEqualTo(IdMapTable.NULL);
        assertThat(small.size()).isZero();
    }

    private static int look(int size, int[] from, int[] to, int id) {
        for (int i = 0; i < size; i++) {
            if (id >= from[i] && id < from[i] + LENGTH[i]) {
                return to[i] + id - from[i];
            }
        }
        return IdMapTable.MISS;
    }
}
