package dev.nestor.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RandomTest {
    @Test
    void sequence_isThatOfTheSeed() {
        Random a = new Random(1);
        Random b = new Random(1);
        Random c = new Random(2);
        long first = a.nextLong();
        assertThat(b.nextLong()).isEqualTo(first);
        assertThat(c.nextLong()).isNotEqualTo(first);
    }

    @Test
    void nextInt_isEven_overItsRange() {
        Random random = new Random(42);
        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++) {
            counts[random.nextInt(10)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(9_600, 10_400);
        }
        assertThat(random.nextLong(1L << 62)).isBetween(0L, 1L << 62);
    }
}
