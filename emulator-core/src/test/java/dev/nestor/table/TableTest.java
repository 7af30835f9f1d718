package dev.nestor.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    private final SampleTable table = new SampleTable(1, 100);

    @Test
    void alloc_handsOutPositiveHandles_fromRowOne() {
        int handle = table.alloc();
        assertThat(handle).isPositive();
        assertThat(table.rowOf(handle)).isEqualTo(1);
        assertThat(table.handleInRow(1)).isEqualTo(handle);
        assertThat(table.handleInRow(0)).isEqualTo(Table.NULL);
        assertThat(table.handleInRow(2)).isEqualTo(Table.NULL);
    }

    @Test
    void alloc_isNull_atTheLimit() {
        SampleTable small = new SampleTable(1, 2);
        int first = small.alloc();
        assertThat(small.alloc()).isNotEqualTo(Table.NULL);
        assertThat(small.alloc()).isEqualTo(Table.NULL);
        small.free(first);
        assertThat(small.alloc()).isNotEqualTo(Table.NULL);
    }

    @Test
    void free_killsTheHandle_andTheRowComesBackZero() {
        int handle = table.alloc();
        table.set(handle, 7);
        table.free(handle);
        assertThat(table.isLive(handle)).isFalse();
        int next = table.alloc();
        assertThat(table.rowOf(next)).isEqualTo(1);
        assertThat(next).isNotEqualTo(handle);
        assertThat(table.first(next)).isZero();
        assertThatThrownBy(() -> table.first(handle)).isInstanceOf(AssertionError.class);
    }

    @Test
    void free_twice_isCaught() {
        int handle = table.alloc();
        table.free(handle);
        assertThatThrownBy(() -> table.free(handle))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("freed");
    }

    @Test
    void aHandleOfAnotherTable_isCaught() {
        SampleTable other = new SampleTable(2, 100);
        int foreign = other.alloc();
        table.alloc();
        assertThatThrownBy(() -> table.first(foreign))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("foreign");
    }

    @Test
    void aHandle_isGoodAgain_onlyAfter256Lives() {
        int handle = table.alloc();
        table.free(handle);
        for (int life = 1; life < 256; life++) {
            int next = table.alloc();
            assertThat(table.isLive(handle)).isFalse();
            table.free(next);
        }
        assertThat(table.alloc()).isEqualTo(handle);
    }

    @Test
    void growth_keepsRows_andTheirHandles() {
        int[] handles = new int[100];
        for (int i = 0; i < 100; i++) {
            handles[i] = table.alloc();
            table.set(handles[i], i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(table.first(handles[i])).isEqualTo(i);
            assertThat(table.second(handles[i])).isEqualTo(i);
        }
        assertThat(table.size()).isEqualTo(100);
        assertThat(table.rows()).isEqualTo(101);
    }

    @Test
    void digest_dependsOnContents_andOnHistory() {
        SampleTable same = new SampleTable(1, 100);
        table.alloc();
        same.alloc();
        assertThat(digest(table)).isEqualTo(digest(same));
        table.set(table.handleInRow(1), 1);
        assertThat(digest(table)).isNotEqualTo(digest(same));
        same.set(same.handleInRow(1), 1);
        assertThat(digest(table)).isEqualTo(digest(same));
        same.free(same.alloc());
        assertThat(digest(table)).as("what is to be handed out next counts too").isNotEqualTo(digest(same));
    }

    @Test
    void dirtyFreeRow_findsWhatClearRowWouldHaveZeroed() {
        int handle = table.alloc();
        table.alloc();
        table.set(handle, 7);
        table.free(handle);
        assertThat(table.dirtyFreeRow()).isZero();
        table.soil(1);
        assertThat(table.dirtyFreeRow()).isEqualTo(1);
    }

    @Test
    void footprint_countsEveryColumn() {
        // 16 rows of 4 + 3 * 8 + 1 bytes, a generation and a link of the free list
        assertThat(table.footprint()).isEqualTo(16 * (4 + 24 + 1 + 1 + 4));
    }

    private static long digest(Table table) {
        StateHash hash = new StateHash();
        table.digest(hash);
        return hash.value();
    }
}
