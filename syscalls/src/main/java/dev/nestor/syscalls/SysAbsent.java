package dev.nestor.syscalls;

import dev.nestor.uapi.Nr;

/**
 * Calls that the reference kernel has not, or not any more, or was built without: what tools/absent-calls.py showed there.
 * kernel/sys_ni.c.
 */
final class SysAbsent {
    private static final int FIRST_GAP = 337;
    private static final int LAST_GAP = 423;

    private SysAbsent() {}

    static void register(SyscallTable.Builder calls) {
        calls.absent(Nr.NR_uselib, "uselib")
                .absent(Nr.NR__sysctl, "_sysctl")
                .absent(Nr.NR_iopl, "iopl")
                .absent(Nr.NR_ioperm, "ioperm")
                .absent(Nr.NR_create_module, "create_module")
                .absent(Nr.NR_init_module, "init_module")
                .absent(Nr.NR_delete_module, "delete_module")
                .absent(Nr.NR_get_kernel_syms, "get_kernel_syms")
                .absent(Nr.NR_query_module, "query_module")
                .absent(Nr.NR_nfsservctl, "nfsservctl")
                .absent(Nr.NR_getpmsg, "getpmsg")
                .absent(Nr.NR_putpmsg, "putpmsg")
                .absent(Nr.NR_afs_syscall, "afs_syscall")
                .absent(Nr.NR_tuxcall, "tuxcall")
                .absent(Nr.NR_security, "security")
                .absent(Nr.NR_set_thread_area, "set_thread_area")
                .absent(Nr.NR_get_thread_area, "get_thread_area")
                .absent(Nr.NR_lookup_dcookie, "lookup_dcookie")
                .absent(Nr.NR_epoll_ctl_old, "epoll_ctl_old")
                .absent(Nr.NR_epoll_wait_old, "epoll_wait_old")
                .absent(Nr.NR_vserver, "vserver")
                .absent(Nr.NR_kexec_load, "kexec_load")
                .absent(Nr.NR_finit_module, "finit_module")
                .absent(Nr.NR_kexec_file_load, "kexec_file_load")
                .absent(Nr.NR_map_shadow_stack, "map_shadow_stack")
                .absent(Nr.NR_listns, "listns");
        for (int nr = FIRST_GAP; nr <= LAST_GAP; nr++) {
            calls.absent(nr, "syscall_" + nr);
        }
    }
}
