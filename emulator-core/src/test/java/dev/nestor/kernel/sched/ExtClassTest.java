package dev.nestor.kernel.sched;

import static dev.nestor.kernel.sched.SmallScheduler.MS;
import static dev.nestor.kernel.sched.SmallScheduler.US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.machine.Topology;
import dev.nestor.testsupport.Allocations;
import dev.nestor.trace.Tracepoints;
import dev.nestor.uapi.Sched;
import it.unimi.dsi.fastutil.ints.IntArrayFIFOQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Documentation/scheduler/sched-ext.rst says that a scheduler may expect. */
class ExtClassTest {
    private static final long SECOND = 1_000 * MS;
    private static final long SHARED = 0;

    private final SwitchLog log = new SwitchLog();

    private SmallScheduler machine(int cpus, SchedExtOps ops) {
        return new SmallScheduler(Topology.plain(cpus), log, ops);
    }

    private static void run(SmallScheduler machine, long cycles) {
        long until = machine.clock.now() + cycles;
        while (machine.clock.now() < until) {
            machine.loop.runUntil(Math.min(until, machine.clock.now() + 7 * MS));
            machine.scheduler.check();
        }
        assertThat(machine.scheduler.extExit()).isNull();
    }

    /** As scx_simple, in order of coming or by vtime. */
    static class Simple implements SchedExtOps {
        final boolean isByVtime;
        long vtimeNow;

        Simple(boolean isByVtime) {
            this.isByVtime = isByVtime;
        }

        @Override
        public void init(Scx scx) {
            scx.createDsq(SHARED);
        }

        @Override
        public void enable(Scx scx, int task) {
            scx.setVtime(task, vtimeNow);
        }

        @Override
        public void enqueue(Scx scx, int task, long enqFlags) {
            if (isByVtime) {
                long vtime = Math.max(scx.vtime(task), vtimeNow - Scx.SLICE_DFL);
                scx.dsqInsertVtime(task, SHARED, Scx.SLICE_DFL, vtime, enqFlags);
            } else {
                scx.dsqInsert(task, SHARED, Scx.SLICE_DFL, enqFlags);
            }
        }

        @Override
        public void dispatch(Scx scx, int cpu, int prev) {
            scx.dsqMoveToLocal(SHARED);
        }

        @Override
        public void running(Scx scx, int task) {
            vtimeNow = Math.max(vtimeNow, scx.vtime(task));
        }

        @Override
        public void stopping(Scx scx, int task, boolean isRunnable) {
            long used = Scx.SLICE_DFL - scx.slice(task);
            scx.setVtime(task, scx.vtime(task) + used * 100 / scx.weight(task));
        }
    }

    @Test
    void anEmptyClass_isAGlobalFifo_withSlicesOf20ms() {
        SmallScheduler one = machine(1, new SchedExtOps() {});
        int[] hogs = {one.hog(), one.hog(), one.hog()};
        run(one, 3 * SECOND);
        for (int hog : hogs) {
            assertThat(SwitchLog.median(log.slices(hog))).isBetween(19_900 * US, 20_100 * US);
            assertThat(one.runtime(hog) / 3e7).isCloseTo(33.3, within(0.7));
        }
    }

    @Test
    void fifo_sharesTwoCpusAmongThreeHogs() {
        SmallScheduler two = machine(2, new Simple(false));
        int[] hogs = {two.hog(), two.hog(), two.hog()};
        run(two, 3 * SECOND);
        for (int hog : hogs) {
            assertThat(two.runtime(hog) / 3e7).isCloseTo(66.6, within(1.0));
        }
        assertThat(two.cpus.idleCycles(0) + two.cpus.idleCycles(1)).isLessThan(2 * MS);
        assertThat(log.migrations()).isPositive();
    }

    @Test
    void vtime_honoursWeights() {
        SmallScheduler one = machine(1, new Simple(true));
        int[] nices = {0, 5, -5};
        int[] weights = {100, 33, 305};
        int[] hogs = new int[12];
        for (int i = 0; i < hogs.length; i++) {
            hogs[i] = one.hog();
            one.sched.setNice(hogs[i], nices[i % 3]);
        }
        run(one, 40 * SECOND);
        for (int i = 0; i < hogs.length; i++) {
            double share = 100.0 * weights[i % 3] / (4 * (100 + 33 + 305));
            assertThat(one.runtime(hogs[i]) / 4e8).isCloseTo(share, within(0.3));
        }
    }

    @Test
    void aTaskAlone_keepsItsCpu_withNewSlices() {
        SmallScheduler one = machine(1, new Simple(false));
        int hog = one.hog();
        run(one, SECOND);
        assertThat(one.runtime(hog)).isGreaterThan(999_000_000);
        assertThat(log.slices(hog)).isEmpty();
    }

    @Test
    void enqLast_tellsOfATaskBesideWhichNothingWaits() {
        List<Long> flags = new ArrayList<>();
        SmallScheduler one = machine(1, new Simple(false) {
            @Override
            public long flags() {
                return ENQ_LAST;
            }

            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                flags.add(enqFlags);
                scx.dsqInsert(task, Scx.DSQ_LOCAL, 0, 0);
                scx.setSlice(task, Scx.SLICE_DFL);
                scx.kickCpu(scx.taskCpu(task), 0);
            }

            @Override
            public int selectCpu(Scx scx, int task, int prevCpu, long wakeFlags) {
                return prevCpu;
            }
        });
        int hog = one.hog();
        run(one, SECOND);
        assertThat(flags.size()).isBetween(40, 51);
        assertThat(flags.subList(1, flags.size())).containsOnly(Scx.ENQ_LAST);
        assertThat(one.runtime(hog)).isGreaterThan(990_000_000);
    }

    @Test
    void realTimeTasks_goBefore_andWhatIsLeftOfTheSliceIsKept() {
        SmallScheduler one = machine(1, new Simple(false));
        int hog = one.hog();
        int other = one.hog();
        int rt = one.periodic(1 * MS, 10 * MS);
        one.setPolicy(rt, Sched.SCHED_FIFO, 50);
        run(one, 3 * SECOND);
        assertThat(SwitchLog.median(log.latencies(rt))).isLessThan(20 * US);
        assertThat(one.runtime(rt) / 3e7).isCloseTo(10, within(0.5));
        assertThat((one.runtime(hog) - one.runtime(other)) / 3e7).isCloseTo(0, within(1.0));
    }

    @Test
    void aTaskThatLeavesTheClassAndComesBack_isDisabledAndEnabled() {
        List<String> seen = new ArrayList<>();
        SmallScheduler one = machine(1, new Simple(false) {
            @Override
            public void initTask(Scx scx, int task) {
                seen.add("init");
            }

            @Override
            public void enable(Scx scx, int task) {
                seen.add("enable");
            }

            @Override
            public void disable(Scx scx, int task) {
                seen.add("disable");
            }

            @Override
            public void exitTask(Scx scx, int task) {
                seen.add("exit");
            }
        });
        int task = one.mortal(10 * MS);
        run(one, MS);
        one.setPolicy(task, Sched.SCHED_FIFO, 1);
        run(one, MS);
        one.setPolicy(task, Sched.SCHED_NORMAL, 0);
        run(one, SECOND);
        assertThat(seen).containsExactly("init", "enable", "disable", "enable", "disable", "exit");
    }

    /** Keeps tasks in a queue of its own, as scx_qmap does. */
    static class Kept implements SchedExtOps {
        final IntArrayFIFOQueue tasks = new IntArrayFIFOQueue();
        int dequeued;

        @Override
        public void enqueue(Scx scx, int task, long enqFlags) {
            tasks.enqueue(task);
        }

        @Override
        public void dequeue(Scx scx, int task, long deqFlags) {
            dequeued++;
        }

        @Override
        public void dispatch(Scx scx, int cpu, int prev) {
            for (int i = tasks.size(); i > 0; i--) {
                int task = tasks.dequeueInt();
                if (scx.isAllowed(task, cpu)) {
                    scx.dsqInsert(task, Scx.DSQ_LOCAL, 5_000_000, 0);
                    return;
                }
                tasks.enqueue(task);
            }
        }
    }

    @Test
    void aSchedulerThatKeepsTasks_runsThem_andMayInsertOneThatWasTakenBack() {
        Kept ops = new Kept();
        SmallScheduler two = machine(2, ops);
        int[] hogs = new int[6];
        for (int i = 0; i < hogs.length; i++) {
            hogs[i] = two.hog();
        }
        run(two, SECOND / 2);
        for (int i = 0; i < 20; i++) {
            two.setPolicy(hogs[i % 6], i % 2 == 0 ? Sched.SCHED_BATCH : Sched.SCHED_NORMAL, 0);
            run(two, 3 * MS);
        }
        run(two, SECOND);
        assertThat(ops.dequeued).isPositive();
        long least = Long.MAX_VALUE;
        for (int hog : hogs) {
            least = Math.min(least, two.runtime(hog));
        }
        assertThat(least).isGreaterThan(400_000_000);
    }

    @Test
    void localOn_sendsATaskToAnotherCpu_andPreemptsThere() {
        SmallScheduler two = machine(2, new SchedExtOps() {
            @Override
            public int selectCpu(Scx scx, int task, int prevCpu, long wakeFlags) {
                return prevCpu;
            }

            @Override
            public void enqueue(Scx scx, int task, long enqFlags) {
                boolean isHog = scx.comm(task).isEmpty() && scx.scratch(task) == 0;
                long flags = isHog ? 0 : Scx.ENQ_PREEMPT;
                scx.dsqInsert(task, Scx.DSQ_LOCAL_ON | 1, Scx.SLICE_DFL, flags);
            }
        });
        int hog = two.hog();
        int periodic = two.periodic(1 * MS, 10 * MS);
        run(two, MS);
        ScxEntityTable scxs = two.scheduler.scx().scxs();
        scxs.setScratch(two.scheduler.entities().scx(two.se(periodic)), 1);
        run(two, SECOND);
        assertThat(two.tasks.cpu(hog)).isEqualTo(1);
        assertThat(two.tasks.cpu(periodic)).isEqualTo(1);
        assertThat(two.cpus.busyCycles(0)).isLessThan(2 * MS);
        assertThat(log.latencies(periodic).size()).isGreaterThan(95);
        assertThat(SwitchLog.median(log.latencies(periodic))).isLessThan(40 * US);
    }

    @Test
    void affinity_isHonoured() {
        SmallScheduler four = machine(4, new Simple(true));
        int[] hogs = {four.hog(0), four.hog(0), four.hog(1, 2), four.hog(3), four.hog()};
        run(four, SECOND);
        four.sched.setCpusAllowed(hogs[4], new long[] {4});
        four.sched.setCpusAllowed(hogs[2], new long[] {1});
        run(four, 2 * SECOND);
        assertThat(four.tasks.cpu(hogs[4])).isEqualTo(2);
        assertThat(four.tasks.cpu(hogs[2])).isZero();
        assertThat(four.runtime(hogs[3])).isGreaterThan(2_400_000_000L);
    }

    @Test
    void manyTasks_areNeverLost_andTheRunIsTheSameTwice() {
        long[] digests = new long[2];
        for (int i = 0; i < 2; i++) {
            SmallScheduler machine = new SmallScheduler(Topology.of(1, 2, 2, 2), log, new Simple(true));
            for (int k = 0; k < 60; k++) {
                int task = machine.periodic((k % 5 + 1) * 90L * US, (k % 3 + 1) * MS);
                machine.sched.setNice(task, k % 11 - 5);
            }
            machine.hog();
            machine.yielder(10 * US);
            machine.mortal(30 * MS);
            machine.pingPong(0, 5);
            run(machine, SECOND / 4);
            digests[i] = machine.digest();
        }
        assertThat(digests[0]).isEqualTo(digests[1]);
    }

    @Test
    void theClass_allocatesNothing() {
        for (boolean isByVtime : new boolean[] {false, true}) {
            SmallScheduler machine =
                    new SmallScheduler(Topology.of(1, 2, 2, 2), Tracepoints.NONE, new Simple(isByVtime));
            for (int k = 0; k < 60; k++) {
                machine.periodic((k % 5 + 1) * 90L * US, (k % 3 + 1) * MS);
            }
            machine.hog();
            machine.yielder(10 * US);
            machine.pingPong(0, 5);
            machine.loop.runEvents(200_000);
            assertThat(Allocations.leastOf(() -> machine.loop.runEvents(200_000)))
                    .isZero();
        }
    }
}
