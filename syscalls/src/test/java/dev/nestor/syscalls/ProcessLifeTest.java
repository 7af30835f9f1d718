package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Wait;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Birth, waiting and death of processes. Expectations as seen on Linux 6.18; see ../shared/linux/behaviours.md. */
class ProcessLifeTest {
    private static final int REVENTS = 0x11; // POLLIN, POLLHUP

    private final TestMachine machine = new TestMachine();
    private final int init = machine.init();
    private final int shell = machine.fork(init); // number 2; init itself reaps at once

    @Test
    void fork_givesTheNextNumber_andGetpidSaysSo() {
        int child = machine.fork(shell);
        assertThat(machine.call(child, Nr.NR_getpid)).isEqualTo(3);
        assertThat(machine.call(child, Nr.NR_getppid)).isEqualTo(2);
        assertThat(machine.call(init, Nr.NR_getppid)).isZero();
    }

    @Test
    void wait4_reapsAZombie_withItsStatus() {
        int child = machine.fork(shell);
        machine.call(child, Nr.NR_exit_group, 7);
        assertThat(machine.kernel().tasks().exitState(child)).isEqualTo(TaskTable.EXIT_ZOMBIE);
        assertThat(machine.call(shell, Nr.NR_wait4, -1, TestMachine.PAGE)).isEqualTo(3);
        assertThat(machine.intAt(shell, TestMachine.PAGE)).isEqualTo(7 << 8);
        assertThat(machine.kernel().tasks().isLive(child)).isFalse();
        assertThat(machine.call(shell, Nr.NR_wait4, -1)).isEqualTo(-Errno.ECHILD);
    }

    @Test
    void wait4_blocksUntilAChildEnds() {
        int child = machine.fork(shell);
        assertThat(machine.call(shell, Nr.NR_wait4, -1, 0, Wait.WNOHANG)).isZero();
        assertThat(machine.call(shell, Nr.NR_wait4, -1)).isEqualTo(Syscalls.BLOCKED);
        machine.call(child, Nr.NR_exit, 0);
        assertThat(machine.resultOf(shell)).isEqualTo(3);
    }

    @Test
    void newpid_makesPid1_thatSeesNoParent() {
        int child = machine.newPidNs(init);
        assertThat(machine.call(child, Nr.NR_getpid)).isEqualTo(1);
        assertThat(machine.call(child, Nr.NR_getppid)).isZero();
        int grandchild = machine.fork(child);
        assertThat(machine.call(grandchild, Nr.NR_getpid)).isEqualTo(2);
        assertThat(machine.call(grandchild, Nr.NR_getppid)).isEqualTo(1);
    }

    @Test
    void theDeathOfANamespacesInit_takesAllAlong_beforeItsParentHears() {
        int reaper = machine.newPidNs(shell);
        int member = machine.fork(reaper);
        int deeper = machine.newPidNs(member);
        machine.call(member, Nr.NR_pause);
        machine.call(deeper, Nr.NR_wait4, -1);
        machine.call(reaper, Nr.NR_exit_group, 3);
        assertThat(machine.kernel().tasks().isLive(member)).isFalse();
        assertThat(machine.kernel().tasks().isLive(deeper)).isFalse();
        assertThat(machine.call(shell, Nr.NR_wait4, -1, TestMachine.PAGE)).isEqualTo(3);
        assertThat(machine.intAt(shell, TestMachine.PAGE)).isEqualTo(3 << 8);
        assertThat(machine.kernel().tasks().size()).isEqualTo(2);
        assertThat(machine.kernel().pidNamespaceTable().size()).isEqualTo(1);
    }

    @Test
    void fork_failsWithENOMEM_afterInitsDeath() {
        int task = machine.fork(init);
        assertThat(machine.call(task, Nr.NR_unshare, Sched.CLONE_NEWPID)).isZero();
        int first = machine.fork(task);
        assertThat(machine.call(first, Nr.NR_getpid)).isEqualTo(1);
        machine.call(first, Nr.NR_exit_group, 0);
        assertThat(machine.call(task, Nr.NR_fork)).isEqualTo(-Errno.ENOMEM);
    }

    @Test
    void theThirtyThirdLevel_isENOSPC() {
        int task = init;
        for (int level = 1; level <= 32; level++) {
            task = machine.newPidNs(task);
            assertThat(task).isPositive();
        }
        assertThat(machine.call(task, Nr.NR_unshare, Sched.CLONE_NEWPID)).isEqualTo(-Errno.ENOSPC);
    }

    @Test
    void vfork_holdsTheParent_untilTheChildEnds() {
        int parent = machine.fork(init);
        assertThat(machine.call(parent, Nr.NR_vfork)).isEqualTo(Syscalls.BLOCKED);
        int child = machine.kernel().tasks().children().first(parent);
        machine.call(child, Nr.NR_exit_group, 0);
        assertThat(machine.resultOf(parent)).isEqualTo(4);
    }

    @Test
    void orphans_goToTheNearestSubreaper_elseToInit() {
        int reaper = machine.fork(init);
        assertThat(machine.call(reaper, Nr.NR_prctl, dev.nestor.uapi.Prctl.PR_SET_CHILD_SUBREAPER, 1))
                .isZero();
        int middle = machine.fork(reaper);
        int orphan = machine.fork(middle);
        machine.call(middle, Nr.NR_exit_group, 0);
        assertThat(machine.call(orphan, Nr.NR_getppid)).isEqualTo(3);
        machine.call(reaper, Nr.NR_exit_group, 0);
        assertThat(machine.call(orphan, Nr.NR_getppid)).isEqualTo(1);
    }

    @Test
    void twoRuns_endInTheSameDigest() {
        assertThat(scenario()).isEqualTo(scenario());
    }

    private static String scenario() {
        TestMachine machine = new TestMachine();
        int reaper = machine.newPidNs(machine.init());
        for (int i = 0; i < 50; i++) {
            int child = machine.fork(reaper);
            machine.call(child, i % 2 == 0 ? Nr.NR_pause : Nr.NR_setsid);
        }
        machine.call(reaper, Nr.NR_exit_group, 0);
        return machine.digest();
    }

    /** As de_thread() has it: the thread that executes becomes the leader, with its number, once all others have died. */
    @Test
    void execveOfAThread_takesTheLeadersNumber() {
        long path = machine.put(shell, TestMachine.PAGE, "/tmp/program");
        long elf = machine.put(shell, TestMachine.PAGE + 100, "\u007fELF");
        long fd = machine.call(shell, Nr.NR_creat, path, 0755);
        machine.call(shell, Nr.NR_write, fd, elf, 4);
        machine.call(shell, Nr.NR_close, fd);
        int leader = machine.fork(shell);
        int thread = machine.clone(leader, Sched.CLONE_VM | Sched.CLONE_SIGHAND | Sched.CLONE_THREAD);
        assertThat(machine.call(thread, Nr.NR_gettid)).isEqualTo(4);
        assertThat(machine.call(leader, Nr.NR_pause)).isEqualTo(Syscalls.BLOCKED);
        assertThat(machine.call(thread, Nr.NR_execve, path, 0, 0)).isZero();
        assertThat(machine.kernel().tasks().isLive(leader)).isFalse();
        assertThat(machine.call(thread, Nr.NR_gettid)).isEqualTo(3);
        assertThat(machine.call(thread, Nr.NR_getpid)).isEqualTo(3);
        machine.call(thread, Nr.NR_exit_group, 5);
        assertThat(machine.call(shell, Nr.NR_wait4, -1, TestMachine.PAGE)).isEqualTo(3);
        assertThat(machine.intAt(shell, TestMachine.PAGE)).isEqualTo(5 << 8);
    }

    @Test
    void pollOfAThreadsPidfd_endsWithTheThread() {
        int leader = machine.fork(shell);
        int thread = machine.clone(leader, Sched.CLONE_VM | Sched.CLONE_SIGHAND | Sched.CLONE_THREAD);
        long fd = machine.call(leader, Nr.NR_pidfd_open, 4, Fcntl.O_EXCL); // PIDFD_THREAD
        assertThat(fd).isNotNegative();
        long pollfd = TestMachine.PAGE + 64;
        int mm = machine.kernel().tasks().mm(leader);
        machine.kernel().userMemory().putInt(mm, pollfd, (int) fd);
        machine.kernel().userMemory().putInt(mm, pollfd + 4, 1); // POLLIN
        assertThat(machine.call(leader, Nr.NR_poll, pollfd, 1, -1)).isEqualTo(Syscalls.BLOCKED);
        machine.call(thread, Nr.NR_exit, 0);
        assertThat(machine.resultOf(leader)).isEqualTo(1);
        assertThat(machine.intAt(leader, pollfd + 4)).isEqualTo(1 | REVENTS << 16);
    }

    /** A leader that is a zombie does not keep the last thread out of time namespaces, but out of user namespaces. */
    @Test
    void setnsOfTime_wantsOneLivingThread() {
        int leader = machine.fork(shell);
        int thread = machine.clone(leader, Sched.CLONE_VM | Sched.CLONE_SIGHAND | Sched.CLONE_THREAD);
        long path = machine.put(leader, TestMachine.PAGE, "/proc/self/ns/time");
        long ofLeader = machine.call(leader, Nr.NR_open, path, Fcntl.O_RDONLY);
        long ofThread = machine.call(thread, Nr.NR_open, path, Fcntl.O_RDONLY);
        assertThat(machine.call(leader, Nr.NR_setns, ofLeader, 0)).isEqualTo(-Errno.EUSERS);
        machine.call(leader, Nr.NR_exit, 0);
        assertThat(machine.call(thread, Nr.NR_setns, ofThread, 0)).isZero();
        assertThat(machine.call(thread, Nr.NR_unshare, Sched.CLONE_NEWTIME)).isZero();
        assertThat(machine.call(thread, Nr.NR_unshare, Sched.CLONE_NEWUSER)).isEqualTo(-Errno.EINVAL);
    }

    /** As `unshare -pf --mount-proc grep ^NS /proc/self/status` shows it: a group and a session of outside have no number. */
    @Test
    void status_hasANumberForEveryLevel_ofGroupsAndSessionsToo() {
        int inner = machine.newPidNs(shell);
        assertThat(statusOf(shell, "/proc/3/status")).contains("\nNSpid:\t3\t1\nNSpgid:\t1\t0\nNSsid:\t1\t0\n");
        machine.call(inner, Nr.NR_setsid);
        assertThat(statusOf(shell, "/proc/3/status")).contains("\nNSpid:\t3\t1\nNSpgid:\t3\t1\nNSsid:\t3\t1\n");
    }

    private String statusOf(int reader, String path) {
        long fd = machine.call(reader, Nr.NR_open, machine.put(reader, TestMachine.PAGE, path), Fcntl.O_RDONLY);
        byte[] text = new byte[(int) machine.call(reader, Nr.NR_read, fd, TestMachine.PAGE, 4096)];
        int mm = machine.kernel().tasks().mm(reader);
        machine.kernel().userMemory().copyFromUser(mm, TestMachine.PAGE, text, 0, text.length);
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
