package dev.nestor.cli.replay.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.cli.replay.abi.Outcome.Verdict;
import org.junit.jupiter.api.Test;

class OutcomeComparerTest {

    private final Machine machine = new Machine();
    private final long[] registers = machine.registers;

    private Outcome after(String line, long result) throws Exception {
        return machine.compare(line, result);
    }

    @Test
    void result_isComparedExactly() throws Exception {
        assertThat(after("getppid() = 18", 18)).isEqualTo(Outcome.EQUAL);
        assertThat(after("getppid() = 18", 19)).isEqualTo(Outcome.different("18", "19"));
        assertThat(after("close(fd=3) = -1 EBADF (Bad file descriptor)", -9)).isEqualTo(Outcome.EQUAL);
        assertThat(after("close(fd=3) = -1 EBADF (Bad file descriptor)", 0)).isEqualTo(Outcome.different("EBADF", "0"));
        assertThat(after("fcntl(fd=3, op=0x3 /* F_GETFL */) = 0x8002 (flags O_RDWR|O_LARGEFILE)", 0x8002))
                .isEqualTo(Outcome.EQUAL);
        assertThat(after("umask(mask=000) = 022", 18)).isEqualTo(Outcome.EQUAL);
    }

    @Test
    void restartCode_isTheKernelsOwn() throws Exception {
        assertThat(after("pause() = ? ERESTARTNOHAND (To be restarted if no handler)", -514))
                .isEqualTo(Outcome.EQUAL);
        assertThat(after("pause() = ? ERESTARTNOHAND (To be restarted if no handler)", -4)
                        .isDifferent())
                .isTrue();
    }

    @Test
    void exit_isEqualIfTheTaskDied() throws Exception {
        assertThat(after("exit_group(status=0) = ?", OutcomeComparer.DIED)).isEqualTo(Outcome.EQUAL);
        assertThat(after("exit_group(status=0) = ?", 0).isDifferent()).isTrue();
        assertThat(after("getpid() = 5", OutcomeComparer.DIED)).isEqualTo(Outcome.different("5", "died"));
        assertThat(after("read(fd=3 <unfinished ...>", 0).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void status_isSaidInWords() throws Exception {
        String line = "wait4(pid=-1, status=[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], options=0, usage=NULL) = 7";
        machine.encode(line);
        machine.spaces.memory().putInt(machine.mm, registers[1], 0);
        assertThat(after(line, 7)).isEqualTo(Outcome.EQUAL);
        machine.spaces.memory().putInt(machine.mm, registers[1], 9);
        assertThat(after(line, 7)).isEqualTo(Outcome.different("status: exited 0", "killed 9"));
    }

    @Test
    void whatTheKernelDidNotWrite_isNotEqual() throws Exception {
        String line = "clock_gettime(clockid=0 /* CLOCK_REALTIME */, tp={tv_sec=1795297256, tv_nsec=1}) = 0";
        machine.encode(line);
        assertThat(after(line, 0).isDifferent()).isTrue();
        machine.write(registers[1], new byte[16]);
        assertThat(after(line, 0)).isEqualTo(Outcome.EQUAL);
    }

    @Test
    void contents_areComparedAsFarAsShown() throws Exception {
        String line = "read(fd=3</etc/passwd>, buf=\"root:x\"..., count=4096) = 9";
        machine.encode(line);
        machine.write(registers[1], "root:x:ab");
        assertThat(after(line, 9)).isEqualTo(Outcome.EQUAL);
        machine.write(registers[1], "root:y:ab");
        assertThat(after(line, 9)).isEqualTo(Outcome.different("buf: \"root:x\"", "\"root:y\""));
        machine.write(registers[1], new byte[] {'r', 'o', (byte) 0xfe, 't'});
        machine.write(registers[1] + 4, ":x");
        assertThat(after(line, 9).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void stat_differsInItsFieldsButForTheDisks() throws Exception {
        String line =
                "newfstatat(dirfd=-100 /* AT_FDCWD */</root>, pathname=\"/x\", statbuf={st_dev=0xfe00 /* makedev(0xfe, 0) */, st_ino=77, "
                        + "st_mode=0100644 /* S_IFREG|0644 */, st_nlink=1, st_uid=0, st_gid=0, st_blksize=4096, st_blocks=8, st_size=5, "
                        + "st_atime=1795297271, st_atime_nsec=1, st_mtime=1795297271, st_mtime_nsec=1, st_ctime=1795297271, st_ctime_nsec=1}, flags=0) = 0";
        machine.encode(line);
        machine.write(registers[2], new byte[144]);
        machine.spaces.memory().putLong(machine.mm, registers[2] + 16, 1);
        machine.spaces.memory().putInt(machine.mm, registers[2] + 24, 0100644);
        machine.spaces.memory().putLong(machine.mm, registers[2] + 48, 5);
        assertThat(after(line, 0)).isEqualTo(Outcome.EQUAL);
        machine.spaces.memory().putInt(machine.mm, registers[2] + 28, 1000);
        assertThat(after(line, 0)).isEqualTo(Outcome.different("statbuf.st_uid: 0", "1000"));
    }

    @Test
    void namespace_mayHaveAnotherNumber_butAlwaysTheSame() throws Exception {
        String line = "readlink(pathname=\"/proc/self/ns/pid\", buf=\"pid:[4026532177]\", bufsiz=64) = 16";
        machine.encode(line);
        machine.write(registers[1], "pid:[4026532200]");
        assertThat(after(line, 16)).isEqualTo(Outcome.EQUAL);
        machine.write(registers[1], "pid:[4026532201]");
        assertThat(after(line, 16).isDifferent()).isTrue();
        machine.write(registers[1], "/proc/self/ns/pid");
        assertThat(after(line, 17).isDifferent()).isTrue();
        String pipe = "readlink(pathname=\"/proc/self/fd/0\", buf=\"pipe:[148282]\", bufsiz=64) = 13";
        machine.encode(pipe);
        machine.write(registers[1], "pipe:[7]");
        assertThat(after(pipe, 8)).isEqualTo(Outcome.EQUAL);
    }

    @Test
    void newNamespace_mayHaveTheNumberOfOneThatIsGone() throws Exception {
        String link = "readlink(pathname=\"/proc/self/ns/uts\", buf=\"uts:[4026532177]\", bufsiz=64) = 16";
        machine.encode(link);
        machine.write(registers[1], "uts:[4026532200]");
        assertThat(after(link, 16)).isEqualTo(Outcome.EQUAL);
        machine.write(registers[1], "uts:[4026532201]");
        assertThat(after(link, 16).isDifferent()).isTrue();
        assertThat(after("unshare(flags=0x4000000 /* CLONE_NEWUTS */) = 0 (uts:[4026532177])", 0))
                .isEqualTo(Outcome.EQUAL);
        assertThat(after(link, 16)).isEqualTo(Outcome.EQUAL);
    }

    @Test
    void pollAndSelect_showWhatIsReadyBehindTheResult() throws Exception {
        String poll =
                "poll(fds=[{fd=3, events=0x1 /* POLLIN */}, {fd=0, events=0x1 /* POLLIN */}], nfds=2, timeout=-1) = 1 ([{fd=0, revents=0x1 /* POLLIN */}])";
        machine.encode(poll);
        assertThat(after(poll, 1).isDifferent()).isTrue();
        machine.spaces.memory().putShort(machine.mm, registers[0] + 14, 1);
        assertThat(after(poll, 1)).isEqualTo(Outcome.EQUAL);
        String select =
                "pselect6(nfds=6, readfds=[3 5], writefds=NULL, exceptfds=NULL, timeout={tv_sec=2, tv_nsec=0}, sig=NULL) = 1 (in [5], left {tv_sec=1, tv_nsec=998757066})";
        machine.encode(select);
        assertThat(machine.u8(registers[1])).isEqualTo(0x28);
        assertThat(after(select, 1).isDifferent()).isTrue();
        machine.write(registers[1], new byte[] {0x20});
        assertThat(after(select, 1)).isEqualTo(Outcome.EQUAL);
    }

    @Test
    void timeLeft_isNear_butSomeOrNone() throws Exception {
        String line =
                "getitimer(which=0 /* ITIMER_REAL */, curr_value={it_interval={tv_sec=0, tv_usec=0}, it_value={tv_sec=3, tv_usec=10}}) = 0";
        machine.encode(line);
        machine.write(registers[1], new byte[32]);
        assertThat(after(line, 0).isDifferent()).isTrue();
        machine.spaces.memory().putLong(machine.mm, registers[1] + 16, 4);
        assertThat(after(line, 0)).isEqualTo(Outcome.EQUAL);
        machine.spaces.memory().putLong(machine.mm, registers[1] + 16, 9);
        assertThat(after(line, 0).isDifferent()).isTrue();
        assertThat(after("alarm(seconds=0) = 3", 4)).isEqualTo(Outcome.EQUAL);
        assertThat(after("alarm(seconds=0) = 1", 0).isDifferent()).isTrue();
    }

    @Test
    void emptySiginfo_isZero() throws Exception {
        String line = "waitid(idtype=0 /* P_ALL */, id=0, siginfo={}, options=0x5, usage=NULL) = 0";
        machine.encode(line);
        assertThat(after(line, 0).isDifferent()).isTrue();
        machine.write(registers[2], new byte[128]);
        assertThat(after(line, 0)).isEqualTo(Outcome.EQUAL);
    }

    @Test
    void directory_isASetOfNames() throws Exception {
        String line =
                "getdents64(fd=3</d>, dirp=[{d_ino=1, d_off=1, d_reclen=24, d_type=0x4 /* DT_DIR */, d_name=\".\"}, "
                        + "{d_ino=2, d_off=2, d_reclen=24, d_type=0x8 /* DT_REG */, d_name=\"b\"}], count=32768) = 48";
        machine.encode(line);
        byte[] entries = new byte[48];
        entries[16] = 24;
        entries[18] = 8;
        entries[19] = 'b';
        entries[40] = 24;
        entries[42] = 4;
        entries[43] = '.';
        machine.write(registers[1], entries);
        assertThat(after(line, 48)).isEqualTo(Outcome.EQUAL);
        entries[19] = 'c';
        machine.write(registers[1], entries);
        assertThat(after(line, 48)).isEqualTo(Outcome.different("dirp: no c", "c of type 8"));
    }

    @Test
    void receivedMessage_isComparedWithItsControl() throws Exception {
        String line =
                "recvmsg(sockfd=3<UNIX:[1->2]>, msg={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"c\", iov_len=100}], msg_iovlen=1, "
                        + "msg_control=[{cmsg_len=28, cmsg_level=0x1 /* SOL_SOCKET */, cmsg_type=0x2 /* SCM_CREDENTIALS */, "
                        + "cmsg_data={pid=26733, uid=5, gid=0}}], msg_controllen=32, msg_flags=0}, flags=0) = 1";
        machine.encode(line);
        new EchoKernel(machine.spaces)
                .answer(machine.mm, Machine.SIGNATURES.of(Machine.call(line)), Machine.call(line), registers);
        assertThat(after(line, 1)).isEqualTo(Outcome.EQUAL);
        long control = machine.u64(registers[1] + 32);
        machine.spaces.memory().putInt(machine.mm, control + 20, 6);
        assertThat(after(line, 1)).isEqualTo(Outcome.different("msg.msg_control[0].cmsg_data.uid: 5", "6"));
    }

    @Test
    void whatIsNotKnownToBeCompared_isUnknown() throws Exception {
        String line = "ioctl(fd=4, op=0x80200204 /* FDGETPRM */, argp=\"\\x06\\x00\") = 0";
        assertThat(machine.encode(line)).isTrue();
        assertThat(after(line, 0).verdict()).isEqualTo(Verdict.UNKNOWN);
    }
}
