package dev.nestor.kernel.cred;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The struct cred columns. A cred is shared until one of its holders changes something; ids are those of the initial user
 * namespace (kuid_t, kgid_t). */
public final class CredTable extends Table {
    private int[] count = new int[initialRows()]; // references
    private int[] uid = new int[initialRows()]; // kuid
    private int[] gid = new int[initialRows()]; // kgid
    private int[] suid = new int[initialRows()]; // kuid
    private int[] sgid = new int[initialRows()]; // kgid
    private int[] euid = new int[initialRows()]; // kuid
    private int[] egid = new int[initialRows()]; // kgid
    private int[] fsuid = new int[initialRows()]; // kuid
    private int[] fsgid = new int[initialRows()]; // kgid
    private int[] securebits = new int[initialRows()]; // SECBIT_*
    private int[] userNs = new int[initialRows()]; // user_namespace
    private int[] ucounts = new int[initialRows()]; // ucounts of uid in userNs
    private int[] groups = new int[initialRows()]; // group_info; NULL for none
    private int[] threadKeyring = new int[initialRows()]; // key; NULL for none
    private int[] processKeyring = new int[initialRows()]; // key; NULL for none
    private int[] sessionKeyring = new int[initialRows()]; // key; NULL for none
    private int[] jitKeyring = new int[initialRows()]; // KEY_REQKEY_DEFL_*: where request_key(2) links a new key
    private long[] capInheritable = new long[initialRows()]; // capability mask
    private long[] capPermitted = new long[initialRows()]; // capability mask
    private long[] capEffective = new long[initialRows()]; // capability mask
    private long[] capBset = new long[initialRows()]; // capability mask
    private long[] capAmbient = new long[initialRows()]; // capability mask

    public CredTable(int limit) {
        super("cred", 7, limit);
    }

    public int count(int cred) {
        return count[row(cred)];
    }

    public void setCount(int cred, int value) {
        count[row(cred)] = value;
    }

    public int uid(int cred) {
        return uid[row(cred)];
    }

    public void setUid(int cred, int value) {
        uid[row(cred)] = value;
    }

    public int gid(int cred) {
        return gid[row(cred)];
    }

    public void setGid(int cred, int value) {
        gid[row(cred)] = value;
    }

    public int suid(int cred) {
        return suid[row(cred)];
    }

    public void setSuid(int cred, int value) {
        suid[row(cred)] = value;
    }

    public int sgid(int cred) {
        return sgid[row(cred)];
    }

    public void setSgid(int cred, int value) {
        sgid[row(cred)] = value;
    }

    public int euid(int cred) {
        return euid[row(cred)];
    }

    public void setEuid(int cred, int value) {
        euid[row(cred)] = value;
    }

    public int egid(int cred) {
        return egid[row(cred)];
    }

    public void setEgid(int cred, int value) {
        egid[row(cred)] = value;
    }

    public int fsuid(int cred) {
        return fsuid[row(cred)];
    }

    public void setFsuid(int cred, int value) {
        fsuid[row(cred)] = value;
    }

    public int fsgid(int cred) {
        return fsgid[row(cred)];
    }

    public void setFsgid(int cred, int value) {
        fsgid[row(cred)] = value;
    }

    public int securebits(int cred) {
        return securebits[row(cred)];
    }

    public void setSecurebits(int cred, int value) {
        securebits[row(cred)] = value;
    }

    public int userNs(int cred) {
        return userNs[row(cred)];
    }

    public void setUserNs(int cred, int value) {
        userNs[row(cred)] = value;
    }

    public int ucounts(int cred) {
        return ucounts[row(cred)];
    }

    void setUcounts(int cred, int value) {
        ucounts[row(cred)] = value;
    }

    public int groups(int cred) {
        return groups[row(cred)];
    }

    public void setGroups(int cred, int value) {
        groups[row(cred)] = value;
    }

    public int threadKeyring(int cred) {
        return threadKeyring[row(cred)];
    }

    public void setThreadKeyring(int cred, int value) {
        threadKeyring[row(cred)] = value;
    }

    public int processKeyring(int cred) {
        return processKeyring[row(cred)];
    }

    public void setProcessKeyring(int cred, int value) {
        processKeyring[row(cred)] = value;
    }

    public int sessionKeyring(int cred) {
        return sessionKeyring[row(cred)];
    }

    public void setSessionKeyring(int cred, int value) {
        sessionKeyring[row(cred)] = value;
    }

    public int jitKeyring(int cred) {
        return jitKeyring[row(cred)];
    }

    public void setJitKeyring(int cred, int value) {
        jitKeyring[row(cred)] = value;
    }

    public long capInheritable(int cred) {
        return capInheritable[row(cred)];
    }

    public void setCapInheritable(int cred, long value) {
        capInheritable[row(cred)] = value;
    }

    public long capPermitted(int cred) {
        return capPermitted[row(cred)];
    }

    public void setCapPermitted(int cred, long value) {
        capPermitted[row(cred)] = value;
    }

    public long capEffective(int cred) {
        return capEffective[row(cred)];
    }

    public void setCapEffective(int cred, long value) {
        capEffective[row(cred)] = value;
    }

    public long capBset(int cred) {
        return capBset[row(cred)];
    }

    public void setCapBset(int cred, long value) {
        capBset[row(cred)] = value;
    }

    public long capAmbient(int cred) {
        return capAmbient[row(cred)];
    }

    public void setCapAmbient(int cred, long value) {
        capAmbient[row(cred)] = value;
    }

    /** The real id of a kind, UserNamespaces.UID or GID. */
    public int real(int cred, int kind) {
        return kind == UserNamespaces.UID ? uid(cred) : gid(cred);
    }

    public void setReal(int cred, int kind, int value) {
        if (kind == UserNamespaces.UID) {
            setUid(cred, value);
        } else {
            setGid(cred, value);
        }
    }

    /** The effective id of a kind. */
    public int effective(int cred, int kind) {
        return kind == UserNamespaces.UID ? euid(cred) : egid(cred);
    }

    public void setEffective(int cred, int kind, int value) {
        if (kind == UserNamespaces.UID) {
            setEuid(cred, value);
        } else {
            setEgid(cred, value);
        }
    }

    /** The saved id of a kind. */
    public int saved(int cred, int kind) {
        return kind == UserNamespaces.UID ? suid(cred) : sgid(cred);
    }

    public void setSaved(int cred, int kind, int value) {
        if (kind == UserNamespaces.UID) {
            setSuid(cred, value);
        } else {
            setSgid(cred, value);
        }
    }

    /** The file system id of a kind. */
    public int fs(int cred, int kind) {
        return kind == UserNamespaces.UID ? fsuid(cred) : fsgid(cred);
    }

    public void setFs(int cred, int kind, int value) {
        if (kind == UserNamespaces.UID) {
            setFsuid(cred, value);
        } else {
            setFsgid(cred, value);
        }
    }

    /** Copies every column but the reference count. */
    void copy(int from, int to) {
        setUid(to, uid(from));
        setGid(to, gid(from));
        setSuid(to, suid(from));
        setSgid(to, sgid(from));
        setEuid(to, euid(from));
        setEgid(to, egid(from));
        setFsuid(to, fsuid(from));
        setFsgid(to, fsgid(from));
        setSecurebits(to, securebits(from));
        setUserNs(to, userNs(from));
        setUcounts(to, ucounts(from));
        setGroups(to, groups(from));
        setThreadKeyring(to, threadKeyring(from));
        setProcessKeyring(to, processKeyring(from));
        setSessionKeyring(to, sessionKeyring(from));
        setJitKeyring(to, jitKeyring(from));
        setCapInheritable(to, capInheritable(from));
        setCapPermitted(to, capPermitted(from));
        setCapEffective(to, capEffective(from));
        setCapBset(to, capBset(from));
        setCapAmbient(to, capAmbient(from));
    }

    @Override
    protected void clearRow(int row) {
        count[row] = 0;
        uid[row] = 0;
        gid[row] = 0;
        suid[row] = 0;
        sgid[row] = 0;
        euid[row] = 0;
        egid[row] = 0;
        fsuid[row] = 0;
        fsgid[row] = 0;
        securebits[row] = 0;
        userNs[row] = 0;
        ucounts[row] = 0;
        groups[row] = 0;
        threadKeyring[row] = 0;
        processKeyring[row] = 0;
        sessionKeyring[row] = 0;
        jitKeyring[row] = 0;
        capInheritable[row] = 0;
        capPermitted[row] = 0;
        capEffective[row] = 0;
        capBset[row] = 0;
        capAmbient[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        count = columns.ints(count);
        uid = columns.ints(uid);
        gid = columns.ints(gid);
        suid = columns.ints(suid);
        sgid = columns.ints(sgid);
        euid = columns.ints(euid);
        egid = columns.ints(egid);
        fsuid = columns.ints(fsuid);
        fsgid = columns.ints(fsgid);
        securebits = columns.ints(securebits);
        userNs = columns.ints(userNs);
        ucounts = columns.ints(ucounts);
        groups = columns.ints(groups);
        threadKeyring = columns.ints(threadKeyring);
        processKeyring = columns.ints(processKeyring);
        sessionKeyring = columns.ints(sessionKeyring);
        jitKeyring = columns.ints(jitKeyring);
        capInheritable = columns.longs(capInheritable);
        capPermitted = columns.longs(capPermitted);
        capEffective = columns.longs(capEffective);
        capBset = columns.longs(capBset);
        capAmbient = columns.longs(capAmbient);
    }
}
