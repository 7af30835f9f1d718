package dev.nestor.syscalls;

import dev.nestor.fs.eventfd.EventFds;
import dev.nestor.init.Kernel;
import dev.nestor.uapi.Nr;

/** eventfd(2), eventfd2(2): fs/eventfd.c. */
public final class SysEventFd {
    private final EventFds eventFds;

    public SysEventFd(Kernel kernel) {
        this.eventFds = kernel.fileSystems().eventFds();
    }

    public void register(SyscallTable.Builder table) {
        table.full(Nr.NR_eventfd, "eventfd", (task, args) -> eventFds.create(task, args.intAt(0), 0))
                .full(Nr.NR_eventfd2, "eventfd2", (task, args) -> eventFds.create(task, args.intAt(0), args.intAt(1)));
    }
}
