package dev.nestor.property.sched;

import dev.nestor.property.RandomSeeds;
import dev.nestor.property.Seeds;
import dev.nestor.property.sched.Actor.Kind;
import dev.nestor.property.sched.Actor.Policy;
import dev.nestor.uapi.Sched;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.ShrinkingDistance;

/** Makes workloads: random machines of 1 to 64 CPUs, random tasks, random changes to them. */
public final class SchedWorkloads {
    private static final int FAIR_ONLY = 0;
    private static final int ALL_CLASSES = 1;
    private static final int US_PER_MS = 1_000;
    private static final Change.Kind[] CHANGES = Change.Kind.values();

    private final Seeds random;
    private final int classes;
    private int leastSliceUs = 100;

    private SchedWorkloads(Seeds random, int classes) {
        this.random = random;
        this.classes = classes;
    }

    /** Tasks of SCHED_NORMAL, SCHED_BATCH and SCHED_IDLE. */
    public static Arbitrary<SchedWorkload> fair(int actors, long ms) {
        return arbitrary(actors, ms, FAIR_ONLY);
    }

    /** Tasks of all policies. */
    public static Arbitrary<SchedWorkload> mixed(int actors, long ms) {
        return arbitrary(actors, ms, ALL_CLASSES);
    }

    private static Arbitrary<SchedWorkload> arbitrary(int actors, long ms, int classes) {
        return Arbitraries.fromGenerator(
                (Random ignored) -> new ShrinkableWorkload(of(RandomSeeds.next(), actors, ms, classes)));
    }

    /** Fair tasks that compute for ever, each on one CPU, from the beginning; if they ask for a slice, for no less than that. */
    public static Arbitrary<SchedWorkload> hogs(int actors, long ms, int leastSliceUs) {
        return Arbitraries.fromGenerator(
                (Random ignored) -> new ShrinkableWorkload(hogs(RandomSeeds.next(), actors, ms, leastSliceUs)));
    }

    private static SchedWorkload hogs(long seed, int most, long ms, int leastSliceUs) {
        Seeds random = new Seeds(seed);
        SchedWorkloads workloads = new SchedWorkloads(random, FAIR_ONLY);
        workloads.leastSliceUs = leastSliceUs;
        Shape shape = new Shape(1, 1, 1 + random.nextInt(3), 1);
        List<Actor> actors = new ArrayList<>();
        for (int i = 1 + random.nextInt(most); i >= 0; i--) {
            actors.add(Actor.hog(workloads.policy(Kind.HOG), 1L << random.nextInt(shape.cpus())));
        }
        return new SchedWorkload(seed, shape, actors, List.of(), ms);
    }

    /** Deadline tasks that compute for ever, as many as are admitted, among tasks of other classes. */
    public static Arbitrary<SchedWorkload> deadlines(int actors, long ms) {
        return Arbitraries.fromGenerator(
                (Random ignored) -> new ShrinkableWorkload(deadlines(RandomSeeds.next(), actors, ms)));
    }

    private static SchedWorkload deadlines(long seed, int most, long ms) {
        Seeds random = new Seeds(seed);
        Shape shape = new Shape(1, 1, 1 + random.nextInt(5), 1);
        SchedWorkloads workloads = new SchedWorkloads(random, FAIR_ONLY);
        List<Actor> actors = new ArrayList<>();
        for (int i = 1 + random.nextInt(most); i >= 0; i--) {
            long period = 4_000L + random.nextInt(60_000);
            long runtime = 200L + random.nextInt((int) (period / (1 + random.nextInt(6))) - 200);
            actors.add(Actor.hog(Policy.deadline(runtime, period), shape.all()));
            Actor other = workloads.actor(shape);
            boolean isRealTime = random.oneIn(3) && other.kind() != Kind.YIELDER;
            Policy realTime = new Policy(Sched.SCHED_FIFO, 0, 1 + random.nextInt(50), 0, 0);
            actors.add(new Actor(
                    other.kind(),
                    other.runUs(),
                    other.periodUs(),
                    isRealTime ? realTime : other.policy(),
                    other.cpus()));
        }
        return new SchedWorkload(seed, shape, actors, List.of(), ms);
    }

    private static SchedWorkload of(long seed, int most, long ms, int classes) {
        Seeds random = new Seeds(seed);
        SchedWorkloads workloads = new SchedWorkloads(random, classes);
        Shape shape = shape(random);
        List<Actor> actors = new ArrayList<>();
        int count = 1 + random.nextInt(most);
        for (int i = 0; i < count; i++) {
            actors.add(workloads.actor(shape));
        }
        List<Change> changes = new ArrayList<>();
        for (int i = random.nextInt(count); i > 0; i--) {
            changes.add(workloads.change(shape, count, ms * US_PER_MS));
        }
        changes.sort(Comparator.comparingLong(Change::atUs));
        return new SchedWorkload(seed, shape, actors, changes, ms);
    }

    /** Any, but small ones often: there tasks meet. */
    static Shape shape(Seeds random) {
        int most = 1 << random.nextInt(7);
        while (true) {
            int threads = random.oneIn(3) ? 2 : 1;
            Shape shape = new Shape(1 + random.nextInt(4), 1 + random.nextInt(3), 1 + random.nextInt(most), threads);
            if (shape.cpus() <= most) {
                return shape;
            }
        }
    }

    private Actor actor(Shape shape) {
        Kind kind = kind();
        long run = runUs();
        long period = run + 200 + random.nextInt(20_000);
        return new Actor(kind, run, period, policy(kind), cpus(shape));
    }

    private Kind kind() {
        int choice = random.nextInt(20);
        if (choice < 6) {
            return Kind.HOG;
        }
        if (choice < 11) {
            return Kind.PERIODIC;
        }
        if (choice < 15) {
            return Kind.SPORADIC;
        }
        return choice < 17 ? Kind.PINGER : choice < 18 ? Kind.YIELDER : choice < 19 ? Kind.FORKER : Kind.MORTAL;
    }

    private long runUs() {
        return 10L + random.nextInt(random.oneIn(3) ? 8_000 : 500);
    }

    private long cpus(Shape shape) {
        long all = shape.all();
        if (!random.oneIn(4)) {
            return all;
        }
        long some = random.oneIn(2) ? 1L << random.nextInt(shape.cpus()) : random.nextLong() & all;
        return some == 0 ? all : some;
    }

    /** A yielder is never real-time: it would yield to nobody, for ever. */
    private Policy policy(Kind kind) {
        int choice = random.nextInt(classes == FAIR_ONLY ? 12 : 20);
        if (choice < 12 || kind == Kind.YIELDER) {
            int policy = choice < 9 ? Sched.SCHED_NORMAL : choice < 11 ? Sched.SCHED_BATCH : Sched.SCHED_IDLE;
            long slice = random.oneIn(5) ? leastSliceUs + random.nextInt(10_000) : 0;
            int nice = random.oneIn(2) ? 0 : random.nextInt(40) - 20;
            return new Policy(policy, nice, 0, policy == Sched.SCHED_IDLE ? 0 : slice, 0);
        }
        if (choice < 18) {
            int policy = choice < 15 ? Sched.SCHED_FIFO : Sched.SCHED_RR;
            return new Policy(policy, 0, 1 + random.nextInt(random.oneIn(2) ? 4 : 99), 0, 0);
        }
        long period = 4_000L + random.nextInt(60_000);
        return Policy.deadline(100 + random.nextInt((int) (period / 3)), period);
    }

    private Change change(Shape shape, int actors, long lengthUs) {
        Change.Kind kind = CHANGES[random.nextInt(CHANGES.length)];
        Policy policy = policy(Kind.YIELDER);
        if (kind == Change.Kind.POLICY) {
            policy = policy(Kind.PERIODIC);
        }
        long at = random.nextInt((int) lengthUs);
        return new Change(at, random.nextInt(actors), kind, policy, cpus(shape));
    }

    /** A workload, and smaller ones. */
    private record ShrinkableWorkload(SchedWorkload value) implements Shrinkable<SchedWorkload> {
        @Override
        public Stream<Shrinkable<SchedWorkload>> shrink() {
            return Stream.concat(fewerChanges(), fewerActors()).map(ShrinkableWorkload::new);
        }

        private Stream<SchedWorkload> fewerChanges() {
            return chunks(value.changes().size()).map(chunk -> {
                List<Change> fewer = new ArrayList<>(value.changes());
                fewer.subList(chunk[0], chunk[1]).clear();
                return with(value.actors(), fewer);
            });
        }

        private Stream<SchedWorkload> fewerActors() {
            return chunks(value.actors().size())
                    .filter(chunk -> chunk[1] - chunk[0] < value.actors().size())
                    .map(chunk -> {
                        List<Actor> fewer = new ArrayList<>(value.actors());
                        fewer.subList(chunk[0], chunk[1]).clear();
                        return with(fewer, changesWithout(chunk[0], chunk[1]));
                    });
        }

        private List<Change> changesWithout(int from, int to) {
            return value.changes().stream()
                    .filter(change -> change.actor() < from || change.actor() >= to)
                    .map(change -> change.actor() < from
                            ? change
                            : new Change(
                                    change.atUs(),
                                    change.actor() - (to - from),
                                    change.kind(),
                                    change.policy(),
                                    change.cpus()))
                    .toList();
        }

        private SchedWorkload with(List<Actor> actors, List<Change> changes) {
            return new SchedWorkload(value.seed(), value.shape(), actors, changes, value.ms());
        }

        /** One half, one quarter, … one element: from and to. */
        private static Stream<int[]> chunks(int size) {
            return IntStream.iterate(size / 2, chunk -> chunk > 0, chunk -> chunk / 2)
                    .boxed()
                    .flatMap(chunk -> IntStream.iterate(0, from -> from < size, from -> from + chunk)
                            .mapToObj(from -> new int[] {from, Math.min(size, from + chunk)}));
        }

        @Override
        public ShrinkingDistance distance() {
            return ShrinkingDistance.of(value.actors().size(), value.changes().size());
        }
    }
}
