package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.machine.Topology;
import dev.nestor.trace.Tracepoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A scheduler that does what it may not is stopped and named, and the fair class goes on. */
class ExtStopTest {
    private static final long SECOND = 1_000 * MS;
    private static final long SHARED = 7;

    private int[] hogs = new int[0];

    /** Runs three hogs for five seconds, checks that they share two CPUs, and tells why the scheduler was stopped. */
    private ExtExit stopped(SchedExtOps ops) {
        SmallScheduler two = new SmallScheduler(Topology.plain(2), Tracepoints.NONE, ops);
        hogs = new int[] {two.hog(), two.hog(), two.hog(1)};
        int periodic = two.periodic(MS, 10 * MS);
        two.loop.runUntil(40 * SECOND);
        two.scheduler.check();
        assertThat(two.scheduler.extExit()).isNotNull();
        long[] before = new long[3];
        for (int i = 0; i < 3; i++) {
            before[i] = two.runtime(hogs[i]);
        }
        two.loop.runUntil(50 * SECOND);
        two.scheduler.check();
        for (int i = 0; i < 3; i++) {
            assertThat((two.runtime(hogs[i]) - before[i]) / 1e8).isCloseTo(63, within(15.0));
            assertThat(two.scheduler.entities().schedClass(two.se(hogs[i]))).isEqualTo(SchedClass.FAIR);
        }
        assertThat(two.runtime(periodic)).isPositive();
        assertThat(two.scheduler.scx().scxs().size()).isZero();
        return Objects.requireNonNull(two.scheduler.extExit());
    }

    private String nameOfHog(int index) {
        return "[" + (hogs[index] & 0xff) + "]";
    }

    @Test
    void throwing() {
        ExtExit exit = stopped(new SchedExtOps() {
            private int seen;

            @Override
            public String name() {
                return "thrower";
            }

            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                if (++seen == 10) {
                    throw new IllegalStateException("no idea");
                }
                scx.dsqInsert(task, Scx.DSQ_GLOBAL, 0, enqFlags);
            }
        });
        assertThat(exit.message())
                .startsWith("the scheduler thrower (" + ExtStopTest.class.getName())
                .contains("was stopped after ", " ms: enqueue([", "]): throws java.lang.IllegalStateException: no idea")
                .contains("at ExtStopTest.java:");
    }

    @Test
    void recursingForEver() {
        ExtExit exit = stopped(new SchedExtOps() {
            @Override
            public void tick(Scx scx, int task) {
                if (scx.now() > 0) {
                    tick(scx, task);
                }
            }
        });
        assertThat(exit.callback()).startsWith("tick(");
        assertThat(exit.reason()).contains("StackOverflowError");
    }

    @Test
    void callingTheKernelForEver() {
        ExtExit exit = stopped(new Keeper() {
            @Override
            public void dispatch(Scx scx, int cpu, int prev) {
                while (scx.dsqNrQueued(Scx.DSQ_GLOBAL) == 0) {
                    scx.kickCpu(0, 0);
                }
            }
        });
        assertThat(exit.callback()).startsWith("dispatch(CPU ");
        assertThat(exit.reason()).contains("does not return");
    }

    /** One that swallows what the kernel throws is stopped none the less. */
    @Test
    void insertingTwiceInEnqueue() {
        ExtExit exit = stopped(new SchedExtOps() {
            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                scx.dsqInsert(task, Scx.DSQ_GLOBAL, 0, enqFlags);
                try {
                    scx.dsqInsert(task, Scx.DSQ_LOCAL, 0, enqFlags);
                } catch (Throwable e) {
                    assertThat(e).isNotNull();
                }
            }
        });
        assertThat(exit.callback()).startsWith("enqueue([");
        assertThat(exit.reason()).contains("] already direct-dispatched");
    }

    private static class Keeper implements SchedExtOps {
        final List<Integer> tasks = new ArrayList<>();

        @Override
        public int selectCpu(Scx scx, int task, int prevCpu, long wakeFlags) {
            scx.kickCpu(1 - prevCpu, Scx.KICK_IDLE);
            return prevCpu;
        }

        @Override
        public void enqueue(Scx scx, int task, long enqFlags) {
            tasks.add(task);
        }

        @Override
        public void init(Scx scx) {
            scx.createDsq(SHARED);
        }
    }

    @Test
    void dispatchingTwice() {
        ExtExit exit = stopped(new Keeper() {
            @Override
            public void dispatch(Scx scx, int cpu, int prev) {
                if (!tasks.isEmpty()) {
                    int task = tasks.removeFirst();
                    scx.dsqInsert(task, SHARED, 0, 0);
                    scx.dsqInsert(task, SHARED, 0, 0);
                }
            }
        });
        assertThat(exit.callback()).startsWith("dispatch(CPU ");
        assertThat(exit.reason()).endsWith("dispatched twice: it is in a dispatch queue already");
    }

    @Test
    void dispatchingWhatRunsAlready() {
        ExtExit exit = stopped(new Keeper() {
            @Override
            public void dispatch(Scx scx, int cpu, int prev) {
                for (int task : List.copyOf(tasks)) {
                    if (scx.isAllowed(task, cpu)) {
                        scx.dsqInsert(task, Scx.DSQ_LOCAL, 0, 0);
                    }
                }
            }
        });
        assertThat(exit.reason()).containsPattern("dispatched twice: it (runs|is in)");
    }

    @Test
    void dispatchingToACpuThatTheTaskMayNotUse() {
        ExtExit exit = stopped(new Keeper() {
            @Override
            public void dispatch(Scx scx, int cpu, int prev) {
                while (!tasks.isEmpty()) {
                    scx.dsqInsert(tasks.removeFirst(), Scx.DSQ_LOCAL_ON, 0, 0);
                }
            }
        });
        assertThat(exit.callback()).startsWith("dispatch(CPU ");
        assertThat(exit.reason()).startsWith("SCX_DSQ_LOCAL[_ON] target CPU 0 not allowed for " + nameOfHog(2));
    }

    @Test
    void enqueueingToACpuThatTheTaskMayNotUse() {
        ExtExit exit = stopped(new Keeper() {
            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                scx.dsqInsert(task, Scx.DSQ_LOCAL_ON, 0, 0);
            }
        });
        assertThat(exit.callback()).isEqualTo("enqueue(" + nameOfHog(2) + ")");
        assertThat(exit.reason()).startsWith("SCX_DSQ_LOCAL[_ON] target CPU 0 not allowed for " + nameOfHog(2));
    }

    @Test
    void unknownQueue() {
        ExtExit exit = stopped(new SchedExtOps() {
            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                scx.dsqInsert(task, 12345, 0, enqFlags);
            }
        });
        assertThat(exit.callback()).startsWith("enqueue([");
        assertThat(exit.reason()).startsWith("non-existent DSQ 12345 for [");
        assertThat(stopped(new Keeper() {
                            @Override
                            public void dispatch(Scx scx, int cpu, int prev) {
                                scx.dsqMoveToLocal(99);
                            }
                        })
                        .reason())
                .isEqualTo("non-existent DSQ 99");
    }

    @Test
    void twoOrdersInOneQueue() {
        ExtExit exit = stopped(new Keeper() {
            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                if (scx.dsqNrQueued(SHARED) % 2 == 1) {
                    scx.dsqInsertVtime(task, SHARED, 0, 0, enqFlags);
                } else {
                    scx.dsqInsert(task, SHARED, 0, enqFlags);
                }
            }
        });
        assertThat(exit.reason()).isEqualTo("DSQ 7 already had FIFO-enqueued tasks");
        assertThat(stopped(new SchedExtOps() {
                            @Override
                            public void enqueue(Scx scx, int task, long enqFlags) {
                                scx.dsqInsertVtime(task, Scx.DSQ_GLOBAL, 0, 0, enqFlags);
                            }
                        })
                        .reason())
                .isEqualTo("cannot use vtime ordering for built-in DSQs");
    }

    @Test
    void aTaskThatIsNone_andACpuThatIsNone() {
        assertThat(stopped(new SchedExtOps() {
                            @Override
                            public void running(Scx scx, int task) {
                                scx.weight(task + 1_000);
                            }
                        })
                        .message())
                .contains("running([", "there is no task ");
        assertThat(stopped(new SchedExtOps() {
                            @Override
                            public int selectCpu(Scx scx, int task, int prevCpu, long wakeFlags) {
                                return 2;
                            }
                        })
                        .reason())
                .contains("answers CPU 2, which there is not");
    }

    @Test
    void insertingWhereItMakesNoSense() {
        assertThat(stopped(new SchedExtOps() {
                            @Override
                            public void running(Scx scx, int task) {
                                scx.dsqInsert(task, Scx.DSQ_GLOBAL, 0, 0);
                            }
                        })
                        .message())
                .contains("running([", "dsqInsert is for selectCpu, enqueue and dispatch");
    }

    @Test
    void wrongFromTheStart() {
        assertThat(stopped(new SchedExtOps() {
                            @Override
                            public int timeoutMs() {
                                return 30_001;
                            }
                        })
                        .message())
                .endsWith(" was stopped after 0 ms: init(): timeoutMs() is 30001, not 1 to 30000");
    }

    @Test
    void givingUp_isToldToExit() {
        List<String> told = new ArrayList<>();
        ExtExit exit = stopped(new SchedExtOps() {
            @Override
            public void tick(Scx scx, int task) {
                throw scx.error("enough");
            }

            @Override
            public void exit(Scx scx, String reason) {
                told.add(reason);
                throw new IllegalStateException("once more");
            }
        });
        assertThat(exit.reason()).isEqualTo("gives up: enough");
        assertThat(told).containsExactly("gives up: enough");
    }

    /** As the kernel: looked at every 15 s, so found out between 30 and 45 s after. */
    @Test
    void losingATask_isNoticedByTheWatchdog_withItsName() {
        SchedExtOps ops = new Keeper() {
            private boolean hasLost;

            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                if (!hasLost && scx.now() > 1_000_000_000) {
                    hasLost = true;
                    tasks.add(task);
                } else {
                    scx.dsqInsert(task, Scx.DSQ_GLOBAL, 0, enqFlags);
                }
            }
        };
        SmallScheduler one = new SmallScheduler(Topology.plain(1), Tracepoints.NONE, ops);
        int[] two = {one.hog(), one.hog()};
        one.loop.runUntil(30 * SECOND);
        assertThat(one.scheduler.extExit()).isNull();
        one.loop.runUntil(50 * SECOND);
        ExtExit exit = Objects.requireNonNull(one.scheduler.extExit());
        assertThat(exit.timeNs()).isBetween(31_000_000_000L, 46_500_000_000L);
        assertThat(exit.reason()).matches("\\[[12]] failed to run for (3\\d|4[0-5])\\.\\d{3}s");
        int lost = one.runtime(two[0]) < one.runtime(two[1]) ? 0 : 1;
        assertThat(exit.reason()).startsWith("[" + (lost + 1) + "]");
        assertThat(one.runtime(two[lost])).isGreaterThan(1_500_000_000L);
        one.scheduler.check();
    }

    @Test
    void losingEveryTask_isNoHang() {
        SmallScheduler one = new SmallScheduler(Topology.plain(1), Tracepoints.NONE, new Keeper() {
            @Override
            public int timeoutMs() {
                return 1_000;
            }
        });
        int lost = one.mortal(MS);
        one.loop.run();
        ExtExit exit = Objects.requireNonNull(one.scheduler.extExit());
        assertThat(exit.reason()).isEqualTo("[1] failed to run for 1.500s");
        assertThat(exit.callback()).isEmpty();
        assertThat(one.tasks.isLive(lost)).isFalse();
    }
}
