package dev.nestor.syscalls.transcripts;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Recorded shell sessions, typed to an emulated shell whose programs make real calls: what they show of the kernel is what
 * was recorded. What is not compared is named in each test, with the reason.
 */
class TranscriptsTest {
    private static final String MOUNT_IDS = "^(\\d+) (\\d+) (?=\\d+:\\d+ /)";
    private static final String ANONYMOUS_DEVICE = "(?<=^@ @ )(0:\\d+)";

    private static final Pattern TIMES =
            Pattern.compile("(?<=time=)[\\d.]+(?= ms)|(?<=mdev = )[\\d./]+|(?<=time )\\d+(?=ms$)");

    private static Comparison of(String file) {
        return new Comparison(Transcript.read(file));
    }

    @Test
    void ls_proc_ns() {
        of("01_ls_proc_ns.txt")
                .leaveOutCommand("ls -l /proc/1/ns", "an LSM of that machine keeps its init from being looked into")
                .check(new Machine()::asRoot);
    }

    @Test
    void mountPrivateThenShared() {
        new Comparison(Transcript.read("02_mount_private_then_shared.txt").retyped("corpus/tmp", "testsuite/tmp"))
                .rename(MOUNT_IDS, "mount")
                .rename(ANONYMOUS_DEVICE, "device")
                .check(new Machine()::asRoot);
    }

    @Test
    void mountinfo() {
        of("03_mountinfo.txt")
                .rename(MOUNT_IDS, "mount")
                .rename(ANONYMOUS_DEVICE, "device")
                .check(new Machine().root("/opt/linux/testsuite/build/rootfs")::asRoot);
    }

    @Test
    void uts() {
        of("04_uts.txt").check(new Machine()::asRoot);
    }

    @Test
    void ipcNamespaces() {
        Machine machine = new Machine()
                .sysctl("kernel/msg_next_id", "29360131") // where the numbers of that machine stood
                .sysctl("kernel/sem_next_id", "30244882")
                .sysctl("kernel/shm_next_id", "11927586");
        of("05_ipc.txt")
                .rename("(0x[0-9a-f]{8})|^( *-?\\d{4,10})(?= +\\d+ +644 )", "key")
                .leaveOut(Pattern.compile("(?<= )\\d{10}$"), "ctime")
                .check(machine::asRoot);
    }

    @Test
    void pstreeInPidNamespaces() {
        of("06_pstree_pidns.txt")
                .leaveOut(Pattern.compile("\\d\\d:\\d\\d:\\d\\d(?= init-system)"), "CPU time of that machine's init")
                .check(new Machine(3)::asRoot);
    }

    @Test
    void addressesOfANet() {
        of("07_netns_ip_a.txt")
                .leaveOut(
                        Pattern.compile(" +(?=Recv-Q|Send-Q|Local Address|Peer Address|Process)|(?<=Process) +$"),
                        "the width of that terminal")
                .leaveOut(TIMES, "what packets took")
                .check(new Machine()::asRoot);
    }

    @Test
    void ipNetns() {
        of("08_ip_netns.txt")
                .rename("^(\\d+) (\\d+) (?=\\d+:\\d+ (?:/|net:))", "mount")
                .anyOrder("ip netns( list)?$", "names in a directory of ext4 stand in the order of seeded hashes")
                .check(new Machine()::asRoot);
    }

    @Test
    void veth() {
        of("09_veth.txt")
                .rename("^(\\d+)(?=: veth)|(?<=@if)(\\d+(?=:)|\\d+ +)", "ifindex")
                .rename("((?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?= brd ff| <BR| <NO| DELAY)", "hardware")
                .rename("fe80::([0-9a-f:]+)/64", "link-local")
                .leaveOut(TIMES, "what packets took")
                .check(new Machine()::asRoot);
    }

    @Test
    void cloneNewUts() {
        of("10_clone_newuts_readlink.txt").check(new Machine()::asRoot);
    }

    @Test
    void setnsByTypes() {
        of("11_setns_nstype.txt")
                .leaveOutCommand("cat setns_demo.pl", "the text of the script")
                .check(new Machine()::asRoot);
    }

    @Test
    void userNamespaces() {
        of("12_userns.txt").check(new Machine()::asRoot);
    }

    @Test
    void nobody() {
        of("13_nobody.txt").check(new Machine()::asNobody);
    }

    @Test
    void persistentNamespaces() {
        of("14_persistent_ns.txt").rename("^(\\d+) (\\d+) 0:4 uts", "mount").check(new Machine(84)::asRoot);
    }

    @Test
    void signalsToPid1() {
        of("15_pid1_signals.txt")
                .leaveOutLines("^ *(6554|15351) ", "sleeps of other sessions of that machine")
                .leaveOut(Pattern.compile("(?<=[SR])[+ ](?=   [a-z]+$)"), "the terminal's foreground group")
                .check(new Machine()::asRoot);
    }

    @Test
    void lsnsAndNsenter() {
        of("16_lsns_nsenter.txt")
                .leaveOut(
                        Pattern.compile("(?<=net      )(84|83)(?=     2 root unassigned)"), "one more process by then")
                .leaveOut(Pattern.compile("unassigned"), "NETNSID: netlink is not there yet")
                .check(new Machine(82)::asRoot);
    }

    @Test
    void timeAndCgroupNamespaces() {
        Machine machine = new Machine();
        machine.shellCgroup("corpus/tr");
        machine.advance(5239.02);
        of("17_timens_cgroupns.txt")
                .leaveOut(
                        Pattern.compile("(?<=^(?:100)?5239)[.]\\d\\d \\d+[.]\\d\\d$"), "what commands took; idle CPUs")
                .check(machine::asRoot);
    }

    @Test
    void nested() {
        of("18_nested.txt").check(new Machine()::asRoot);
    }

    @Test
    void sysctlsOfNamespaces() {
        of("19_proc_sys_per_ns.txt")
                .leaveOut(Pattern.compile("^(?:\\d+[.]\\d\\d ){3}\\d+/\\d+(?= )"), "load and tasks of that machine")
                .leaveOutLines("^0x000001fffeffffff=", "the names that capsh has for capabilities")
                .check(new Machine()::asRoot);
    }
}
