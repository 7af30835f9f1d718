package dev.nestor.kernel.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.event.Random;
import dev.nestor.machine.Topology;
import dev.nestor.table.Table;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EevdfTest {
    private final SmallScheduler machine = new SmallScheduler(Topology.plain(1));
    private final Eevdf eevdf = machine.scheduler.eevdf();
    private final SchedEntityTable ses = machine.scheduler.entities();
    private final CfsRqTable cfsRqs = machine.scheduler.cfsRqs();
    private final int cfsRq =
            machine.scheduler.rqs().cfs(machine.scheduler.rqs().cpuRq(0));
    private final List<Integer> entities = new ArrayList<>();

    @Test
    void pick_isTheEligibleEntityWithTheEarliestDeadline_overRandomOperations() {
        long seed = Long.getLong("seed", 20_260_101);
        System.out.println("EevdfTest seed " + seed);
        Random random = new Random(seed);
        addEntities(40, random);
        for (int i = 0; i < 60_000; i++) {
            machine.clock.advanceTo(machine.clock.now() + random.nextInt(3_000_000));
            eevdf.updateCurr(cfsRq);
            operate(entities.get(random.nextInt(entities.size())), random);
            check();
        }
    }

    @Test
    void deltaFair_isWhatTheKernelComputes() {
        assertThat(LoadWeight.deltaFair(1_000_000, LoadWeight.NICE_0_LOAD, 0)).isEqualTo(1_000_000);
        for (int prio = 100; prio < 140; prio++) {
            long weight = LoadWeight.weight(0, prio);
            long exact = 4_000_000L * 1024 * 1024 / weight;
            assertThat(LoadWeight.deltaFair(4_000_000, weight, LoadWeight.invWeight(0, prio)))
                    .isBetween(exact - exact / 1_000 - 1, exact + 1);
        }
        assertThat(LoadWeight.weight(5, 120)).isEqualTo(3 * 1024);
    }

    @Test
    void lag_isKeptOverANap_withinTwoSlices() {
        addEntities(2, new Random(1));
        int a = entities.get(0);
        int b = entities.get(1);
        eevdf.enqueue(cfsRq, a, 0);
        eevdf.enqueue(cfsRq, b, 0);
        eevdf.setNext(cfsRq, a);
        machine.clock.advanceTo(machine.clock.now() + 400 * SmallScheduler.MS);
        eevdf.updateCurr(cfsRq);
        eevdf.putPrev(cfsRq, a);
        assertThat(eevdf.isEligible(cfsRq, a)).isFalse();
        assertThat(eevdf.dequeue(cfsRq, a, SchedClass.DEQUEUE_SLEEP))
                .as("it owes, so it stays")
                .isFalse();
        assertThat(ses.schedDelayed(a)).isTrue();
        assertThat(eevdf.dequeue(cfsRq, a, SchedClass.DEQUEUE_SLEEP | SchedClass.DEQUEUE_DELAYED))
                .isTrue();
        long limit = LoadWeight.deltaFair(4_000_000, ses.weight(a), ses.invWeight(a));
        assertThat(ses.vlag(a)).isEqualTo(-limit);
    }

    /** The balancer moves delayed entities too; they sleep all the same. */
    @Test
    void delayedEntity_isStillDelayed_onTheQueueThatItIsMovedTo() {
        addEntities(2, new Random(1));
        int a = entities.get(0);
        eevdf.enqueue(cfsRq, a, 0);
        eevdf.enqueue(cfsRq, entities.get(1), 0);
        eevdf.setNext(cfsRq, a);
        machine.clock.advanceTo(machine.clock.now() + 400 * SmallScheduler.MS);
        eevdf.updateCurr(cfsRq);
        eevdf.putPrev(cfsRq, a);
        eevdf.dequeue(cfsRq, a, SchedClass.DEQUEUE_SLEEP);

        eevdf.dequeue(cfsRq, a, 0);
        eevdf.enqueue(cfsRq, a, SchedClass.ENQUEUE_MIGRATED);

        assertThat(ses.schedDelayed(a)).isTrue();
        assertThat(cfsRqs.nrQueued(cfsRq)).isEqualTo(2);
    }

    private void addEntities(int count, Random random) {
        int root = 0;
        for (int i = 0; i < count; i++) {
            int task = machine.tasks.alloc();
            if (root == 0) {
                root = task;
                machine.sched.init(task);
            } else {
                machine.sched.fork(root, task);
            }
            machine.sched.setNice(task, random.nextInt(40) - 20);
            entities.add(machine.tasks.se(task));
        }
    }

    private void operate(int se, Random random) {
        int curr = cfsRqs.curr(cfsRq);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (!ses.onRq(se)) {
                    eevdf.enqueue(cfsRq, se, random.nextInt(4) == 0 ? SchedClass.ENQUEUE_INITIAL : 0);
                } else if (ses.schedDelayed(se)) {
                    eevdf.requeueDelayed(cfsRq, se);
                }
            }
            case 2 -> {
                if (ses.onRq(se)) {
                    int sleep = random.nextInt(2);
                    int delayed = ses.schedDelayed(se) ? 3 : 0;
                    eevdf.dequeue(cfsRq, se, sleep | delayed);
                    if (se == curr) {
                        eevdf.putPrev(cfsRq, se);
                    }
                }
            }
            case 3 -> {
                if (curr != Table.NULL) {
                    eevdf.putPrev(cfsRq, curr);
                }
            }
            case 4 -> {
                if (curr == Table.NULL && cfsRqs.nrQueued(cfsRq) > 0) {
                    eevdf.setNext(cfsRq, eevdf.pick(cfsRq, true));
                } else if (curr != Table.NULL && random.nextInt(4) == 0) {
                    eevdf.forfeit(cfsRq, curr);
                }
            }
            default -> {
                int prio = 100 + random.nextInt(40);
                eevdf.reweight(cfsRq, se, LoadWeight.weight(0, prio), LoadWeight.invWeight(0, prio));
            }
        }
    }

    private void check() {
        BigInteger sum = BigInteger.ZERO;
        BigInteger load = BigInteger.ZERO;
        int queued = 0;
        for (int se : entities) {
            if (ses.onRq(se)) {
                BigInteger weight = BigInteger.valueOf(LoadWeight.scaleDown(ses.weight(se)));
                sum = sum.add(weight.multiply(BigInteger.valueOf(ses.vruntime(se))));
                load = load.add(weight);
                queued++;
            }
        }
        assertThat(cfsRqs.nrQueued(cfsRq)).isEqualTo(queued);
        if (queued == 0) {
            return;
        }
        BigInteger[] average = sum.divideAndRemainder(load);
        assertThat(eevdf.avgVruntime(cfsRq)).isEqualTo(average[0].longValueExact() - (average[1].signum() < 0 ? 1 : 0));
        int picked = eevdf.pick(cfsRq, false);
        assertThat(ses.onRq(picked)).isTrue();
        long earliest = Long.MAX_VALUE;
        for (int se : entities) {
            if (ses.onRq(se)) {
                boolean eligible =
                        load.multiply(BigInteger.valueOf(ses.vruntime(se))).compareTo(sum) <= 0;
                assertThat(eevdf.isEligible(cfsRq, se)).isEqualTo(eligible);
                if (eligible) {
                    earliest = Math.min(earliest, ses.deadline(se));
                }
            }
        }
        assertThat(ses.deadline(picked)).isEqualTo(queued == 1 ? ses.deadline(picked) : earliest);
        assertThat(queued == 1 || eevdf.isEligible(cfsRq, picked)).isTrue();
    }
}
