package dev.nestor.kernel.pid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.table.Table;
import dev.nestor.uapi.Errno;
import org.junit.jupiter.api.Test;

/** Numbers of processes. Expectations as kernel/pid.c of Linux 6.18 has it. */
class PidsTest {
    private final PidFixture machine = new PidFixture(32_768);
    private final Pids pids = machine.pids;

    @Test
    void allocPid_givesANumberAtEveryLevel() {
        int inner = machine.child(machine.root);
        machine.alloc(machine.root);
        int innermost = machine.child(inner);
        machine.alloc(inner);
        machine.alloc(inner);
        int pid = machine.alloc(innermost);
        assertThat(pids.pidNrNs(pid, innermost)).isEqualTo(1);
        assertThat(pids.pidNrNs(pid, inner)).isEqualTo(3);
        assertThat(pids.pidNrNs(pid, machine.root)).isEqualTo(4);
        assertThat(pids.findVpid(innermost, 1)).isEqualTo(pid);
        assertThat(pids.findVpid(inner, 3)).isEqualTo(pid);
        assertThat(pids.findVpid(machine.root, 4)).isEqualTo(pid);
        assertThat(pids.level(pid)).isEqualTo(2);
    }

    @Test
    void pidNrNs_isZero_fromASiblingAndFromBelow() {
        int sibling = machine.child(machine.root);
        int inner = machine.child(machine.root);
        int below = machine.child(inner);
        int pid = machine.alloc(inner);
        assertThat(pids.pidNrNs(pid, sibling)).isZero();
        assertThat(pids.pidNrNs(pid, below)).isZero();
        assertThat(pids.pidNrNs(Table.NULL, inner)).isZero();
    }

    @Test
    void findVpid_isNull_forNumbersThatNobodyHas() {
        assertThat(pids.findVpid(machine.root, 1)).isEqualTo(Table.NULL);
        machine.alloc(machine.root);
        assertThat(pids.findVpid(machine.root, 0)).isEqualTo(Table.NULL);
        assertThat(pids.findVpid(machine.root, -1)).isEqualTo(Table.NULL);
        assertThat(pids.findVpid(machine.root, Integer.MIN_VALUE)).isEqualTo(Table.NULL);
        assertThat(pids.findVpid(machine.root, Integer.MAX_VALUE)).isEqualTo(Table.NULL);
        assertThat(pids.findVpid(machine.root, 2)).isEqualTo(Table.NULL);
    }

    @Test
    void findVpid_isNull_afterFreePid() {
        int pid = machine.alloc(machine.root);
        pids.freePid(pid);
        assertThat(pids.findVpid(machine.root, 1)).isEqualTo(Table.NULL);
        assertThat(machine.pidTable.size()).isZero();
    }

    @Test
    void aHeldPid_outlivesItsNumbers() {
        int pid = pids.getPid(machine.alloc(machine.root));
        pids.freePid(pid);
        assertThat(machine.pidTable.isLive(pid)).isTrue();
        assertThat(pids.pidNrNs(pid, machine.root)).isZero();
        assertThat(pids.keptNrNs(pid, machine.root)).isEqualTo(1);
        pids.putPid(pid);
        assertThat(machine.pidTable.isLive(pid)).isFalse();
    }

    @Test
    void numbers_areGivenOutInTurn_notReusedAtOnce() {
        int first = machine.alloc(machine.root);
        pids.freePid(first);
        assertThat(machine.nr(machine.alloc(machine.root))).isEqualTo(2);
        assertThat(machine.namespaces.lastPid(machine.root)).isEqualTo(2);
    }

    @Test
    void numbers_wrapAround_toReservedPids() {
        PidFixture small = new PidFixture(310);
        int[] all = new int[310];
        for (int nr = 1; nr < 310; nr++) {
            all[nr] = small.alloc(small.root);
            assertThat(small.nr(all[nr])).isEqualTo(nr);
        }
        small.pids.freePid(all[5]);
        small.pids.freePid(all[301]);
        small.pids.freePid(all[305]);
        assertThat(small.nr(small.alloc(small.root))).isEqualTo(301);
        assertThat(small.nr(small.alloc(small.root))).isEqualTo(305);
        assertThat(small.alloc(small.root)).as("5 is reserved").isEqualTo(-Errno.EAGAIN);
        small.namespaces.setLastPid(small.root, 299);
        assertThat(small.nr(small.alloc(small.root)))
                .as("the cursor is not above 300")
                .isEqualTo(5);
    }

    @Test
    void allocPid_isEAGAIN_whenAnAncestorIsFull_andNothingStays() {
        PidFixture small = new PidFixture(5);
        int inner = small.child(small.root);
        for (int i = 1; i < 4; i++) {
            small.alloc(small.root);
        }
        int last = small.alloc(inner);
        assertThat(small.nr(last)).isEqualTo(1);
        assertThat(small.alloc(inner)).isEqualTo(-Errno.EAGAIN);
        assertThat(small.table.pidAllocated(inner)).isEqualTo(1);
        assertThat(small.table.pidAllocated(small.root)).isEqualTo(4);
        assertThat(small.pids.findVpid(inner, 2)).isEqualTo(Table.NULL);
        assertThat(small.pidTable.size()).isEqualTo(4);
    }

    @Test
    void theFirstNumber_isOne_evenAfterAFailure() {
        PidFixture small = new PidFixture(3);
        int first = small.alloc(small.root);
        small.alloc(small.root);
        int inner = small.child(small.root);
        assertThat(small.alloc(inner)).isEqualTo(-Errno.EAGAIN);
        small.pids.freePid(first);
        assertThat(small.nr(small.alloc(inner))).isEqualTo(1);
    }

    @Test
    void allocPid_isEAGAIN_atTheTablesLimit() {
        PidFixture small = new PidFixture(100, 2);
        small.alloc(small.root);
        small.alloc(small.root);
        assertThat(small.alloc(small.root)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void allocPid_isENOMEM_inADyingNamespace_butNotOutside() {
        int inner = machine.child(machine.root);
        machine.alloc(inner);
        machine.namespaces.disablePidAllocation(inner);
        assertThat(machine.alloc(inner)).isEqualTo(-Errno.ENOMEM);
        assertThat(machine.table.pidAllocated(machine.root)).isEqualTo(1);
        assertThat(machine.alloc(machine.root)).isPositive();
    }

    @Test
    void wishes_areForTheInnermostLevelsFirst() {
        int inner = machine.child(machine.root);
        machine.process(machine.root);
        machine.table.setChildReaper(machine.root, machine.pidTable.thread(pids.findVpid(machine.root, 1)));
        int pid = machine.wish(inner, 1, 77);
        assertThat(pids.pidNrNs(pid, inner)).isEqualTo(1);
        assertThat(pids.pidNrNs(pid, machine.root)).isEqualTo(77);
        assertThat(machine.nr(machine.alloc(machine.root)))
                .as("a wish does not move the cursor")
                .isEqualTo(2);
    }

    @Test
    void wishes_thatCantBe() {
        int reaper = machine.process(machine.root);
        machine.table.setChildReaper(machine.root, reaper);
        int inner = machine.child(machine.root);
        assertThat(machine.wish(machine.root, 5, 6)).as("more than levels").isEqualTo(-Errno.EINVAL);
        assertThat(machine.wish(machine.root, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.wish(machine.root, -3)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.wish(machine.root, 32_768)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.wish(inner, 2)).as("no init yet").isEqualTo(-Errno.EINVAL);
        assertThat(machine.wish(machine.root, 1)).isEqualTo(-Errno.EEXIST);
        assertThat(machine.wishUnprivileged(machine.root, 9)).isEqualTo(-Errno.EPERM);
        assertThat(machine.wishUnprivileged(machine.root, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(machine.wishUnprivileged(machine.root, 1))
                .as("before it is looked for")
                .isEqualTo(-Errno.EPERM);
        assertThat(machine.wish(machine.root, 9)).isPositive();
    }

    @Test
    void aNumber_staysTaken_whileAGroupOrSessionHasIt() {
        int leader = machine.process(machine.root);
        int member = machine.process(machine.root);
        int pid = machine.tasks.threadPid(leader);
        pids.changeGroup(member, pid);
        pids.detachProcess(leader);
        pids.detachGroup(leader);
        pids.detachSession(leader);
        pids.detachThread(leader);
        assertThat(pids.findVpid(machine.root, 1)).isEqualTo(pid);
        assertThat(pids.findTaskByVpid(machine.root, 1)).isEqualTo(Table.NULL);
        pids.changeGroup(member, machine.tasks.threadPid(member));
        assertThat(pids.findVpid(machine.root, 1)).isEqualTo(Table.NULL);
        assertThat(machine.pidTable.isLive(pid)).isFalse();
    }

    @Test
    void exchangeTids_letsASurvivorOfExecHaveTheLeadersNumber() {
        int leader = machine.process(machine.root);
        int signal = machine.tasks.signal(leader);
        int thread = machine.tasks.alloc();
        machine.tasks.setSignal(thread, signal);
        machine.tasks.setGroupLeader(thread, leader);
        pids.attachThread(machine.alloc(machine.root), thread);
        pids.exchangeTids(thread, leader);
        assertThat(pids.taskNr(thread, machine.root)).isEqualTo(1);
        assertThat(pids.taskNr(leader, machine.root)).isEqualTo(2);
        assertThat(pids.findTaskByVpid(machine.root, 1)).isEqualTo(thread);
        int pid = pids.findVpid(machine.root, 1);
        assertThat(machine.pidTable.process(pid)).isEqualTo(thread);
        assertThat(machine.pidTable.groupMembers().first(pid)).isEqualTo(thread);
        assertThat(machine.pidTable.sessionMembers().first(pid)).isEqualTo(thread);
    }

    @Test
    void numbersOfOldPids_survive_whenADeeperLevelIsMade() {
        int[] made = new int[40];
        for (int i = 0; i < made.length; i++) {
            made[i] = machine.alloc(machine.root);
        }
        int ns = machine.root;
        for (int level = 1; level <= PidNamespaces.MAX_PID_NS_LEVEL; level++) {
            ns = machine.child(ns);
            int pid = machine.alloc(ns);
            for (int at = 0; at < level; at++) {
                assertThat(pids.numberAt(pid, at)).isPositive();
            }
        }
        for (int i = 0; i < made.length; i++) {
            assertThat(pids.pidNrNs(made[i], machine.root)).isEqualTo(i + 1);
        }
    }
}
