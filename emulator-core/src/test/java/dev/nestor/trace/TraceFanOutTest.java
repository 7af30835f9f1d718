package dev.nestor.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TraceFanOutTest {
    private final StringBuilder heard = new StringBuilder();

    @Test
    void of_isTheCheapestThatTellsAll() {
        Tracepoints one = new Tracepoints() {};
        assertThat(TraceFanOut.of()).isSameAs(Tracepoints.NONE);
        assertThat(TraceFanOut.of(one)).isSameAs(one);
    }

    @Test
    void listeners_hearEverything_inOrder() {
        Tracepoints both = TraceFanOut.of(listener("a"), listener("b"));
        both.schedSwitch(1, 0, 1, 0, 2);
        both.schedWaking(1, 0, 1);
        both.schedWakeup(1, 0, 1, 1);
        both.schedWakeupNew(1, 0, 1, 1);
        both.schedMigrateTask(1, 1, 0, 1);
        both.schedProcessFork(1, 1, 2);
        both.schedProcessExit(1, 2);
        both.sysEnter(1, 0, 1, 39);
        both.sysExit(1, 0, 1, 39, 7, 252);
        assertThat(heard)
                .hasToString("a:switch b:switch a:waking b:waking a:wakeup b:wakeup a:new b:new a:migrate b:migrate "
                        + "a:fork b:fork a:exit b:exit a:enter b:enter a:252 b:252 ");
    }

    private Tracepoints listener(String name) {
        return new Tracepoints() {
            @Override
            public void schedSwitch(long now, int cpu, int prevTask, int prevState, int nextTask) {
                hear("switch");
            }

            @Override
            public void schedWaking(long now, int cpu, int task) {
                hear("waking");
            }

            @Override
            public void schedWakeup(long now, int cpu, int task, int targetCpu) {
                hear("wakeup");
            }

            @Override
            public void schedWakeupNew(long now, int cpu, int task, int targetCpu) {
                hear("new");
            }

            @Override
            public void schedMigrateTask(long now, int task, int fromCpu, int toCpu) {
                hear("migrate");
            }

            @Override
            public void schedProcessFork(long now, int parent, int child) {
                hear("fork");
            }

            @Override
            public void schedProcessExit(long now, int task) {
                hear("exit");
            }

            @Override
            public void sysEnter(long now, int cpu, int task, int nr) {
                hear("enter");
            }

            @Override
            public void sysExit(long now, int cpu, int task, int nr, long result, long cycles) {
                hear(Long.toString(cycles));
            }

            private void hear(String what) {
                heard.append(name).append(':').append(what).append(' ');
            }
        };
    }
}
