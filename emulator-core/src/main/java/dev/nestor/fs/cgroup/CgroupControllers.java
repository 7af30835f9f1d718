package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.Css;
import dev.nestor.kernel.cgroup.CssSetTable;
import dev.nestor.kernel.cgroup.CssSets;
import dev.nestor.kernel.cgroup.CssTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.MmTable;
import dev.nestor.uapi.Errno;

/**
 * The files of controllers: pids, cpu, memory, hugetlb. Limits are held and checked as kernels check them; that of pids is
 * enforced at fork. What a cgroup uses of memory is what the page tables of its processes have, counted when it is asked.
 */
final class CgroupControllers {
    private static final int PAGE_SIZE = 4096;
    private static final long PIDS_MAX = 4 * 1024 * 1024 + 1;
    private static final long PAGE_COUNTER_MAX = Long.MAX_VALUE / PAGE_SIZE;
    private static final String[] HUGE_NAMES = {"2MB", "1GB"};
    private static final long[] HUGE_PAGES = {512, 262_144}; // pages of 4 KiB

    private final CgroupRoom room;
    private final Cgroups cgroups;
    private final CgroupTable table;
    private final CssTable csses;
    private final TaskTable tasks;
    private final MmTable mms;

    CgroupControllers(CgroupRoom room, TaskTable tasks, MmTable mms) {
        this.room = room;
        this.cgroups = room.cgroups();
        this.table = cgroups.table();
        this.csses = cgroups.csses();
        this.tasks = tasks;
        this.mms = mms;
    }

    void register(CgroupFiles files) {
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        int pids = CgroupSubsys.PIDS;
        files.add(pids, "pids.max", notOnRoot, this::showPidsMax, this::storePidsMax);
        files.add(pids, "pids.current", notOnRoot, this::showPidsCurrent, null);
        files.add(
                pids,
                "pids.peak",
                notOnRoot,
                (request, out) -> show(value(request, pids, Css.PIDS_WATERMARK), out),
                null);
        files.add(pids, "pids.events", notOnRoot, (request, out) -> events(request, Css.PIDS_EVENTS_MAX, out), null);
        files.add(
                pids,
                "pids.events.local",
                notOnRoot,
                (request, out) -> events(request, Css.PIDS_EVENTS_LOCAL_MAX, out),
                null);
        new CgroupCpuFiles(cgroups).register(files);
        registerMemory(files);
        for (int i = 0; i < HUGE_NAMES.length; i++) {
            registerHugetlb(files, i);
        }
    }

    /** pids_files_legacy. */
    void registerLegacyPids(CgroupFiles files) {
        int pids = CgroupSubsys.PIDS;
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        files.add(pids, "pids.max", notOnRoot, this::showPidsMax, this::storePidsMax);
        files.add(pids, "pids.current", notOnRoot, this::showPidsCurrent, null);
        CgroupFile.Show peak = (request, out) -> show(value(request, pids, Css.PIDS_WATERMARK), out);
        files.add(pids, "pids.peak", notOnRoot, peak, null);
        files.add(
                pids, "pids.events", notOnRoot, (request, out) -> events(request, Css.PIDS_EVENTS_FORKFAIL, out), null);
    }

    private long value(CgroupRequest request, int ssid, int value) {
        return csses.values(cgroups.css(request.cgroup, ssid), value);
    }

    private void setValue(CgroupRequest request, int ssid, int value, long to) {
        csses.setValues(cgroups.css(request.cgroup, ssid), value, to);
    }

    private static int show(long value, SeqFile out) {
        out.decimal(value).put('\n');
        return 0;
    }

    private int events(CgroupRequest request, int value, SeqFile out) {
        out.put("max ");
        return show(value(request, CgroupSubsys.PIDS, value), out);
    }

    private int showPidsMax(CgroupRequest request, SeqFile out) {
        long limit = value(request, CgroupSubsys.PIDS, Css.PIDS_LIMIT);
        if (limit == Css.MAX) {
            out.put("max\n");
            return 0;
        }
        return show(limit, out);
    }

    private int storePidsMax(CgroupRequest request, CgroupText text) {
        if (text.strip().is("max")) {
            setValue(request, CgroupSubsys.PIDS, Css.PIDS_LIMIT, Css.MAX);
            return 0;
        }
        int error = text.kstrtoll();
        if (error != 0) {
            return error;
        }
        if (text.value < 0 || text.value >= PIDS_MAX) {
            return -Errno.EINVAL;
        }
        setValue(request, CgroupSubsys.PIDS, Css.PIDS_LIMIT, text.value);
        return 0;
    }

    private int showPidsCurrent(CgroupRequest request, SeqFile out) {
        return show(table.nrTasks(request.cgroup), out);
    }

    private void registerMemory(CgroupFiles files) {
        int memory = CgroupSubsys.MEMORY;
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        files.add(memory, "memory.current", notOnRoot, this::showMemoryCurrent, null);
        files.add(memory, "memory.peak", notOnRoot, this::showMemoryPeak, null);
        pages(files, "memory.min", Css.MEMORY_MIN);
        pages(files, "memory.low", Css.MEMORY_LOW);
        pages(files, "memory.high", Css.MEMORY_HIGH);
        pages(files, "memory.max", Css.MEMORY_MAX);
        files.add(memory, "memory.events", notOnRoot, CgroupControllers::showMemoryEvents, null);
        files.add(memory, "memory.events.local", notOnRoot, CgroupControllers::showMemoryEvents, null);
        files.add(memory, "memory.stat", 0, this::showMemoryStat, null);
        files.add(
                memory,
                "memory.oom.group",
                notOnRoot,
                (request, out) -> show(value(request, memory, Css.MEMORY_OOM_GROUP), out),
                this::storeOomGroup);
    }

    private void pages(CgroupFiles files, String name, int value) {
        files.add(
                CgroupSubsys.MEMORY,
                name,
                CgroupFile.NOT_ON_ROOT,
                (request, out) -> {
                    long pages = value(request, CgroupSubsys.MEMORY, value);
                    if (pages >= PAGE_COUNTER_MAX) {
                        out.put("max\n");
                        return 0;
                    }
                    return show(pages * PAGE_SIZE, out);
                },
                (request, text) -> {
                    int error = text.strip().memparse(PAGE_COUNTER_MAX);
                    if (error == 0) {
                        setValue(request, CgroupSubsys.MEMORY, value, text.value);
                    }
                    return error;
                });
    }

    private int storeOomGroup(CgroupRequest request, CgroupText text) {
        int error = text.strip().kstrtoint();
        if (error == 0 && text.value != 0 && text.value != 1) {
            error = -Errno.EINVAL;
        }
        if (error == 0) {
            setValue(request, CgroupSubsys.MEMORY, Css.MEMORY_OOM_GROUP, text.value);
        }
        return error;
    }

    private long anon; // pages, while they are summed up
    private long file;
    private long shmem;

    private void sumPages(int top) {
        anon = 0;
        file = 0;
        shmem = 0;
        CssSets sets = room.cssSets();
        CssSetTable cssSets = sets.table();
        for (int at = top; at != NULL; at = cgroups.next(at, top)) {
            for (int cset = sets.nextOf(at, NULL); cset != NULL; cset = sets.nextOf(at, cset)) {
                for (int task = cssSets.members().first(cset);
                        task != NULL;
                        task = cssSets.members().next(task)) {
                    addPages(task);
                }
            }
        }
    }

    private void addPages(int task) {
        int mm = tasks.mm(task);
        if (mm != NULL && tasks.groupLeader(task) == task) {
            anon += mms.rssAnon(mm);
            file += mms.rssFile(mm);
            shmem += mms.rssShmem(mm);
        }
    }

    /** What processes from this cgroup down have, in pages. */
    long pages(int cgroup) {
        sumPages(cgroup);
        return anon + file + shmem;
    }

    private int showMemoryCurrent(CgroupRequest request, SeqFile out) {
        return show(pages(request.cgroup) * PAGE_SIZE, out);
    }

    /** The most that anybody has seen. */
    private int showMemoryPeak(CgroupRequest request, SeqFile out) {
        long peak = Math.max(value(request, CgroupSubsys.MEMORY, Css.MEMORY_PEAK), pages(request.cgroup));
        setValue(request, CgroupSubsys.MEMORY, Css.MEMORY_PEAK, peak);
        return show(peak * PAGE_SIZE, out);
    }

    private static int showMemoryEvents(CgroupRequest request, SeqFile out) {
        out.put("low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n");
        return 0;
    }

    private int showMemoryStat(CgroupRequest request, SeqFile out) {
        sumPages(request.cgroup);
        out.put("anon ").unsigned(anon * PAGE_SIZE);
        out.put("\nfile ").unsigned((file + shmem) * PAGE_SIZE);
        out.put("\nshmem ").unsigned(shmem * PAGE_SIZE);
        out.put("\nfile_mapped ").unsigned((file + shmem) * PAGE_SIZE).put('\n');
        return 0;
    }

    private void registerHugetlb(CgroupFiles files, int size) {
        String prefix = "hugetlb." + HUGE_NAMES[size] + ".";
        int ssid = CgroupSubsys.HUGETLB;
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        int limit = Css.HUGETLB_LIMIT + 2 * size;
        int reserved = Css.HUGETLB_RSVD_LIMIT + 2 * size;
        CgroupFile.Show none = (request, out) -> show(0, out);
        CgroupFile.Show noEvents = (request, out) -> {
            out.put("max 0\n");
            return 0;
        };
        files.add(ssid, prefix + "max", notOnRoot, huge(limit, size), storeHuge(limit, size));
        files.add(ssid, prefix + "rsvd.max", notOnRoot, huge(reserved, size), storeHuge(reserved, size));
        files.add(ssid, prefix + "current", notOnRoot, none, null);
        files.add(ssid, prefix + "rsvd.current", notOnRoot, none, null);
        files.add(ssid, prefix + "events", notOnRoot, noEvents, null);
        files.add(ssid, prefix + "events.local", notOnRoot, noEvents, null);
        CgroupFile.Show numa = (request, out) -> {
            out.put("total=0 N0=0\n");
            return 0;
        };
        files.add(ssid, prefix + "numa_stat", notOnRoot, numa, null);
    }

    private static long rounded(long pages, int size) {
        return pages - pages % HUGE_PAGES[size];
    }

    /** hugetlb_cgroup_read_u64_max(): a limit that nobody has set is not the one that is called max. */
    private CgroupFile.Show huge(int value, int size) {
        return (request, out) -> {
            long pages = Math.min(value(request, CgroupSubsys.HUGETLB, value), PAGE_COUNTER_MAX);
            if (pages == rounded(PAGE_COUNTER_MAX, size)) {
                out.put("max\n");
                return 0;
            }
            return show(pages * PAGE_SIZE, out);
        };
    }

    private CgroupFile.Store storeHuge(int value, int size) {
        return (request, text) -> {
            int error = text.strip().memparse(PAGE_COUNTER_MAX);
            if (error == 0) {
                setValue(request, CgroupSubsys.HUGETLB, value, rounded(text.value, size));
            }
            return error;
        };
    }
}
