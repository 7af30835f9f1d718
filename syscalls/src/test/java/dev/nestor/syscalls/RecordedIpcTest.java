package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.init.Census;
import dev.nestor.uapi.Nr;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls of ipc/*.ipc answer what Linux 6.18 answered, and nothing is left when their namespace dies. */
class RecordedIpcTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ids",
                "msg",
                "msgwait",
                "sem",
                "semwait",
                "semundo",
                "shm",
                "shmforced",
                "shmvma",
                "perms",
                "sysctl",
                "sysctlfd",
                "sysvipc",
                "mqwait",
                "mqnotify"
            })
    void call_answersAsLinux(String file) {
        IpcScript script = new IpcScript();
        List<String> lines = IpcScript.lines(file + ".ipc");

        List<String> answered = script.run(lines);

        List<String> other = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!answered.get(i).equals(lines.get(i))) {
                other.add("line " + (i + 1) + "\n  Linux: " + lines.get(i) + "\n  here:  " + answered.get(i));
            }
        }
        assertThat(other).isEmpty();
        script.machine().call(script.task("a"), Nr.NR_exit_group, 0);
        Census left = Census.of(script.machine().kernel());
        for (String table : List.of(
                "msg_queue",
                "msg_msg",
                "msg_receiver",
                "msg_sender",
                "sem_array",
                "sem_queue",
                "sem_undo",
                "sem_undo_list",
                "shmid_kernel",
                "shm_file_data",
                "mqueue",
                "mq_msg",
                "mq_waiter",
                "shmem")) {
            assertThat(left.rows(table)).as(table).isZero();
        }
        assertThat(left.rows("ipc_namespace")).isEqualTo(1);
    }
}
