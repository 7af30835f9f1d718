package dev.nestor.mm;

import dev.nestor.table.Columns;
import dev.nestor.table.Table;

/** The mm_struct columns: one row per address space. Sizes are in pages, as in the kernel. */
public final class MmTable extends Table {
    private int[] users = new int[initialRows()]; // mm_users: tasks and others that hold it
    private int[] pgd = new int[initialRows()]; // root of its page tables; 0 while there is none
    private int[] root = new int[initialRows()]; // vm_area_struct: root of its vmas
    private int[] mapCount = new int[initialRows()]; // vmas
    private int[] nextAnonVma = new int[initialRows()]; // number that the next anon_vma gets
    private long[] mmapBase = new long[initialRows()]; // user address: mappings go below
    private long[] startCode = new long[initialRows()]; // user address
    private long[] endCode = new long[initialRows()]; // user address
    private long[] startData = new long[initialRows()]; // user address
    private long[] endData = new long[initialRows()]; // user address
    private long[] startBrk = new long[initialRows()]; // user address
    private long[] brk = new long[initialRows()]; // user address
    private long[] startStack = new long[initialRows()]; // user address
    private long[] argStart = new long[initialRows()]; // user address
    private long[] argEnd = new long[initialRows()]; // user address
    private long[] envStart = new long[initialRows()]; // user address
    private long[] envEnd = new long[initialRows()]; // user address
    private long[] defFlags = new long[initialRows()]; // VM_* that new vmas get: mlockall(MCL_FUTURE)
    private long[] totalVm = new long[initialRows()]; // pages mapped
    private long[] lockedVm = new long[initialRows()]; // pages under VM_LOCKED
    private long[] dataVm = new long[initialRows()]; // pages private and writable
    private long[] execVm = new long[initialRows()]; // pages executable and not writable
    private long[] stackVm = new long[initialRows()]; // pages of stack
    private long[] hiwaterVm = new long[initialRows()]; // pages: the highest totalVm
    private long[] hiwaterRss = new long[initialRows()]; // pages: the highest rss
    private long[] rssAnon = new long[initialRows()]; // pages
    private long[] rssFile = new long[initialRows()]; // pages
    private long[] rssShmem = new long[initialRows()]; // pages
    private long[] suggested = new long[initialRows()]; // user address for the next free choice; 0 for none
    private long[] stackLimit = new long[initialRows()]; // bytes: RLIMIT_STACK, for growth
    private int[] userNs = new int[initialRows()]; // user_namespace of the exec; of its tasks or above, so not held
    private int[] dumpable = new int[initialRows()]; // SUID_DUMP_*: 0 none, 1 by the user, 2 by root
    private int[] exeFile = new int[initialRows()]; // VmFile handle of the program, or NULL
    private int[] coredumpFilter = new int[initialRows()]; // MMF_DUMP_*: which mappings a core dump has
    private int[] membarrierState = new int[initialRows()]; // MEMBARRIER_CMD_REGISTER_* that have been asked for
    private int[] ldtEntries = new int[initialRows()]; // entries of the local descriptor table; 0 while there is none

    public MmTable(int limit) {
        super("mm_struct", 6, limit);
    }

    public int users(int mm) {
        return users[row(mm)];
    }

    void setUsers(int mm, int value) {
        users[row(mm)] = value;
    }

    public int pgd(int mm) {
        return pgd[row(mm)];
    }

    void setPgd(int mm, int value) {
        pgd[row(mm)] = value;
    }

    public int root(int mm) {
        return root[row(mm)];
    }

    void setRoot(int mm, int value) {
        root[row(mm)] = value;
    }

    public int mapCount(int mm) {
        return mapCount[row(mm)];
    }

    void setMapCount(int mm, int value) {
        mapCount[row(mm)] = value;
    }

    public int nextAnonVma(int mm) {
        return nextAnonVma[row(mm)];
    }

    void setNextAnonVma(int mm, int value) {
        nextAnonVma[row(mm)] = value;
    }

    public long mmapBase(int mm) {
        return mmapBase[row(mm)];
    }

    void setMmapBase(int mm, long value) {
        mmapBase[row(mm)] = value;
    }

    public long startCode(int mm) {
        return startCode[row(mm)];
    }

    void setStartCode(int mm, long value) {
        startCode[row(mm)] = value;
    }

    public long endCode(int mm) {
        return endCode[row(mm)];
    }

    void setEndCode(int mm, long value) {
        endCode[row(mm)] = value;
    }

    public long startData(int mm) {
        return startData[row(mm)];
    }

    void setStartData(int mm, long value) {
        startData[row(mm)] = value;
    }

    public long endData(int mm) {
        return endData[row(mm)];
    }

    void setEndData(int mm, long value) {
        endData[row(mm)] = value;
    }

    public long startBrk(int mm) {
        return startBrk[row(mm)];
    }

    void setStartBrk(int mm, long value) {
        startBrk[row(mm)] = value;
    }

    public long brk(int mm) {
        return brk[row(mm)];
    }

    void setBrk(int mm, long value) {
        brk[row(mm)] = value;
    }

    public long startStack(int mm) {
        return startStack[row(mm)];
    }

    void setStartStack(int mm, long value) {
        startStack[row(mm)] = value;
    }

    public long argStart(int mm) {
        return argStart[row(mm)];
    }

    public void setArgStart(int mm, long value) {
        argStart[row(mm)] = value;
    }

    public long argEnd(int mm) {
        return argEnd[row(mm)];
    }

    public void setArgEnd(int mm, long value) {
        argEnd[row(mm)] = value;
    }

    public long envStart(int mm) {
        return envStart[row(mm)];
    }

    public void setEnvStart(int mm, long value) {
        envStart[row(mm)] = value;
    }

    public long envEnd(int mm) {
        return envEnd[row(mm)];
    }

    public void setEnvEnd(int mm, long value) {
        envEnd[row(mm)] = value;
    }

    public long defFlags(int mm) {
        return defFlags[row(mm)];
    }

    void setDefFlags(int mm, long value) {
        defFlags[row(mm)] = value;
    }

    public long totalVm(int mm) {
        return totalVm[row(mm)];
    }

    void setTotalVm(int mm, long value) {
        totalVm[row(mm)] = value;
    }

    public long lockedVm(int mm) {
        return lockedVm[row(mm)];
    }

    void setLockedVm(int mm, long value) {
        lockedVm[row(mm)] = value;
    }

    public long dataVm(int mm) {
        return dataVm[row(mm)];
    }

    void setDataVm(int mm, long value) {
        dataVm[row(mm)] = value;
    }

    public long execVm(int mm) {
        return execVm[row(mm)];
    }

    void setExecVm(int mm, long value) {
        execVm[row(mm)] = value;
    }

    public long stackVm(int mm) {
        return stackVm[row(mm)];
    }

    void setStackVm(int mm, long value) {
        stackVm[row(mm)] = value;
    }

    public long hiwaterVm(int mm) {
        return hiwaterVm[row(mm)];
    }

    void setHiwaterVm(int mm, long value) {
        hiwaterVm[row(mm)] = value;
    }

    public long hiwaterRss(int mm) {
        return hiwaterRss[row(mm)];
    }

    void setHiwaterRss(int mm, long value) {
        hiwaterRss[row(mm)] = value;
    }

    public long rssAnon(int mm) {
        return rssAnon[row(mm)];
    }

    void setRssAnon(int mm, long value) {
        rssAnon[row(mm)] = value;
    }

    public long rssFile(int mm) {
        return rssFile[row(mm)];
    }

    void setRssFile(int mm, long value) {
        rssFile[row(mm)] = value;
    }

    public long rssShmem(int mm) {
        return rssShmem[row(mm)];
    }

    void setRssShmem(int mm, long value) {
        rssShmem[row(mm)] = value;
    }

    public long suggested(int mm) {
        return suggested[row(mm)];
    }

    void setSuggested(int mm, long value) {
        suggested[row(mm)] = value;
    }

    public long stackLimit(int mm) {
        return stackLimit[row(mm)];
    }

    public void setStackLimit(int mm, long value) {
        stackLimit[row(mm)] = value;
    }

    public int userNs(int mm) {
        return userNs[row(mm)];
    }

    public void setUserNs(int mm, int value) {
        userNs[row(mm)] = value;
    }

    /** get_dumpable(). */
    public int dumpable(int mm) {
        return dumpable[row(mm)];
    }

    public void setDumpable(int mm, int value) {
        dumpable[row(mm)] = value;
    }

    public int exeFile(int mm) {
        return exeFile[row(mm)];
    }

    public void setExeFile(int mm, int value) {
        exeFile[row(mm)] = value;
    }

    public int coredumpFilter(int mm) {
        return coredumpFilter[row(mm)];
    }

    public void setCoredumpFilter(int mm, int value) {
        coredumpFilter[row(mm)] = value;
    }

    public int membarrierState(int mm) {
        return membarrierState[row(mm)];
    }

    public void setMembarrierState(int mm, int value) {
        membarrierState[row(mm)] = value;
    }

    public int ldtEntries(int mm) {
        return ldtEntries[row(mm)];
    }

    public void setLdtEntries(int mm, int value) {
        ldtEntries[row(mm)] = value;
    }

    @Override
    protected void clearRow(int row) {
        users[row] = 0;
        pgd[row] = 0;
        root[row] = 0;
        mapCount[row] = 0;
        nextAnonVma[row] = 0;
        mmapBase[row] = 0;
        startCode[row] = 0;
        endCode[row] = 0;
        startData[row] = 0;
        endData[row] = 0;
        startBrk[row] = 0;
        brk[row] = 0;
        startStack[row] = 0;
        argStart[row] = 0;
        argEnd[row] = 0;
        envStart[row] = 0;
        envEnd[row] = 0;
        defFlags[row] = 0;
        totalVm[row] = 0;
        lockedVm[row] = 0;
        dataVm[row] = 0;
        execVm[row] = 0;
        stackVm[row] = 0;
        hiwaterVm[row] = 0;
        hiwaterRss[row] = 0;
        rssAnon[row] = 0;
        rssFile[row] = 0;
        rssShmem[row] = 0;
        suggested[row] = 0;
        stackLimit[row] = 0;
        userNs[row] = 0;
        dumpable[row] = 0;
        exeFile[row] = 0;
        coredumpFilter[row] = 0;
        membarrierState[row] = 0;
        ldtEntries[row] = 0;
    }

    @Override
    protected void columns(Columns columns) {
        users = columns.ints(users);
        pgd = columns.ints(pgd);
        root = columns.ints(root);
        mapCount = columns.ints(mapCount);
        nextAnonVma = columns.ints(nextAnonVma);
        mmapBase = columns.longs(mmapBase);
        startCode = columns.longs(startCode);
        endCode = columns.longs(endCode);
        startData = columns.longs(startData);
        endData = columns.longs(endData);
        startBrk = columns.longs(startBrk);
        brk = columns.longs(brk);
        startStack = columns.longs(startStack);
        argStart = columns.longs(argStart);
        argEnd = columns.longs(argEnd);
        envStart = columns.longs(envStart);
        envEnd = columns.longs(envEnd);
        defFlags = columns.longs(defFlags);
        totalVm = columns.longs(totalVm);
        lockedVm = columns.longs(lockedVm);
        dataVm = columns.longs(dataVm);
        execVm = columns.longs(execVm);
        stackVm = columns.longs(stackVm);
        hiwaterVm = columns.longs(hiwaterVm);
        hiwaterRss = columns.longs(hiwaterRss);
        rssAnon = columns.longs(rssAnon);
        rssFile = columns.longs(rssFile);
        rssShmem = columns.longs(rssShmem);
        suggested = columns.longs(suggested);
        stackLimit = columns.longs(stackLimit);
        userNs = columns.ints(userNs);
        dumpable = columns.ints(dumpable);
        exeFile = columns.ints(exeFile);
        coredumpFilter = columns.ints(coredumpFilter);
        membarrierState = columns.ints(membarrierState);
        ldtEntries = columns.ints(ldtEntries);
    }
}
