package dev.nestor.init;

import dev.nestor.fs.InodeFlags;
import dev.nestor.fs.Vfs;
import dev.nestor.fs.proc.SeqFile;
import dev.nestor.fs.sysfs.SysAttributes;
import dev.nestor.machine.Topology;
import dev.nestor.uapi.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** /sys/devices/system/cpu: which CPUs there are and what they share. drivers/base/cpu.c, topology.c, cacheinfo.c. */
final class SysCpus {
    private static final int LINE = 64; // bytes
    private static final int KERNEL_MAX = 255; // CONFIG_NR_CPUS - 1

    /** Of the reference machine's processors, Xeons of the Sapphire Rapids kind. Those of level 3 are shared. */
    private static final Cache[] CACHES = {
        new Cache(1, "Data", 48, 12),
        new Cache(1, "Instruction", 32, 8),
        new Cache(2, "Unified", 2048, 16),
        new Cache(3, "Unified", 107_520, 15)
    };

    private record Cache(int level, String type, int kib, int ways) {
        int sets() {
            return kib * 1024 / LINE / ways;
        }
    }

    /** The name of an attribute, by its number. */
    private record File(String name, int attribute) {}

    private final Vfs vfs;
    private final SysAttributes attributes;
    private final TreeMaker maker;
    private final Topology topology;
    private final List<File> ofAll = new ArrayList<>();
    private final List<File> ofCpu = new ArrayList<>();
    private final List<List<File>> ofCaches = new ArrayList<>();
    private final int online;

    SysCpus(Kernel kernel, SysAttributes attributes, TreeMaker maker) {
        this.vfs = kernel.vfs();
        this.attributes = attributes;
        this.maker = maker;
        this.topology = kernel.config().topology();
        for (String name : new String[] {"online", "possible", "present", "enabled"}) {
            add(ofAll, name, (cpu, out) -> list(out, other -> true));
        }
        add(ofAll, "offline", (cpu, out) -> out.put('\n'));
        add(ofAll, "isolated", (cpu, out) -> out.put('\n'));
        add(ofAll, "kernel_max", (cpu, out) -> line(out, KERNEL_MAX));
        online = attributes.add((cpu, out) -> line(out, 1));
        addTopology();
        for (Cache cache : CACHES) {
            ofCaches.add(filesOf(cache));
        }
    }

    private void addTopology() {
        add(ofCpu, "physical_package_id", (cpu, out) -> line(out, topology.socket(cpu)));
        add(ofCpu, "die_id", (cpu, out) -> line(out, 0));
        add(ofCpu, "core_id", (cpu, out) -> line(out, topology.core(cpu) % (topology.cores() / topology.sockets())));
        add(ofCpu, "cluster_id", (cpu, out) -> line(out, topology.core(cpu)));
        for (String name : new String[] {"thread_siblings", "core_cpus", "cluster_cpus"}) {
            add(ofCpu, name, (cpu, out) -> mask(out, sharesCore(cpu)));
            add(ofCpu, name + "_list", (cpu, out) -> list(out, sharesCore(cpu)));
        }
        for (String name : new String[] {"core_siblings", "package_cpus", "die_cpus"}) {
            add(ofCpu, name, (cpu, out) -> mask(out, sharesSocket(cpu)));
            add(ofCpu, name + "_list", (cpu, out) -> list(out, sharesSocket(cpu)));
        }
    }

    private List<File> filesOf(Cache cache) {
        boolean isLast = cache.level == 3;
        List<File> files = new ArrayList<>();
        add(files, "level", (cpu, out) -> line(out, cache.level));
        add(files, "type", (cpu, out) -> out.put(cache.type).put('\n'));
        add(files, "size", (cpu, out) -> out.decimal(cache.kib).put("K\n"));
        add(files, "ways_of_associativity", (cpu, out) -> line(out, cache.ways));
        add(files, "number_of_sets", (cpu, out) -> line(out, cache.sets()));
        add(files, "coherency_line_size", (cpu, out) -> line(out, LINE));
        add(files, "physical_line_partition", (cpu, out) -> line(out, 1));
        add(files, "id", (cpu, out) -> line(out, isLast ? topology.llc(cpu) : topology.core(cpu)));
        add(files, "shared_cpu_map", (cpu, out) -> mask(out, isLast ? sharesLast(cpu) : sharesCore(cpu)));
        add(files, "shared_cpu_list", (cpu, out) -> list(out, isLast ? sharesLast(cpu) : sharesCore(cpu)));
        return files;
    }

    private void add(List<File> files, String name, SysAttributes.Show show) {
        files.add(new File(name, attributes.add(show)));
    }

    private IntPredicate sharesCore(int cpu) {
        return other -> topology.core(other) == topology.core(cpu);
    }

    private IntPredicate sharesLast(int cpu) {
        return other -> topology.shareCache(cpu, other);
    }

    private IntPredicate sharesSocket(int cpu) {
        return other -> topology.socket(other) == topology.socket(cpu);
    }

    private static void line(SeqFile out, int number) {
        out.decimal(number).put('\n');
    }

    /** %*pbl: ranges. */
    private void list(SeqFile out, IntPredicate has) {
        boolean isFirst = true;
        for (int cpu = 0; cpu < topology.cpus(); cpu++) {
            int last = cpu;
            while (has.test(cpu) && last + 1 < topology.cpus() && has.test(last + 1)) {
                last++;
            }
            if (has.test(cpu)) {
                out.put(isFirst ? "" : ",").decimal(cpu).put(last > cpu ? "-" : "");
                out.put(last > cpu ? Integer.toString(last) : "");
                isFirst = false;
                cpu = last;
            }
        }
        out.put('\n');
    }

    /** %*pb: hexadecimal, a comma between words of 32 bits, as many digits as there are CPUs for. */
    private void mask(SeqFile out, IntPredicate has) {
        int digits = (topology.cpus() + 3) / 4;
        for (int digit = digits - 1; digit >= 0; digit--) {
            int bits = 0;
            for (int bit = 0; bit < 4; bit++) {
                int cpu = 4 * digit + bit;
                bits |= cpu < topology.cpus() && has.test(cpu) ? 1 << bit : 0;
            }
            out.put(Character.forDigit(bits, 16));
            out.put(digit > 0 && digit % 8 == 0 ? "," : "");
        }
        out.put('\n');
    }

    /** Fills an instance of sysfs. */
    void fill(int sb) {
        int root = vfs.tables.superBlocks.root(sb);
        int system = maker.existing(
                maker.incomplete(maker.existing(maker.incomplete(maker.existing(root, "devices")), "system")), "cpu");
        files(system, ofAll, 0);
        unknown(system, "modalias", 0444);
        unknown(system, "uevent", 0644);
        for (String name : new String[] {"cpufreq", "cpuidle", "hotplug", "power", "smt", "vulnerabilities"}) {
            maker.incomplete(maker.directory(system, name, 0755));
        }
        for (int cpu = 0; cpu < topology.cpus(); cpu++) {
            int dir = maker.incomplete(maker.directory(system, "cpu" + cpu, 0755));
            if (cpu > 0) {
                file(dir, new File("online", online), 0644, cpu);
            }
            files(maker.directory(dir, "topology", 0755), ofCpu, cpu);
            int caches = maker.directory(dir, "cache", 0755);
            unknown(caches, "uevent", 0644);
            for (int i = 0; i < CACHES.length; i++) {
                int index = maker.directory(caches, "index" + i, 0755);
                files(index, ofCaches.get(i), cpu);
                unknown(index, "uevent", 0644);
            }
        }
    }

    private void files(int dir, List<File> files, int cpu) {
        for (File file : files) {
            file(dir, file, 0444, cpu);
        }
    }

    private void file(int dir, File file, int mode, int cpu) {
        int dentry = maker.add(dir, file.name, Stat.S_IFREG | mode, 0);
        attributes.bind(vfs.tables.dentries.inode(dentry), file.attribute, cpu);
    }

    /** A file whose text is not known here. */
    private void unknown(int dir, String name, int mode) {
        int inode = vfs.tables.dentries.inode(maker.add(dir, name, Stat.S_IFREG | mode, 0));
        vfs.tables.inodes.setFlags(inode, InodeFlags.CONTENT_UNKNOWN);
    }
}
