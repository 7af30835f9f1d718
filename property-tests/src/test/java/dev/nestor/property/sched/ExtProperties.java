package dev.nestor.property.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.kernel.sched.ExtExit;
import dev.nestor.kernel.sched.SchedConfig;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.kernel.sched.ext.Scx;
import dev.nestor.property.Reproduction;
import dev.nestor.property.Seeds;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Whatever a scheduler of one's own does, nobody is lost; and so it is with each preemption model. */
@AddLifecycleHook(Reproduction.class)
class ExtProperties {
    private static final long QUEUES = 3;
    private static final long BY_VTIME = 100;

    @Provide
    Arbitrary<SchedWorkload> mixed() {
        return SchedWorkloads.mixed(40, 300);
    }

    /** Does all that is allowed, at random, and every now and then nothing: tasks are kept, inserted anywhere, moved, kicked. */
    private static class Erratic implements SchedExtOps {
        private final Seeds random;
        private final IntArrayList kept = new IntArrayList();

        Erratic(long seed) {
            random = new Seeds(seed);
        }

        @Override
        public void init(Scx scx) {
            for (long dsq = 0; dsq < QUEUES; dsq++) {
                scx.createDsq(dsq);
            }
            scx.createDsq(BY_VTIME);
        }

        @Override
        public int selectCpu(Scx scx, int task, int prevCpu, long wakeFlags) {
            return switch (random.nextInt(3)) {
                case 0 -> random.nextInt(scx.nrCpus());
                case 1 -> SchedExtOps.super.selectCpu(scx, task, prevCpu, wakeFlags);
                default -> Math.max(prevCpu, scx.pickIdleCpu(task));
            };
        }

        @Override
        public void enqueue(Scx scx, int task, long enqFlags) {
            if (random.oneIn(3)) {
                kept.add(task);
            } else {
                insert(scx, task, scx.taskCpu(task), enqFlags);
            }
            scx.kickCpu(random.nextInt(scx.nrCpus()), random.nextInt(3));
        }

        @Override
        public void dequeue(Scx scx, int task, long deqFlags) {
            kept.rem(task);
        }

        private void insert(Scx scx, int task, int here, long enqFlags) {
            long slice = 100_000L * random.nextInt(300);
            int cpu = random.nextInt(scx.nrCpus());
            int way = random.nextInt(5);
            if (way == 0 && scx.isAllowed(task, cpu)) {
                scx.dsqInsert(task, Scx.DSQ_LOCAL_ON | cpu, slice, random.oneIn(2) ? Scx.ENQ_PREEMPT : 0);
            } else if (way == 1 && scx.isAllowed(task, here)) {
                scx.dsqInsert(task, Scx.DSQ_LOCAL, slice, enqFlags | Scx.ENQ_HEAD);
            } else if (way == 2) {
                scx.dsqInsert(task, Scx.DSQ_GLOBAL, slice, enqFlags);
            } else if (way == 3) {
                scx.dsqInsertVtime(task, BY_VTIME, slice, random.nextInt(10), enqFlags);
            } else {
                scx.dsqInsert(task, random.nextInt((int) QUEUES), slice, enqFlags);
            }
        }

        @Override
        public void dispatch(Scx scx, int cpu, int prev) {
            for (int i = kept.size(); i > 0; i--) {
                insert(scx, kept.removeInt(0), cpu, 0);
            }
            boolean hasMoved = scx.dsqMoveToLocal(BY_VTIME);
            for (long dsq = 0; dsq < QUEUES && !hasMoved; dsq++) {
                hasMoved = scx.dsqMoveToLocal(dsq);
            }
        }

        @Override
        public void tick(Scx scx, int task) {
            if (random.oneIn(4)) {
                scx.setSlice(task, 0);
            }
        }
    }

    @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
    void queues_loseNobody_underAnErraticScheduler(@ForAll("mixed") SchedWorkload workload) {
        SchedTrial trial = new SchedTrial(
                workload, SchedConfig.standard(), new Erratic(workload.seed()), new QueueCheck(), new Recount());
        trial.run();
        assertThat(trial.lab().scheduler().extExit()).isNull();
    }

    /** Stopped at a moment that the seed chooses, in a callback that it chooses. */
    private static final class Failing extends Erratic {
        private int left;

        Failing(long seed) {
            super(seed);
            left = new Seeds(seed).nextInt(500);
        }

        private void count() {
            if (left-- == 0) {
                throw new IllegalStateException("as the seed has it");
            }
        }

        @Override
        public int selectCpu(Scx scx, int task, int prevCpu, long wakeFlags) {
            int cpu = super.selectCpu(scx, task, prevCpu, wakeFlags);
            count();
            return cpu;
        }

        @Override
        public void enqueue(Scx scx, int task, long enqFlags) {
            super.enqueue(scx, task, enqFlags);
            count();
        }

        @Override
        public void dispatch(Scx scx, int cpu, int prev) {
            count();
            super.dispatch(scx, cpu, prev);
            count();
        }

        @Override
        public void running(Scx scx, int task) {
            count();
        }

        @Override
        public void stopping(Scx scx, int task, boolean isRunnable) {
            count();
        }

        @Override
        public void initTask(Scx scx, int task) {
            count();
        }

        @Override
        public void exitTask(Scx scx, int task) {
            count();
        }
    }

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
    void theFairClassGoesOn_whereverTheSchedulerFails(@ForAll("mixed") SchedWorkload workload) {
        SchedTrial trial = new SchedTrial(
                workload, SchedConfig.standard(), new Failing(workload.seed()), new QueueCheck(), new Recount());
        trial.run();
        ExtExit exit = trial.lab().scheduler().extExit();
        if (exit != null) {
            assertThat(exit.reason()).startsWith("throws java.lang.IllegalStateException: as the seed has it");
        }
    }

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
    void queues_countRight_whateverThePreemptionModel(@ForAll("mixed") SchedWorkload workload) {
        int model = (int) (workload.seed() & 3);
        SchedConfig config = new SchedConfig(250, 700_000, 500_000, model, false, false);
        String digest = new SchedTrial(workload, config, new Recount()).run();
        assertThat(new SchedTrial(workload, config).run()).isEqualTo(digest);
    }
}
