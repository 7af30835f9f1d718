package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What strace 6.1 writes when it is asked for nothing special: names instead of numbers, arguments without names. */
class PlainLogTest {

    /* strace -f -ttt -T -o log sh -c 'sleep 0.1; ls | cat', without the calls that every program makes */
    static final String LOG = """
            24575 1795306588.658845 execve("/usr/bin/sh", ["sh", "-c", "sleep 0.1; ls | cat"], 0x7ffd2bfaef98 /* 35 vars */) = 0 <0.000112>
            24575 1795306588.659051 brk(NULL)       = 0x55b5e6c55000 <0.000003>
            24575 1795306588.659539 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7efe729c7000 <0.000005>
            24575 1795306588.659559 access("/etc/ld.so.preload", R_OK) = -1 ENOENT (No such file or directory) <0.000003>
            24575 1795306588.660147 rt_sigaction(SIGCHLD, {sa_handler=0x55b5d8192dc0, sa_mask=~[RTMIN RT_1], sa_flags=SA_RESTORER, sa_restorer=0x7efe72818050}, NULL, 8) = 0 <0.000003>
            24575 1795306588.660284 rt_sigaction(SIGINT, NULL, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, 8) = 0 <0.000002>
            24575 1795306588.660302 rt_sigaction(SIGINT, {sa_handler=0x55b5d8192dc0, sa_mask=~[RTMIN RT_1], sa_flags=SA_RESTORER, sa_restorer=0x7efe72818050}, NULL, 8) = 0 <0.000002>
            24575 1795306588.660323 rt_sigaction(SIGQUIT, {sa_handler=SIG_DFL, sa_mask=~[RTMIN RT_1], sa_flags=SA_RESTORER, sa_restorer=0x7efe72818050}, NULL, 8) = 0 <0.000002>
            24575 1795306588.660481 rt_sigprocmask(SIG_SETMASK, ~[RTMIN RT_1], NULL, 8) = 0 <0.000003>
            24575 1795306588.660492 vfork( <unfinished ...>
            24576 1795306588.660534 rt_sigprocmask(SIG_SETMASK, [], ~[KILL STOP RTMIN RT_1], 8) = 0 <0.000003>
            24576 1795306588.660548 execve("/usr/bin/sleep", ["sleep", "0.1"], 0x55b5e6c55b08 /* 35 vars */ <unfinished ...>
            24575 1795306588.660798 <... vfork resumed>) = 24576 <0.000301>
            24575 1795306588.660812 rt_sigprocmask(SIG_SETMASK, [], ~[KILL STOP RTMIN RT_1], 8) = 0 <0.000003>
            24575 1795306588.660831 wait4(-1,  <unfinished ...>
            24576 1795306588.660899 <... execve resumed>) = 0 <0.000344>
            24576 1795306588.663014 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=100000000}, 0x7ffee7e35330) = 0 <0.100116>
            24576 1795306588.763266 exit_group(0)   = ?
            24576 1795306588.763415 +++ exited with 0 +++
            24575 1795306588.763434 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 24576 <0.102599>
            24575 1795306588.763458 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=24576, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
            24575 1795306588.763503 wait4(-1, 0x7fff3f5038bc, WNOHANG, NULL) = -1 ECHILD (No child processes) <0.000003>
            24575 1795306588.763660 pipe2([3, 4], 0) = 0 <0.000012>
            24575 1795306588.763684 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7efe727d9a10) = 24577 <0.000090>
            24577 1795306588.763937 dup2(4, 1 <unfinished ...>
            24577 1795306588.763951 <... dup2 resumed>) = 1 <0.000011>
            24577 1795306588.764004 execve("/usr/bin/ls", ["ls"], 0x55b5e6c55b08 /* 35 vars */ <unfinished ...>
            24575 1795306588.764158 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7efe727d9a10) = 24578 <0.000050>
            24575 1795306588.764253 wait4(-1,  <unfinished ...>
            24578 1795306588.764294 dup2(3, 0 <unfinished ...>
            24577 1795306588.764302 <... execve resumed>) = 0 <0.000290>
            24578 1795306588.764331 <... dup2 resumed>) = 0 <0.000033>
            24578 1795306588.764359 execve("/usr/bin/cat", ["cat"], 0x55b5e6c55b08 /* 35 vars */ <unfinished ...>
            24578 1795306588.764955 <... execve resumed>) = 0 <0.000589>
            24577 1795306588.770065 exit_group(0 <unfinished ...>
            24577 1795306588.770099 <... exit_group resumed>) = ?
            24577 1795306588.770213 +++ exited with 0 +++
            24575 1795306588.770217 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 24577 <0.005959>
            24575 1795306588.770230 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=24577, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
            24578 1795306588.770264 exit_group(0 <unfinished ...>
            24578 1795306588.770279 <... exit_group resumed>) = ?
            24575 1795306588.770329 wait4(-1,  <unfinished ...>
            24578 1795306588.770332 +++ exited with 0 +++
            24575 1795306588.770339 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 24578 <0.000007>
            24575 1795306588.770346 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=24578, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
            24575 1795306588.770363 wait4(-1, 0x7fff3f50392c, WNOHANG, NULL) = -1 ECHILD (No child processes) <0.000002>
            24575 1795306588.770381 exit_group(0)   = ?
            24575 1795306588.770435 +++ exited with 0 +++
            """;

    /* strace -f -y -yy -o log python3, with sockets, a thread, ip */
    static final String NET = """
            24696 rt_sigaction(SIGALRM, NULL, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, 8) = 0
            24696 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3<TCP:[69257]>
            24696 setsockopt(3<TCP:[69257]>, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
            24696 bind(3<TCP:[69257]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
            24696 connect(4<TCP:[69262]>, {sa_family=AF_INET, sin_port=htons(35669), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
            24696 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, child_tid=0x7f930ed20990, parent_tid=0x7f930ed20990, exit_signal=0, stack=0x7f930e520000, stack_size=0x7fff80, tls=0x7f930ed206c0} => {parent_tid=[24756]}, 88) = 24756
            24696 rt_sigaction(SIGALRM, {sa_handler=0x7f930fad4d00, sa_mask=[], sa_flags=SA_RESTORER|SA_ONSTACK, sa_restorer=0x7f930f651050}, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, 8) = 0
            24696 connect(5<TCPv6:[69269]>, {sa_family=AF_INET6, sin6_port=htons(1), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 ECONNREFUSED (Connection refused)
            24696 bind(6<UNIX-STREAM:[69273]>, {sa_family=AF_UNIX, sun_path=@"abc"}, 6) = 0
            24696 pselect6(5, [3<TCP:[127.0.0.1:35669]>], [4<TCP:[127.0.0.1:34312->127.0.0.1:35669]>], NULL, {tv_sec=0, tv_nsec=100000000}, NULL) = 2 (in [3], out [4], left {tv_sec=0, tv_nsec=99996018})
            24760 +++ killed by SIGKILL +++
            24761 sendto(3<NETLINK:[ROUTE:24761]>, [{nlmsg_len=40, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=1795306593, nlmsg_pid=0}, {ifi_family=AF_UNSPEC, ifi_type=ARPHRD_NETROM, ifi_index=0, ifi_flags=0, ifi_change=0}, [{nla_len=8, nla_type=IFLA_EXT_MASK}, RTEXT_FILTER_VF]], 40, 0, NULL, 0) = 40
            24761 recvmsg(3<NETLINK:[ROUTE:24761]>, {msg_name={sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, msg_namelen=12, msg_iov=[{iov_base=NULL, iov_len=0}], msg_iovlen=1, msg_controllen=0, msg_flags=MSG_TRUNC}, MSG_PEEK|MSG_TRUNC) = 2952
            24761 recvmsg(3<NETLINK:[ROUTE:24761]>, {msg_name={sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, msg_namelen=12, msg_iov=[{iov_base=NULL, iov_len=0}], msg_iovlen=1, msg_controllen=0, msg_flags=MSG_TRUNC}, MSG_PEEK|MSG_TRUNC) = 3004
            24761 recvmsg(3<NETLINK:[ROUTE:24761]>, {msg_name={sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, msg_namelen=12, msg_iov=[{iov_base=[{nlmsg_len=20, nlmsg_type=NLMSG_DONE, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=1795306593, nlmsg_pid=24761}, 0], iov_len=32768}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 20
            """;

    @Test
    void tasks_areAShellAndItsChildren() throws Exception {
        try (TraceSpool spool = Logs.spool(LOG)) {
            assertEquals(4, spool.tasks());
            for (int task = 1; task < 4; task++) {
                assertEquals(0, spool.parent(task));
                TraceRecord end = Logs.records(spool, task).getLast();
                assertEquals(
                        TraceEnd.Kind.EXITED,
                        assertInstanceOf(TraceEnd.class, end).kind());
            }
            assertEquals(
                    List.of(24575, 24576, 24577, 24578),
                    List.of(spool.pid(0), spool.pid(1), spool.pid(2), spool.pid(3)));
        }
    }

    @Test
    void calls_haveNumbersForNames() throws Exception {
        try (TraceSpool spool = Logs.spool(LOG)) {
            List<TraceRecord> records = Logs.records(spool, 0);
            TraceCall mmap = call(records, "mmap");
            assertEquals(
                    List.of(0L, 8192L, 3L, 0x22L, -1L, 0L),
                    mmap.args().stream().map(arg -> arg.value().number()).toList());
            TraceCall clone = call(records, "clone");
            Value flags = clone.arg("flags");
            assertNotNull(flags);
            assertEquals(0x1200011, flags.number());
            Value action = call(records, "rt_sigaction").arg(1);
            Value.Struct struct = assertInstanceOf(Value.Struct.class, action);
            Value mask = struct.field("sa_mask");
            assertNotNull(mask);
            assertEquals(Long.valueOf(~0x180000000L), mask.sigMask());
        }
    }

    @Test
    void values_ofSockets_areRead() throws Exception {
        try (TraceSpool spool = Logs.spool(NET)) {
            List<TraceRecord> records = Logs.records(spool, 0);
            TraceCall select = call(records, "pselect6");
            assertEquals(2, select.result().value());
            assertNotNull(select.result().detail("left"));
            TraceCall clone = call(records, "clone3");
            assertInstanceOf(Value.Changed.class, clone.arg(0));
            assertTrue(spool.tasks() > 1);
        }
    }

    private static TraceCall call(List<TraceRecord> records, String name) {
        return records.stream()
                .filter(record ->
                        record instanceof TraceCall call && call.name().equals(name))
                .map(TraceCall.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
