package dev.nestor.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StateHashTest {
    @Test
    void theSameWords_inTheSameOrder_giveTheSameValue() {
        assertThat(of(hash -> add(hash, 1, 2, 3))).isEqualTo(of(hash -> add(hash, 1, 2, 3)));
        assertThat(of(hash -> add(hash, 1, 2, 3))).isNotEqualTo(of(hash -> add(hash, 2, 1, 3)));
        assertThat(of(hash -> add(hash, 0))).isNotEqualTo(of(hash -> add(hash, 0, 0)));
    }

    @Test
    void bytes_countEveryByte_andHowManyThereAre() {
        byte[] zeroes = new byte[9];
        assertThat(of(hash -> hash.add(zeroes, 8))).isNotEqualTo(of(hash -> hash.add(zeroes, 9)));
        for (int i = 0; i < 9; i++) {
            byte[] one = new byte[9];
            one[i] = 1;
            assertThat(of(hash -> hash.add(one, 9))).isNotEqualTo(of(hash -> hash.add(zeroes, 9)));
        }
    }

    @Test
    void intsAndLongs_ofTheSameValue_areTheSameWords() {
        assertThat(of(hash -> hash.add(new int[] {-1, 7}, 2))).isEqualTo(of(hash -> hash.add(new long[] {-1, 7}, 2)));
    }

    @Test
    void everyBit_changesAboutHalfOfTheDigest() {
        long base = of(hash -> hash.add(0x123456789abcdefL));
        for (int bit = 0; bit < 64; bit++) {
            long flipped = 0x123456789abcdefL ^ 1L << bit;
            assertThat(Long.bitCount(base ^ of(hash -> hash.add(flipped)))).isBetween(8, 56);
        }
    }

    @Test
    void hex_hasSixteenDigits() {
        StateHash hash = new StateHash();
        hash.add(5);
        assertThat(hash.hex()).hasSize(16);
        assertThat(Long.parseUnsignedLong(hash.hex(), 16)).isEqualTo(hash.value());
    }

    private static void add(StateHash hash, long... words) {
        for (long word : words) {
            hash.add(word);
        }
    }

    private static long of(Consumer<StateHash> words) {
        StateHash hash = new StateHash();
        words.accept(hash);
        return hash.value();
    }
}
