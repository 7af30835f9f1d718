package dev.nestor.kernel.cgroup;

import dev.nestor.table.Chain;
import dev.nestor.table.Columns;
import dev.nestor.table.Table;
import java.util.Arrays;

/** The struct cgroup columns, with those of its cgroup_freezer_state: one row from mkdir until nobody refers to it. */
public final class CgroupTable extends Table {
    static final int CGRP_ONLINE = 1;

    /** Its tasks are to be frozen. */
    public static final int CGRP_FREEZE = 2;

    /** All its tasks are. */
    public static final int CGRP_FROZEN = 4;

    /** notify_on_release of the first version says 1. */
    public static final int CGRP_NOTIFY_ON_RELEASE = 8;

    /** cgroup.clone_children of the first version says 1. */
    public static final int CGRP_CPUSET_CLONE_CHILDREN = 16;

    /** No limit of descendants or depth. */
    public static final int MAX = Integer.MAX_VALUE;

    private int[] count = new int[initialRows()]; // references: css_sets, children, and one until it is removed
    private int[] hierarchy = new int[initialRows()]; // index of the hierarchy it is in; 0 is the default one
    private int[] parent = new int[initialRows()]; // cgroup; NULL for a root
    private int[] level = new int[initialRows()]; // steps below the root
    private int[] kn = new int[initialRows()]; // dentry of its directory, held
    private int[] procsFile = new int
            [initialRows()]; // dentry of its cgroup.procs, NULL once removed: whose owner may write it may migrate
    private int[] flags = new int[initialRows()]; // CGRP_*
    private int[] rootFlags = new int[initialRows()]; // of a root, as bits: what its mount options say
    private int[] subtreeControl =
            new int[initialRows()]; // controllers, as bits, that children have by the user's wish
    private int[] subtreeSsMask = new int[initialRows()]; // as above, and those that come along
    private int[] domCgrp = new int[initialRows()]; // cgroup whose domain it is in: itself unless threaded
    private int[] nrDescendants = new int[initialRows()]; // living
    private int[] nrDyingDescendants = new int[initialRows()]; // removed and still referred to
    private int[] maxDescendants = new int[initialRows()]; // the most that may be below it
    private int[] maxDepth = new int[initialRows()]; // the most levels that may be below it
    private int[] nrThreadedChildren = new int[initialRows()];
    private int[] nrPopulatedCsets = new int[initialRows()]; // css_sets with a living task
    private int[] nrPopulatedDomainChildren = new int[initialRows()];
    private int[] nrPopulatedThreadedChildren = new int[initialRows()];
    private int[] nrTasks = new int[initialRows()]; // in it and below, zombies included, as the pids controller counts
    private byte[] freeze = new byte[initialRows()]; // what cgroup.freeze says
    private int[] eFreeze = new int[initialRows()]; // of itself and its ancestors, how many say so
    private int[] nrFrozenDescendants = new int[initialRows()];
    private int[] nrFrozenTasks = new int[initialRows()]; // tasks of its own
    private long[] freezeStart = new long[initialRows()]; // ns since boot, when freezing began
    private long[] frozenNs = new long[initialRows()]; // ns that it was to be frozen, until freezeStart
    private long[] utime = new long[initialRows()]; // cycles, of tasks that have died in it and of cgroups removed
    private long[] stime = new long[initialRows()]; // cycles, likewise
    private byte[] pressureOff = new byte[initialRows()]; // cgroup.pressure says 0
    private int[] eventsFile = new int[initialRows()]; // dentry of its cgroup.events, NULL once removed
    private long[] eventsSeq = new long[initialRows()]; // changes of cgroup.events so far
    private int[] releaseAgent = new int[initialRows()]; // of a root of the first version: name, held; NULL for none
    private int[] subsys = new int
            [CgroupSubsys.COUNT * initialRows()]; // cgroup_subsys_state by subsystem; NULL where it has none of its own
    private final Chain children = new Chain(this, this); // living, oldest first

    public CgroupTable(int limit) {
        super("cgroup", 50, limit);
    }

    public int count(int cgroup) {
        return count[row(cgroup)];
    }

    void setCount(int cgroup, int value) {
        count[row(cgroup)] = value;
    }

    public int hierarchy(int cgroup) {
        return hierarchy[row(cgroup)];
    }

    void setHierarchy(int cgroup, int value) {
        hierarchy[row(cgroup)] = value;
    }

    public int parent(int cgroup) {
        return parent[row(cgroup)];
    }

    void setParent(int cgroup, int value) {
        parent[row(cgroup)] = value;
    }

    public int level(int cgroup) {
        return level[row(cgroup)];
    }

    void setLevel(int cgroup, int value) {
        level[row(cgroup)] = value;
    }

    public int kn(int cgroup) {
        return kn[row(cgroup)];
    }

    public void setKn(int cgroup, int value) {
        kn[row(cgroup)] = value;
    }

    public int procsFile(int cgroup) {
        return procsFile[row(cgroup)];
    }

    public void setProcsFile(int cgroup, int value) {
        procsFile[row(cgroup)] = value;
    }

    public int flags(int cgroup) {
        return flags[row(cgroup)];
    }

    void setFlags(int cgroup, int value) {
        flags[row(cgroup)] = value;
    }

    public int rootFlags(int cgroup) {
        return rootFlags[row(cgroup)];
    }

    public void setRootFlags(int cgroup, int value) {
        rootFlags[row(cgroup)] = value;
    }

    public int subtreeControl(int cgroup) {
        return subtreeControl[row(cgroup)];
    }

    void setSubtreeControl(int cgroup, int value) {
        subtreeControl[row(cgroup)] = value;
    }

    public int subtreeSsMask(int cgroup) {
        return subtreeSsMask[row(cgroup)];
    }

    void setSubtreeSsMask(int cgroup, int value) {
        subtreeSsMask[row(cgroup)] = value;
    }

    public int domCgrp(int cgroup) {
        return domCgrp[row(cgroup)];
    }

    void setDomCgrp(int cgroup, int value) {
        domCgrp[row(cgroup)] = value;
    }

    public int nrDescendants(int cgroup) {
        return nrDescendants[row(cgroup)];
    }

    void setNrDescendants(int cgroup, int value) {
        nrDescendants[row(cgroup)] = value;
    }

    public int nrDyingDescendants(int cgroup) {
        return nrDyingDescendants[row(cgroup)];
    }

    void setNrDyingDescendants(int cgroup, int value) {
        nrDyingDescendants[row(cgroup)] = value;
    }

    public int maxDescendants(int cgroup) {
        return maxDescendants[row(cgroup)];
    }

    public void setMaxDescendants(int cgroup, int value) {
        maxDescendants[row(cgroup)] = value;
    }

    public int maxDepth(int cgroup) {
        return maxDepth[row(cgroup)];
    }

    public void setMaxDepth(int cgroup, int value) {
        maxDepth[row(cgroup)] = value;
    }

    public int nrThreadedChildren(int cgroup) {
        return nrThreadedChildren[row(cgroup)];
    }

    void setNrThreadedChildren(int cgroup, int value) {
        nrThreadedChildren[row(cgroup)] = value;
    }

    public int nrPopulatedCsets(int cgroup) {
        return nrPopulatedCsets[row(cgroup)];
    }

    void setNrPopulatedCsets(int cgroup, int value) {
        nrPopulatedCsets[row(cgroup)] = value;
    }

    public int nrPopulatedDomainChildren(int cgroup) {
        return nrPopulatedDomainChildren[row(cgroup)];
    }

    void setNrPopulatedDomainChildren(int cgroup, int value) {
        nrPopulatedDomainChildren[row(cgroup)] = value;
    }

    public int nrPopulatedThreadedChildren(int cgroup) {
        return nrPopulatedThreadedChildren[row(cgroup)];
    }

    void setNrPopulatedThreadedChildren(int cgroup, int value) {
        nrPopulatedThreadedChildren[row(cgroup)] = value;
    }

    public int nrTasks(int cgroup) {
        return nrTasks[row(cgroup)];
    }

    void setNrTasks(int cgroup, int value) {
        nrTasks[row(cgroup)] = value;
    }

    public boolean freeze(int cgroup) {
        return freeze[row(cgroup)] != 0;
    }

    void setFreeze(int cgroup, boolean value) {
        freeze[row(cgroup)] = (byte) (value ? 1 : 0);
    }

    public int eFreeze(int cgroup) {
        return eFreeze[row(cgroup)];
    }

    void setEFreeze(int cgroup, int value) {
        eFreeze[row(cgroup)] = value;
    }

    public int nrFrozenDescendants(int cgroup) {
        return nrFrozenDescendants[row(cgroup)];
    }

    void setNrFrozenDescendants(int cgroup, int value) {
        nrFrozenDescendants[row(cgroup)] = value;
    }

    public int nrFrozenTasks(int cgroup) {
        return nrFrozenTasks[row(cgroup)];
    }

    void setNrFrozenTasks(int cgroup, int value) {
        nrFrozenTasks[row(cgroup)] = value;
    }

    public long freezeStart(int cgroup) {
        return freezeStart[row(cgroup)];
    }

    void setFreezeStart(int cgroup, long value) {
        freezeStart[row(cgroup)] = value;
    }

    public long frozenNs(int cgroup) {
        return frozenNs[row(cgroup)];
    }

    void setFrozenNs(int cgroup, long value) {
        frozenNs[row(cgroup)] = value;
    }

    public long utime(int cgroup) {
        return utime[row(cgroup)];
    }

    void setUtime(int cgroup, long value) {
        utime[row(cgroup)] = value;
    }

    public long stime(int cgroup) {
        return stime[row(cgroup)];
    }

    void setStime(int cgroup, long value) {
        stime[row(cgroup)] = value;
    }

    public boolean pressureOff(int cgroup) {
        return pressureOff[row(cgroup)] != 0;
    }

    public void setPressureOff(int cgroup, boolean value) {
        pressureOff[row(cgroup)] = (byte) (value ? 1 : 0);
    }

    public int eventsFile(int cgroup) {
        return eventsFile[row(cgroup)];
    }

    public void setEventsFile(int cgroup, int value) {
        eventsFile[row(cgroup)] = value;
    }

    public long eventsSeq(int cgroup) {
        return eventsSeq[row(cgroup)];
    }

    void setEventsSeq(int cgroup, long value) {
        eventsSeq[row(cgroup)] = value;
    }

    public int releaseAgent(int cgroup) {
        return releaseAgent[row(cgroup)];
    }

    public void setReleaseAgent(int cgroup, int value) {
        releaseAgent[row(cgroup)] = value;
    }

    public int subsys(int cgroup, int index) {
        return subsys[row(cgroup) * CgroupSubsys.COUNT + index];
    }

    void setSubsys(int cgroup, int index, int value) {
        subsys[row(cgroup) * CgroupSubsys.COUNT + index] = value;
    }

    /** The living children of a cgroup, oldest first. */
    public Chain children() {
        return children;
    }

    public boolean hasFlag(int cgroup, int flag) {
        return (flags(cgroup) & flag) != 0;
    }

    public void addFlag(int cgroup, int flag) {
        setFlags(cgroup, flags(cgroup) | flag);
    }

    public void clearFlag(int cgroup, int flag) {
        setFlags(cgroup, flags(cgroup) & ~flag);
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        hierarchy[row] = 0;
        parent[row] = 0;
        level[row] = 0;
        kn[row] = 0;
        procsFile[row] = 0;
        flags[row] = 0;
        rootFlags[row] = 0;
        subtreeControl[row] = 0;
        subtreeSsMask[row] = 0;
        domCgrp[row] = 0;
        nrDescendants[row] = 0;
        nrDyingDescendants[row] = 0;
        maxDescendants[row] = 0;
        maxDepth[row] = 0;
        nrThreadedChildren[row] = 0;
        nrPopulatedCsets[row] = 0;
        nrPopulatedDomainChildren[row] = 0;
        nrPopulatedThreadedChildren[row] = 0;
        nrTasks[row] = 0;
        freeze[row] = 0;
        eFreeze[row] = 0;
        nrFrozenDescendants[row] = 0;
        nrFrozenTasks[row] = 0;
        freezeStart[row] = 0;
        frozenNs[row] = 0;
        utime[row] = 0;
        stime[row] = 0;
        pressureOff[row] = 0;
        eventsFile[row] = 0;
        eventsSeq[row] = 0;
        releaseAgent[row] = 0;
        Arrays.fill(subsys, row * CgroupSubsys.COUNT, (row + 1) * CgroupSubsys.COUNT, 0);
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        hierarchy = columns.ints(hierarchy);
        parent = columns.ints(parent);
        level = columns.ints(level);
        kn = columns.ints(kn);
        procsFile = columns.ints(procsFile);
        flags = columns.ints(flags);
        rootFlags = columns.ints(rootFlags);
        subtreeControl = columns.ints(subtreeControl);
        subtreeSsMask = columns.ints(subtreeSsMask);
        domCgrp = columns.ints(domCgrp);
        nrDescendants = columns.ints(nrDescendants);
        nrDyingDescendants = columns.ints(nrDyingDescendants);
        maxDescendants = columns.ints(maxDescendants);
        maxDepth = columns.ints(maxDepth);
        nrThreadedChildren = columns.ints(nrThreadedChildren);
        nrPopulatedCsets = columns.ints(nrPopulatedCsets);
        nrPopulatedDomainChildren = columns.ints(nrPopulatedDomainChildren);
        nrPopulatedThreadedChildren = columns.ints(nrPopulatedThreadedChildren);
        nrTasks = columns.ints(nrTasks);
        freeze = columns.bytes(freeze);
        eFreeze = columns.ints(eFreeze);
        nrFrozenDescendants = columns.ints(nrFrozenDescendants);
        nrFrozenTasks = columns.ints(nrFrozenTasks);
        freezeStart = columns.longs(freezeStart);
        frozenNs = columns.longs(frozenNs);
        utime = columns.longs(utime);
        stime = columns.longs(stime);
        pressureOff = columns.bytes(pressureOff);
        eventsFile = columns.ints(eventsFile);
        eventsSeq = columns.longs(eventsSeq);
        releaseAgent = columns.ints(releaseAgent);
        subsys = columns.ints(subsys, CgroupSubsys.COUNT);
    }
}
