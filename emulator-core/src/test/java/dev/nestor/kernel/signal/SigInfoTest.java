package dev.nestor.kernel.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.uapi.Signal;
import org.junit.jupiter.api.Test;

class SigInfoTest {
    /** Offsets of siginfo_t on x86-64, from a C program's offsetof: pid 16, uid 20, status 24, utime 32, stime 40. */
    @Test
    void toUser_hasTheLayoutOfSigchld() {
        SigInfo info = new SigInfo().set(Signal.SIGCHLD, Signal.CLD_EXITED);
        info.setPidUid(0x1234, 1000);
        info.setChild(7, 0x55, 0x66);
        byte[] bytes = new byte[SigInfo.SIZE];
        bytes[100] = 1;
        info.toUser(bytes);
        assertThat(bytes[0]).isEqualTo((byte) 17);
        assertThat(bytes[8]).isEqualTo((byte) 1);
        assertThat(bytes[16]).isEqualTo((byte) 0x34);
        assertThat(bytes[17]).isEqualTo((byte) 0x12);
        assertThat(bytes[20]).isEqualTo((byte) 0xe8);
        assertThat(bytes[24]).isEqualTo((byte) 7);
        assertThat(bytes[32]).isEqualTo((byte) 0x55);
        assertThat(bytes[40]).isEqualTo((byte) 0x66);
        assertThat(bytes[100]).isZero();
    }

    /** rt_sigqueueinfo: si_code 100 with a byte set at 100 is E2BIG, si_code -60 is not. */
    @Test
    void fromUser_refusesWhatItDoesNotKnow() {
        SigInfo info = new SigInfo();
        byte[] bytes = new byte[SigInfo.SIZE];
        bytes[8] = 100;
        assertThat(info.fromUser(bytes)).isTrue();
        bytes[100] = 1;
        assertThat(info.fromUser(bytes)).isFalse();
        bytes[8] = -60;
        bytes[9] = -1;
        bytes[10] = -1;
        bytes[11] = -1;
        assertThat(info.fromUser(bytes)).isTrue();
        assertThat(info.code()).isEqualTo(-60);
    }

    @Test
    void fromUser_bringsBackAll() {
        SigInfo info = new SigInfo().set(40, Signal.SI_QUEUE);
        info.setErrno(-3);
        info.setPidUid(-1, -2);
        info.setValue(0x8123456789abcdefL);
        byte[] bytes = new byte[SigInfo.SIZE];
        info.toUser(bytes);
        SigInfo back = new SigInfo();
        assertThat(back.fromUser(bytes)).isTrue();
        assertThat(back.signo()).isEqualTo(40);
        assertThat(back.errno()).isEqualTo(-3);
        assertThat(back.code()).isEqualTo(Signal.SI_QUEUE);
        assertThat(back.pid()).isEqualTo(-1);
        assertThat(back.uid()).isEqualTo(-2);
        assertThat(back.value()).isEqualTo(0x8123456789abcdefL);
    }
}
