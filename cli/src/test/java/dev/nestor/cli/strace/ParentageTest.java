package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which call made which task. */
class ParentageTest {

    /** A task as {@code parent.record}, in order of first appearance. */
    private static List<String> parents(String log) throws LogException {
        List<String> parents = new ArrayList<>();
        try (TraceSpool spool = Logs.spool(log)) {
            for (int task = 0; task < spool.tasks(); task++) {
                parents.add(spool.parent(task) + "." + spool.parentRecord(task));
            }
            assertChildrenAreTheReverse(spool);
        }
        return parents;
    }

    private static void assertChildrenAreTheReverse(TraceSpool spool) throws LogException {
        List<String> reverse = new ArrayList<>();
        for (int task = 0; task < spool.tasks(); task++) {
            for (TaskCursor cursor = spool.cursor(task); cursor.advance(); ) {
                if (cursor.child() != TraceSpool.NONE) {
                    assertEquals(task, spool.parent(cursor.child()));
                    assertEquals(cursor.record(), spool.parentRecord(cursor.child()));
                    reverse.add(task + "." + cursor.record());
                }
            }
        }
        long children = 0;
        for (int task = 0; task < spool.tasks(); task++) {
            children += spool.parent(task) == TraceSpool.NONE ? 0 : 1;
        }
        assertEquals(children, reverse.size());
    }

    @Test
    void child_isFound_afterAndBeforeCloneReturns() throws Exception {
        assertEquals(List.of("-1.-1", "0.1", "0.2", "2.0"), parents("""
                1 read(0) = 0
                1 clone(flags=SIGCHLD) = 2
                2 read(0) = 0
                1 vfork( <unfinished ...>
                3 fork() = 4
                1 <... vfork resumed>) = 3
                4 read(0) = 0
                """));
    }

    @Test
    void number_usedAgain_isAnotherTask() throws Exception {
        assertEquals(List.of("-1.-1", "0.0", "0.1"), parents("""
                1 clone(flags=SIGCHLD) = 2
                2 read(0) = 0
                2 +++ exited with 0 +++
                1 clone(flags=SIGCHLD) = 2
                2 read(0) = 0
                """));
    }

    @Test
    void number_usedAgain_isTheLaterClones_whenTheFirstChildNeverShows() throws Exception {
        assertEquals(List.of("-1.-1", "0.1"), parents("""
                1 clone(flags=SIGCHLD) = 2
                1 clone(flags=SIGCHLD) = 2
                2 read(0) = 0
                """));
    }

    @Test
    void failedClone_hasNoChild() throws Exception {
        assertEquals(List.of("-1.-1", "0.2"), parents("""
                1 clone(flags=SIGCHLD) = -1 EAGAIN (Resource temporarily unavailable)
                1 clone(flags=SIGCHLD) = ? ERESTARTNOINTR (To be restarted)
                1 clone(flags=SIGCHLD) = 2
                2 read(0) = 0
                """));
    }

    @Test
    void innerNumber_yieldsToStracesOwn() throws Exception {
        assertEquals(List.of("-1.-1", "0.0", "1.0"), parents("""
                10 clone(flags=CLONE_NEWPID) = 11 (pid:[4026532178])
                11 clone(flags=SIGCHLD) = 2 /* 12 in strace's PID NS */
                12 read(0) = 0
                """));
    }

    /* corpus nested/pidns_33: in the deepest namespace strace takes 32, a number in between, for its own. */
    @Test
    void wrongNumber_isOverruledByOrder() throws Exception {
        assertEquals(List.of("-1.-1", "0.0", "1.0"), parents("""
                29921 clone(flags=SIGCHLD) = 2 /* 29922 in strace's PID NS */
                29922 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
                29923 set_robust_list(0x7f1fdd566a20, 24 <unfinished ...>
                29922 <... clone resumed>, child_tidptr=0x7f1fdd566a10) = 2 /* 32 in strace's PID NS */
                29923 <... set_robust_list resumed>) = 0
                """));
    }

    @Test
    void parentKilledInClone_hasItsChild() throws Exception {
        assertEquals(List.of("-1.-1", "0.0", "1.0", "1.1"), parents("""
                1 clone(flags=SIGCHLD) = 2
                2 vfork( <unfinished ...>
                3 read(0) = 0
                2 <... vfork resumed>) = ?
                2 vfork( <unfinished ...>
                4 read(0) = 0
                2 +++ killed by SIGKILL +++
                """));
    }

    @Test
    void untracedChild_isNobodyElse() throws Exception {
        assertEquals(List.of("-1.-1", "-1.-1"), parents("""
                1 clone3({flags=CLONE_UNTRACED}, 64) = 5
                9 read(0) = 0
                """));
    }

    @Test
    void tasksThere_whenTheLogBegins_haveNoParent() throws Exception {
        assertEquals(List.of("-1.-1", "-1.-1", "1.0"), parents("""
                1 read(0) = 0
                2 clone(flags=SIGCHLD) = 3
                3 read(0) = 0
                """));
    }
}
