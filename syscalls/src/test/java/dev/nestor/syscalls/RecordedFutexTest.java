package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of futex/*.futex, which several threads make, answer what Linux 6.18 answered. */
class RecordedFutexTest {
    @ParameterizedTest
    @ValueSource(strings = {"wait", "keys", "requeue", "futex2", "robust", "pi", "pideath", "pirequeue"})
    void call_answersAsLinux(String file) {
        TestMachine machine = new TestMachine();
        List<String> lines = RecordedCalls.lines("futex/" + file + ".futex");

        List<String> answered = new FutexScript(machine, machine.fork(machine.init())).run(lines);

        List<String> other = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!answered.get(i).equals(lines.get(i))) {
                other.add("line " + (i + 1) + "\n  Linux: " + lines.get(i) + "\n  here:  " + answered.get(i));
            }
        }
        assertThat(other).isEmpty();
    }
}
