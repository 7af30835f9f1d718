package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.Css;
import dev.nestor.kernel.cgroup.CssSets;
import dev.nestor.kernel.cgroup.CssTable;
import dev.nestor.uapi.Errno;

/** Files of the cpuset controller of version 1: kernel/cgroup/cpuset-v1.c. What they say is kept; nobody schedules by it. */
final class LegacyCpuset {
    private static final int CPUSET = CgroupSubsys.CPUSET;
    private static final long MAX_RELAX_LEVEL = 5;
    private static final String[] FLAGS = { // by bit of CPUSET_FLAGS
        "sched_load_balance",
        "cpu_exclusive",
        "mem_exclusive",
        "mem_hardwall",
        "memory_migrate",
        "memory_spread_page",
        "memory_spread_slab"
    };

    private final CgroupRoom room;
    private final CgroupTable table;
    private final Cgroups cgroups;
    private final CssTable csses;
    private final int cpus;

    LegacyCpuset(CgroupRoom room, int cpus) {
        this.room = room;
        this.cgroups = room.cgroups();
        this.table = cgroups.table();
        this.csses = cgroups.csses();
        this.cpus = Math.min(cpus, Long.SIZE - 1);
        int hierarchy = cgroups.hierarchyOf(CPUSET);
        if (hierarchy != 0) {
            int root = cgroups.css(room.rootOf(hierarchy), CPUSET);
            csses.setValues(root, Css.CPUSET_CPUS, (1L << this.cpus) - 1);
            csses.setValues(root, Css.CPUSET_MEMS, 1);
        }
    }

    void register(CgroupFiles files) {
        list(files, "cpus", Css.CPUSET_CPUS, true);
        list(files, "mems", Css.CPUSET_MEMS, true);
        list(files, "effective_cpus", Css.CPUSET_CPUS, false);
        list(files, "effective_mems", Css.CPUSET_MEMS, false);
        for (int i = 0; i < FLAGS.length; i++) {
            flag(files, "cpuset." + FLAGS[i], 1L << i);
        }
        files.add(CPUSET, "cpuset.sched_relax_domain_level", 0, this::showRelaxLevel, this::storeRelaxLevel);
        files.add(CPUSET, "cpuset.memory_pressure", 0, LegacyCore::showZero, null);
        files.add(
                CPUSET,
                "cpuset.memory_pressure_enabled",
                CgroupFile.ONLY_ON_ROOT,
                LegacyCore::showZero,
                (request, text) -> text.kstrtoull());
    }

    private long value(int cgroup, int value) {
        return csses.values(cgroups.css(cgroup, CPUSET), value);
    }

    private void list(CgroupFiles files, String name, int value, boolean writable) {
        CgroupFile.Show show = (request, out) -> showList(value(request.cgroup, value), out);
        CgroupFile.Store store = (request, text) -> storeList(request, text, value);
        files.add(CPUSET, "cpuset." + name, 0, show, writable ? store : null);
    }

    /** cpumask_pr_args() with {@code %*pbl}. */
    private static int showList(long bits, SeqFile out) {
        boolean any = false;
        for (int at = 0; at < Long.SIZE; at++) {
            if ((bits >>> at & 1) == 0) {
                continue;
            }
            int last = at;
            while (last + 1 < Long.SIZE && (bits >>> (last + 1) & 1) != 0) {
                last++;
            }
            out.put(any ? "," : "").unsigned(at);
            if (last > at) {
                out.put('-').unsigned(last);
            }
            any = true;
            at = last;
        }
        out.put('\n');
        return 0;
    }

    /** cpuset_write_resmask(), cpuset1_validate_change(). */
    private int storeList(CgroupRequest request, CgroupText text, int value) {
        int cgroup = request.cgroup;
        if (table.parent(cgroup) == NULL) {
            return -Errno.EACCES;
        }
        int error = parseList(text.strip(), value == Css.CPUSET_CPUS ? cpus : Long.SIZE);
        if (error != 0) {
            return error;
        }
        long bits = text.value;
        long all = value == Css.CPUSET_CPUS ? (1L << cpus) - 1 : 1;
        if ((bits & ~all) != 0) {
            return -Errno.EINVAL;
        }
        for (int child = table.children().first(cgroup);
                child != NULL;
                child = table.children().next(child)) {
            if ((value(child, value) & ~bits) != 0) {
                return -Errno.EBUSY;
            }
        }
        if ((bits & ~value(table.parent(cgroup), value)) != 0) {
            return -Errno.EACCES;
        }
        if (bits == 0 && value(cgroup, value) != 0 && hasTasks(cgroup)) {
            return -Errno.ENOSPC;
        }
        csses.setValues(cgroups.css(cgroup, CPUSET), value, bits);
        if (value == Css.CPUSET_CPUS) {
            tellTasks(cgroup);
        }
        return 0;
    }

    private void tellTasks(int cgroup) {
        CssSets cssSets = room.cssSets();
        for (int cset = cssSets.nextOf(cgroup, NULL); cset != NULL; cset = cssSets.nextOf(cgroup, cset)) {
            for (int task = cssSets.table().members().first(cset);
                    task != NULL;
                    task = cssSets.table().members().next(task)) {
                cgroups.cpusetChanged(task);
            }
        }
    }

    private boolean hasTasks(int cgroup) {
        return table.nrPopulatedCsets(cgroup) != 0 && room.cssSets().nextOf(cgroup, NULL) != NULL;
    }

    /** bitmap_parselist() without groups: numbers and ranges; EINVAL, or ERANGE beyond the last number there is. */
    private static int parseList(CgroupText text, int limit) {
        long bits = 0;
        int at = text.start;
        while (at < text.end) {
            if (text.bytes[at] == ',') {
                at++;
                continue;
            }
            int first = at;
            long low = 0;
            while (at < text.end && Character.isDigit(text.bytes[at]) && at - first < 9) {
                low = low * 10 + text.bytes[at++] - '0';
            }
            long high = low;
            int digits = at;
            if (at > first && at < text.end && text.bytes[at] == '-') {
                high = 0;
                digits = ++at;
                while (at < text.end && Character.isDigit(text.bytes[at]) && at - digits < 9) {
                    high = high * 10 + text.bytes[at++] - '0';
                }
                digits = at == digits ? -1 : at;
            }
            boolean ends = at == text.end || text.bytes[at] == ',';
            if (at == first || digits < 0 || !ends || high < low) {
                return -Errno.EINVAL;
            }
            if (high >= limit) {
                return -Errno.ERANGE;
            }
            bits |= (-1L << low) & (-1L >>> (Long.SIZE - 1 - high));
        }
        text.value = bits;
        return 0;
    }

    private void flag(CgroupFiles files, String name, long bit) {
        files.add(
                CPUSET,
                name,
                0,
                (request, out) -> {
                    out.put((value(request.cgroup, Css.CPUSET_FLAGS) & bit) != 0 ? "1\n" : "0\n");
                    return 0;
                },
                (request, text) -> {
                    int error = text.kstrtoull();
                    long flags = value(request.cgroup, Css.CPUSET_FLAGS);
                    if (error == 0) {
                        long next = text.value != 0 ? flags | bit : flags & ~bit;
                        csses.setValues(cgroups.css(request.cgroup, CPUSET), Css.CPUSET_FLAGS, next);
                    }
                    return error;
                });
    }

    private int showRelaxLevel(CgroupRequest request, SeqFile out) {
        out.decimal(value(request.cgroup, Css.CPUSET_RELAX_DOMAIN_LEVEL)).put('\n');
        return 0;
    }

    private int storeRelaxLevel(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoll();
        if (error == 0 && (text.value < -1 || text.value > MAX_RELAX_LEVEL)) {
            error = -Errno.EINVAL;
        }
        if (error == 0) {
            csses.setValues(cgroups.css(request.cgroup, CPUSET), Css.CPUSET_RELAX_DOMAIN_LEVEL, text.value);
        }
        return error;
    }
}
