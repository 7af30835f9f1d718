package dev.nestor.init;

import dev.nestor.fs.proc.ProcFiles;
import dev.nestor.fs.proc.ProcRequest;
import dev.nestor.fs.proc.SeqFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What /proc tells of the machine and its kernel: kernel/configs.c, fs/proc/meminfo.c. */
final class MachineFiles {
    private static final int KIB_SHIFT = 10;
    private static final int PAGE_SHIFT = 12;
    private static final int LABEL = 16; // columns of a name
    private static final int NUMBER = 8; // columns of a number
    private static final long VMALLOC_TOTAL = 34_359_738_367L; // KiB: VMALLOC_TOTAL of x86-64
    private static final long HUGE_PAGE = 2048; // KiB

    /** What nothing in the emulator takes or counts, in the order of meminfo_proc_show(). */
    private static final String BEFORE_MAPPED = "Unevictable,Mlocked,SwapTotal,SwapFree,Zswap,Zswapped,Dirty,Writeback";

    private static final String BEHIND_MAPPED =
            "KReclaimable,Slab,SReclaimable,SUnreclaim,KernelStack,PageTables,SecPageTables,"
                    + "NFS_Unstable,Bounce,WritebackTmp";
    private static final String BEHIND_VMALLOC =
            "Percpu,AnonHugePages,ShmemHugePages,ShmemPmdMapped,FileHugePages,FilePmdMapped,Balloon";

    private final Kernel kernel;

    MachineFiles(Kernel kernel) {
        this.kernel = kernel;
    }

    /** The configuration of the reference kernel, as its own /proc/config.gz has it: read once. */
    private static final class Configuration {
        private static final byte[] BYTES = load();

        static int size() {
            return BYTES.length;
        }

        static void put(SeqFile out) {
            out.put(BYTES, 0, BYTES.length);
        }

        private static byte[] load() {
            try (InputStream in = MachineFiles.class.getResourceAsStream("kernel-config.gz")) {
                if (in == null) {
                    throw new IllegalStateException("kernel-config.gz is not in the jar");
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void register(ProcFiles files) {
        files.sized("config.gz", 0444, Configuration.size(), this::config);
        files.global("meminfo", 0444, this::meminfo);
    }

    private int config(ProcRequest request, SeqFile out) {
        Configuration.put(out);
        return 0;
    }

    /** meminfo_proc_show(). What is not free is memory of programs and files; the kernel's own takes nothing. */
    private int meminfo(ProcRequest request, SeqFile out) {
        long total = kernel.config().memoryBytes() >>> KIB_SHIFT;
        long used = (long) kernel.vfs().below.frames().size() << (PAGE_SHIFT - KIB_SHIFT);
        line(out, "MemTotal", total);
        line(out, "MemFree", total - used);
        line(out, "MemAvailable", total - used);
        line(out, "Buffers", 0);
        line(out, "Cached", 0);
        line(out, "SwapCached", 0);
        line(out, "Active", used);
        line(out, "Inactive", 0);
        line(out, "Active(anon)", used);
        line(out, "Inactive(anon)", 0);
        line(out, "Active(file)", 0);
        line(out, "Inactive(file)", 0);
        nothing(out, BEFORE_MAPPED);
        line(out, "AnonPages", used);
        line(out, "Mapped", 0);
        line(out, "Shmem", 0);
        nothing(out, BEHIND_MAPPED);
        line(out, "CommitLimit", total / 2);
        line(out, "Committed_AS", used);
        line(out, "VmallocTotal", VMALLOC_TOTAL);
        line(out, "VmallocUsed", 0);
        line(out, "VmallocChunk", 0);
        nothing(out, BEHIND_VMALLOC);
        for (String pool : new String[] {"Total", "Free", "Rsvd", "Surp"}) {
            label(out, "HugePages_" + pool).decimal(0, NUMBER).put('\n');
        }
        line(out, "Hugepagesize", HUGE_PAGE);
        line(out, "Hugetlb", 0);
        line(out, "DirectMap4k", 0);
        line(out, "DirectMap2M", 0);
        line(out, "DirectMap1G", total);
        return 0;
    }

    private static void nothing(SeqFile out, String names) {
        for (String name : names.split(",", -1)) {
            line(out, name, 0);
        }
    }

    /** show_val_kb(). */
    private static void line(SeqFile out, String name, long kib) {
        label(out, name).decimal(kib, NUMBER).put(" kB\n");
    }

    private static SeqFile label(SeqFile out, String name) {
        int start = out.mark();
        return out.put(name).put(':').padTo(start, LABEL);
    }
}
