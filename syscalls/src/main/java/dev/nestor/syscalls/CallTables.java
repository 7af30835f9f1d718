package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.uapi.Errno;

/** All calls of one kernel. */
public final class CallTables {
    private CallTables() {}

    public static SyscallTable of(Kernel kernel) {
        SyscallTable.Builder table = SyscallTable.builder();
        new SysIds(kernel).register(table);
        new SysUts(kernel).register(table);
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
        new SysRandom(kernel).register(table);
        registerSignals(kernel, table);
        registerTime(kernel, table);
        return table.build();
    }

    private static void registerSignals(Kernel kernel, SyscallTable.Builder table) {
        new SysSignal(kernel.tasks(), kernel.signals(), kernel.userMemory(), kernel.hrTimers(), kernel.timekeeping())
                .register(table);
        new SysKill(
                        kernel.tasks(),
                        new SysKill.Numbers(kernel.pidTable(), kernel.pids(), kernel.pidNamespaces()),
                        kernel.signals().kill(),
                        kernel.userMemory(),
                        (task, fd) -> -Errno.EBADF)
                .register(table);
    }

    private static void registerTime(Kernel kernel, SyscallTable.Builder table) {
        new SysTimer(kernel.tasks(), kernel.signals().itimers(), kernel.userMemory()).register(table);
        new SysTimerSleep(
                        kernel.tasks(),
                        kernel.userMemory(),
                        kernel.hrTimers(),
                        kernel.timekeeping(),
                        kernel.nsProxyTable(),
                        kernel.timeNamespaceTable())
                .register(table);
        new SysTimerClock(
                        new SysTimerClock.Processes(
                                kernel.tasks(), kernel.signalStructs(), kernel.pidTable(), kernel.pids()),
                        kernel.nsProxyTable(),
                        kernel.timeNamespaceTable(),
                        kernel.timekeeping(),
                        kernel.userMemory())
                .register(table);
    }
}
