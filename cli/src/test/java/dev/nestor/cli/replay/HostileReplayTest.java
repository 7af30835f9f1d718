package dev.nestor.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nestor.cli.strace.LogException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Logs that no kernel has written: they end in a result or in one message. */
class HostileReplayTest {
    @Test
    void manyClones_areRefused() {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            log.append("100 1700000000.000000 fork() = ").append(200 + i).append(" <0.000010>\n");
        }
        assertThatThrownBy(() -> Replays.of(log.toString()))
                .hasCauseInstanceOf(LogException.class)
                .hasMessageContaining("tasks");
    }

    @Test
    void moreTasksThanTheMachineHas_areAnswered() {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 6_000; i++) {
            log.append("100 1700000000.000000 fork() = ").append(200 + i).append(" <0.000010>\n");
        }
        ReplayReport report = Replays.of(log.toString());
        assertThat(report.total().calls()).isEqualTo(6_000);
        assertThat(report.differences())
                .allMatch(difference -> difference.actual().equals("EAGAIN"));
    }

    @Test
    void strangeSizes_areAnswered() {
        ReplayReport report = Replays.of(Replays.oneTask(
                "mmap(NULL, 18446744073709551615, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)"
                        + " = -1 ENOMEM (Cannot allocate memory)",
                "mmap(NULL, 9223372036854775807, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000",
                "munmap(0x7f0000000000, 18446744073709547520) = 0",
                "mprotect(0xfffffffffffff000, 18446744073709551615, PROT_READ) = 0",
                "mprotect(0x1000, 9223372036854775807, PROT_READ) = 0",
                "madvise(0x1000, 9223372036854775807, MADV_DONTNEED) = 0",
                "brk(0xffffffffffffffff) = 0x7fffffffffffffff",
                "read(0, \"x\"..., 18446744073709551615) = 9223372036854775807",
                "read(-5, \"x\", -7) = 1",
                "write(1, \"x\", 18446744073709551615) = 18446744073709551615",
                "pread64(0, \"x\", 1, -9223372036854775808) = 1",
                "lseek(0, -9223372036854775808, SEEK_SET) = -9223372036854775808",
                "ftruncate(1, 9223372036854775807) = 0",
                "dup2(0, 2147483647) = 2147483647",
                "dup2(0, -2147483648) = 5",
                "fcntl(0, F_DUPFD, 2147483647) = 2147483647",
                "kill(-2147483648, SIGTERM) = 0",
                "setpgid(-1, -1) = 0",
                "wait4(2147483647, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2147483647",
                "nanosleep({tv_sec=-1, tv_nsec=-1}, NULL) = 0",
                "clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, {tv_sec=9223372036854775807, tv_nsec=0}, NULL) = 0",
                "getgroups(65536, [0]) = -2147483648",
                "poll([{fd=-1, events=POLLIN}], 4294967295, -1) = 1"));
        assertThat(report.total().calls()).isEqualTo(23);
    }

    @Test
    void descriptorsThatCantBe_areAnswered() {
        ReplayReport report = Replays.of(Replays.oneTask(
                "openat(AT_FDCWD, \"/etc/a\", O_RDONLY) = 2147483647",
                "openat(AT_FDCWD, \"/etc/b\", O_RDONLY) = 1048577",
                "socket(AF_UNIX, SOCK_STREAM, 0) = 2147483647",
                "pipe([2147483647, -3]) = 0",
                "close(2147483647) = 0"));
        assertThat(report.total().calls()).isEqualTo(5);
    }

    @Test
    void timeThatGoesBack_staysWhereItIs() {
        ReplayReport report = Replays.of("""
                100 1700000000.000000 getpid() = 100 <0.000010>
                100 1500000000.000000 getpid() = 100 <0.000010>
                100 9223372036854.775807 getpid() = 100 <0.000010>
                100 1700000000.000000 nanosleep({tv_sec=1, tv_nsec=0}, NULL) = 0 <9223372036.000000>
                """);
        assertThat(report.total().calls()).isEqualTo(4);
    }

    @Test
    void deepPath_isAnswered() {
        String path =
                String.join("", IntStream.range(0, 2000).mapToObj(i -> "/a").toList());
        ReplayReport report =
                Replays.of(Replays.oneTask("openat(AT_FDCWD, \"" + path + "\", O_RDONLY) = 3", "close(3) = 0"));
        assertThat(report.total().calls()).isEqualTo(2);
    }
}
