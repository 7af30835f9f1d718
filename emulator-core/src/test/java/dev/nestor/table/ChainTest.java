package dev.nestor.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nestor.event.Random;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ChainTest {
    private final SampleTable heads = new SampleTable(1, 100);
    private final SampleTable members = new SampleTable(2, 1000);
    private final Chain chain = new Chain(heads, members);
    private final int head = heads.alloc();

    @Test
    void addLast_keepsOrder_addFirst_turnsItRound() {
        int a = members.alloc();
        int b = members.alloc();
        int c = members.alloc();
        chain.addLast(head, a);
        chain.addLast(head, b);
        chain.addFirst(head, c);
        assertThat(walk(head)).containsExactly(c, a, b);
        assertThat(walkBack(head)).containsExactly(b, a, c);
        assertThat(chain.owner(b)).isEqualTo(head);
    }

    @Test
    void remove_closesTheGap() {
        int a = members.alloc();
        int b = members.alloc();
        int c = members.alloc();
        chain.addLast(head, a);
        chain.addLast(head, b);
        chain.addLast(head, c);
        chain.remove(b);
        assertThat(walk(head)).containsExactly(a, c);
        assertThat(walkBack(head)).containsExactly(c, a);
        assertThat(chain.owner(b)).isEqualTo(Table.NULL);
        chain.remove(a);
        chain.remove(c);
        assertThat(chain.isEmpty(head)).isTrue();
        assertThat(chain.last(head)).isEqualTo(Table.NULL);
    }

    @Test
    void replace_takesThePlace() {
        int a = members.alloc();
        int b = members.alloc();
        int other = members.alloc();
        chain.addLast(head, a);
        chain.addLast(head, b);
        chain.replace(a, other);
        assertThat(walk(head)).containsExactly(other, b);
        members.free(a);
        chain.replace(b, members.alloc());
        assertThat(walkBack(head)).hasSize(2);
    }

    @Test
    void aMember_isOnOneListAtATime() {
        int member = members.alloc();
        int other = heads.alloc();
        chain.addLast(head, member);
        assertThatThrownBy(() -> chain.addLast(other, member)).isInstanceOf(AssertionError.class);
        chain.remove(member);
        assertThatThrownBy(() -> chain.remove(member)).isInstanceOf(AssertionError.class);
    }

    @Test
    void linkedRows_areNotFreed() {
        int member = members.alloc();
        chain.addLast(head, member);
        assertThatThrownBy(() -> heads.free(head)).hasMessageContaining("still linked");
        assertThatThrownBy(() -> members.free(member)).hasMessageContaining("still linked");
        chain.remove(member);
        members.free(member);
        heads.free(head);
    }

    @Test
    void aTable_mayHoldItsOwnLists() {
        Chain children = new Chain(members, members);
        int parent = members.alloc();
        int child = members.alloc();
        int grandchild = members.alloc();
        children.addLast(parent, child);
        children.addLast(child, grandchild);
        assertThat(children.owner(grandchild)).isEqualTo(child);
        assertThat(children.first(parent)).isEqualTo(child);
    }

    @Test
    void randomMoves_agreeWithLists_acrossGrowth() {
        Random random = new Random(3);
        Map<Integer, List<Integer>> model = new LinkedHashMap<>();
        model.put(head, new ArrayList<>());
        List<Integer> free = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            List<Integer> owners = new ArrayList<>(model.keySet());
            int owner = owners.get(random.nextInt(owners.size()));
            List<Integer> list = Objects.requireNonNull(model.get(owner));
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (owners.size() < 50) {
                        model.put(heads.alloc(), new ArrayList<>());
                    }
                }
                case 1 -> {
                    if (free.size() + step < 900) {
                        free.add(members.alloc());
                    }
                }
                case 2 -> {
                    if (!free.isEmpty()) {
                        int member = free.removeLast();
                        chain.addLast(owner, member);
                        list.addLast(member);
                    }
                }
                case 3 -> {
                    if (!free.isEmpty()) {
                        int member = free.removeLast();
                        chain.addFirst(owner, member);
                        list.addFirst(member);
                    }
                }
                case 4 -> {
                    if (!list.isEmpty() && !free.isEmpty()) {
                        int place = random.nextInt(list.size());
                        int other = free.removeLast();
                        chain.replace(list.get(place), other);
                        free.add(list.set(place, other));
                    }
                }
                default -> {
                    if (!list.isEmpty()) {
                        int place = random.nextInt(list.size());
                        int member = list.get(place);
                        list.subList(place, place + 1).clear();
                        chain.remove(member);
                        free.addFirst(member);
                    }
                }
            }
            assertThat(walk(owner)).isEqualTo(list);
        }
    }

    private List<Integer> walk(int of) {
        List<Integer> found = new ArrayList<>();
        for (int at = chain.first(of); at != Table.NULL; at = chain.next(at)) {
            found.add(at);
        }
        return found;
    }

    private List<Integer> walkBack(int of) {
        List<Integer> found = new ArrayList<>();
        for (int at = chain.last(of); at != Table.NULL; at = chain.prev(at)) {
            found.add(at);
        }
        return found;
    }
}
