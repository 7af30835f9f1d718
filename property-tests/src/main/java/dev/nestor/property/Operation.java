package dev.nestor.property;

/**
 * One step of a program. Who does it and to whom are places among those there at the time, taken modulo, so that any list
 * of operations is a program, also one from which some have been taken out.
 *
 * @param who the caller, among the tasks that can make a call
 * @param target another task, for operations that need one
 * @param flags CLONE_* or wait options
 * @param number a signal, a status, an id
 */
public record Operation(Kind kind, int who, int target, long flags, int number) {
    /** What is done. */
    public enum Kind {
        CLONE,
        CLONE3,
        UNSHARE,
        SETNS,
        EXIT,
        EXIT_GROUP,
        WAIT,
        KILL,
        KILL_GROUP,
        KILL_ALL,
        TKILL,
        SETSID,
        SETPGID,
        SUBREAPER,
        IGNORE_SIGCHLD,
        SETRESUID,
        MAP_IDS,
        SETHOSTNAME,
        LOOK
    }

    Operation withFlags(long fewer) {
        return new Operation(kind, who, target, fewer, number);
    }

    @Override
    public String toString() {
        return kind + "(who " + who + ", target " + target + ", 0x" + Long.toHexString(flags) + ", " + number + ")";
    }
}
