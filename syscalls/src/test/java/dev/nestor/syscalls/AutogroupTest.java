package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.sched.SchedEntityTable;
import dev.nestor.kernel.sched.TaskGroups;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import org.junit.jupiter.api.Test;

/** Sessions as groups. What /proc/PID/autogroup says and takes was seen on Linux 6.18. */
class AutogroupTest {
    private static final long PATH = TestMachine.PAGE;
    private static final long TEXT = TestMachine.PAGE + 512;

    private final TestMachine machine = new TestMachine();
    private final TaskGroups groups = machine.kernel().scheduler().groups();
    private final SchedEntityTable entities = machine.kernel().scheduler().entities();
    private final int init = machine.init();
    private final int shell = machine.fork(init);

    private int groupOf(int task) {
        return entities.taskGroup(machine.kernel().tasks().se(task));
    }

    private long open(int task, int flags) {
        machine.put(task, PATH, "/proc/self/autogroup");
        return machine.call(task, Nr.NR_open, PATH, flags, 0);
    }

    private String read(int task) {
        long fd = open(task, Fcntl.O_RDONLY);
        long length = machine.call(task, Nr.NR_read, fd, TEXT, 100);
        machine.call(task, Nr.NR_close, fd);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (machine.intAt(task, TEXT + i) & 0xff));
        }
        return text.toString();
    }

    private long write(int task, String text) {
        long fd = open(task, Fcntl.O_WRONLY);
        machine.put(task, TEXT, text);
        long result = machine.call(task, Nr.NR_write, fd, TEXT, text.length());
        machine.call(task, Nr.NR_close, fd);
        return result;
    }

    @Test
    void session_isAGroup_thatItsChildrenAreInToo() {
        assertThat(groupOf(shell)).isEqualTo(groups.root());
        assertThat(read(shell)).isEmpty();

        assertThat(machine.call(shell, Nr.NR_setsid)).isPositive();
        int child = machine.fork(shell);

        assertThat(groupOf(shell)).isNotEqualTo(groups.root());
        assertThat(groupOf(child)).isEqualTo(groupOf(shell));
        assertThat(read(child)).isEqualTo("/autogroup-1 nice 0\n");
        int other = machine.fork(shell);
        machine.call(other, Nr.NR_setsid);
        assertThat(read(other)).isEqualTo("/autogroup-2 nice 0\n");
        assertThat(groupOf(other)).isNotIn(groupOf(shell), groups.root());
    }

    @Test
    void nice_isKept_andGivesTheGroupItsShares() {
        machine.call(shell, Nr.NR_setsid);
        assertThat(write(shell, "5\n")).isEqualTo(2);
        assertThat(read(shell)).isEqualTo("/autogroup-1 nice 5\n");
        assertThat(groups.table().shares(groupOf(shell))).isEqualTo(335L << 10);
        assertThat(write(shell, " 7 \n")).isEqualTo(4);
        assertThat(write(shell, "20\n")).isEqualTo(-Errno.EINVAL);
        assertThat(write(shell, "x\n")).isEqualTo(-Errno.EINVAL);
        assertThat(read(shell)).isEqualTo("/autogroup-1 nice 7\n");
    }

    @Test
    void group_isGone_onceItsSessionIs() {
        int before = groups.table().size();
        int leader = machine.fork(shell);
        machine.call(leader, Nr.NR_setsid);
        int child = machine.fork(leader);
        machine.call(leader, Nr.NR_exit_group, 0);
        machine.call(shell, Nr.NR_wait4, -1);
        assertThat(groups.table().size()).isEqualTo(before + 1);
        machine.call(child, Nr.NR_exit_group, 0);
        assertThat(groups.table().size()).isEqualTo(before);
    }
}
