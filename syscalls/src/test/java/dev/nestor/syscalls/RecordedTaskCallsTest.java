package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.init.KernelConfig;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of tasks/*.calls, which several processes make, answer what Linux 6.18 answered. */
class RecordedTaskCallsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ucounts",
                "nproc",
                "sigpending",
                "nesting",
                "owners",
                "dumpable",
                "caps",
                "ids",
                "setnspid",
                "keys",
                "keyusers",
                "signalfds",
                "sched",
                "deadline"
            })
    void call_answersAsLinux(String file) {
        TestMachine machine = new TestMachine(new KernelConfig().requestKeyHelper(false));
        int task = RecordedFileCallsTest.newRoot(machine);
        makeProgram(machine, task);
        List<String> lines = RecordedCalls.lines("tasks/" + file + ".calls");

        List<String> answered = new RecordedCalls(machine, task).run(lines);

        List<String> other = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!answered.get(i).equals(lines.get(i))) {
                other.add("line " + (i + 1) + "\n  Linux: " + lines.get(i) + "\n  here:  " + answered.get(i));
            }
        }
        assertThat(other).isEmpty();
    }

    /** /agent, which can be executed. */
    private static void makeProgram(TestMachine machine, int task) {
        long path = machine.put(task, TestMachine.PAGE, "/agent");
        long contents = machine.put(task, TestMachine.PAGE + 100, "\177ELF");
        long fd = machine.call(task, Nr.NR_open, path, Fcntl.O_CREAT | Fcntl.O_WRONLY, 0755);
        assertThat(machine.call(task, Nr.NR_write, fd, contents, 4)).isEqualTo(4);
        assertThat(machine.call(task, Nr.NR_close, fd)).isZero();
    }
}
