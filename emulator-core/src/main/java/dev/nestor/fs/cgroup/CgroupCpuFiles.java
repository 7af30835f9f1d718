package dev.nestor.fs.cgroup;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.CpuController;
import dev.nestor.kernel.cgroup.Css;
import dev.nestor.kernel.cgroup.CssTable;
import dev.nestor.kernel.sched.LoadWeight;
import dev.nestor.kernel.sched.SchedTasks;
import dev.nestor.table.Table;
import dev.nestor.uapi.Errno;

/** The files of the cpu controller: cpu_files of kernel/sched/core.c. */
final class CgroupCpuFiles {
    private static final long MIN_US = 1000; // of quota and period
    private static final long MAX_PERIOD_US = 1_000_000;
    private static final long MAX_QUOTA_US = (1L << 44) / 1000;

    private static final long MAX_SHARES = 1 << 18;
    private static final long RT_RUNTIME_US = 950_000;
    private static final long RT_PERIOD_US = 1_000_000;

    private final Cgroups cgroups;
    private final CssTable csses;

    CgroupCpuFiles(Cgroups cgroups) {
        this.cgroups = cgroups;
        this.csses = cgroups.csses();
    }

    void register(CgroupFiles files) {
        int cpu = CgroupSubsys.CPU;
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        files.add(cpu, "cpu.weight", notOnRoot, this::showWeight, this::storeWeight);
        files.add(cpu, "cpu.weight.nice", notOnRoot, this::showNice, this::storeNice);
        files.add(cpu, "cpu.idle", notOnRoot, this::showIdle, this::storeIdle);
        files.add(cpu, "cpu.max", notOnRoot, this::showMax, this::storeMax);
        files.add(cpu, "cpu.max.burst", notOnRoot, this::showBurst, this::storeBurst);
    }

    /** cpu_legacy_files. */
    void registerLegacy(CgroupFiles files) {
        int cpu = CgroupSubsys.CPU;
        files.add(
                cpu,
                "cpu.shares",
                0,
                (request, out) -> show(
                        isIdle(css(request)) ? LoadWeight.WEIGHT_IDLEPRIO : csses.values(css(request), Css.CPU_SHARES),
                        out),
                this::storeShares);
        files.add(cpu, "cpu.idle", 0, this::showIdle, this::storeIdle);
        files.add(cpu, "cpu.cfs_quota_us", 0, this::showQuota, this::storeQuota);
        files.add(
                cpu,
                "cpu.cfs_period_us",
                0,
                (request, out) -> show(csses.values(css(request), Css.CPU_PERIOD), out),
                this::storePeriod);
        files.add(cpu, "cpu.cfs_burst_us", 0, this::showBurst, this::storeLegacyBurst);
        files.add(cpu, "cpu.stat", 0, this::showLegacyStat, null);
        files.add(cpu, "cpu.stat.local", 0, this::showLegacyStatLocal, null);
        files.add(
                cpu,
                "cpu.rt_runtime_us",
                0,
                (request, out) -> show(isRoot(request) ? RT_RUNTIME_US : 0, out),
                CgroupCpuFiles::refuse);
        files.add(cpu, "cpu.rt_period_us", 0, (request, out) -> show(RT_PERIOD_US, out), CgroupCpuFiles::refuse);
    }

    private boolean isRoot(CgroupRequest request) {
        return cgroups.table().parent(request.cgroup) == Table.NULL;
    }

    private static int refuse(CgroupRequest request, CgroupText text) {
        return -Errno.EINVAL;
    }

    private int storeShares(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoull();
        if (error != 0 || isRoot(request)) {
            return -Errno.EINVAL;
        }
        return setShares(css(request), Long.compareUnsigned(text.value, MAX_SHARES) > 0 ? MAX_SHARES : text.value);
    }

    private int showQuota(CgroupRequest request, SeqFile out) {
        long quota = csses.values(css(request), Css.CPU_QUOTA);
        return show(quota == Css.MAX ? -1 : quota, out);
    }

    /** tg_set_cfs_quota(): what is negative is no limit. */
    private int storeQuota(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoll();
        int css = css(request);
        if (error != 0 || isRoot(request)) {
            return error != 0 ? error : -Errno.EINVAL;
        }
        long quota = text.value < 0 ? Css.MAX : text.value;
        return setBandwidth(css, csses.values(css, Css.CPU_PERIOD), quota, csses.values(css, Css.CPU_BURST));
    }

    private int storePeriod(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoull();
        int css = css(request);
        if (error != 0 || isRoot(request)) {
            return error != 0 ? error : -Errno.EINVAL;
        }
        return setBandwidth(css, text.value, csses.values(css, Css.CPU_QUOTA), csses.values(css, Css.CPU_BURST));
    }

    private int storeLegacyBurst(CgroupRequest request, CgroupText text) {
        return isRoot(request) ? -Errno.EINVAL : storeBurst(request, text);
    }

    private int showLegacyStat(CgroupRequest request, SeqFile out) {
        int group = group(css(request));
        CpuController controller = cgroups.cpu();
        boolean isRoot = group == Table.NULL;
        out.put("nr_periods ").decimal(isRoot ? 0 : controller.nrPeriods(group));
        out.put("\nnr_throttled ").decimal(isRoot ? 0 : controller.nrThrottled(group));
        out.put("\nthrottled_time ").decimal(isRoot ? 0 : controller.throttledNs(group));
        out.put("\nnr_bursts ").decimal(isRoot ? 0 : controller.nrBursts(group));
        out.put("\nburst_time ").decimal(isRoot ? 0 : controller.burstNs(group)).put('\n');
        return 0;
    }

    private int showLegacyStatLocal(CgroupRequest request, SeqFile out) {
        int group = group(css(request));
        out.put("throttled_time ");
        return show(group == Table.NULL ? 0 : cgroups.cpu().throttledSelfNs(group), out);
    }

    private int group(int css) {
        return (int) csses.values(css, Css.CPU_GROUP);
    }

    private int css(CgroupRequest request) {
        return cgroups.css(request.cgroup, CgroupSubsys.CPU);
    }

    private static int show(long value, SeqFile out) {
        out.decimal(value).put('\n');
        return 0;
    }

    private boolean isIdle(int css) {
        return csses.values(css, Css.CPU_IDLE) != 0;
    }

    private int showWeight(CgroupRequest request, SeqFile out) {
        int css = css(request);
        long weight = (csses.values(css, Css.CPU_SHARES) * 100 + 512) / 1024;
        return show(isIdle(css) ? 0 : Math.clamp(weight, 1, 10_000), out);
    }

    private int storeWeight(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoull();
        if (error != 0) {
            return error;
        }
        if (text.value < 1 || text.value > 10_000) {
            return -Errno.ERANGE;
        }
        return setShares(css(request), (text.value * 1024 + 50) / 100);
    }

    /** sched_group_set_shares(). */
    private int setShares(int css, long shares) {
        if (isIdle(css)) {
            return -Errno.EINVAL;
        }
        csses.setValues(css, Css.CPU_SHARES, Math.max(2, shares));
        if (group(css) != Table.NULL) {
            cgroups.cpu().setShares(group(css), shares);
        }
        return 0;
    }

    /** cpu_weight_nice_read_s64(): the nice value whose weight is nearest. */
    private int showNice(CgroupRequest request, SeqFile out) {
        int css = css(request);
        long weight = isIdle(css) ? LoadWeight.WEIGHT_IDLEPRIO : csses.values(css, Css.CPU_SHARES);
        long best = Long.MAX_VALUE;
        int nice = SchedTasks.MIN_NICE;
        while (nice <= SchedTasks.MAX_NICE && Math.abs(LoadWeight.ofNice(nice) - weight) < best) {
            best = Math.abs(LoadWeight.ofNice(nice) - weight);
            nice++;
        }
        return show(nice - 1, out);
    }

    private int storeNice(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoll();
        if (error != 0) {
            return error;
        }
        if (text.value < SchedTasks.MIN_NICE || text.value > SchedTasks.MAX_NICE) {
            return -Errno.ERANGE;
        }
        return setShares(css(request), LoadWeight.ofNice((int) text.value));
    }

    private int showIdle(CgroupRequest request, SeqFile out) {
        return show(csses.values(css(request), Css.CPU_IDLE), out);
    }

    private int storeIdle(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoll();
        if (error != 0) {
            return error;
        }
        if (text.value != 0 && text.value != 1) {
            return -Errno.EINVAL;
        }
        int css = css(request);
        if (csses.values(css, Css.CPU_IDLE) != text.value) {
            csses.setValues(css, Css.CPU_IDLE, text.value);
            csses.setValues(css, Css.CPU_SHARES, text.value == 1 ? LoadWeight.WEIGHT_IDLEPRIO : 1024);
            if (group(css) != Table.NULL) {
                cgroups.cpu().setIdle(group(css), text.value == 1);
            }
        }
        return 0;
    }

    private int showMax(CgroupRequest request, SeqFile out) {
        long quota = csses.values(css(request), Css.CPU_QUOTA);
        if (quota == Css.MAX) {
            out.put("max ");
        } else {
            out.decimal(quota).put(' ');
        }
        return show(csses.values(css(request), Css.CPU_PERIOD), out);
    }

    /** cpu_period_quota_parse(), tg_set_cfs_bandwidth(). */
    private int storeMax(CgroupRequest request, CgroupText text) {
        int css = css(request);
        text.strip();
        int space = text.start;
        while (space < text.end && text.bytes[space] > ' ') {
            space++;
        }
        int end = text.end;
        text.end = space;
        long quota = Css.MAX;
        if (!text.is("max")) {
            quota = digits(text);
        }
        text.start = space;
        text.end = end;
        text.strip();
        long period = text.start == text.end ? csses.values(css, Css.CPU_PERIOD) : digits(text);
        if (quota < 0 || period < 1) {
            return -Errno.EINVAL;
        }
        return setBandwidth(css, period, quota, csses.values(css, Css.CPU_BURST));
    }

    /** sscanf("%llu"): the digits at the front; -1 for none. */
    private static long digits(CgroupText text) {
        long value = 0;
        int at = text.start;
        while (at < text.end && text.bytes[at] >= '0' && text.bytes[at] <= '9' && value < MAX_QUOTA_US * 1000) {
            value = value * 10 + text.bytes[at++] - '0';
        }
        return at == text.start ? -1 : value;
    }

    private int setBandwidth(int css, long period, long quota, long burst) {
        boolean fits = period >= MIN_US && period <= MAX_PERIOD_US && quota >= MIN_US;
        boolean limited = quota != Css.MAX;
        if (!fits || (limited && quota > MAX_QUOTA_US) || (limited && burst > quota)) {
            return -Errno.EINVAL;
        }
        csses.setValues(css, Css.CPU_PERIOD, period);
        csses.setValues(css, Css.CPU_QUOTA, quota);
        csses.setValues(css, Css.CPU_BURST, burst);
        if (group(css) != Table.NULL) {
            cgroups.cpu().setBandwidth(group(css), quota, period, burst);
        }
        return 0;
    }

    private int showBurst(CgroupRequest request, SeqFile out) {
        return show(csses.values(css(request), Css.CPU_BURST), out);
    }

    private int storeBurst(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoull();
        if (error != 0) {
            return error;
        }
        if (text.value < 0 || text.value > Long.MAX_VALUE / 1000) {
            return -Errno.EINVAL;
        }
        int css = css(request);
        return setBandwidth(css, csses.values(css, Css.CPU_PERIOD), csses.values(css, Css.CPU_QUOTA), text.value);
    }
}
