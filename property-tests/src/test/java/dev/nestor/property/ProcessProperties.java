package dev.nestor.property;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Random programs of fork, clone, unshare, setns, exit, wait and kill. After each call the emulator and the model agree on
 * the answer and on all that can be seen: a task in exactly its own PID namespace and its ancestors, numbers unique in each,
 * who shares what, who owns what; and reference counts equal references. In the end, when all are dead, nothing is left.
 */
@AddLifecycleHook(Reproduction.class)
class ProcessProperties {
    @Provide
    Arbitrary<Program> programs() {
        return RandomPrograms.ofLength(60);
    }

    @Provide
    Arbitrary<Program> longPrograms() {
        return RandomPrograms.ofLength(400);
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
    void everyCall_isAnsweredAsTheModelSays(@ForAll("programs") Program program) {
        new Duel(program).run();
    }

    @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
    void longPrograms_too(@ForAll("longPrograms") Program program) {
        new Duel(program).run();
    }

    @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
    void twoRunsOfAProgram_endInTheSameState(@ForAll("programs") Program program) {
        assertThat(new Duel(program).run()).isEqualTo(new Duel(program).run());
    }
}
