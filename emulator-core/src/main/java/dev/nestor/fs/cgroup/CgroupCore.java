package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.Vfs;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupRoom;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cgroup.CpuController;
import dev.nestor.kernel.cgroup.CssSetTable;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.uapi.Errno;
import java.util.function.LongUnaryOperator;

/** The files that all cgroups have: cgroup_base_files and cgroup_psi_files of kernel/cgroup/cgroup.c. */
final class CgroupCore {
    private static final int DEFAULT_STATIC_PRIO = 120;

    private final CgroupRoom room;
    private final Cgroups cgroups;
    private final CgroupTable table;
    private final CgroupProcs procs;
    private final CgroupFs fs;
    private final TaskTable tasks;
    private final LongUnaryOperator cyclesToNs;

    CgroupCore(Vfs vfs, CgroupRoom room, CgroupProcs procs, LongUnaryOperator cyclesToNs, CgroupFs fs) {
        this.room = room;
        this.cgroups = room.cgroups();
        this.table = cgroups.table();
        this.procs = procs;
        this.fs = fs;
        this.tasks = vfs.below.tasks();
        this.cyclesToNs = cyclesToNs;
    }

    void register(CgroupFiles files) {
        int core = CgroupFiles.CORE;
        int notOnRoot = CgroupFile.NOT_ON_ROOT;
        int delegatable = CgroupFile.NS_DELEGATABLE;
        files.add(core, "cgroup.type", notOnRoot, this::showType, this::storeType);
        files.add(
                core,
                "cgroup.procs",
                delegatable | CgroupFile.RECORDS,
                procs::showProcs,
                (request, text) -> withBoundary(request, text, true));
        files.add(
                core,
                "cgroup.threads",
                delegatable | CgroupFile.RECORDS,
                procs::showThreads,
                (request, text) -> withBoundary(request, text, false));
        files.add(core, "cgroup.controllers", 0, this::showControllers, null);
        files.add(core, "cgroup.subtree_control", delegatable, this::showSubtreeControl, this::storeSubtreeControl);
        files.add(core, "cgroup.events", notOnRoot | CgroupFile.NOTIFIES, this::showEvents, null);
        files.add(core, "cgroup.max.descendants", 0, this::showMaxDescendants, this::storeMaxDescendants);
        files.add(core, "cgroup.max.depth", 0, this::showMaxDepth, this::storeMaxDepth);
        files.add(core, "cgroup.stat", 0, this::showStat, null);
        files.add(core, "cgroup.stat.local", notOnRoot, this::showStatLocal, null);
        files.add(core, "cgroup.freeze", notOnRoot, this::showFreeze, this::storeFreeze);
        files.add(core, "cgroup.kill", notOnRoot, null, procs::storeKill);
        files.add(core, "cpu.stat", 0, this::showCpuStat, null);
        files.add(core, "cpu.stat.local", 0, this::showCpuStatLocal, null);
        for (String name : new String[] {"io", "memory", "cpu"}) {
            files.add(core, name + ".pressure", CgroupFile.PRESSURE, this::showPressure, this::storeTrigger);
        }
        files.add(core, "cgroup.pressure", 0, this::showPressureOn, this::storePressureOn);
    }

    private int withBoundary(CgroupRequest request, CgroupText text, boolean threadgroup) {
        procs.setBoundary(fs.isNsDelegate() ? request.ns : NULL);
        return threadgroup ? procs.storeProcs(request, text) : procs.storeThreads(request, text);
    }

    private int showType(CgroupRequest request, SeqFile out) {
        int cgroup = request.cgroup;
        if (cgroups.isThreaded(cgroup)) {
            out.put("threaded\n");
        } else if (!cgroups.isValidDomain(cgroup)) {
            out.put("domain invalid\n");
        } else {
            out.put(cgroups.isThreadRoot(cgroup) ? "domain threaded\n" : "domain\n");
        }
        return 0;
    }

    private int storeType(CgroupRequest request, CgroupText text) {
        if (!text.strip().is("threaded")) {
            return -Errno.EINVAL;
        }
        fs.setWriter(request.task);
        return room.control().enableThreaded(request.cgroup);
    }

    private int showControllers(CgroupRequest request, SeqFile out) {
        return showMask(cgroups.control(request.cgroup), out);
    }

    private int showSubtreeControl(CgroupRequest request, SeqFile out) {
        return showMask(table.subtreeControl(request.cgroup), out);
    }

    private static int showMask(int mask, SeqFile out) {
        boolean any = false;
        for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
            if ((mask & CgroupSubsys.mask(ssid)) != 0) {
                out.put(any ? " " : "").put(CgroupSubsys.name(ssid));
                any = true;
            }
        }
        out.put(any ? "\n" : "");
        return 0;
    }

    private int storeSubtreeControl(CgroupRequest request, CgroupText text) {
        text.strip();
        int error = room.control().parse(text.bytes, text.start, text.end);
        fs.setWriter(request.task);
        return error != 0 ? error : room.control().apply(request.cgroup);
    }

    private int showEvents(CgroupRequest request, SeqFile out) {
        out.put("populated ").put(cgroups.isPopulated(request.cgroup) ? '1' : '0');
        boolean frozen = table.hasFlag(request.cgroup, CgroupTable.CGRP_FROZEN);
        out.put("\nfrozen ").put(frozen ? '1' : '0').put('\n');
        return 0;
    }

    private int showMaxDescendants(CgroupRequest request, SeqFile out) {
        return showMax(table.maxDescendants(request.cgroup), out);
    }

    private int showMaxDepth(CgroupRequest request, SeqFile out) {
        return showMax(table.maxDepth(request.cgroup), out);
    }

    private static int showMax(int value, SeqFile out) {
        if (value == CgroupTable.MAX) {
            out.put("max\n");
        } else {
            out.decimal(value).put('\n');
        }
        return 0;
    }

    /** A number that is not negative, or max: 0, EINVAL or ERANGE. */
    private static int parseMax(CgroupText text) {
        if (text.strip().is("max")) {
            text.value = CgroupTable.MAX;
            return 0;
        }
        int error = text.kstrtoint();
        return error == 0 && text.value < 0 ? -Errno.ERANGE : error;
    }

    private int storeMaxDescendants(CgroupRequest request, CgroupText text) {
        int error = parseMax(text);
        if (error == 0) {
            table.setMaxDescendants(request.cgroup, (int) text.value);
        }
        return error;
    }

    private int storeMaxDepth(CgroupRequest request, CgroupText text) {
        int error = parseMax(text);
        if (error == 0) {
            table.setMaxDepth(request.cgroup, (int) text.value);
        }
        return error;
    }

    private int showStat(CgroupRequest request, SeqFile out) {
        int cgroup = request.cgroup;
        out.put("nr_descendants ").unsigned(table.nrDescendants(cgroup)).put('\n');
        for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
            if (isShown(ssid)) {
                out.put("nr_subsys_").put(CgroupSubsys.name(ssid)).put(' ');
                int count = cgroups.css(cgroup, ssid) == NULL ? 0 : cgroups.countCss(cgroup, ssid);
                out.unsigned(count).put('\n');
            }
        }
        out.put("nr_dying_descendants ")
                .unsigned(table.nrDyingDescendants(cgroup))
                .put('\n');
        for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
            if (isShown(ssid)) {
                out.put("nr_dying_subsys_").put(CgroupSubsys.name(ssid)).put(' ');
                out.unsigned(cgroups.countDyingCss(cgroup, ssid)).put('\n');
            }
        }
        return 0;
    }

    private boolean isShown(int ssid) {
        return (cgroups.subsysMask() & CgroupSubsys.mask(ssid)) != 0 && CgroupSubsys.isOnDefault(ssid);
    }

    private int showStatLocal(CgroupRequest request, SeqFile out) {
        out.put("frozen_usec ")
                .unsigned(room.freezer().frozenNs(request.cgroup) / 1000)
                .put('\n');
        return 0;
    }

    private int showFreeze(CgroupRequest request, SeqFile out) {
        out.put(table.freeze(request.cgroup) ? "1\n" : "0\n");
        return 0;
    }

    private int storeFreeze(CgroupRequest request, CgroupText text) {
        int error = parseBool(text);
        if (error == 0) {
            room.freezer().freeze(request.cgroup, text.value == 1);
        }
        return error;
    }

    private static int parseBool(CgroupText text) {
        int error = text.strip().kstrtoint();
        return error == 0 && (text.value < 0 || text.value > 1) ? -Errno.ERANGE : error;
    }

    private long user; // cycles, while they are summed up
    private long system;
    private long nice;

    private int showCpuStat(CgroupRequest request, SeqFile out) {
        user = 0;
        system = 0;
        nice = 0;
        int top = request.cgroup;
        for (int at = top; at != NULL; at = cgroups.next(at, top)) {
            user += table.utime(at);
            system += table.stime(at);
            addLiving(at);
        }
        out.put("usage_usec ").unsigned(micros(user + system));
        out.put("\nuser_usec ").unsigned(micros(user));
        out.put("\nsystem_usec ").unsigned(micros(system));
        out.put("\nnice_usec ").unsigned(micros(nice)).put('\n');
        boolean hasCpu = cgroups.css(top, CgroupSubsys.CPU) != NULL && table.parent(top) != NULL;
        if (hasCpu) {
            CpuController controller = cgroups.cpu();
            int group = cgroups.cpuGroup(top);
            out.put("nr_periods ").decimal(controller.nrPeriods(group));
            out.put("\nnr_throttled ").decimal(controller.nrThrottled(group));
            out.put("\nthrottled_usec ").decimal(controller.throttledNs(group) / 1000);
            out.put("\nnr_bursts ").decimal(controller.nrBursts(group));
            out.put("\nburst_usec ").decimal(controller.burstNs(group) / 1000).put('\n');
        }
        return 0;
    }

    private void addLiving(int cgroup) {
        CssSetTable cssSets = room.cssSets().table();
        for (int cset = cssSets.links().first(cgroup);
                cset != NULL;
                cset = cssSets.links().next(cset)) {
            for (int task = cssSets.members().first(cset);
                    task != NULL;
                    task = cssSets.members().next(task)) {
                user += tasks.utime(task);
                system += tasks.stime(task);
                nice += tasks.staticPrio(task) > DEFAULT_STATIC_PRIO ? tasks.utime(task) : 0;
            }
        }
    }

    private long micros(long cycles) {
        return cyclesToNs.applyAsLong(cycles) / 1000;
    }

    private int showCpuStatLocal(CgroupRequest request, SeqFile out) {
        boolean hasCpu = cgroups.css(request.cgroup, CgroupSubsys.CPU) != NULL && table.parent(request.cgroup) != NULL;
        out.put(hasCpu ? "throttled_usec 0\n" : "");
        return 0;
    }

    /** psi_show(), of a machine on which nobody is held up. */
    private int showPressure(CgroupRequest request, SeqFile out) {
        out.put("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
        out.put("full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
        return 0;
    }

    /** psi_trigger_create(): there are no triggers here. */
    private int storeTrigger(CgroupRequest request, CgroupText text) {
        return -Errno.EINVAL;
    }

    private int showPressureOn(CgroupRequest request, SeqFile out) {
        out.put(table.pressureOff(request.cgroup) ? "0\n" : "1\n");
        return 0;
    }

    private int storePressureOn(CgroupRequest request, CgroupText text) {
        int error = parseBool(text);
        if (error == 0) {
            fs.setPressure(request.cgroup, text.value == 1);
        }
        return error;
    }
}
