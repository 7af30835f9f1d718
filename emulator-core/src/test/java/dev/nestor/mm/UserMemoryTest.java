package dev.nestor.mm;

import static dev.nestor.uapi.Errno.EFAULT;
import static dev.nestor.uapi.Errno.ENAMETOOLONG;
import static dev.nestor.uapi.Mman.PROT_NONE;
import static dev.nestor.uapi.Mman.PROT_READ;
import static dev.nestor.uapi.Mman.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.table.StateHash;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UserMemoryTest {
    private static final long AT = 0x10000;
    private static final long PAGE = Frames.PAGE_SIZE;

    private final AddressSpaces spaces = new AddressSpaces(new Frames(64), 16, 256);
    private final UserMemory memory = spaces.memory();
    private final byte[] buffer = new byte[3 * Frames.PAGE_SIZE];

    private int mmWith(long start, long end, int prot) {
        int mm = spaces.create();
        assertThat(spaces.learnMapping(mm, start, end, prot)).isZero();
        return mm;
    }

    @Test
    void copy_goesRound_acrossPages() {
        int mm = mmWith(AT, AT + 3 * PAGE, PROT_READ | PROT_WRITE);
        byte[] text = "a text that lies across a page's end".getBytes(StandardCharsets.US_ASCII);

        assertThat(memory.copyToUser(mm, AT + PAGE - 7, text, 0, text.length)).isZero();
        assertThat(memory.copyFromUser(mm, AT + PAGE - 7, buffer, 5, text.length))
                .isZero();

        assertThat(new String(buffer, 5, text.length, StandardCharsets.US_ASCII))
                .isEqualTo(new String(text, StandardCharsets.US_ASCII));
        assertThat(spaces.mms().rssAnon(mm)).isEqualTo(2);
    }

    @Test
    void copyFromUser_readsZeros_withoutFrames_whereNothingWasWritten() {
        int mm = mmWith(AT, AT + PAGE, PROT_READ);
        buffer[0] = 1;

        assertThat(memory.copyFromUser(mm, AT, buffer, 0, 4096)).isZero();

        assertThat(buffer[0]).isZero();
        assertThat(spaces.frames().size()).isZero();
    }

    @Test
    void copy_isEFAULT_outsideOfMappings() {
        int mm = mmWith(AT, AT + PAGE, PROT_READ);
        int none = mmWith(AT, AT + PAGE, PROT_NONE);

        assertThat(memory.copyFromUser(mm, AT + PAGE - 1, buffer, 0, 2)).isEqualTo(-EFAULT);
        assertThat(memory.copied()).isEqualTo(1);
        assertThat(memory.copyToUser(mm, AT, buffer, 0, 1)).isEqualTo(-EFAULT);
        assertThat(memory.copyFromUser(mm, 0, buffer, 0, 1)).isEqualTo(-EFAULT);
        assertThat(memory.copyFromUser(mm, -1, buffer, 0, 1)).isEqualTo(-EFAULT);
        assertThat(memory.copyFromUser(mm, AddressSpaces.TASK_SIZE_MAX, buffer, 0, 1))
                .isEqualTo(-EFAULT);
        assertThat(memory.copyFromUser(mm, -1, buffer, 0, 0)).isZero();
        assertThat(memory.copyFromUser(none, AT, buffer, 0, 1)).isEqualTo(-EFAULT);
        assertThat(memory.copyFromUser(0, AT, buffer, 0, 1)).isEqualTo(-EFAULT);
    }

    @Test
    void typed_goRound_alsoAcrossPages() {
        int mm = mmWith(AT, AT + 2 * PAGE, PROT_READ | PROT_WRITE);

        assertThat(memory.putLong(mm, AT + PAGE - 3, 0x8123456789abcdefL)).isZero();
        assertThat(memory.putInt(mm, AT, -2)).isZero();
        assertThat(memory.putShort(mm, AT + 4, -3)).isZero();

        assertThat(memory.getLong(mm, AT + PAGE - 3)).isEqualTo(0x8123456789abcdefL);
        assertThat(memory.getInt(mm, AT + PAGE - 3)).isEqualTo(0x89abcdef);
        assertThat(memory.getLong(mm, AT)).isEqualTo(0xfffdfffffffeL);
        assertThat(memory.getShort(mm, AT + 4)).isEqualTo((short) -3);
        assertThat(memory.faulted()).isFalse();
    }

    @Test
    void faulted_remembersOnce() {
        int mm = mmWith(AT, AT + PAGE, PROT_READ);

        assertThat(memory.getLong(mm, AT + PAGE - 4)).isZero();
        assertThat(memory.getInt(mm, AT)).isZero();
        assertThat(memory.faulted()).isTrue();
        assertThat(memory.faulted()).isFalse();
    }

    @Test
    void strncpyFromUser_endsAtNul_orLimit_orFault() {
        int mm = mmWith(AT, AT + PAGE, PROT_READ | PROT_WRITE);
        byte[] text = "/etc/passwd".getBytes(StandardCharsets.US_ASCII);
        memory.copyToUser(mm, AT, text, 0, text.length);
        memory.copyToUser(mm, AT + PAGE - 4, text, 0, 4);

        assertThat(memory.strncpyFromUser(mm, AT, buffer, 4096)).isEqualTo(11);
        assertThat(memory.strncpyFromUser(mm, AT, buffer, 12)).isEqualTo(11);
        assertThat(memory.strncpyFromUser(mm, AT, buffer, 11)).isEqualTo(-ENAMETOOLONG);
        assertThat(memory.strncpyFromUser(mm, AT + PAGE - 4, buffer, 4)).isEqualTo(-ENAMETOOLONG);
        assertThat(memory.strncpyFromUser(mm, AT + PAGE - 4, buffer, 5)).isEqualTo(-EFAULT);
        assertThat(memory.strncpyFromUser(mm, 0, buffer, 5)).isEqualTo(-EFAULT);
    }

    @Test
    void dupMm_sharesUntilWritten() {
        int parent = mmWith(AT, AT + PAGE, PROT_READ | PROT_WRITE);
        memory.putInt(parent, AT, 1);

        int child = spaces.dupMm(parent);
        assertThat(spaces.frames().size()).isEqualTo(1);
        memory.putInt(child, AT, 2);
        memory.putInt(parent, AT + 8, 3);

        assertThat(memory.getInt(parent, AT)).isEqualTo(1);
        assertThat(memory.getInt(child, AT)).isEqualTo(2);
        assertThat(memory.getInt(child, AT + 8)).isZero();
        assertThat(spaces.frames().size()).isEqualTo(2);
        spaces.mmput(parent);
        spaces.mmput(child);
        assertThat(spaces.frames().size()).isZero();
        assertThat(spaces.vmas().size()).isZero();
        assertThat(spaces.mms().size()).isZero();
    }

    @Test
    void stack_growsDown_toItsLimit() {
        int mm = spaces.execMm();
        long top = AddressSpaces.STACK_TOP;

        assertThat(memory.putLong(mm, top - 8, 1)).isZero();
        assertThat(memory.putLong(mm, top - (1 << 20), 1)).isZero();
        assertThat(memory.putLong(mm, top - (8 << 20), 1)).isZero();
        assertThat(memory.putLong(mm, top - (8 << 20) - 8, 1)).isEqualTo(-EFAULT);
        assertThat(spaces.mms().stackVm(mm)).isEqualTo(2048);
    }

    @Test
    void copyToUser_isEFAULT_whenMemoryIsFull() {
        AddressSpaces small = new AddressSpaces(new Frames(1), 2, 16);
        int mm = small.create();
        small.learnMapping(mm, AT, AT + 2 * PAGE, PROT_READ | PROT_WRITE);

        assertThat(small.memory().copyToUser(mm, AT, buffer, 0, 2 * Frames.PAGE_SIZE))
                .isEqualTo(-EFAULT);
        small.mmput(mm);
        assertThat(small.frames().size()).isZero();
    }

    @Test
    void digest_isEqual_ofEqualRuns() {
        assertThat(digestOfARun()).isEqualTo(digestOfARun());
    }

    private static long digestOfARun() {
        AddressSpaces spaces = new AddressSpaces(new Frames(64), 16, 256);
        int mm = spaces.execMm();
        int child = spaces.dupMm(mm);
        spaces.memory().putLong(child, AddressSpaces.STACK_TOP - 8, 42);
        spaces.mmput(mm);
        StateHash hash = new StateHash();
        spaces.digest(hash);
        return hash.value();
    }
}
