package dev.nestor.syscalls;

import dev.nestor.init.Kernel;
import dev.nestor.kernel.nsproxy.Unshare;
import dev.nestor.uapi.Nr;

/** unshare(2), setns(2), pidfd_open(2): kernel/fork.c, kernel/nsproxy.c, kernel/pid.c. */
public final class SysNs {

    private final Unshare unshare;

    public SysNs(Kernel kernel) {
        this.unshare = kernel.unshare();
    }

    public void register(SyscallTable.Builder table) {
        table.partial(Nr.NR_unshare, "unshare", this::unshare, "CLONE_SYSVSEM has no undo lists to leave yet");
    }

    private long unshare(int task, SyscallArgs args) {
        return unshare.unshare(task, args.get(0));
    }
}
