package dev.nestor.fs.cgroup;

import dev.nestor.fs.proc.SeqFile;
import org.jspecify.annotations.Nullable;

/** struct cftype: one kind of file that cgroups have. */
final class CgroupFile {
    static final int NOT_ON_ROOT = 1;
    static final int ONLY_ON_ROOT = 2;
    static final int NS_DELEGATABLE = 4;

    /** A read takes lines whole. */
    static final int RECORDS = 8;

    /** One of those that cgroup.pressure hides. */
    static final int PRESSURE = 16;

    /** It says by poll(2) when it has changed. */
    static final int NOTIFIES = 32;

    /** Shows the text of a file: 0 or a negative errno. */
    @FunctionalInterface
    interface Show {
        int show(CgroupRequest request, SeqFile out);
    }

    /** Takes what was written: 0 or a negative errno. */
    @FunctionalInterface
    interface Store {
        int store(CgroupRequest request, CgroupText text);
    }

    final int index; // from 1
    final int ssid; // controller, or -1 for the core
    final String name;
    final int flags;
    final @Nullable Show show;
    final @Nullable Store store;

    CgroupFile(int index, int ssid, String name, int flags, @Nullable Show show, @Nullable Store store) {
        this.index = index;
        this.ssid = ssid;
        this.name = name;
        this.flags = flags;
        this.show = show;
        this.store = store;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** cgroup_file_mode(). */
    int mode() {
        return (show == null ? 0 : 0444) | (store == null ? 0 : 0200);
    }
}
