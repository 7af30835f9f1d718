package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.Css;
import dev.nestor.kernel.cgroup.CssTable;
import dev.nestor.uapi.Errno;

/**
 * Files of the freezer, devices, blkio and cpuacct controllers of version 1. What they are told is checked and kept, but for
 * exceptions of devices; nobody is frozen, refused a device or slowed down by it, and nothing is accounted.
 */
final class LegacyControllers {
    private static final long BFQ_MAX_WEIGHT = 1000;
    private static final String[] BLKIO_TOTALS = {
        "blkio.bfq.io_service_bytes",
        "blkio.bfq.io_serviced",
        "blkio.bfq.io_service_bytes_recursive",
        "blkio.bfq.io_serviced_recursive",
        "blkio.throttle.io_service_bytes",
        "blkio.throttle.io_serviced",
        "blkio.throttle.io_service_bytes_recursive",
        "blkio.throttle.io_serviced_recursive"
    };
    private static final String[] BLKIO_LIMITS = {
        "blkio.throttle.read_bps_device",
        "blkio.throttle.write_bps_device",
        "blkio.throttle.read_iops_device",
        "blkio.throttle.write_iops_device"
    };

    private final Cgroups cgroups;
    private final CssTable csses;
    private final int cpus;

    LegacyControllers(Cgroups cgroups, int cpus) {
        this.cgroups = cgroups;
        this.csses = cgroups.csses();
        this.cpus = cpus;
    }

    void register(CgroupFiles files) {
        registerFreezer(files);
        registerDevices(files);
        registerBlkio(files);
        registerCpuacct(files);
    }

    private static int show(long value, SeqFile out) {
        out.decimal(value).put('\n');
        return 0;
    }

    private boolean isSelfFreezing(int cgroup) {
        return csses.values(cgroups.css(cgroup, CgroupSubsys.FREEZER), Css.FREEZER_SELF) != 0;
    }

    private boolean isParentFreezing(int cgroup) {
        for (int at = cgroups.table().parent(cgroup);
                at != NULL;
                at = cgroups.table().parent(at)) {
            if (isSelfFreezing(at)) {
                return true;
            }
        }
        return false;
    }

    private void registerFreezer(CgroupFiles files) {
        int freezer = CgroupSubsys.FREEZER;
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        files.add(
                freezer,
                "freezer.state",
                notOnRoot,
                (request, out) -> {
                    boolean freezing = isSelfFreezing(request.cgroup) || isParentFreezing(request.cgroup);
                    out.put(freezing ? "FROZEN\n" : "THAWED\n");
                    return 0;
                },
                this::storeState);
        files.add(
                freezer,
                "freezer.self_freezing",
                notOnRoot,
                (request, out) -> show(isSelfFreezing(request.cgroup) ? 1 : 0, out),
                null);
        files.add(
                freezer,
                "freezer.parent_freezing",
                notOnRoot,
                (request, out) -> show(isParentFreezing(request.cgroup) ? 1 : 0, out),
                null);
    }

    private int storeState(CgroupRequest request, CgroupText text) {
        boolean freeze = text.strip().is("FROZEN");
        if (!freeze && !text.is("THAWED")) {
            return -Errno.EINVAL;
        }
        csses.setValues(cgroups.css(request.cgroup, CgroupSubsys.FREEZER), Css.FREEZER_SELF, freeze ? 1 : 0);
        return 0;
    }

    private void registerDevices(CgroupFiles files) {
        int devices = CgroupSubsys.DEVICES;
        files.add(devices, "devices.allow", 0, null, (request, text) -> storeDevices(request, text, 0));
        files.add(devices, "devices.deny", 0, null, (request, text) -> storeDevices(request, text, 1));
        files.add(
                devices,
                "devices.list",
                0,
                (request, out) -> {
                    boolean denies = csses.values(cgroups.css(request.cgroup, devices), Css.DEVICES_DENY) != 0;
                    out.put(denies ? "" : "a *:* rwm\n");
                    return 0;
                },
                null);
    }

    /** devcgroup_update_access(). */
    private int storeDevices(CgroupRequest request, CgroupText text, int deny) {
        text.strip();
        boolean isAll = text.start < text.end && text.bytes[text.start] == 'a';
        if (!isAll) {
            return isException(text) ? 0 : -Errno.EINVAL;
        }
        if (!cgroups.table().children().isEmpty(request.cgroup)) {
            return -Errno.EINVAL;
        }
        int parent = cgroups.table().parent(request.cgroup);
        int devices = CgroupSubsys.DEVICES;
        if (deny == 0 && parent != NULL && csses.values(cgroups.css(parent, devices), Css.DEVICES_DENY) != 0) {
            return -Errno.EPERM;
        }
        csses.setValues(cgroups.css(request.cgroup, devices), Css.DEVICES_DENY, deny);
        return 0;
    }

    /** {@code c 1:3 rwm}, with * for any number. */
    private static boolean isException(CgroupText text) {
        int at = text.start;
        boolean isKind = at + 1 < text.end && (text.bytes[at] == 'b' || text.bytes[at] == 'c');
        if (!isKind || text.bytes[at + 1] != ' ') {
            return false;
        }
        at = number(text, at + 2);
        if (at < 0 || at >= text.end || text.bytes[at] != ':') {
            return false;
        }
        at = number(text, at + 1);
        if (at < 0 || at >= text.end || text.bytes[at] != ' ') {
            return false;
        }
        for (int i = at + 1; i < text.end; i++) {
            if ("rwm".indexOf(text.bytes[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int number(CgroupText text, int from) {
        if (from < text.end && text.bytes[from] == '*') {
            return from + 1;
        }
        int at = from;
        while (at < text.end && text.bytes[at] >= '0' && text.bytes[at] <= '9') {
            at++;
        }
        return at == from ? -1 : at;
    }

    private void registerBlkio(CgroupFiles files) {
        int blkio = CgroupSubsys.IO;
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        for (String name : BLKIO_TOTALS) {
            files.add(
                    blkio,
                    name,
                    0,
                    (request, out) -> {
                        out.put("Total 0\n");
                        return 0;
                    },
                    null);
        }
        for (String name : BLKIO_LIMITS) {
            files.add(blkio, name, 0, (request, out) -> 0, (request, text) -> -Errno.ENODEV);
        }
        files.add(blkio, "blkio.reset_stats", 0, null, (request, text) -> text.kstrtoull());
        files.add(
                blkio, "blkio.bfq.weight", notOnRoot, (request, out) -> show(weight(request), out), this::storeWeight);
        files.add(
                blkio,
                "blkio.bfq.weight_device",
                notOnRoot,
                (request, out) -> {
                    out.put("default ");
                    return show(weight(request), out);
                },
                (request, text) -> -Errno.ENODEV);
    }

    private long weight(CgroupRequest request) {
        return csses.values(cgroups.css(request.cgroup, CgroupSubsys.IO), Css.BFQ_WEIGHT);
    }

    private int storeWeight(CgroupRequest request, CgroupText text) {
        int error = text.kstrtoull();
        if (error == 0 && (text.value < 1 || text.value > BFQ_MAX_WEIGHT)) {
            error = -Errno.ERANGE;
        }
        if (error == 0) {
            csses.setValues(cgroups.css(request.cgroup, CgroupSubsys.IO), Css.BFQ_WEIGHT, text.value);
        }
        return error;
    }

    private void registerCpuacct(CgroupFiles files) {
        int cpuacct = CgroupSubsys.CPUACCT;
        files.add(cpuacct, "cpuacct.usage", 0, LegacyCore::showZero, (request, text) -> {
            int error = text.kstrtoull();
            return error == 0 && text.value != 0 ? -Errno.EINVAL : error;
        });
        files.add(cpuacct, "cpuacct.usage_user", 0, LegacyCore::showZero, null);
        files.add(cpuacct, "cpuacct.usage_sys", 0, LegacyCore::showZero, null);
        for (String name : new String[] {"", "_user", "_sys"}) {
            files.add(
                    cpuacct,
                    "cpuacct.usage_percpu" + name,
                    0,
                    (request, out) -> {
                        for (int cpu = 0; cpu < cpus; cpu++) {
                            out.put("0 ");
                        }
                        out.put('\n');
                        return 0;
                    },
                    null);
        }
        files.add(
                cpuacct,
                "cpuacct.usage_all",
                0,
                (request, out) -> {
                    out.put("cpu user system\n");
                    for (int cpu = 0; cpu < cpus; cpu++) {
                        out.unsigned(cpu).put(" 0 0\n");
                    }
                    return 0;
                },
                null);
        files.add(
                cpuacct,
                "cpuacct.stat",
                0,
                (request, out) -> {
                    out.put("user 0\nsystem 0\n");
                    return 0;
                },
                null);
    }
}
