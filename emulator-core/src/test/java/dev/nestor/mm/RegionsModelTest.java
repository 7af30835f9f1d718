package dev.nestor.mm;

import static dev.nestor.uapi.Errno.ENOMEM;
import static dev.nestor.uapi.Mman.MAP_ANONYMOUS;
import static dev.nestor.uapi.Mman.MAP_FIXED;
import static dev.nestor.uapi.Mman.MAP_PRIVATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The vmas against a model that knows each page by itself. */
class RegionsModelTest {
    private static final int PAGES = 256;
    private static final int FREE = -1;
    private static final long BASE = 0x10000000;
    private static final long PAGE = Frames.PAGE_SIZE;

    private final MmFixture kernel = new MmFixture(1 << 12, 1 << 12);
    private final int[] prot = new int[PAGES];
    private final int[] value = new int[PAGES];

    @Test
    void randomCalls_leaveWhatTheModelSays() {
        long seed = Long.getLong("seed", 0x6d6d01);
        System.out.println("RegionsModelTest seed " + seed);
        Random random = new Random(seed);
        kernel.tasks.setMm(kernel.task, kernel.spaces.create());
        Arrays.fill(prot, FREE);
        for (int step = 0; step < 20_000; step++) {
            int first = random.nextInt(PAGES);
            int count = 1 + random.nextInt(Math.min(24, PAGES - first));
            switch (random.nextInt(5)) {
                case 0, 1 -> map(first, count, random.nextInt(4));
                case 2 -> unmap(first, count);
                case 3 -> protect(first, count, random.nextInt(4));
                default -> write(first, random.nextInt());
            }
            if (step % 10 == 0) {
                checkPages(step);
                checkTree(step);
                checkGaps(step, 1 + random.nextInt(30));
            }
        }
        kernel.spaces.mmput(kernel.mm());
        assertThat(kernel.spaces.frames().size()).isZero();
        assertThat(kernel.spaces.vmas().size()).isZero();
    }

    private void map(int first, int count, int protection) {
        long at = BASE + first * PAGE;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        assertThat(kernel.mmap.mmap(kernel.task, at, count * PAGE, protection, flags, kernel.anonymous))
                .isEqualTo(at);
        for (int i = first; i < first + count; i++) {
            prot[i] = protection;
            value[i] = 0;
        }
    }

    private void unmap(int first, int count) {
        assertThat(kernel.mmap.munmap(kernel.task, BASE + first * PAGE, count * PAGE))
                .isZero();
        for (int i = first; i < first + count; i++) {
            prot[i] = FREE;
            value[i] = 0;
        }
    }

    private void protect(int first, int count, int protection) {
        int answer = kernel.mprotect.mprotect(kernel.task, BASE + first * PAGE, count * PAGE, protection);
        int mapped = 0;
        while (mapped < count && prot[first + mapped] != FREE) {
            prot[first + mapped] = protection;
            mapped++;
        }
        assertThat(answer).isEqualTo(mapped == count ? 0 : -ENOMEM);
    }

    private void write(int page, int word) {
        boolean may = prot[page] != FREE && (prot[page] & 2) != 0;
        assertThat(kernel.spaces.memory().putInt(kernel.mm(), BASE + page * PAGE, word) == 0)
                .isEqualTo(may);
        if (may) {
            value[page] = word;
        }
    }

    private void checkPages(int step) {
        for (int i = 0; i < PAGES; i++) {
            long at = BASE + i * PAGE;
            int vma = kernel.spaces.tree().lookup(kernel.mm(), at);
            int actual = vma == 0 ? FREE : (int) (kernel.spaces.vmas().flags(vma) & 3);
            assertThat(actual).as("step %s page %s", step, i).isEqualTo(prot[i]);
            if (prot[i] > 0) {
                assertThat(kernel.spaces.memory().getInt(kernel.mm(), at))
                        .as("step %s page %s", step, i)
                        .isEqualTo(value[i]);
            }
        }
    }

    /** Neighbours don't overlap, and are one vma if they could be. */
    private void checkTree(int step) {
        VmaTree tree = kernel.spaces.tree();
        VmaTable vmas = kernel.spaces.vmas();
        int count = 0;
        long total = 0;
        int prev = 0;
        for (int vma = tree.first(kernel.mm()); vma != 0; vma = tree.next(vma)) {
            count++;
            total += vmas.pages(vma);
            assertThat(tree.prev(vma)).isEqualTo(prev);
            if (prev != 0) {
                assertThat(vmas.end(prev)).as("step %s", step).isLessThanOrEqualTo(vmas.start(vma));
            }
            prev = vma;
        }
        assertThat(count).isEqualTo(kernel.spaces.mms().mapCount(kernel.mm()));
        assertThat(total).isEqualTo(kernel.spaces.mms().totalVm(kernel.mm()));
    }

    private void checkGaps(int step, int wanted) {
        long low = BASE + 3 * PAGE;
        long high = BASE + 250 * PAGE;
        long highest = -1;
        long lowest = -1;
        int free = 0;
        for (int i = 3; i < 250; i++) {
            free = prot[i] == FREE ? free + 1 : 0;
            if (free >= wanted) {
                highest = BASE + (i + 1) * PAGE;
                lowest = lowest < 0 ? BASE + (i + 1 - wanted) * PAGE : lowest;
            }
        }
        VmaTree tree = kernel.spaces.tree();
        assertThat(tree.highestGap(kernel.mm(), low, high, wanted * PAGE))
                .as("step %s", step)
                .isEqualTo(highest);
        assertThat(tree.lowestGap(kernel.mm(), low, high, wanted * PAGE))
                .as("step %s", step)
                .isEqualTo(lowest);
    }
}
