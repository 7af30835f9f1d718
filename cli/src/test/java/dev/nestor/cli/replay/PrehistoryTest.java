package dev.nestor.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each rule of {@link Prehistory}: what teaches something is not computed, what follows from it is. */
class PrehistoryTest {
    private static ReplayReport oneTask(String... calls) {
        return Replays.of(Replays.oneTask(calls));
    }

    private static void assertTaken(ReplayReport report, long taken, String reason) {
        assertThat(report.differences()).isEmpty();
        assertThat(report.taken()).containsExactlyEntriesOf(Map.of(reason, taken));
        assertThat(report.total().computed()).isEqualTo(report.total().calls() - taken);
        assertThat(report.total().equal()).isEqualTo(report.total().computed());
    }

    @Test
    void file_isLearnedOnce() {
        assertTaken(
                oneTask(
                        "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY) = 3",
                        "close(3) = 0",
                        "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY) = 3",
                        "openat(AT_FDCWD, \"/etc/shadow\", O_RDONLY) = -1 ENOENT (No such file or directory)"),
                1,
                "a file from before the log");
    }

    @Test
    void fileInADirectoryOfTheRun_isNotLearned() {
        ReplayReport report = oneTask("mkdir(\"/made\", 0755) = 0", "openat(AT_FDCWD, \"/made/here\", O_RDONLY) = 3");
        assertThat(report.differences()).hasSize(1);
        assertThat(report.differences().get(0).actual()).isEqualTo("ENOENT");
    }

    @Test
    void removedFile_isNotLearnedAgain() {
        ReplayReport report = oneTask(
                "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY) = 3",
                "unlink(\"/etc/passwd\") = 0",
                "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY) = 4");
        assertThat(report.differences()).hasSize(1);
        assertThat(report.differences().get(0).line()).isEqualTo(3);
    }

    @Test
    void bytes_areComputedWhenTheyAreReadAgain() {
        ReplayReport report = oneTask(
                "openat(AT_FDCWD, \"/etc/motd\", O_RDONLY) = 3",
                "fstat(3, {st_mode=S_IFREG|0644, st_size=5, ...}) = 0",
                "read(3, \"hello\", 100) = 5",
                "read(3, \"\", 100) = 0",
                "pread64(3, \"ell\", 3, 1) = 3");
        assertThat(report.differences()).isEmpty();
        assertThat(report.taken().values()).containsOnly(1L).hasSize(3);
        assertThat(report.total().equal()).isEqualTo(2);
    }

    @Test
    void symlink_isLearned() {
        assertTaken(
                oneTask("readlink(\"/etc/link\", \"target\", 100) = 6", "readlink(\"/etc/link\", \"target\", 100) = 6"),
                1,
                "a file from before the log");
    }

    @Test
    void inheritedDescriptor_isLearned() {
        assertTaken(
                oneTask(
                        "fcntl(9</etc/motd>, F_GETFD) = 0",
                        "dup(9</etc/motd>) = 3</etc/motd>",
                        "close(9</etc/motd>) = 0"),
                1,
                "a descriptor from before the log");
    }

    @Test
    void closedDescriptor_isNotInherited() {
        ReplayReport report = oneTask("dup(1) = 3", "close(3) = 0", "fcntl(3</etc/motd>, F_GETFD) = 0");
        assertThat(report.differences()).hasSize(1);
    }

    @Test
    void lowestDescriptor_showsWhatWasOpen() {
        assertTaken(
                oneTask("dup(1) = 5", "dup(1) = 6", "close(5) = 0", "dup(1) = 5"),
                1,
                "a descriptor from before the log");
    }

    @Test
    void uid_isLearned_untilSomethingSetsIt() {
        assertTaken(
                oneTask("getuid() = 1000", "geteuid() = 1000", "getuid() = 1000"),
                1,
                "who the task was before the log");
        assertThat(oneTask("setuid(0) = 0", "getuid() = 1000").differences()).hasSize(1);
    }

    @Test
    void parent_isLearned() {
        assertTaken(
                oneTask("getppid() = 77", "getppid() = 77", "kill(77, 0) = 0"), 1, "who the task was before the log");
    }

    @Test
    void limit_isLearned() {
        assertTaken(
                oneTask(
                        "prlimit64(0, RLIMIT_NOFILE, NULL, {rlim_cur=1024, rlim_max=4096}) = 0",
                        "prlimit64(0, RLIMIT_NOFILE, NULL, {rlim_cur=1024, rlim_max=4096}) = 0"),
                1,
                "who the task was before the log");
    }

    @Test
    void ignoredSignal_isLearned() {
        assertTaken(
                oneTask(
                        "rt_sigaction(SIGPIPE, NULL, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}, 8) = 0",
                        "rt_sigaction(SIGPIPE, NULL, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}, 8) = 0"),
                1,
                "who the task was before the log");
    }

    @Test
    void process_isLearned() {
        assertTaken(
                oneTask("kill(4000, 0) = 0", "kill(4000, 0) = 0", "kill(4001, 0) = -1 ESRCH (No such process)"),
                1,
                "a process from outside");
    }

    @Test
    void memory_isLearned() {
        assertTaken(
                oneTask(
                        "mprotect(0x555555000000, 8192, PROT_READ) = 0",
                        "mprotect(0x555555000000, 4096, PROT_READ) = 0"),
                1,
                "memory from before the log");
    }

    @Test
    void addresses_comeOutAsRecorded() {
        ReplayReport report = oneTask(
                "brk(NULL) = 0x555555a00000",
                "brk(0x555555a21000) = 0x555555a21000",
                "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f1234567000",
                "munmap(0x7f1234567000, 4096) = 0");
        assertThat(report.differences()).isEmpty();
        assertThat(report.total().equal()).isEqualTo(4);
    }

    @Test
    void callThatIsNotEmulated_isTaken_andItsDescriptorIsOpen() {
        ReplayReport report = oneTask(
                "io_uring_setup(1, {flags=0, ...}) = 3", "fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC)", "close(3) = 0");
        assertThat(report.differences()).isEmpty();
        assertThat(report.taken()).hasSize(1);
        assertThat(report.total().equal()).isEqualTo(2);
    }

    @Test
    void names_areLearned() {
        String uname =
                "uname({sysname=\"Linux\", nodename=\"here\", release=\"6.1.0\", version=\"#1\", machine=\"x86_64\","
                        + " domainname=\"(none)\"}) = 0";
        assertTaken(oneTask(uname, uname), 1, "who the task was before the log");
    }

    @Test
    void childFromBefore_isLearned() {
        assertTaken(
                oneTask(
                        "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 55",
                        "wait4(-1, 0x7ffffff00000, 0, NULL) = -1 ECHILD (No child processes)"),
                1,
                "a child from before the log");
    }
}
