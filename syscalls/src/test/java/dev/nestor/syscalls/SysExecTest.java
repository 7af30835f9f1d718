package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import org.junit.jupiter.api.Test;

/** Every expectation is what a C program making the same calls was answered by Linux 6.18. */
class SysExecTest {
    private static final long PATH = TestMachine.PAGE;
    private static final long EMPTY = TestMachine.PAGE + 200;
    private static final int CHECK = Fcntl.AT_EMPTY_PATH | Fcntl.AT_EXECVE_CHECK;

    private final TestMachine machine = new TestMachine();
    private final int task = machine.fork(machine.init());

    SysExecTest() {
        machine.put(task, EMPTY, "");
    }

    private long create(String path, String text, int mode) {
        machine.put(task, PATH, path);
        machine.put(task, PATH + 100, text);
        long fd = machine.call(task, Nr.NR_open, PATH, Fcntl.O_CREAT | Fcntl.O_RDWR, mode);
        assertThat(machine.call(task, Nr.NR_write, fd, PATH + 100, text.length()))
                .isEqualTo(text.length());
        return fd;
    }

    private long open(String path, int flags) {
        machine.put(task, PATH, path);
        return machine.call(task, Nr.NR_open, PATH, flags);
    }

    private long execveat(long fd, long path, long argv, int flags) {
        return machine.call(task, Nr.NR_execveat, fd, path, argv, 0, flags);
    }

    @Test
    void check_looksAtTheFile_andNotAtWhatIsInIt() {
        long fd = create("/tmp/x", "hello", 0644);
        assertThat(execveat(fd, EMPTY, 0, CHECK)).isEqualTo(-Errno.EACCES);
        machine.call(task, Nr.NR_fchmod, fd, 0755);
        assertThat(execveat(fd, EMPTY, 0, CHECK)).isEqualTo(-Errno.ETXTBSY);
        machine.call(task, Nr.NR_close, fd);
        fd = open("/tmp/x", Fcntl.O_RDONLY);
        assertThat(execveat(fd, EMPTY, 0, CHECK)).isZero();
        assertThat(execveat(fd, EMPTY, 1, CHECK)).isEqualTo(-Errno.EFAULT);
        assertThat(execveat(fd, EMPTY, 0, Fcntl.AT_EMPTY_PATH)).isEqualTo(-Errno.ENOEXEC);
        assertThat(execveat(fd, EMPTY, 0, CHECK | 0x20000)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void scriptOfADescriptorThatExecCloses_isNotFoundByItsInterpreter() {
        machine.call(task, Nr.NR_close, create("/tmp/script", "#!/tmp/true\n", 0755));
        machine.call(task, Nr.NR_close, create("/tmp/true", "\u007fELF", 0755));
        long fd = open("/tmp/script", Fcntl.O_RDONLY | Fcntl.O_CLOEXEC);
        assertThat(execveat(fd, EMPTY, 0, Fcntl.AT_EMPTY_PATH)).isEqualTo(-Errno.ENOENT);
        long directory = open("/tmp", Fcntl.O_RDONLY | Fcntl.O_CLOEXEC);
        machine.put(task, PATH, "script");
        assertThat(execveat(directory, PATH, 0, 0)).isEqualTo(-Errno.ENOENT);
        machine.put(task, PATH, "/tmp/script");
        assertThat(execveat(directory, PATH, 0, 0)).isZero();
    }

    /** What is looked at is that nobody holds the file in the end. */
    @Test
    void programOfAForkedTask_isHeldByBoth() {
        machine.call(task, Nr.NR_close, create("/tmp/program", "\u007fELF", 0755));
        machine.put(task, PATH, "/tmp/program");
        assertThat(machine.call(task, Nr.NR_execve, PATH, 0, 0)).isZero();
        int child = machine.fork(task);
        machine.call(task, Nr.NR_exit_group, 0);
        assertThat(machine.call(child, Nr.NR_getpid)).isPositive();
    }
}
