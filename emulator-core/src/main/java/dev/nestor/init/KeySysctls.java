package dev.nestor.init;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcSet;
import dev.nestor.fs.proc.ProcShow;
import dev.nestor.uapi.Errno;

/** /proc/sys/kernel/keys: security/keys/sysctl.c. */
final class KeySysctls {
    private static final String[] QUOTAS = {"maxkeys", "maxbytes", "root_maxkeys", "root_maxbytes"};

    private final Kernel kernel;

    KeySysctls(Kernel kernel) {
        this.kernel = kernel;
    }

    void register(ProcFiles files) {
        for (int i = 0; i < QUOTAS.length; i++) {
            int which = i;
            ProcShow show = (request, out) -> {
                out.decimal(kernel.keys().quota(which));
                return 0;
            };
            ProcSet set = (request, value) -> {
                if (value < 1) {
                    return -Errno.EINVAL;
                }
                kernel.keys().setQuota(which, value);
                return 0;
            };
            files.sysctlInt("kernel/keys/" + QUOTAS[i], 0644, show, set, new ProcFiles.NumberRights(null, null));
        }
    }
}
