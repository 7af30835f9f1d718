package dev.nestor.fs.cgroup;

import dev.nestor.fs.Outside;
import dev.nestor.kernel.cgroup.CgroupSubsys;
import dev.nestor.kernel.cgroup.LegacyHierarchy;
import dev.nestor.uapi.Errno;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of a mount of version 1: cgroup1_fs_parameters, check_cgroupfs_options().
 *
 * @param subsysMask the controllers asked for, as bits
 * @param none whether it was said that there are none
 * @param name of a hierarchy, "" for any
 */
record LegacyOptions(int subsysMask, boolean none, String name) {
    /** Another hierarchy is meant. */
    static final int OTHER = 1;

    private static final int MAX_CGROUP_ROOT_NAMELEN = 64;
    private static final List<String> FLAGS =
            List.of("noprefix", "clone_children", "cpuset_v2_mode", "xattr", "favordynmods", "nofavordynmods");

    /** The options of a text; null for such as there are not. */
    static @Nullable LegacyOptions parse(String text) {
        int mask = 0;
        boolean none = false;
        boolean all = false;
        boolean noprefix = false;
        String name = "";
        for (String option : text.split(",", -1)) {
            int ssid = CgroupSubsys.findLegacy(option);
            if (ssid >= 0) {
                mask |= CgroupSubsys.mask(ssid);
            } else if (option.startsWith("name=") && name.isEmpty() && isName(option.substring(5))) {
                name = option.substring(5);
            } else if (!option.isEmpty() && !FLAGS.contains(option) && !isPlain(option)) {
                return null;
            }
            none |= option.equals("none");
            all |= option.equals("all");
            noprefix |= option.equals("noprefix");
        }
        if (all && mask != 0) {
            return null;
        }
        if (all || (mask == 0 && !none && name.isEmpty())) {
            mask = (1 << CgroupSubsys.COUNT) - 1;
        }
        boolean isOdd = noprefix && (mask & ~CgroupSubsys.mask(CgroupSubsys.CPUSET)) != 0;
        boolean isNothing = mask == 0 && name.isEmpty();
        return isOdd || isNothing || (mask != 0 && none) ? null : new LegacyOptions(mask, none, name);
    }

    private static boolean isPlain(String option) {
        return option.equals("none") || option.equals("all") || option.startsWith("release_agent=");
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.length() < MAX_CGROUP_ROOT_NAMELEN && name.matches("[A-Za-z0-9._-]+");
    }

    /** Whether a hierarchy is meant: 0, EBUSY for one of that name with other controllers, or OTHER. */
    int match(LegacyHierarchy hierarchy) {
        boolean named = !name.isEmpty();
        if (named && !name.equals(hierarchy.name())) {
            return OTHER;
        }
        boolean asks = subsysMask != 0 || none;
        if (asks && subsysMask != hierarchy.subsysMask()) {
            return named ? -Errno.EBUSY : OTHER;
        }
        return 0;
    }

    /** The answer when there is no such hierarchy: a new one is beyond what is configured. */
    int missing(boolean isInitialNs, List<LegacyHierarchy> legacy) {
        if (subsysMask == 0 && !none) {
            return -Errno.EINVAL;
        }
        if (!isInitialNs) {
            return -Errno.EPERM;
        }
        int taken = 0;
        for (LegacyHierarchy hierarchy : legacy) {
            taken |= hierarchy.subsysMask();
        }
        return (taken & subsysMask) != 0 ? -Errno.EBUSY : -Outside.EOUTSIDE;
    }
}
