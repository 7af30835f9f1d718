package dev.nestor.syscalls.transcripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The transcripts' tests can fail: what is compared literally, and what up to a renaming. */
class ComparisonTest {
    private static final String RECORDED = """
            root@vm:tr# a
            uts:[4026532180] 4711 of 4026531838
            root@vm:tr# b
            4711 and 4026532180, 2 3 root@vm:tr# c
            root@vm:tr# exit
            """;

    private static void compare(String first, String second) {
        new Comparison(Transcript.parse(RECORDED)).check(transcript -> List.of(first, second, "", ""));
    }

    @Test
    void prompts_mayStandBehindOutput() {
        assertThat(Transcript.parse(RECORDED).commands()).containsExactly("a", "b", "c", "exit");
    }

    @Test
    void outerPidsAndFreshInodes_areRenamed() {
        assertThatCode(() -> compare("uts:[4026532177] 20001 of 4026531838\n", "20001 and 4026532177, 2 3 "))
                .doesNotThrowAnyException();
    }

    @Test
    void sameNumberOfTheirs_isAlwaysTheSameOfOurs() {
        assertThatThrownBy(() -> compare("uts:[4026532177] 20001 of 4026531838\n", "20002 and 4026532177, 2 3 "))
                .hasMessageContaining("20002");
        assertThatThrownBy(() -> compare("uts:[4026532177] 20001 of 4026531838\n", "20001 and 4026532178, 2 3 "))
                .hasMessageContaining("4026532178");
    }

    @Test
    void initialInodesAndInnerPids_areLiteral() {
        assertThatThrownBy(() -> compare("uts:[4026532177] 20001 of 4026531839\n", "20001 and 4026532177, 2 3 "))
                .hasMessageContaining("4026531839");
        assertThatThrownBy(() -> compare("uts:[4026532177] 20001 of 4026531838\n", "20001 and 4026532177, 2 4 "))
                .hasMessageContaining("2 4");
        assertThatThrownBy(() -> compare("uts:[4026532177] 20001 of 4026531838\n", "20001 and 4026532177, 20002 3 "))
                .hasMessageContaining("20002");
    }

    @Test
    void missingAndFurtherLines_areDifferences() {
        assertThatThrownBy(() -> compare("", "20001 and 4026532177, 2 3 ")).hasMessageContaining("(no line)");
        assertThatThrownBy(() -> compare("uts:[4026532177] 20001 of 4026531838\nmore\n", "20001 and 4026532177, 2 3 "))
                .hasMessageContaining("more");
    }
}
