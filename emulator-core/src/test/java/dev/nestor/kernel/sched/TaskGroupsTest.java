package dev.nestor.kernel.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.event.Random;
import dev.nestor.machine.Topology;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What was measured on Linux 6.18: shared/linux/sched/summary.json, h_shares_1024_3072 and h_groups. */
class TaskGroupsTest {
    private static void run(SmallScheduler machine, long ms) {
        machine.loop.runUntil(machine.clock.now() + ms * SmallScheduler.MS);
    }

    private static double share(SmallScheduler machine, long ms, int... tasks) {
        long sum = 0;
        for (int task : tasks) {
            sum += machine.runtime(task);
        }
        return 100.0 * sum / (ms * 1e6);
    }

    @Test
    void sharesOf1024And3072_areAQuarterAndThreeQuarters() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        TaskGroups groups = machine.scheduler.groups();
        int a = groups.create(groups.root());
        int b = groups.create(groups.root());
        groups.setShares(b, 3072);
        int[] tasks = {machine.hog(0), machine.hog(0), machine.hog(0), machine.hog(0)};
        groups.move(tasks[0], a);
        groups.move(tasks[1], a);
        groups.move(tasks[2], b);
        groups.move(tasks[3], b);

        run(machine, 5000);

        assertThat(share(machine, 5000, tasks[0])).isCloseTo(12.49, Offset.offset(0.5));
        assertThat(share(machine, 5000, tasks[1])).isCloseTo(12.48, Offset.offset(0.5));
        assertThat(share(machine, 5000, tasks[2], tasks[3])).isCloseTo(75, Offset.offset(0.5));
        machine.scheduler.check();
    }

    @Test
    void groupOfOne_weighsAsMuchAsAGroupOfThree() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        TaskGroups groups = machine.scheduler.groups();
        int a = groups.create(groups.root());
        int b = groups.create(groups.root());
        int alone = machine.hog(0);
        int[] others = {machine.hog(0), machine.hog(0), machine.hog(0)};
        groups.move(alone, a);
        for (int other : others) {
            groups.move(other, b);
        }

        run(machine, 3000);

        assertThat(share(machine, 3000, alone)).isCloseTo(50, Offset.offset(0.5));
    }

    /** A group's weight is divided among its CPUs by the load there. */
    @Test
    void groupOnTwoCpus_hasHalfItsWeightOnEach() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(2));
        TaskGroups groups = machine.scheduler.groups();
        int group = groups.create(groups.root());
        int outside = machine.hog(0);
        groups.move(machine.hog(0), group);
        groups.move(machine.hog(1), group);

        run(machine, 3000);

        assertThat(share(machine, 3000, outside)).isCloseTo(200.0 / 3, Offset.offset(2.0));
    }

    @Test
    void idleGroup_runsWhenNobodyElseWants() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        TaskGroups groups = machine.scheduler.groups();
        int idle = groups.create(groups.root());
        groups.setIdle(idle, true);
        machine.hog(0);
        int inside = machine.hog(0);
        groups.move(inside, idle);

        run(machine, 5000);

        assertThat(share(machine, 5000, inside)).isBetween(0.1, 0.5);
        machine.scheduler.check();
    }

    /** 20 ms in 100: shared/linux/sched/summary.json, h_quota_20_100; 20.45 to 20.85 % there, overruns to the tick included. */
    @Test
    void quota_isKept_upToTheTick() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(1));
        TaskGroups groups = machine.scheduler.groups();
        int group = groups.create(groups.root());
        groups.setBandwidth(group, 20_000, 100_000, 0);
        int hog = machine.hog(0);
        groups.move(hog, group);

        run(machine, 3000);

        assertThat(share(machine, 3000, hog)).isBetween(19.8, 21.0);
        assertThat(groups.nrThrottled(group)).isBetween(27L, 31L);
        machine.scheduler.check();
    }

    /** A quota of one CPU and a half for three CPUs' worth of work. */
    @Test
    void quota_isSharedByCpus() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(4));
        TaskGroups groups = machine.scheduler.groups();
        int group = groups.create(groups.root());
        int inner = groups.create(group);
        groups.setBandwidth(group, 150_000, 100_000, 0);
        int[] hogs = {machine.hog(0), machine.hog(1), machine.hog(2)};
        for (int hog : hogs) {
            groups.move(hog, inner);
        }

        run(machine, 3000);

        assertThat(share(machine, 3000, hogs)).isBetween(145.0, 158.0);
        groups.setBandwidth(group, CfsBandwidth.RUNTIME_INF, 100_000, 0);
        run(machine, 1000);
        assertThat(share(machine, 1000, hogs)).isGreaterThan(3 * 145 + 290);
        machine.scheduler.check();
    }

    /** Whatever is moved, changed and slept: every queue counts what is on it and below it. */
    @Test
    void counters_agree_overRandomOperations() {
        long seed = Long.getLong("seed", 20_261_123);
        System.out.println("TaskGroupsTest seed " + seed);
        Random random = new Random(seed);
        SmallScheduler machine = new SmallScheduler(Topology.plain(3));
        TaskGroups groups = machine.scheduler.groups();
        int[] all = new int[12];
        all[0] = groups.root();
        for (int i = 1; i < all.length; i++) {
            all[i] = groups.create(all[random.nextInt(i)]);
        }
        int[] tasks = new int[30];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = random.nextInt(4) == 0
                    ? machine.hog()
                    : machine.periodic(
                            (1 + random.nextInt(5)) * SmallScheduler.MS, (6 + random.nextInt(30)) * SmallScheduler.MS);
        }
        for (int i = 0; i < 3000; i++) {
            run(machine, 1 + random.nextInt(8));
            int group = all[1 + random.nextInt(all.length - 1)];
            switch (random.nextInt(6)) {
                case 0 -> groups.setShares(group, 2 + random.nextInt(5000));
                case 1 -> groups.setIdle(group, random.nextInt(2) == 0);
                case 2 ->
                    groups.setBandwidth(
                            group,
                            random.nextInt(4) == 0 ? CfsBandwidth.RUNTIME_INF : 1000 + random.nextInt(60_000),
                            10_000 + random.nextInt(90_000),
                            0);
                case 3 -> machine.sched.setNice(tasks[random.nextInt(tasks.length)], random.nextInt(40) - 20);
                default -> groups.move(tasks[random.nextInt(tasks.length)], all[random.nextInt(all.length)]);
            }
            machine.scheduler.check();
        }
    }

    @Test
    void destroyedGroup_isGone_onceItsDeadTasksAre() {
        SmallScheduler machine = new SmallScheduler(Topology.plain(2));
        TaskGroups groups = machine.scheduler.groups();
        int before = groups.table().size();
        machine.hog();
        int outer = groups.create(groups.root());
        int inner = groups.create(outer);
        groups.move(machine.mortal(5 * SmallScheduler.MS), inner);
        groups.destroy(inner);
        groups.destroy(outer);
        assertThat(groups.table().size()).isEqualTo(before + 2);

        run(machine, 100);

        assertThat(groups.table().size()).isEqualTo(before);
    }
}
