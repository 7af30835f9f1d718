package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The calls of files/*.calls answer what Linux 6.18 answered. */
class RecordedFileCallsTest {
    @ParameterizedTest
    @MethodSource("files")
    void call_answersAsLinux(String file) {
        assertAnswers("files/" + file + ".calls");
    }

    /** All there are, in the order of their names. */
    static List<String> files() throws IOException, URISyntaxException {
        Path directory = Path.of(Objects.requireNonNull(RecordedFileCallsTest.class.getResource("files"))
                .toURI());
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".calls"))
                    .map(name -> name.substring(0, name.length() - ".calls".length()))
                    .sorted()
                    .toList();
        }
    }

    /** The calls of a file beside this class, made by the first task of new namespaces, answer what stands behind them. */
    static void assertAnswers(String file) {
        TestMachine machine = new TestMachine();
        assertAnswers(machine, newRoot(machine), file);
    }

    static void assertAnswers(TestMachine machine, int task, String file) {
        List<String> lines = RecordedCalls.lines(file);

        List<String> answered = new RecordedCalls(machine, task).run(lines);

        List<String> other = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!answered.get(i).equals(lines.get(i))) {
                other.add("line " + (i + 1) + "\n  Linux: " + lines.get(i) + "\n  here:  " + answered.get(i));
            }
        }
        assertThat(other).isEmpty();
    }

    /** pid 1 of a PID namespace, of an IPC, a network and a mount namespace, with a tmpfs for its root and /proc in it: as record.py has it. */
    static int newRoot(TestMachine machine) {
        int flags = Sched.CLONE_NEWPID | Sched.CLONE_NEWNS | Sched.CLONE_NEWIPC | Sched.CLONE_NEWNET;
        int task = machine.clone(machine.init(), flags);
        mount(machine, task, "root", "/tmp", "tmpfs", "mode=755");
        call(machine, task, Nr.NR_mkdir, "/tmp/proc", 0755);
        mount(machine, task, "proc", "/tmp/proc", "proc", "");
        call(machine, task, Nr.NR_chdir, "/tmp", 0);
        machine.put(task, TestMachine.PAGE, ".");
        assertThat(machine.call(task, Nr.NR_pivot_root, TestMachine.PAGE, TestMachine.PAGE))
                .isZero();
        call(machine, task, Nr.NR_umount2, ".", 2);
        call(machine, task, Nr.NR_chdir, "/", 0);
        return task;
    }

    private static void mount(TestMachine machine, int task, String source, String at, String type, String data) {
        long page = TestMachine.PAGE;
        machine.put(task, page, source);
        machine.put(task, page + 100, at);
        machine.put(task, page + 200, type);
        machine.put(task, page + 300, data);
        assertThat(machine.call(task, Nr.NR_mount, page, page + 100, page + 200, 0, page + 300))
                .isZero();
    }

    private static void call(TestMachine machine, int task, int nr, String path, long arg) {
        machine.put(task, TestMachine.PAGE, path);
        assertThat(machine.call(task, nr, TestMachine.PAGE, arg)).isZero();
    }
}
