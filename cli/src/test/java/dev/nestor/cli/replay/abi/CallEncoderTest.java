package dev.nestor.cli.replay.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallEncoderTest {

    private final Machine machine = new Machine();
    private final long[] registers = machine.registers;

    @Test
    void numbers_arePassedAsTheyAre() throws Exception {
        assertThat(machine.encode("kill(pid=-1, signum=15 /* SIGTERM */) = 0")).isTrue();
        assertThat(registers).containsExactly(-1, 15, 0, 0, 0, 0);
    }

    @Test
    void sigaction_hasTheLayoutOfTheKernel() throws Exception {
        machine.encode(
                "rt_sigaction(signum=17 /* SIGCHLD */, act={sa_handler=0x525892, sa_mask=~[32 /* RTMIN */ 33 /* RT_1 */], "
                        + "sa_flags=0x4000000 /* SA_RESTORER */, sa_restorer=0x416390}, oldact=NULL, sigsetsize=8) = 0");
        assertThat(registers[0]).isEqualTo(17);
        assertThat(machine.u64(registers[1])).isEqualTo(0x525892);
        assertThat(machine.u64(registers[1] + 8)).isEqualTo(0x4000000);
        assertThat(machine.u64(registers[1] + 16)).isEqualTo(0x416390);
        assertThat(machine.u64(registers[1] + 24)).isEqualTo(~(3L << 31));
        assertThat(registers[2]).isZero();
        assertThat(registers[3]).isEqualTo(8);
    }

    @Test
    void clone_hasItsArgumentsInTheOrderOfTheRegisters() throws Exception {
        machine.encode(
                "clone(child_stack=0x7fafdb824ff0, flags=0x20021000 /* CLONE_PIDFD|CLONE_NEWNS|CLONE_NEWPID */|17 /* SIGCHLD */, "
                        + "parent_tid=[3<pid:13393>]) = 13393 (mnt:[4026532177], pid:[4026532198])");
        assertThat(registers[0]).isEqualTo(0x20021011);
        assertThat(registers[1]).isEqualTo(0x7fafdb824ff0L);
        assertThat(machine.u32(registers[2])).isEqualTo(0xa5a5a5a5);
        machine.encode(
                "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f7a398f2a10) = 7");
        assertThat(registers).containsExactly(0x1200011, 0, 0, 0x7f7a398f2a10L, 0, 0);
        assertThat(machine.u32(0x7f7a398f2a10L)).isZero();
        assertThat(machine.spaces.memory().faulted()).isFalse();
    }

    @Test
    void clone3_hasPointersAndArrays() throws Exception {
        machine.encode(
                "clone3(cl_args={flags=0x3d0f00, child_tid=0x7f1dfc287990, parent_tid=0x7f1dfc287990, exit_signal=0, "
                        + "stack=0x7f1dfba87000, stack_size=0x7fff80, tls=0x7f1dfc2876c0} => {parent_tid=[26511]}, size=88) = 26511");
        assertThat(machine.u64(registers[0])).isEqualTo(0x3d0f00);
        assertThat(machine.u64(registers[0] + 24)).isEqualTo(0x7f1dfc287990L);
        assertThat(machine.u64(registers[0] + 56)).isEqualTo(0x7f1dfc2876c0L);
        assertThat(registers[1]).isEqualTo(88);
        machine.encode(
                "clone3(cl_args={flags=0, exit_signal=17 /* SIGCHLD */, stack=NULL, stack_size=0, set_tid=[1, 42], set_tid_size=2}, size=88) = 42");
        long numbers = machine.u64(registers[0] + 64);
        assertThat(machine.u32(numbers + 4)).isEqualTo(42);
        assertThat(machine.u64(registers[0] + 72)).isEqualTo(2);
    }

    @Test
    void buffer_isFilledUpWithUnknownBytes() throws Exception {
        machine.encode("write(fd=1</dev/null<char 1:3>>, buf=\"abc\"..., count=8) = 8");
        assertThat(machine.bytes(registers[1], 8)).containsExactly('a', 'b', 'c', 0xfe, 0xfe, 0xfe, 0xfe, 0xfe);
        machine.encode("write(1, \"abc\"..., 1000000) = 1000000");
        assertThat(machine.u8(registers[1] + 999_999)).isEqualTo(0xfe);
    }

    @Test
    void paths_andVectorsOfStrings_endWithNul() throws Exception {
        machine.encode("execve(pathname=\"/bin/ls\", argv=[\"ls\", \"-l\"], envp=[\"A=b\"]) = 0");
        assertThat(machine.text(registers[0])).isEqualTo("/bin/ls");
        assertThat(machine.text(machine.u64(registers[1] + 8))).isEqualTo("-l");
        assertThat(machine.u64(registers[1] + 16)).isZero();
        assertThat(machine.text(machine.u64(registers[2]))).isEqualTo("A=b");
    }

    @Test
    void cutPath_isTooLong() throws Exception {
        machine.encode("chroot(path=\"abc\"...) = -1 ENAMETOOLONG (File name too long)");
        assertThat(machine.text(registers[0])).hasSizeGreaterThanOrEqualTo(4096);
    }

    @Test
    void bareAddress_isMapped_unlessTheKernelFoundNothing() throws Exception {
        machine.encode(
                "ioctl(fd=0</dev/null<char 1:3>>, op=0x5401 /* TCGETS */, argp=0x7ffefcecaeb0) = -1 ENOTTY (Inappropriate ioctl for device)");
        assertThat(registers[2]).isEqualTo(0x7ffefcecaeb0L);
        assertThat(machine.spaces.memory().writable(machine.mm, 0x7ffefcecaeb0L, 36))
                .isTrue();
        machine.encode("uname(buf=0x7fff12345000) = -1 EFAULT (Bad address)");
        assertThat(registers[0]).isEqualTo(0x7fff12345000L);
        assertThat(machine.spaces.memory().readable(machine.mm, 0x7fff12345000L, 1))
                .isFalse();
    }

    @Test
    void room_isMarked_andAsLongAsTheLengthSays() throws Exception {
        machine.encode("read(fd=3</etc/passwd>, buf=\"root\", count=131072) = 4");
        assertThat(registers[2]).isEqualTo(131072);
        assertThat(machine.u32(registers[1])).isEqualTo(0xa5a5a5a5);
        assertThat(machine.spaces.memory().writable(machine.mm, registers[1], 131072))
                .isTrue();
    }

    @Test
    void arena_isThatOfTheTask() throws Exception {
        int other = machine.tasks.alloc();
        machine.encode("chdir(path=\"/a\") = 0");
        long first = registers[0];
        machine.encoder.encode(other, machine.mm, Machine.call("chdir(path=\"/b\") = 0"), registers);
        assertThat(registers[0] - first).isEqualTo(1L << 30);
        assertThat(machine.text(first)).isEqualTo("/a");
    }

    @Test
    void rseq_staysWhereItIs_whenOtherCallsFollow() throws Exception {
        machine.encode(
                "rseq(rseq={cpu_id_start=0, cpu_id=-1 /* RSEQ_CPU_ID_UNINITIALIZED */, rseq_cs=NULL, flags=0, node_id=0, mm_cid=0, "
                        + "slice_ctrl={request=0, granted=0, __reserved=0}, __reserved=0}, rseq_len=32, flags=0, sig=0x53053053) = 0");
        long area = registers[0];
        machine.encode("write(1, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", 50) = 50");
        assertThat(machine.u32(area + 4)).isEqualTo(-1);
        assertThat(registers[1]).isGreaterThan(area);
    }

    @Test
    void socketAddresses_haveTheLayoutOfTheirFamily() throws Exception {
        machine.encode(
                "connect(sockfd=3<UNIX-STREAM:[5335454]>, addr={sa_family=0x1 /* AF_UNIX */, sun_path=@\"x\"}, addrlen=4) = 0");
        assertThat(machine.bytes(registers[1], 4)).containsExactly(1, 0, 0, 'x');
        machine.encode(
                "connect(sockfd=3<TCP:[473524]>, addr={sa_family=0x2 /* AF_INET */, sin_port=\"\\xbb\\xc1\" /* htons(48065) */, "
                        + "sin_addr=\"\\x7f\\x00\\x00\\x01\" /* inet_addr(\"127.0.0.1\") */}, addrlen=16) = 0");
        assertThat(machine.bytes(registers[1], 8)).containsExactly(2, 0, 0xbb, 0xc1, 127, 0, 0, 1);
        machine.encode("connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"10.0.0.1\")}, 16) = 0");
        assertThat(machine.bytes(registers[1], 8)).containsExactly(2, 0, 0, 80, 10, 0, 0, 1);
        machine.encode(
                "bind(sockfd=3<NETLINK:[5335101]>, addr={sa_family=0x10 /* AF_NETLINK */, nl_pid=0, nl_groups=0xffffffff}, addrlen=12) = 0");
        assertThat(machine.u32(registers[1] + 8)).isEqualTo(-1);
    }

    @Test
    void message_carriesDescriptors() throws Exception {
        machine.encode(
                "sendmsg(sockfd=22<UNIX:[5263333]>, msg={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1, "
                        + "msg_control=[{cmsg_len=24, cmsg_level=0x1 /* SOL_SOCKET */, cmsg_type=0x1 /* SCM_RIGHTS */, "
                        + "cmsg_data=[13<UNIX:[5263304]>, 14<UNIX:[5263304]>]}], msg_controllen=24, msg_flags=0}, flags=0) = 1");
        long message = registers[1];
        assertThat(machine.u64(message)).isZero();
        long vector = machine.u64(message + 16);
        assertThat(machine.u8(machine.u64(vector))).isEqualTo('x');
        long control = machine.u64(message + 32);
        assertThat(machine.u64(control)).isEqualTo(24);
        assertThat(machine.u32(control + 16)).isEqualTo(13);
        assertThat(machine.u32(control + 20)).isEqualTo(14);
    }

    @Test
    void netlink_isPutTogetherAgain() throws Exception {
        machine.encode(
                "sendto(sockfd=3<NETLINK:[1]>, buf=[{nlmsg_len=40, nlmsg_type=0x12 /* RTM_GETLINK */, nlmsg_flags=0x1, nlmsg_seq=7, nlmsg_pid=0}, "
                        + "{ifi_family=0 /* AF_UNSPEC */, ifi_type=0, ifi_index=5, ifi_flags=0, ifi_change=0}, "
                        + "[{nla_len=8, nla_type=0x3 /* IFLA_IFNAME */}, \"cv0\"]], len=40, flags=0, dest_addr=NULL, addrlen=0) = 40");
        assertThat(machine.u32(registers[1])).isEqualTo(40);
        assertThat(machine.u16(registers[1] + 4)).isEqualTo(0x12);
        assertThat(machine.u32(registers[1] + 20)).isEqualTo(5);
        assertThat(machine.u16(registers[1] + 34)).isEqualTo(3);
        assertThat(machine.text(registers[1] + 36)).isEqualTo("cv0");
    }

    @Test
    void filter_hasItsInstructions() throws Exception {
        machine.encode("prctl(op=0x16 /* PR_SET_SECCOMP */, mode=0x2 /* SECCOMP_MODE_FILTER */, filter={len=2, filter=["
                + "BPF_JUMP(0x5 /* BPF_JMP */|0 /* BPF_K */|0x10 /* BPF_JEQ */, 0xc000003e, 0x1, 0), "
                + "BPF_STMT(0x6 /* BPF_RET */|0 /* BPF_K */, 0x7fff0000 /* SECCOMP_RET_ALLOW */)]}) = 0");
        long program = machine.u64(registers[2] + 8);
        assertThat(machine.u16(registers[2])).isEqualTo(2);
        assertThat(machine.bytes(program, 8)).containsExactly(0x15, 0, 1, 0, 0x3e, 0, 0, 0xc0);
        assertThat(machine.u32(program + 12)).isEqualTo(0x7fff0000);
    }

    @Test
    void capabilities_areTwoWordsEach() throws Exception {
        machine.encode(
                "capset(hdrp={version=0x20080522 /* _LINUX_CAPABILITY_VERSION_3 */, pid=0}, datap={effective=1<<CAP_CHOWN, "
                        + "permitted=1<<CAP_CHOWN|1<<CAP_BPF, inheritable=0}) = 0");
        assertThat(machine.u32(registers[1] + 4)).isEqualTo(1);
        assertThat(machine.u32(registers[1] + 16)).isEqualTo(1 << 7);
    }

    @Test
    void callThatNeverEnded_getsArgumentsThatLetItBlock() throws Exception {
        machine.encode("read(fd=3<pipe:[5]> <unfinished ...>");
        assertThat(registers[2]).isEqualTo(4096);
        assertThat(machine.spaces.memory().writable(machine.mm, registers[1], 4096))
                .isTrue();
        machine.encode("epoll_wait(epfd=3<anon_inode:[eventpoll]> <unfinished ...>");
        assertThat(registers[3]).isEqualTo(-1);
        machine.encode("recvmsg(sockfd=3<UNIX:[5]> <unfinished ...>");
        assertThat(machine.u64(machine.u64(registers[1] + 16) + 8)).isEqualTo(4096);
    }

    @Test
    void futexWord_isWhatTheAnswerSays() throws Exception {
        machine.encode("futex(uaddr=0x7f5a7eec8a18, futex_op=0x80 /* FUTEX_WAIT_PRIVATE */, val=2, timeout=NULL) = 0");
        assertThat(machine.u32(0x7f5a7eec8a18L)).isEqualTo(2);
        machine.encode(
                "futex(uaddr=0x7f5a7eec8a18, futex_op=0x80 /* FUTEX_WAIT_PRIVATE */, val=2, timeout=NULL) = -1 EAGAIN (Resource temporarily unavailable)");
        assertThat(machine.u32(0x7f5a7eec8a18L)).isEqualTo(3);
    }

    /** With names and without: strace leaves out what the command does not use. */
    @Test
    void futexBits_areTheLastArgument() throws Exception {
        machine.encode(
                "futex(uaddr=0x7f5a7eec8a18, futex_op=0x109 /* FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME */, val=2, timeout=NULL, val3=0xffffffff /* FUTEX_BITSET_MATCH_ANY */) = 0");
        assertThat((int) registers[5]).isEqualTo(-1);
        machine.encode("futex(0x7f5a7eec8a18, FUTEX_WAKE_BITSET_PRIVATE, 1, 0x3) = 0");
        assertThat(registers[5]).isEqualTo(3);
    }

    @Test
    void bitFields_shareTheirWord() throws Exception {
        machine.encode(
                "modify_ldt(func=1, ptr={entry_number=3, base_addr=0, limit=0xff, seg_32bit=1, contents=2, read_exec_only=0, "
                        + "limit_in_pages=1, seg_not_present=0, useable=1, lm=0}, bytecount=16) = 0");
        assertThat(machine.u32(registers[1] + 8)).isEqualTo(0xff);
        assertThat(machine.u32(registers[1] + 12)).isEqualTo(0b1010101);
    }

    @Test
    void fieldsThatOnlyTheKernelWrites_holdNothing() throws Exception {
        machine.encode("ioctl(3, SIOCGIFINDEX, {ifr_name=\"lo\", ifr_ifindex=1}) = 0");
        assertThat(machine.text(registers[2])).isEqualTo("lo");
        assertThat(machine.u32(registers[2] + 16)).isEqualTo(0xa5a5a5a5);
        machine.encode(
                "sendmmsg(3, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1, "
                        + "msg_controllen=0, msg_flags=0}, msg_len=1}], 1, 0) = 1");
        assertThat(machine.u64(registers[1] + 24)).isEqualTo(1);
        assertThat(machine.u32(registers[1] + 56)).isEqualTo(0xa5a5a5a5);
    }

    @Test
    void taskWithoutMemory_hasNoPointers() throws Exception {
        assertThat(machine.encoder.encode(machine.task, 0, Machine.call("chdir(path=\"/a\") = 0"), registers))
                .isFalse();
        assertThat(machine.encoder.encode(machine.task, 0, Machine.call("close(fd=0x7) = 0"), registers))
                .isTrue();
    }

    @Test
    void unknownShape_isRefused() throws Exception {
        assertThat(machine.encode("bpf(cmd=0 /* BPF_MAP_CREATE */, attr={map_type=2}, size=128) = 3"))
                .isFalse();
        assertThat(machine.encoder.refusal()).isEqualTo("attr");
        assertThat(machine.encode("nanosleep(req={tv_days=1}, rem=NULL) = 0")).isFalse();
    }
}
