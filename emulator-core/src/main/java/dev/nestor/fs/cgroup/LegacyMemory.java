package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.Css;
import dev.nestor.kernel.cgroup.CssTable;
import dev.nestor.uapi.Errno;

/**
 * Files of the memory controller of version 1: mem_cgroup_legacy_files of mm/memcontrol-v1.c. Limits are checked and kept, and
 * nothing is reclaimed by them; what is used is what the page tables of the processes have.
 */
final class LegacyMemory {
    private static final int MEMORY = CgroupSubsys.MEMORY;
    private static final int PAGE_SIZE = 4096;
    private static final long PAGE_COUNTER_MAX = Long.MAX_VALUE / PAGE_SIZE;
    private static final long MAX_SWAPPINESS = 200;
    private static final String[] STATS = {
        "cache", "rss", "rss_huge", "shmem", "mapped_file", "dirty", "writeback", "workingset_refault_anon",
        "workingset_refault_file", "swap", "swapcached", "pgpgin", "pgpgout", "pgfault", "pgmajfault", "inactive_anon",
        "active_anon", "inactive_file", "active_file", "unevictable"
    };

    private final Cgroups cgroups;
    private final CssTable csses;
    private final CgroupControllers sums;

    LegacyMemory(Cgroups cgroups, CgroupControllers sums) {
        this.cgroups = cgroups;
        this.csses = cgroups.csses();
        this.sums = sums;
    }

    void register(CgroupFiles files) {
        limit(files, "memory.limit_in_bytes", Css.MEMORY_MAX);
        limit(files, "memory.memsw.limit_in_bytes", Css.MEMORY_MEMSW_MAX);
        limit(files, "memory.soft_limit_in_bytes", Css.MEMORY_SOFT_LIMIT);
        for (String of : new String[] {"", "memsw."}) {
            usage(files, "memory." + of);
        }
        for (String of : new String[] {"kmem.", "kmem.tcp."}) {
            kernelMemory(files, "memory." + of);
        }
        files.add(MEMORY, "memory.stat", 0, this::showStat, null);
        files.add(MEMORY, "memory.numa_stat", 0, LegacyMemory::showNumaStat, null);
        files.add(MEMORY, "memory.kmem.slabinfo", 0, (request, out) -> 0, null);
        files.add(MEMORY, "memory.force_empty", 0, null, this::storeForceEmpty);
        files.add(MEMORY, "memory.use_hierarchy", 0, LegacyMemory::showOne, (request, text) -> {
            int error = text.kstrtoull();
            return error == 0 && text.value != 1 ? -Errno.EINVAL : error;
        });
        files.add(MEMORY, "memory.move_charge_at_immigrate", 0, LegacyCore::showZero, (request, text) -> {
            int error = text.kstrtoull();
            return error == 0 && text.value != 0 ? -Errno.EINVAL : error;
        });
        files.add(MEMORY, "memory.swappiness", 0, this::showSwappiness, this::storeSwappiness);
        files.add(MEMORY, "memory.oom_control", 0, this::showOomControl, this::storeOomControl);
        files.add(MEMORY, "memory.pressure_level", 0, (request, out) -> -Errno.EINVAL, null);
        files.add(MEMORY, "cgroup.event_control", 0, null, (request, text) -> -Errno.EINVAL);
    }

    private boolean isRoot(CgroupRequest request) {
        return cgroups.table().parent(request.cgroup) == NULL;
    }

    private long value(CgroupRequest request, int value) {
        return csses.values(cgroups.css(request.cgroup, MEMORY), value);
    }

    private static int show(long value, SeqFile out) {
        out.decimal(value).put('\n');
        return 0;
    }

    private static int showOne(CgroupRequest request, SeqFile out) {
        return show(1, out);
    }

    private void limit(CgroupFiles files, String name, int value) {
        files.add(
                MEMORY,
                name,
                0,
                (request, out) -> show(Math.min(value(request, value), PAGE_COUNTER_MAX) * PAGE_SIZE, out),
                (request, text) -> storeLimit(request, text, value));
    }

    /** mem_cgroup_write(). The limit with swap is never below that without. */
    private int storeLimit(CgroupRequest request, CgroupText text, int value) {
        int error = parsePages(text.strip());
        if (error != 0) {
            return error;
        }
        if (isRoot(request) && value != Css.MEMORY_SOFT_LIMIT) {
            return -Errno.EINVAL;
        }
        long pages = text.value;
        boolean isCrossed = (value == Css.MEMORY_MAX && pages > value(request, Css.MEMORY_MEMSW_MAX))
                || (value == Css.MEMORY_MEMSW_MAX
                        && pages < Math.min(value(request, Css.MEMORY_MAX), PAGE_COUNTER_MAX));
        if (isCrossed) {
            return -Errno.EINVAL;
        }
        csses.setValues(cgroups.css(request.cgroup, MEMORY), value, pages);
        return 0;
    }

    /** page_counter_memparse(), where -1 is no limit. */
    private static int parsePages(CgroupText text) {
        if (text.is("-1")) {
            text.value = PAGE_COUNTER_MAX;
            return 0;
        }
        return text.is("max") ? -Errno.EINVAL : text.memparse(PAGE_COUNTER_MAX);
    }

    private void usage(CgroupFiles files, String prefix) {
        files.add(
                MEMORY,
                prefix + "usage_in_bytes",
                0,
                (request, out) -> show(sums.pages(request.cgroup) * PAGE_SIZE, out),
                null);
        files.add(MEMORY, prefix + "max_usage_in_bytes", 0, this::showPeak, (request, text) -> 0);
        files.add(MEMORY, prefix + "failcnt", 0, LegacyCore::showZero, (request, text) -> 0);
    }

    /** The most that anybody has seen. */
    private int showPeak(CgroupRequest request, SeqFile out) {
        long peak = Math.max(value(request, Css.MEMORY_PEAK), sums.pages(request.cgroup));
        csses.setValues(cgroups.css(request.cgroup, MEMORY), Css.MEMORY_PEAK, peak);
        return show(peak * PAGE_SIZE, out);
    }

    /** What the kernel itself uses is not accounted; a limit for it can be written, and has no effect. */
    private static void kernelMemory(CgroupFiles files, String prefix) {
        files.add(
                MEMORY,
                prefix + "limit_in_bytes",
                0,
                (request, out) -> show(PAGE_COUNTER_MAX * PAGE_SIZE, out),
                (request, text) -> parsePages(text.strip()));
        files.add(MEMORY, prefix + "usage_in_bytes", 0, LegacyCore::showZero, null);
        files.add(MEMORY, prefix + "max_usage_in_bytes", 0, LegacyCore::showZero, (request, text) -> 0);
        files.add(MEMORY, prefix + "failcnt", 0, LegacyCore::showZero, (request, text) -> 0);
    }

    private int showStat(CgroupRequest request, SeqFile out) {
        for (String name : STATS) {
            out.put(name).put(" 0\n");
        }
        long limit = Math.min(value(request, Css.MEMORY_MAX), PAGE_COUNTER_MAX) * PAGE_SIZE;
        long both = Math.min(value(request, Css.MEMORY_MEMSW_MAX), PAGE_COUNTER_MAX) * PAGE_SIZE;
        out.put("hierarchical_memory_limit ").unsigned(limit).put('\n');
        out.put("hierarchical_memsw_limit ").unsigned(both).put('\n');
        for (String name : STATS) {
            out.put("total_").put(name).put(" 0\n");
        }
        return 0;
    }

    private static int showNumaStat(CgroupRequest request, SeqFile out) {
        for (String prefix : new String[] {"", "hierarchical_"}) {
            for (String kind : new String[] {"total", "file", "anon", "unevictable"}) {
                out.put(prefix).put(kind).put("=0 N0=0\n");
            }
        }
        return 0;
    }

    private int storeForceEmpty(CgroupRequest request, CgroupText text) {
        return isRoot(request) ? -Errno.EINVAL : 0;
    }

    private int showSwappiness(CgroupRequest request, SeqFile out) {
        return show(value(request, Css.MEMORY_SWAPPINESS), out);
    }

    private int storeSwappiness(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoull();
        if (error == 0 && (text.value < 0 || text.value > MAX_SWAPPINESS)) {
            error = -Errno.EINVAL;
        }
        if (error == 0) {
            csses.setValues(cgroups.css(request.cgroup, MEMORY), Css.MEMORY_SWAPPINESS, text.value);
        }
        return error;
    }

    private int showOomControl(CgroupRequest request, SeqFile out) {
        out.put("oom_kill_disable ").unsigned(value(request, Css.MEMORY_OOM_KILL_DISABLE));
        out.put("\nunder_oom 0\noom_kill 0\n");
        return 0;
    }

    private int storeOomControl(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoull();
        if (error == 0 && (isRoot(request) || text.value < 0 || text.value > 1)) {
            error = -Errno.EINVAL;
        }
        if (error == 0) {
            csses.setValues(cgroups.css(request.cgroup, MEMORY), Css.MEMORY_OOM_KILL_DISABLE, text.value);
        }
        return error;
    }
}
