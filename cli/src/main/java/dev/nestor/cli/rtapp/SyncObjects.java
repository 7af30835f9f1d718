package dev.nestor.cli.rtapp;

import dev.nestor.init.Kernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mutexes, condition variables and barriers that the threads of a workload share, by their names: words of their memory,
 * as a C library has them, and beside these what it counts without the kernel.
 */
final class SyncObjects {
    private static final long BASE = 0x20000000000L;
    private static final int ROOM = 64; // bytes of an object, a cache line
    private static final int READ_WRITE = 3;

    /** pthread_mutex_t: a word that is 0 when free, 1 when held, 2 when held and perhaps waited for. */
    static final class Mutex {
        final String name;
        final long word;

        @Nullable
        String holder;

        Mutex(String name, long word) {
            this.name = name;
            this.word = word;
        }
    }

    /** pthread_cond_t: groups of waiters. Those of the older one are woken, those that come join the younger. */
    static final class Cond {
        static final int GROUPS = ROOM / 4;

        final String name;
        final long word; // of the first group, the others' are behind it: signals to be taken
        int older; // group
        int younger = 1; // group
        int unsignalled; // of the older group
        int joined; // waiters of the younger group

        Cond(String name, long word) {
            this.name = name;
            this.word = word;
        }

        long word(int group) {
            return word + 4L * group;
        }
    }

    /** rt-app's barrier: a mutex, a condition variable, and how many have yet to come before the last. */
    static final class Barrier {
        final Mutex mutex;
        final Cond cond;
        int missing;

        Barrier(Mutex mutex, Cond cond, int users) {
            this.mutex = mutex;
            this.cond = cond;
            this.missing = users - 1;
        }
    }

    private final Kernel kernel;
    private final Map<String, Integer> users; // of barriers, by their names
    private final Map<String, Mutex> mutexes = new HashMap<>(); // looked up, never walked
    private final Map<String, Cond> conds = new HashMap<>();
    private final Map<String, Barrier> barriers = new HashMap<>();
    private final List<Cond> all = new ArrayList<>(); // in the order in which they were named
    private int mm;
    private int made;

    SyncObjects(Kernel kernel, Map<String, Integer> users) {
        this.kernel = kernel;
        this.users = users;
    }

    /** In whose address space the words are. */
    void setMm(int of) {
        mm = of;
    }

    Mutex mutex(String name) {
        return mutexes.computeIfAbsent(name, key -> new Mutex(key, place()));
    }

    Cond cond(String name) {
        return conds.computeIfAbsent(name, key -> {
            Cond cond = new Cond(key, place());
            all.add(cond);
            return cond;
        });
    }

    Barrier barrier(String name) {
        return barriers.computeIfAbsent(
                name,
                key -> new Barrier(mutex(key + " (barrier)"), cond(key + " (barrier)"), users.getOrDefault(key, 1)));
    }

    /** All condition variables so far. */
    List<Cond> conds() {
        return all;
    }

    int get(long word) {
        return kernel.userMemory().getInt(mm, word);
    }

    void set(long word, int value) {
        kernel.userMemory().putInt(mm, word, value);
    }

    private long place() {
        long at = BASE + (long) ROOM * made++;
        kernel.addressSpaces().learnMapping(mm, at & ~0xfffL, (at & ~0xfffL) + 0x1000, READ_WRITE);
        return at;
    }
}
