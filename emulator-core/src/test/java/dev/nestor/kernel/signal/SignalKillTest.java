package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Signal.SIGCONT;
import static dev.nestor.uapi.Signal.SIGKILL;
import static dev.nestor.uapi.Signal.SIGTERM;
import static dev.nestor.uapi.Signal.SIGUSR1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Errno;
import org.junit.jupiter.api.Test;

/** Targets, permissions and the order of errors. What is expected was seen on Linux 6.18, by C programs that did the same. */
class SignalKillTest {
    private final SmallMachine m = new SmallMachine();
    private final SignalKill kill = m.room.kill();
    private final int shell = m.process(m.init);
    private final int child = m.process(shell);

    /** kill(999999, 65) and kill(-999999, 65) ESRCH, kill(self, 65) and kill(0, 65) EINVAL, kill(INT_MIN, 0) ESRCH. */
    @Test
    void target_isLookedFor_beforeTheSignalIsChecked() {
        assertThat(kill.kill(shell, 9999, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(kill.kill(shell, 9999, 65)).isEqualTo(-Errno.ESRCH);
        assertThat(kill.kill(shell, -9999, 65)).isEqualTo(-Errno.ESRCH);
        assertThat(kill.kill(shell, m.nr(shell), 65)).isEqualTo(-Errno.EINVAL);
        assertThat(kill.kill(shell, m.nr(shell), -1)).isEqualTo(-Errno.EINVAL);
        assertThat(kill.kill(shell, 0, 65)).isEqualTo(-Errno.EINVAL);
        assertThat(kill.kill(shell, Integer.MIN_VALUE, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(kill.doTkill(shell, 0, m.nr(child), 65)).isEqualTo(-Errno.EINVAL);
        assertThat(kill.doTkill(shell, m.nr(shell), m.nr(child), 65)).isEqualTo(-Errno.ESRCH);
        assertThat(kill.doTkill(shell, m.nr(child), m.nr(child), 0)).isZero();
    }

    /** A lone init's kill(-1) is ESRCH, also with signal 65. */
    @Test
    void killAll_isESRCH_whenNobodyElseIsThere() {
        int init = m.process(shell, m.pidNamespaces.create(m.rootPidNs, m.rootUserNs, 0));
        assertThat(kill.kill(init, -1, SIGTERM)).isEqualTo(-Errno.ESRCH);
        assertThat(kill.kill(init, -1, 65)).isEqualTo(-Errno.ESRCH);
        int inside = m.process(init);
        assertThat(kill.kill(init, -1, 65)).isEqualTo(-Errno.EINVAL);
        assertThat(kill.kill(inside, -1, SIGTERM)).as("not init, not itself").isEqualTo(-Errno.ESRCH);
        assertThat(kill.kill(init, -1, SIGTERM)).isZero();
        assertThat(m.getSignal(inside)).isEqualTo(SignalDelivery.EXITED);
        assertThat(m.getSignal(shell)).isEqualTo(SignalDelivery.NONE);
    }

    @Test
    void permission_isAnyOfTheUids_orCapKill() {
        m.setUid(child, 1000);
        int other = m.process(shell);
        m.setUid(other, 1001);
        assertThat(kill.kill(child, m.nr(other), 0)).isEqualTo(-Errno.EPERM);
        assertThat(kill.kill(child, m.nr(other), 65)).as("first EINVAL").isEqualTo(-Errno.EINVAL);
        assertThat(kill.kill(shell, m.nr(other), 0)).isZero();
        m.credTable.setSuid(m.tasks.cred(other), 1000);
        assertThat(kill.kill(child, m.nr(other), 0)).isZero();
        m.credTable.setSuid(m.tasks.cred(other), 1001);
        m.credTable.setEuid(m.tasks.cred(other), 1000);
        assertThat(kill.kill(child, m.nr(other), 0))
                .as("its euid does not count")
                .isEqualTo(-Errno.EPERM);
    }

    @Test
    void sigcont_isAllowed_withinASession() {
        m.setUid(child, 1000);
        int other = m.process(shell);
        m.setUid(other, 1001);
        assertThat(kill.kill(child, m.nr(other), SIGCONT)).isZero();
        m.setsid(other);
        assertThat(kill.kill(child, m.nr(other), SIGCONT)).isEqualTo(-Errno.EPERM);
    }

    /** Root of a user namespace below may kill within it, but not the outer one's processes. */
    @Test
    void capKill_reachesTheNamespaceAndBelow() {
        m.setUid(child, 1000);
        m.unshareUser(child);
        int inside = m.process(child);
        m.setUid(inside, 1005);
        m.credTable.setCapEffective(m.tasks.cred(child), -1);
        assertThat(kill.kill(child, m.nr(inside), 0)).isZero();
        assertThat(kill.kill(child, m.nr(shell), 0)).isEqualTo(-Errno.EPERM);
        assertThat(kill.kill(shell, m.nr(inside), 0)).isZero();
    }

    @Test
    void killGroup_isZero_whenOneCouldBeSent() {
        m.setUid(child, 1000);
        int other = m.process(shell);
        m.setUid(other, 1001);
        m.setpgid(child);
        m.pids.detachGroup(other);
        m.pids.attachGroup(m.tasks.threadPid(child), other);
        assertThat(kill.kill(child, 0, 0)).isZero();
        assertThat(kill.kill(other, -m.nr(child), 0)).isZero();
        m.setUid(other, 1002);
        int third = m.process(shell);
        m.setUid(third, 1003);
        assertThat(kill.kill(third, -m.nr(child), 0)).isEqualTo(-Errno.EPERM);
        assertThat(kill.kill(third, -m.nr(child), 65)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void killAll_tellsNoEPERM() {
        m.setUid(child, 1000);
        assertThat(kill.kill(child, -1, 0)).as("all are root's").isZero();
    }

    /**
     * kill(0, SIGUSR1) with members in another PID and another user namespace: the latest member is sent first, and what is
     * translated for one stays so for the next: the sender itself reads si_pid 0, si_uid 65534.
     */
    @Test
    void killGroup_translatesItsInfoOnceForAll() {
        m.setpgid(shell);
        int inUserNs = m.process(shell);
        m.setUid(inUserNs, 1000);
        m.unshareUser(inUserNs);
        int inPidNs = m.process(shell, m.pidNamespaces.create(m.rootPidNs, m.rootUserNs, 0));
        m.block(shell, SIGUSR1);
        m.block(inUserNs, SIGUSR1);
        m.block(inPidNs, SIGUSR1);
        assertThat(kill.kill(shell, 0, SIGUSR1)).isZero();
        SigInfo info = new SigInfo();
        m.room.delivery().dequeueSignal(inPidNs, 0, info);
        assertThat(info.pid()).isZero();
        assertThat(info.uid()).isZero();
        m.room.delivery().dequeueSignal(inUserNs, 0, info);
        assertThat(info.uid()).isEqualTo(65534);
        m.room.delivery().dequeueSignal(shell, 0, info);
        assertThat(info.pid()).isZero();
        assertThat(info.uid()).isEqualTo(65534);
    }

    @Test
    void zombie_canBeSentAnything() {
        m.kill(shell, child, SIGKILL);
        m.tasks.setExitState(child, 0x20);
        assertThat(m.kill(shell, child, SIGTERM)).isZero();
        assertThat(m.kill(shell, child, 65)).isEqualTo(-Errno.EINVAL);
    }
}
