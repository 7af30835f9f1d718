package dev.nestor.kernel.signal;

import static dev.nestor.uapi.Errno.EINTR;
import static dev.nestor.uapi.Errno.ERESTARTNOHAND;
import static dev.nestor.uapi.Errno.ERESTARTNOINTR;
import static dev.nestor.uapi.Errno.ERESTARTSYS;
import static dev.nestor.uapi.Errno.ERESTART_RESTARTBLOCK;
import static dev.nestor.uapi.Signal.SA_RESTART;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** As strace shows it for read, pause, clock_nanosleep and fork on Linux 6.18. */
class RestartTest {
    @Test
    void withoutHandler_allAreMadeAgain() {
        assertThat(Restart.withoutHandler(-ERESTARTSYS)).isEqualTo(Restart.AGAIN);
        assertThat(Restart.withoutHandler(-ERESTARTNOINTR)).isEqualTo(Restart.AGAIN);
        assertThat(Restart.withoutHandler(-ERESTARTNOHAND)).isEqualTo(Restart.AGAIN);
        assertThat(Restart.withoutHandler(-ERESTART_RESTARTBLOCK)).isEqualTo(Restart.RESTART_BLOCK);
        assertThat(Restart.withoutHandler(-EINTR)).isEqualTo(Restart.DONE);
        assertThat(Restart.withoutHandler(3)).isEqualTo(Restart.DONE);
    }

    @Test
    void withHandler_itDepends() {
        assertThat(Restart.savedResult(-ERESTARTSYS, SA_RESTART, 61)).isEqualTo(61);
        assertThat(Restart.savedResult(-ERESTARTSYS, 0, 61)).isEqualTo(-EINTR);
        assertThat(Restart.savedResult(-ERESTARTNOINTR, 0, 56)).isEqualTo(56);
        assertThat(Restart.savedResult(-ERESTARTNOHAND, SA_RESTART, 34)).isEqualTo(-EINTR);
        assertThat(Restart.savedResult(-ERESTART_RESTARTBLOCK, SA_RESTART, 230)).isEqualTo(-EINTR);
        assertThat(Restart.savedResult(-EINTR, SA_RESTART, 61)).isEqualTo(-EINTR);
        assertThat(Restart.savedResult(0, SA_RESTART, 62)).isZero();
    }
}
