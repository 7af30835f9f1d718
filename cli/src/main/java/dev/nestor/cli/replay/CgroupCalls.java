package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.replay.abi.Family;
import dev.nestor.cli.replay.abi.Signatures;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;

/**
 * Calls that are about cgroups. Cgroups have no calls of their own: what is done with them is done with files, so a call on
 * a file of a cgroup file system counts as one.
 */
final class CgroupCalls {
    private static final byte[] HERE = {'.'};

    private final LearnedFiles files;
    private final Signatures signatures;

    CgroupCalls(LearnedFiles files, Signatures signatures) {
        this.files = files;
        this.signatures = signatures;
    }

    /** Whether a call that is about to be entered works on a file, or a name, of a cgroup file system. */
    boolean isOne(int task, TraceCall call) {
        if (signatures.family(call.nr()) != Family.FILE) {
            return false;
        }
        PathUse[] uses = PathUse.of(call);
        if (uses.length == 0) {
            Value first = call.arg(0);
            return first instanceof Value.Fd fd && isCgroupFile(files.inodeOf(task, (int) fd.value()));
        }
        for (PathUse use : uses) {
            byte[] path = use.path(call);
            if (path != null && leadsToCgroup(task, use.dfd(call), path)) {
                return true;
            }
        }
        return false;
    }

    private boolean leadsToCgroup(int task, int dfd, byte[] path) {
        int inode = files.find(task, dfd, path, true);
        return isCgroupFile(inode) || (inode <= NULL && isCgroupFile(files.find(task, dfd, parent(path), true)));
    }

    /** The directory that a path's last name is in. */
    private static byte[] parent(byte[] path) {
        byte[] parent = OutsideFiles.parent(path);
        return parent.length == 0 ? HERE : parent;
    }

    private boolean isCgroupFile(int inode) {
        return inode > NULL && files.isOfCgroups(inode);
    }
}
