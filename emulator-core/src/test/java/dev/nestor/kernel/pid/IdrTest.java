package dev.nestor.kernel.pid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.event.Random;
import dev.nestor.table.StateHash;
import dev.nestor.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IdrTest {
    private final Idr idr = new Idr();

    IdrTest() {
        idr.reserve(1);
    }

    @Test
    void find_isNull_whereNothingWasPut() {
        idr.put(1, 1000, 7);
        assertThat(idr.find(1, 1000)).isEqualTo(7);
        assertThat(idr.find(1, 999)).isEqualTo(Table.NULL);
        assertThat(idr.find(1, 1001)).isEqualTo(Table.NULL);
        assertThat(idr.find(1, 1 << 22)).isEqualTo(Table.NULL);
        assertThat(idr.find(2, 1000)).isEqualTo(Table.NULL);
    }

    @Test
    void nextFree_skipsWholePages_andStopsAtTheEnd() {
        for (int nr = 0; nr < 1000; nr++) {
            idr.put(1, nr, nr + 1);
        }
        assertThat(idr.nextFree(1, 0, 2000)).isEqualTo(1000);
        assertThat(idr.nextFree(1, 0, 1000)).isEqualTo(-1);
        idr.remove(1, 512);
        assertThat(idr.nextFree(1, 0, 1000)).isEqualTo(512);
        assertThat(idr.nextFree(1, 513, 1000)).isEqualTo(-1);
    }

    @Test
    void nextUsed_walksOverGaps() {
        idr.put(1, 3, 1);
        idr.put(1, 40_000, 2);
        assertThat(idr.nextUsed(1, 0)).isEqualTo(3);
        assertThat(idr.nextUsed(1, 4)).isEqualTo(40_000);
        assertThat(idr.nextUsed(1, 40_001)).isEqualTo(-1);
    }

    @Test
    void pages_goBackToThePool_whenTheyAreEmpty() {
        idr.put(1, 5, 1);
        long withOne = digest();
        for (int nr = 6; nr < 2000; nr++) {
            idr.put(1, nr, 1);
        }
        for (int nr = 6; nr < 2000; nr++) {
            idr.remove(1, nr);
        }
        idr.remove(1, 5);
        idr.clear(1);
        idr.reserve(2);
        for (int nr = 5; nr < 2000; nr++) {
            idr.put(2, nr, 1);
        }
        for (int nr = 6; nr < 2000; nr++) {
            idr.remove(2, nr);
        }
        assertThat(idr.find(2, 5)).isEqualTo(1);
        assertThat(idr.find(1, 5)).isEqualTo(Table.NULL);
        assertThat(digest()).as("the pool has grown, so its digest has changed").isNotEqualTo(withOne);
    }

    @Test
    void randomUse_agreesWithATreeMap_forEveryNamespace() {
        Random random = new Random(11);
        int rows = 40;
        List<TreeMap<Integer, Integer>> model = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            idr.reserve(row);
            model.add(new TreeMap<>());
        }
        for (int step = 1; step < 60_000; step++) {
            int row = random.nextInt(rows);
            TreeMap<Integer, Integer> numbers = model.get(row);
            int nr = random.nextInt(random.nextInt(8) == 0 ? 300_000 : 700);
            if (numbers.containsKey(nr)) {
                idr.remove(row, nr);
                numbers.remove(nr);
            } else if (random.nextInt(3) != 0) {
                idr.put(row, nr, step);
                numbers.put(nr, step);
            }
            int at = random.nextInt(1000);
            assertThat(idr.find(row, at)).isEqualTo(numbers.getOrDefault(at, Table.NULL));
            Integer used = numbers.ceilingKey(at);
            assertThat(idr.nextUsed(row, at)).isEqualTo(used == null ? -1 : used);
            assertThat(idr.nextFree(row, at, 5000)).isEqualTo(firstFree(numbers, at));
        }
    }

    private static int firstFree(Map<Integer, Integer> numbers, int from) {
        int nr = from;
        while (numbers.containsKey(nr)) {
            nr++;
        }
        return nr;
    }

    private long digest() {
        StateHash hash = new StateHash();
        idr.digest(hash);
        return hash.value();
    }
}
