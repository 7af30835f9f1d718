package dev.nestor.cli.replay;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.fs.LearnedFiles;
import dev.nestor.fs.LearnedMounts;
import dev.nestor.fs.LookupFlags;
import dev.nestor.fs.MountFlags;
import dev.nestor.uapi.Fcntl;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Mounts that the log shows and the emulator has not made. A tmpfs is empty; of any other file system nobody knows what is
 * in it, so that its names are learned as those of all files from before.
 */
final class OutsideMounts {
    private static final int MS_RDONLY = 1;
    private static final int MS_NOSUID = 2;
    private static final int MS_NODEV = 4;
    private static final int MS_NOEXEC = 8;
    private static final int MS_REMOUNT = 0x20;
    private static final int MS_BIND = 0x1000;
    private static final int MS_MOVE = 0x2000;
    private static final int MS_REC = 0x4000;
    private static final int MS_PROPAGATION = 0x1e0000; // UNBINDABLE, PRIVATE, SLAVE, SHARED

    private final Machine machine;
    private final LearnedFiles files;
    private final LearnedMounts mounts;

    OutsideMounts(Machine machine, LearnedFiles files) {
        this.machine = machine;
        this.files = files;
        this.mounts = new LearnedMounts(machine.kernel().vfs());
    }

    /** A call that the emulator has not done has succeeded. */
    void align(ReplayedTask member, TraceCall call, long result) {
        if (result >= 0 || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return;
        }
        int task = member.task();
        byte @Nullable [] first = path(call, 0);
        switch (call.nr()) {
            case Nr.NR_mount -> mount(task, call);
            case Nr.NR_umount2 -> {
                if (first != null) {
                    mounts.umount(task, first);
                }
            }
            case Nr.NR_pivot_root, Nr.NR_chroot -> {
                byte @Nullable [] old = path(call, 1);
                if (old != null) {
                    mounts.bind(task, OutsideFiles.bytes("/"), old, true);
                }
                if (first != null) {
                    mounts.changeRoot(task, first);
                }
            }
            default -> {}
        }
    }

    private void mount(int task, TraceCall call) {
        byte @Nullable [] source = path(call, 0);
        byte @Nullable [] target = path(call, 1);
        Value shown = call.arg(3);
        int flags = shown != null && shown.isNumber() ? (int) shown.number() : 0;
        if (target == null) {
            return;
        }
        files.learnPath(task, Fcntl.AT_FDCWD, target, LookupFlags.FOLLOW, Stat.S_IFDIR | 0755);
        if ((flags & MS_REMOUNT) != 0) {
            mounts.remount(task, target, mountFlags(flags));
        } else if ((flags & (MS_BIND | MS_MOVE)) != 0) {
            if (source != null) {
                files.learnPath(task, Fcntl.AT_FDCWD, source, LookupFlags.FOLLOW, Stat.S_IFDIR | 0755);
                mounts.bind(task, source, target, (flags & MS_REC) != 0);
            }
        } else if ((flags & MS_PROPAGATION) == 0) {
            mountNew(task, call, source, target, mountFlags(flags));
        }
    }

    private void mountNew(int task, TraceCall call, byte @Nullable [] source, byte[] target, int flags) {
        boolean isEmpty = call.arg(2) instanceof Value.Str type
                && (type.text().equals("tmpfs") || type.text().equals("ramfs"));
        int sb = machine.kernel().fileSystems().tmpfs().create(machine.rootUserNs(), 0755);
        if (sb > 0) {
            if (!isEmpty) {
                files.setIncompleteRoot(sb);
            }
            mounts.mount(task, sb, source == null ? OutsideFiles.bytes("none") : source, target, flags);
        }
    }

    private static int mountFlags(int flags) {
        return ((flags & MS_RDONLY) != 0 ? MountFlags.MNT_READONLY : 0)
                | ((flags & MS_NOSUID) != 0 ? MountFlags.MNT_NOSUID : 0)
                | ((flags & MS_NODEV) != 0 ? MountFlags.MNT_NODEV : 0)
                | ((flags & MS_NOEXEC) != 0 ? MountFlags.MNT_NOEXEC : 0)
                | MountFlags.MNT_RELATIME;
    }

    private static byte @Nullable [] path(TraceCall call, int at) {
        return call.arg(at) instanceof Value.Str text && text.bytes().length > 0 ? text.bytes() : null;
    }
}
