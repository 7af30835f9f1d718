package dev.nestor.kernel.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.uapi.Errno;

/** Which controllers the children of a cgroup have, and threaded cgroups: cgroup_subtree_control_write(), cgroup_type_write(). */
public final class CgroupControl {
    private final Cgroups life;
    private final CgroupTable cgroups;

    private final CssSets cssSets;

    CgroupControl(Cgroups life, CssSets cssSets) {
        this.cssSets = cssSets;
        this.life = life;
        this.cgroups = life.table();
    }

    private int enable;
    private int disable;

    /**
     * The first half of cgroup_subtree_control_write(): takes the words {@code +name} and {@code -name}; EINVAL for another.
     *
     * @param text stripped of blanks around it
     */
    public int parse(byte[] text, int start, int end) {
        enable = 0;
        disable = 0;
        int at = start;
        while (at < end) {
            int stop = at;
            while (stop < end && text[stop] != ' ') {
                stop++;
            }
            if (stop > at) {
                int ssid = CgroupSubsys.find(text, at + 1, stop);
                if (ssid < 0 || (text[at] != '+' && text[at] != '-')) {
                    return -Errno.EINVAL;
                }
                boolean on = text[at] == '+';
                enable = on ? enable | CgroupSubsys.mask(ssid) : enable & ~CgroupSubsys.mask(ssid);
                disable = on ? disable & ~CgroupSubsys.mask(ssid) : disable | CgroupSubsys.mask(ssid);
            }
            at = stop + 1;
        }
        return 0;
    }

    /**
     * The second half, for a living cgroup: 0, ENOENT for a controller that it has not itself, EBUSY when a child still
     * uses one or tasks are in the way, EOPNOTSUPP where threads are.
     */
    public int apply(int cgroup) {
        for (int ssid = 0; ssid < CgroupSubsys.COUNT; ssid++) {
            int bit = CgroupSubsys.mask(ssid);
            boolean isOn = (cgroups.subtreeControl(cgroup) & bit) != 0;
            if ((enable & bit) != 0) {
                if (isOn) {
                    enable &= ~bit;
                } else if ((life.control(cgroup) & bit) == 0) {
                    return -Errno.ENOENT;
                }
            } else if ((disable & bit) != 0) {
                if (!isOn) {
                    disable &= ~bit;
                } else if (isUsedByChild(cgroup, bit)) {
                    return -Errno.EBUSY;
                }
            }
        }
        if (enable == 0 && disable == 0) {
            return 0;
        }
        int error = enable == 0 ? 0 : vetEnable(cgroup);
        if (error != 0) {
            return error;
        }
        cgroups.setSubtreeControl(cgroup, (cgroups.subtreeControl(cgroup) | enable) & ~disable);
        life.applyControl(cgroup);
        cssSets.scheduleAll(cgroup);
        tell(cgroup);
        return 0;
    }

    private boolean isUsedByChild(int cgroup, int bit) {
        for (int child = cgroups.children().first(cgroup);
                child != NULL;
                child = cgroups.children().next(child)) {
            if ((cgroups.subtreeControl(child) & bit) != 0) {
                return true;
            }
        }
        return false;
    }

    /** cgroup_vet_subtree_control_enable(). */
    private int vetEnable(int cgroup) {
        if (!life.isValidDomain(cgroups.domCgrp(cgroup))) {
            return -Errno.EOPNOTSUPP;
        }
        if (cgroups.parent(cgroup) == NULL) {
            return 0;
        }
        if ((enable & ~CgroupSubsys.THREADED) != 0) {
            if (life.isThreadRoot(cgroup) || life.isThreaded(cgroup)) {
                return -Errno.EOPNOTSUPP;
            }
        } else if (life.canBeThreadRoot(cgroup) || life.isThreaded(cgroup)) {
            return 0;
        }
        return cgroups.nrPopulatedCsets(cgroup) != 0 ? -Errno.EBUSY : 0;
    }

    /** cgroup_enable_threaded(): the cgroup joins its parent's domain. EOPNOTSUPP when tasks or controllers forbid it. */
    public int enableThreaded(int cgroup) {
        if (life.isThreaded(cgroup)) {
            return 0;
        }
        int parent = cgroups.parent(cgroup);
        int domain = cgroups.domCgrp(parent);
        boolean hasDomainControllers = (cgroups.subtreeControl(cgroup) & ~CgroupSubsys.THREADED) != 0;
        if (life.isPopulated(cgroup) || hasDomainControllers) {
            return -Errno.EOPNOTSUPP;
        }
        if (!life.isValidDomain(domain) || !life.canBeThreadRoot(domain)) {
            return -Errno.EOPNOTSUPP;
        }
        for (int at = cgroup; at != NULL; at = life.next(at, cgroup)) {
            if (at == cgroup || life.isThreaded(at)) {
                cgroups.setDomCgrp(at, domain);
            }
        }
        cgroups.setNrThreadedChildren(parent, cgroups.nrThreadedChildren(parent) + 1);
        life.applyControl(cgroup);
        cssSets.scheduleAll(cgroup);
        tell(cgroup);
        return 0;
    }

    private void tell(int top) {
        for (int at = top; at != NULL; at = life.next(at, top)) {
            life.hooks().controllersChanged(at);
        }
    }

    /** cgroup_migrate_vet_dst(): whether tasks may come into a cgroup: EOPNOTSUPP, or EBUSY where controllers are. */
    public int vetDestination(int cgroup) {
        if (!life.isValidDomain(cgroups.domCgrp(cgroup))) {
            return -Errno.EOPNOTSUPP;
        }
        if (life.canBeThreadRoot(cgroup) || life.isThreaded(cgroup)) {
            return 0;
        }
        return cgroups.subtreeControl(cgroup) != 0 ? -Errno.EBUSY : 0;
    }
}
