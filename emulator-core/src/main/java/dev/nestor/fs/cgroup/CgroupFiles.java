package dev.nestor.fs.cgroup;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All kinds of files that cgroups have. */
final class CgroupFiles {
    static final int CORE = -1;

    private final List<CgroupFile> all = new ArrayList<>();

    void add(int ssid, String name, int flags, CgroupFile.@Nullable Show show, CgroupFile.@Nullable Store store) {
        all.add(new CgroupFile(all.size() + 1, ssid, name, flags, show, store));
    }

    int count() {
        return all.size();
    }

    /** By the index that inodes keep, from 1. */
    CgroupFile get(int index) {
        return all.get(index - 1);
    }
}
