package dev.nestor.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import org.junit.jupiter.api.Test;

/**
 * Whatever a task does with mounts meets a limit with its errno, in bounded time, and nothing stays of it: the checks after
 * each test find what is left. The errnos were seen on Linux 6.18.
 */
class HostileMountTest {
    private static final int MILLION = 1_000_000;
    private static final int MOUNT_MAX = 100_000; // fs.mount-max
    private static final int PLACES = 2000;
    private static final int DEEP = 2000; // mounts in each other, each of which is on the way to the next
    private static final long PAGE = TestMachine.PAGE;
    private static final int MS_BIND = 0x1000;
    private static final int MS_MOVE = 0x2000;
    private static final int MS_REC = 0x4000;
    private static final int MNT_DETACH = 2;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;

    private final TestMachine machine = new TestMachine();
    private final int task = RecordedFileCallsTest.newRoot(machine);

    private long path(int nr, String path, long... rest) {
        long[] args = new long[1 + rest.length];
        args[0] = machine.put(task, PAGE, path);
        System.arraycopy(rest, 0, args, 1, rest.length);
        return machine.call(task, nr, args);
    }

    private long mount(String source, String target, int flags) {
        long from = machine.put(task, PAGE, source);
        long to = machine.put(task, PAGE + 512, target);
        long type = machine.put(task, PAGE + 1024, "tmpfs");
        return machine.call(task, Nr.NR_mount, from, to, type, flags, 0);
    }

    @Test
    void millionMounts_endAtMountMax() {
        for (int i = 0; i < PLACES; i++) {
            assertThat(path(Nr.NR_mkdir, "/p" + i, 0755)).isZero();
        }
        int made = 0;
        for (int i = 0; i < MILLION; i++) {
            long result = mount("/p0", "/p" + i % PLACES, MS_BIND);
            made += result == 0 ? 1 : 0;
            if (result != 0) {
                assertThat(result).isEqualTo(-Errno.ENOSPC);
                assertThat(i).isGreaterThanOrEqualTo(made);
            }
            if (made < i - PLACES) {
                break; // the others would be refused as well
            }
        }
        assertThat(made).isBetween(MOUNT_MAX - 10, MOUNT_MAX);
        assertThat(path(Nr.NR_umount2, "/p1", 0)).isZero();
        assertThat(mount("/p0", "/p1", MS_BIND)).isZero();
        assertThat(mount("/p0", "/p1", MS_BIND)).isEqualTo(-Errno.ENOSPC);
        assertThat(machine.call(task, Nr.NR_unshare, Sched.CLONE_NEWNS)).isZero();
    }

    @Test
    void deepTree_goesWithoutRecursion() {
        assertThat(path(Nr.NR_mkdir, "/d", 0755)).isZero();
        assertThat(mount("d", "/d", 0)).isZero();
        assertThat(path(Nr.NR_chdir, "/d")).isZero();
        for (int i = 0; i < DEEP; i++) {
            assertThat(path(Nr.NR_mkdir, "s", 0755)).isZero();
            assertThat(mount("d", "s", 0)).isZero();
            assertThat(path(Nr.NR_chdir, "s")).isZero();
        }
        assertThat(path(Nr.NR_chdir, "/")).isZero();
        assertThat(mount("/d", "/proc", MS_BIND | MS_REC)).isZero();
        assertThat(path(Nr.NR_umount2, "/d", 0)).isEqualTo(-Errno.EBUSY);
        assertThat(path(Nr.NR_umount2, "/d", MNT_DETACH)).isZero();
        assertThat(path(Nr.NR_umount2, "/proc", MNT_DETACH)).isZero();
    }

    @Test
    void treeIsNotMovedIntoItself() {
        assertThat(path(Nr.NR_mkdir, "/a", 0755)).isZero();
        assertThat(mount("a", "/a", 0)).isZero();
        assertThat(path(Nr.NR_mkdir, "/a/b", 0755)).isZero();
        assertThat(mount("b", "/a/b", 0)).isZero();
        assertThat(path(Nr.NR_mkdir, "/a/b/c", 0755)).isZero();
        for (int i = 0; i < 1000; i++) {
            assertThat(mount("/a", "/a/b/c", MS_MOVE)).isEqualTo(-Errno.ELOOP);
            assertThat(mount("/a", "/a/b", MS_MOVE)).isEqualTo(-Errno.ELOOP);
            assertThat(mount("/", "/a/b", MS_MOVE)).isEqualTo(-Errno.ELOOP);
        }
    }

    @Test
    void detachedTrees_goWithTheirFiles() {
        long empty = machine.put(task, PAGE + 2048, "");
        assertThat(path(Nr.NR_mkdir, "/t", 0755)).isZero();
        for (int i = 0; i < 5000; i++) {
            long fd = machine.call(
                    task,
                    Nr.NR_open_tree,
                    Fcntl.AT_FDCWD,
                    machine.put(task, PAGE, "/"),
                    OPEN_TREE_CLONE | AT_RECURSIVE);
            assertThat(fd).isGreaterThanOrEqualTo(0);
            if (i % 2 == 0) {
                long place = machine.put(task, PAGE, "/t");
                long moved =
                        machine.call(task, Nr.NR_move_mount, fd, empty, Fcntl.AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH);
                assertThat(moved).isZero();
                assertThat(path(Nr.NR_umount2, "/t", MNT_DETACH)).isZero();
            }
            assertThat(machine.call(task, Nr.NR_close, fd)).isZero();
        }
    }

    @Test
    void mountNamespaces_areNested32Deep_inUserNamespaces() {
        assertThat(path(Nr.NR_mkdir, "/d", 0755)).isZero();
        int at = task;
        for (int level = 1; level <= 32; level++) {
            at = machine.clone(at, Sched.CLONE_NEWUSER | Sched.CLONE_NEWNS);
            map(at, "uid_map");
            map(at, "gid_map");
            long place = machine.put(at, PAGE + 512, "/d");
            long type = machine.put(at, PAGE + 1024, "tmpfs");
            assertThat(machine.call(at, Nr.NR_mount, type, place, type, 0, 0)).isZero();
            assertThat(machine.call(at, Nr.NR_umount2, place, 0)).isZero();
            assertThat(machine.call(at, Nr.NR_mount, type, place, type, 0, 0)).isZero();
            long proc = machine.put(at, PAGE + 512, "/proc");
            assertThat(machine.call(at, Nr.NR_umount2, proc, 0)).isEqualTo(-Errno.EINVAL);
        }
    }

    /** From outside, where all ids are mapped. */
    private void map(int of, String name) {
        int nr = machine.kernel().pids().taskNr(of, machine.kernel().pids().activeNs(task));
        long fd = path(Nr.NR_open, "/proc/" + nr + "/" + name, Fcntl.O_WRONLY);
        long text = machine.put(task, PAGE + 1024, "0 0 4294967295");
        assertThat(machine.call(task, Nr.NR_write, fd, text, 14)).isEqualTo(14);
        assertThat(machine.call(task, Nr.NR_close, fd)).isZero();
    }
}
