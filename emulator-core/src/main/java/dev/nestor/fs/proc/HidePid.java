package dev.nestor.fs.proc;

import dev.nestor.fs.SuperBlockTable;
import dev.nestor.fs.Vfs;

/** Whose processes an instance of procfs shows to whom: hidepid=, gid= and subset= of fs/proc/root.c, fs/proc/base.c. */
public final class HidePid {
    /** HIDEPID_NO_ACCESS: from here on nobody looks into the directories of others' processes. */
    public static final int NO_ACCESS = 1;

    /** HIDEPID_INVISIBLE: nor sees them. */
    public static final int INVISIBLE = 2;

    /** HIDEPID_NOT_PTRACEABLE: nor finds them; no group may. */
    public static final int NOT_PTRACEABLE = 4;

    /** PROC_PIDONLY_ON, beside one of these: nothing but processes is there. */
    public static final int PIDONLY = 8;

    private final Vfs vfs;
    private final SuperBlockTable superBlocks;
    private final PtraceAccess access;

    HidePid(Vfs vfs, PtraceAccess access) {
        this.vfs = vfs;
        this.superBlocks = vfs.tables.superBlocks;
        this.access = access;
    }

    boolean showsPidsOnly(int sb) {
        return (superBlocks.hidepid(sb) & PIDONLY) != 0;
    }

    private int level(int sb) {
        return superBlocks.hidepid(sb) & ~PIDONLY;
    }

    boolean isInvisible(int sb) {
        return level(sb) == INVISIBLE;
    }

    /** proc_pid_lookup(): whether a task's number leads anywhere. */
    boolean mayFind(int sb, int task, int subject) {
        return level(sb) != NOT_PTRACEABLE || access.mayRead(task, subject);
    }

    /** has_pid_permissions(): whether a task may do what is refused from a level on. */
    boolean permits(int sb, int task, int subject, int from) {
        int level = level(sb);
        if (level == NOT_PTRACEABLE) {
            return access.mayRead(task, subject);
        }
        return level < from || vfs.permissions.isInGroup(task, superBlocks.pidGid(sb)) || access.mayRead(task, subject);
    }
}
