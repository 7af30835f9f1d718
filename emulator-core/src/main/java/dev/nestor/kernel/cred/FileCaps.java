package dev.nestor.kernel.cred;

/** struct cpu_vfs_cap_data, of a file that is executed; one object, which the next execve overwrites. */
public final class FileCaps {
    private boolean isThere; // has_fcap
    private boolean effective; // VFS_CAP_FLAGS_EFFECTIVE
    private long permitted;
    private long inheritable;

    /** The file has none. */
    public void clear() {
        set(false, 0, 0);
        isThere = false;
    }

    public void set(boolean isEffective, long filePermitted, long fileInheritable) {
        isThere = true;
        effective = isEffective;
        permitted = filePermitted & Capabilities.CAP_VALID_MASK;
        inheritable = fileInheritable & Capabilities.CAP_VALID_MASK;
    }

    boolean isThere() {
        return isThere;
    }

    boolean isEffective() {
        return effective;
    }

    /** bprm_caps_from_vfs_caps(): what a process with these sets gets of the file. */
    long given(long bset, long processInheritable) {
        return (bset & permitted) | (processInheritable & inheritable);
    }

    /** Whether the file is for a program that knows nothing of capabilities, and would not get all that it needs: EPERM. */
    public boolean isRefused(long bset, long processInheritable) {
        return effective && (permitted & ~given(bset, processInheritable)) != 0;
    }
}
