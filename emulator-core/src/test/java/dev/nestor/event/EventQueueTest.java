package dev.nestor.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.table.StateHash;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue queue = new EventQueue();

    /** The order of firing, spelled out. */
    private record Key(long time, int priority, long sequence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTime = Long.compare(time, other.time);
            int byPriority = Integer.compare(priority, other.priority);
            return byTime != 0 ? byTime : byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
        }
    }

    @Test
    void poll_isFalse_whenEmpty() {
        assertThat(queue.poll()).isFalse();
        assertThat(queue.firstTime()).isEqualTo(Clock.NEVER);
    }

    @Test
    void poll_givesWhatWasScheduled() {
        queue.schedule(7, 3, 0x7fffffff, -5, Long.MIN_VALUE);
        assertThat(queue.poll()).isTrue();
        assertThat(queue.time()).isEqualTo(7);
        assertThat(queue.kind()).isEqualTo(0x7fffffff);
        assertThat(queue.target()).isEqualTo(-5);
        assertThat(queue.datum()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void poll_isFirstInFirstOut_onTies() {
        for (int i = 0; i < 100; i++) {
            queue.schedule(5, 1, 0, i, 0);
        }
        queue.schedule(5, 0, 0, 100, 0);
        assertThat(targetsInOrder()).startsWith(100, 0, 1, 2).endsWith(98, 99).hasSize(101);
    }

    @Test
    void cancel_isFalse_ofAHandleThatFired_evenWhenItsSlotIsUsedAgain() {
        long first = queue.schedule(1, 0, 0, 1, 0);
        assertThat(queue.poll()).isTrue();
        assertThat(queue.cancel(first)).isFalse();
        long second = queue.schedule(2, 0, 0, 2, 0);
        assertThat(queue.cancel(first)).isFalse();
        assertThat(queue.cancel(EventQueue.NONE)).isFalse();
        assertThat(queue.cancel(second)).isTrue();
        assertThat(queue.size()).isZero();
    }

    @Test
    void order_isThatOfAModel_overRandomOperations() {
        long seed = Long.getLong("seed", 0x51f2a9);
        System.out.println("EventQueueTest seed " + seed);
        Random random = new Random(seed);
        TreeMap<Key, Long> model = new TreeMap<>();
        List<Key> keys = new ArrayList<>();
        List<Long> handles = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 200_000; i++) {
            int choice = random.nextInt(i < 60_000 ? 3 : 4);
            if (choice < 2 && model.size() < 3_000) {
                Key key = new Key(now + random.nextInt(50), random.nextInt(3), i);
                long handle = queue.schedule(key.time, key.priority, 0, i, 0);
                model.put(key, handle);
                keys.add(key);
                handles.add(handle);
            } else if (choice == 2 && !keys.isEmpty()) {
                int which = random.nextInt(keys.size());
                assertThat(queue.cancel(handles.get(which))).isEqualTo(model.remove(keys.get(which)) != null);
            } else if (!model.isEmpty()) {
                Key first = model.pollFirstEntry().getKey();
                assertThat(queue.poll()).isTrue();
                assertThat(queue.target()).isEqualTo((int) first.sequence);
                now = queue.time();
                assertThat(now).isEqualTo(first.time);
            }
            assertThat(queue.size()).isEqualTo(model.size());
        }
    }

    @Test
    void digest_isOfTheEventsInOrder_andLeavesThem() {
        EventQueue other = new EventQueue();
        queue.cancel(queue.schedule(3, 0, 0, 9, 0));
        queue.schedule(1, 0, 1, 1, 1);
        queue.schedule(2, 0, 2, 2, 2);
        other.schedule(2, 0, 2, 2, 2);
        other.schedule(1, 0, 1, 1, 1);
        assertThat(digest(queue)).isEqualTo(digest(other));
        assertThat(targetsInOrder()).containsExactly(1, 2);
        assertThat(digest(queue)).isNotEqualTo(digest(other));
    }

    private static long digest(EventQueue queue) {
        StateHash hash = new StateHash();
        queue.digest(hash);
        return hash.value();
    }

    private List<Integer> targetsInOrder() {
        List<Integer> targets = new ArrayList<>();
        while (queue.poll()) {
            targets.add(queue.target());
        }
        return targets;
    }
}
