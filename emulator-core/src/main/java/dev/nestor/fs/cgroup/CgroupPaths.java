package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.DentryTable;
import dev.nestor.fs.NameTable;
import dev.nestor.fs.Nameidata;
import dev.nestor.uapi.Errno;

/** The path of a cgroup as a namespace has it: kernfs_path_from_node(). */
public final class CgroupPaths {
    private final DentryTable dentries;
    private final NameTable names;
    private final byte[] name = new byte[Nameidata.PATH_MAX];

    CgroupPaths(DentryTable dentries, NameTable names) {
        this.dentries = dentries;
        this.names = names;
    }

    /** The way from one directory to another, both dentries: the length, or ENAMETOOLONG. */
    int relative(int from, int to, byte[] into) {
        int length = 0;
        int common = from;
        while (!isBelow(to, common)) {
            if (length + 3 >= into.length) {
                return -Errno.ENAMETOOLONG;
            }
            into[length++] = '/';
            into[length++] = '.';
            into[length++] = '.';
            common = dentries.parent(common);
        }
        int more = 0;
        for (int at = to; at != common; at = dentries.parent(at)) {
            more += names.length(dentries.name(at)) + 1;
        }
        if (length + more >= into.length) {
            return -Errno.ENAMETOOLONG;
        }
        int end = length + more;
        for (int at = to; at != common; at = dentries.parent(at)) {
            int size = names.copy(dentries.name(at), name, 0);
            end -= size;
            System.arraycopy(name, 0, into, end, size);
            into[--end] = '/';
        }
        if (length + more == 0) {
            into[0] = '/';
            return 1;
        }
        return length + more;
    }

    private boolean isBelow(int dentry, int ancestor) {
        int at = dentry;
        while (at != NULL && at != ancestor) {
            at = dentries.parent(at);
        }
        return at == ancestor;
    }
}
