package dev.nestor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private final CostModel model = CostModel.standard();
    private final Work work = new Work();

    /** The main rows of shared/linux/costs.csv, from the units that handlers report. */
    @Test
    void mainRows_comeOutWithinAFifth() {
        check(252, Work.SYSCALL_ENTRY);
        check(540, Work.SYSCALL_ENTRY, Work.LOOKUP, Work.PERMISSION, Work.LOCK);
        work.add(Work.BYTES_COPIED, 780);
        check(500, Work.SYSCALL_ENTRY, Work.LOCK, Work.USER_COPY);
        check(490, Work.SYSCALL_ENTRY, Work.FILE_IO, Work.USER_COPY, Work.LOCK);
        check(410, Work.SYSCALL_ENTRY, Work.FILE_IO, Work.USER_COPY, Work.LOCK);
        check(1_582, Work.SYSCALL_ENTRY, Work.PATH_WALK, Work.PATH_COMPONENT, Work.PATH_COMPONENT, Work.FILE_OPEN);
        check(524, Work.SYSCALL_ENTRY, Work.FILE_CLOSE);
        check(760, Work.SYSCALL_ENTRY, Work.PATH_WALK, Work.USER_COPY);
        check(1_974, Work.SYSCALL_ENTRY, Work.NSPROXY_ALLOC, Work.NS_ALLOC_UTS, Work.NS_SWITCH);
        check(526, Work.SYSCALL_ENTRY, Work.SCHEDULE);
        check(1_478, Work.SYSCALL_ENTRY, Work.VMA_CHANGE);
    }

    /** 88 800 + 2 155 L, and 30 000 + 1 310 L for vfork. */
    @Test
    void forkExitAndWait_growWithTheLevel() {
        for (int level : new int[] {0, 1, 8, 31}) {
            processLife(level);
            assertThat(model.cycles(work)).isCloseTo(30_000L + 1_310L * level, within(8_000L + 600L * level));
            work.add(Work.MM_DUP);
            work.add(Work.PAGE_COPY, 60);
            work.add(Work.PAGE_FAULT, 3);
            work.add(Work.MM_FREE);
            work.add(Work.PAGE_FREE, 60);
            assertThat(model.cycles(work)).isCloseTo(88_800L + 2_155L * level, within(9_000L + 400L * level));
            work.clear();
        }
    }

    private void processLife(int level) {
        work.add(Work.SYSCALL_ENTRY, 3);
        work.add(Work.TASK_ALLOC);
        work.add(Work.SIGNAL_DUP);
        work.add(Work.FILES_DUP);
        work.add(Work.FS_DUP);
        work.add(Work.ID_ALLOC, level + 1L);
        work.add(Work.ID_FREE, level + 1L);
        work.add(Work.CONTEXT_SWITCH, 2);
        work.add(Work.MM_SWITCH, 2);
        work.add(Work.WAKEUP, 2);
        work.add(Work.TASK_EXIT);
        work.add(Work.TASK_REAP);
        work.add(Work.TASK_FREE);
    }

    @Test
    void cycles_areOfTheWorkSinceClear() {
        work.add(Work.SUPERBLOCK_ALLOC);
        work.add(Work.IPC_OBTAIN, 2);
        work.add(Work.SYSCALL_ENTRY);
        assertThat(work.count(Work.IPC_OBTAIN)).isEqualTo(2);
        assertThat(model.cycles(work)).isEqualTo(8_400 + 260 + 236);
        work.clear();
        assertThat(work.count(Work.IPC_OBTAIN)).isZero();
        assertThat(work.next(0)).isEqualTo(Work.UNITS);
        assertThat(model.cycles(work)).isZero();
    }

    @Test
    void fractions_addUp() {
        work.add(Work.BYTES_COPIED, 1_000_000);
        assertThat(model.cycles(work)).isCloseTo(120_000, within(200L));
    }

    @Test
    void idleExit_goesStraightBetweenRows() {
        assertThat(model.idleExitCycles(0)).isEqualTo(6_000);
        assertThat(model.idleExitCycles(220_000)).isEqualTo(7_900);
        assertThat(model.idleExitCycles(1L << 60)).isEqualTo(33_300);
    }

    @Test
    void read_namesWhatIsWrong() {
        assertThatThrownBy(() -> read("NO_SUCH,1,x")).hasMessageContaining("test:1: no unit NO_SUCH");
        assertThatThrownBy(() -> read("LOCK,1,x\nLOCK,2,x")).hasMessageContaining("test:2: a second price");
        assertThatThrownBy(() -> read("LOCK,-1,x")).hasMessageContaining("negative");
        assertThatThrownBy(() -> read("LOCK")).hasMessageContaining("unit,cycles,source");
        assertThatThrownBy(() -> read("LOCK,1,x")).hasMessageContaining("no price for");
    }

    private static CostModel read(String text) throws IOException {
        return CostModel.read(new BufferedReader(new StringReader(text)), "test");
    }

    private void check(long measured, int... units) {
        for (int unit : units) {
            work.add(unit);
        }
        assertThat(model.cycles(work)).isCloseTo(measured, within(measured / 5));
        work.clear();
    }
}
