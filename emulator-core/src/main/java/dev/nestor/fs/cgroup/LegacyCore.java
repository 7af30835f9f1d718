package dev.nestor.fs.cgroup;

import static dev.nestor.table.Table.NULL;

import dev.nestor.fs.NameTable;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.kernel.cgroup.CgroupTable;
import dev.nestor.kernel.cgroup.Cgroups;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.uapi.Capability;
import dev.nestor.uapi.Errno;

/** The files that all cgroups of version 1 have: cgroup1_base_files. No release agent is ever started. */
final class LegacyCore {
    private static final int PATH_MAX = 4096;

    private final Vfs vfs;
    private final CgroupTable table;
    private final CgroupProcs procs;
    private final NameTable names;

    LegacyCore(Vfs vfs, Cgroups cgroups, CgroupProcs procs) {
        this.vfs = vfs;
        this.table = cgroups.table();
        this.procs = procs;
        this.names = vfs.tables.names;
    }

    void register(CgroupFiles files) {
        int core = CgroupFiles.CORE;
        files.add(core, "cgroup.procs", CgroupFile.RECORDS, procs::showLegacyProcs, procs::storeLegacyProcs);
        flag(files, "cgroup.clone_children", CgroupTable.CGRP_CPUSET_CLONE_CHILDREN);
        files.add(core, "cgroup.sane_behavior", CgroupFile.ONLY_ON_ROOT, LegacyCore::showZero, null);
        files.add(core, "tasks", CgroupFile.RECORDS, procs::showLegacyTasks, procs::storeLegacyTasks);
        flag(files, "notify_on_release", CgroupTable.CGRP_NOTIFY_ON_RELEASE);
        files.add(core, "release_agent", CgroupFile.ONLY_ON_ROOT, this::showAgent, this::storeAgent);
    }

    private void flag(CgroupFiles files, String name, int flag) {
        files.add(
                CgroupFiles.CORE,
                name,
                0,
                (request, out) -> {
                    out.put(table.hasFlag(request.cgroup, flag) ? "1\n" : "0\n");
                    return 0;
                },
                (request, text) -> {
                    int error = text.kstrtoull();
                    if (error == 0 && text.value != 0) {
                        table.addFlag(request.cgroup, flag);
                    } else if (error == 0) {
                        table.clearFlag(request.cgroup, flag);
                    }
                    return error;
                });
    }

    static int showZero(CgroupRequest request, SeqFile out) {
        out.put("0\n");
        return 0;
    }

    private int showAgent(CgroupRequest request, SeqFile out) {
        int agent = table.releaseAgent(request.cgroup);
        if (agent != NULL) {
            out.name(names, agent);
        }
        out.put('\n');
        return 0;
    }

    /** cgroup_release_agent_write(): for the administrator of the initial user namespace alone. */
    private int storeAgent(CgroupRequest request, CgroupText text) {
        CredTable creds = vfs.below.credTable();
        int opener = vfs.tables.files.cred(request.file);
        int initial = vfs.tables.superBlocks.userNs(vfs.tables.inodes.sb(vfs.tables.files.inode(request.file)));
        boolean maySet = vfs.below.capabilities().capCapable(opener, initial, Capability.CAP_SYS_ADMIN);
        if (!maySet || creds.userNs(opener) != initial) {
            return -Errno.EPERM;
        }
        text.strip();
        int length = Math.min(text.end - text.start, PATH_MAX - 1);
        int agent = length == 0 ? NULL : names.intern(text.bytes, text.start, length);
        if (table.releaseAgent(request.cgroup) != NULL) {
            names.put(table.releaseAgent(request.cgroup));
        }
        table.setReleaseAgent(request.cgroup, agent);
        return 0;
    }
}
