package dev.nestor.fs.proc;

/** Who may do what with an entry of /proc/sys whose rights depend on more than its mode. */
@FunctionalInterface
public interface ProcMode {
    /** ctl_table_root.permissions(): the permission bits that count for the task, as if it were in "others". */
    int bits(int task, int mode);
}
