package dev.nestor.kernel.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.event.Clock;
import dev.nestor.event.EventLoop;
import dev.nestor.event.EventQueue;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.table.Table;
import org.junit.jupiter.api.Test;

class HrTimersTest {
    private final Clock clock = new Clock();
    private final EventLoop loop = new EventLoop(clock, new EventQueue());
    private final TaskTable tasks = new TaskTable(4);
    private final HrTimerTable table = new HrTimerTable(2);
    private final HrTimers timers = new HrTimers(loop, tasks, table);
    private final StringBuilder log = new StringBuilder();

    HrTimersTest() {
        timers.register(HrTimers.SLEEP, (timer, target) -> note("sleep", target));
        timers.register(HrTimers.REAL, (timer, target) -> note("real", target));
    }

    @Test
    void start_movesAnActiveTimer() {
        int timer = timers.alloc(HrTimers.REAL, 5);
        timers.start(timer, 10);
        timers.start(timer, 20);
        assertThat(timers.isActive(timer)).isTrue();
        assertThat(timers.expires(timer)).isEqualTo(20);
        loop.run();
        assertThat(log).hasToString("20:real:5 ");
        assertThat(timers.isActive(timer)).isFalse();
    }

    @Test
    void cancel_isTrue_onceOnly() {
        int timer = timers.alloc(HrTimers.REAL, 5);
        timers.start(timer, 10);
        assertThat(timers.cancel(timer)).isTrue();
        assertThat(timers.cancel(timer)).isFalse();
        timers.free(timer);
        loop.run();
        assertThat(log).isEmpty();
    }

    @Test
    void start_expiresAtOnce_whenTheTimeIsGone() {
        clock.advanceTo(50);
        int timer = timers.alloc(HrTimers.REAL, 5);
        timers.start(timer, 10);
        loop.run();
        assertThat(log).hasToString("50:real:5 ");
    }

    @Test
    void function_mayStartItsTimerAgain() {
        timers.register(HrTimers.OTHER + 3, (timer, target) -> {
            note("tick", target);
            if (clock.now() < 30) {
                timers.start(timer, timers.next(timer, 10));
            }
        });
        timers.start(timers.alloc(HrTimers.OTHER + 3, 1), 10);
        loop.run();
        assertThat(log).hasToString("10:tick:1 20:tick:1 30:tick:1 ");
    }

    @Test
    void next_skipsIntervalsThatAreGone() {
        int timer = timers.alloc(HrTimers.REAL, 5);
        timers.start(timer, 10);
        loop.runUntil(35);
        assertThat(timers.next(timer, 10)).isEqualTo(40);
    }

    @Test
    void sleepUntil_usesOneTimerOfTheTask_andFreesIt() {
        int task = tasks.alloc();
        assertThat(timers.sleepUntil(task, 10)).isTrue();
        assertThat(timers.sleepUntil(task, 30)).isTrue();
        assertThat(table.size()).isEqualTo(1);
        loop.run();
        assertThat(log).hasToString("30:sleep:" + task + " ");
        assertThat(table.size()).isZero();
        assertThat(timers.isSleeping(task)).isFalse();
        assertThat(timers.sleepUntil(task, 40)).isTrue();
        timers.cancelSleep(task);
        timers.cancelSleep(task);
        assertThat(table.size()).isZero();
        tasks.free(task);
    }

    @Test
    void alloc_isNull_atTheLimit() {
        timers.alloc(HrTimers.REAL, 1);
        timers.alloc(HrTimers.REAL, 1);
        assertThat(timers.alloc(HrTimers.REAL, 1)).isEqualTo(Table.NULL);
        assertThat(timers.sleepUntil(tasks.alloc(), 10)).isFalse();
    }

    private void note(String what, int target) {
        log.append(clock.now())
                .append(':')
                .append(what)
                .append(':')
                .append(target)
                .append(' ');
    }
}
