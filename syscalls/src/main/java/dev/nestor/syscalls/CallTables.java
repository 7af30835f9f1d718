package dev.nestor.syscalls;

import dev.nestor.init.Kernel;

/** All calls of one kernel. */
public final class CallTables {
    private CallTables() {}

    public static SyscallTable of(Kernel kernel) {
        SyscallTable.Builder table = SyscallTable.builder();
        new SysIds(kernel).register(table);
        new SysKeys(kernel).register(table);
        new SysUts(kernel).register(table);
        new SysMemory(kernel).register(table);
        new SysExit(kernel).register(table);
        new SysWait(kernel).register(table);
        new SysClone(kernel).register(table);
        new SysNs(kernel).register(table);
        new SysCred(kernel).register(table);
        new SysCaps(kernel).register(table);
        new SysPrctl(kernel).register(table);
        new SysLimits(kernel).register(table);
        new SysThread(kernel).register(table);
        new SysExec(kernel).register(table);
        new SysSched(kernel).register(table);
        new SysSchedPolicy(kernel).register(table);
        new SysRandom(kernel).register(table);
        new SysSignal(kernel).register(table);
        new SysKill(kernel, new PidFdFiles(kernel)).register(table);
        new SysTimer(kernel).register(table);
        new SysTimerSleep(kernel).register(table);
        new SysTimerClock(kernel).register(table);
        new SysPosixTimers(kernel).register(table);
        new SysTimerFd(kernel).register(table);
        new SysTimeSet(kernel).register(table);
        new SysInfo(kernel).register(table);
        new SysMqueue(kernel).register(table);
        new SysOpen(kernel).register(table);
        new SysReadWrite(kernel).register(table);
        new SysFcntl(kernel).register(table);
        new SysPipe(kernel).register(table);
        new SysSplice(kernel).register(table);
        new SysStat(kernel).register(table);
        new SysAccess(kernel).register(table);
        new SysPath(kernel).register(table);
        new SysAttributes(kernel).register(table);
        new SysInotify(kernel).register(table);
        new SysFanotify(kernel).register(table);
        new SysXattr(kernel).register(table);
        new SysDirectory(kernel).register(table);
        new SysFileData(kernel).register(table);
        new SysIoctl(kernel).register(table);
        new SysPoll(kernel).register(table);
        new SysSocket(kernel).register(table);
        new SysMessage(kernel).register(table);
        new SysEpoll(kernel).register(table);
        new SysEventFd(kernel).register(table);
        registerSmall(kernel, table);
        new SysMount(kernel).register(table);
        new SysFsContext(kernel).register(table);
        new SysMountTree(kernel).register(table);
        new SysStatmount(kernel).register(table);
        new SysMsg(kernel).register(table);
        new SysSem(kernel).register(table);
        new SysShm(kernel).register(table);
        SysAbsent.register(table);
        return table.build();
    }

    /** Families of one or two calls. */
    private static void registerSmall(Kernel kernel, SyscallTable.Builder table) {
        new SysSignalFd(kernel).register(table);
        new SysMemfd(kernel).register(table);
        new SysKcmp(kernel).register(table);
        new SysLdt(kernel).register(table);
        new SysMembarrier(kernel).register(table);
        new SysFutex(kernel).register(table);
        new SysAccounting(kernel).register(table);
        new SysFileHandle(kernel).register(table);
    }
}
