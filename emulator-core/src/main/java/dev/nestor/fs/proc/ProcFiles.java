package dev.nestor.fs.proc;

import dev.nestor.uapi.Errno;
import dev.nestor.uapi.Stat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All entries of /proc, and where other rooms add theirs. Adding an entry that is there as one whose text is not known
 * gives it one; its place in the order of the directory stays.
 */
public final class ProcFiles {
    /** Entries of /proc in the order in which it lists them: d directory, f file; with permission bits. */
    private static final String ROOT_ENTRIES =
            "d555 fs,d555 bus,f444 dma,d555 irq,l777 net,d555 sys,d555 tty,d555 acpi,"
                    + "f444 keys,f400 kmsg,f444 misc,f644 mtrr,f444 stat,f400 iomem,f444 locks,f444 swaps,f444 crypto,"
                    + "d555 driver,l777 mounts,f444 uptime,f444 vmstat,f444 cgroups,f444 cmdline,f444 cpuinfo,f444 devices,"
                    + "f400 ioports,f444 loadavg,f444 meminfo,d555 sysvipc,f444 version,f444 consoles,f444 kallsyms,"
                    + "d555 pressure,f400 slabinfo,f444 softirqs,f444 zoneinfo,f444 buddyinfo,f444 config.gz,f444 diskstats,"
                    + "f444 key-users,f444 interrupts,f400 kpagecount,f400 kpageflags,f444 partitions,f444 timer_list,"
                    + "f444 execdomains,f444 filesystems,f400 kpagecgroup,f400 vmallocinfo,f400 pagetypeinfo";

    /** Entries of /proc/PID, tgid_base_stuff; those with a T are in /proc/PID/task/TID too, those with only t there alone. */
    private static final String PID_ENTRIES = "d555 task,d500T fd,d500 map_files,d555T fdinfo,d511T ns,d555T net,"
            + "f400T environ,f400T auxv,f444T status,f400T personality,f444T limits,f644T sched,f644 autogroup,"
            + "f644 timens_offsets,f644T comm,f400T syscall,f444T cmdline,f444T stat,f444T statm,f444T maps,f444t children,"
            + "f444T numa_maps,f600T mem,l777T cwd,l777T root,l777T exe,f444T mounts,f444T mountinfo,f400 mountstats,"
            + "f200T clear_refs,f444T smaps,f444T smaps_rollup,f400T pagemap,d555T attr,f444T wchan,f400T stack,"
            + "f444T schedstat,f444T cpuset,f444T cgroup,f444T oom_score,f644T oom_adj,f644T oom_score_adj,"
            + "f644T loginuid,f444T sessionid,f644 coredump_filter,f400T io,f644T uid_map,f644T gid_map,f644T projid_map,"
            + "f644T setgroups,f444 timers,f666 timerslack_ns,f444T arch_status,f400T ksm_merging_pages,f400T ksm_stat";

    /** Entries of /proc/PID/net in their order. */
    private static final String NET_ENTRIES =
            "f444 arp,f444 dev,f444 raw,f444 tcp,f444 udp,f444 icmp,f444 igmp,f444 raw6,f444 snmp,"
                    + "d555 stat,f444 tcp6,f444 udp6,f444 unix,f444 icmp6,f444 igmp6,f444 ptype,f444 route,f444 snmp6,f444 packet,"
                    + "f444 psched,f444 netlink,f444 netstat,f444 rt_acct,f444 udplite,f444 anycast6,f444 fib_trie,f444 if_inet6,"
                    + "f444 mcfilter,f444 rt_cache,f444 sockstat,f444 udplite6,f444 dev_mcast,d555 dev_snmp6,f444 ip_mr_vif,"
                    + "f444 mcfilter6,d555 netfilter,f444 protocols,f444 rt6_stats,f444 sockstat6,f444 xfrm_stat,d555 xt_recent,"
                    + "f444 ip6_mr_vif,f444 ipv6_route,f444 ip_mr_cache,f444 fib_triestat,f444 ip6_mr_cache,f440 nf_conntrack,"
                    + "f444 softnet_stat,f444 ip6_flowlabel,d555 ipt_hashlimit,d555 ip6t_hashlimit,f440 ip_tables_names,"
                    + "f440 arp_tables_names,f440 ip6_tables_names,f440 ip_tables_matches,f440 ip_tables_targets,"
                    + "f440 arp_tables_matches,f440 arp_tables_targets,f440 ip6_tables_matches,f440 ip6_tables_targets,"
                    + "f440 nf_conntrack_expect";

    private static final String[] NS_NAMES = {
        "net", "uts", "ipc", "pid", "pid_for_children", "user", "mnt", "cgroup", "time", "time_for_children"
    };

    private final List<ProcEntry> all = new ArrayList<>();
    private final ProcEntry root;
    private final ProcEntry pidDir;
    private final ProcEntry tidDir;
    private final ProcEntry fdLink;
    private final ProcEntry fdInfo;
    private final ProcEntry sys;

    public ProcFiles() {
        root = add(null, "", ProcEntry.ROOT, Stat.S_IFDIR | 0555);
        pidDir = add(null, "", ProcEntry.PID_DIR, Stat.S_IFDIR | 0555);
        tidDir = add(null, "", ProcEntry.TID_DIR, Stat.S_IFDIR | 0555);
        fdLink = add(null, "", ProcEntry.FD_LINK, Stat.S_IFLNK);
        fdInfo = add(null, "", ProcEntry.FDINFO, Stat.S_IFREG | 0444);
        for (String line : ROOT_ENTRIES.split(",", -1)) {
            addKnown(root, line.substring(5), line.charAt(0), Integer.parseInt(line, 1, 4, 8));
        }
        for (String line : PID_ENTRIES.split(",", -1)) {
            int space = line.indexOf(' ');
            String name = line.substring(space + 1);
            int mode = Integer.parseInt(line, 1, 4, 8);
            char which = space == 5 ? line.charAt(4) : ' ';
            if (which != 't') {
                addKnown(pidDir, name, line.charAt(0), mode);
            }
            if (which != ' ') {
                addKnown(tidDir, name, line.charAt(0), mode);
            }
        }
        for (ProcEntry dir : new ProcEntry[] {pidDir, tidDir}) {
            for (String line : NET_ENTRIES.split(",", -1)) {
                addKnown(existing(dir, "net"), line.substring(5), line.charAt(0), Integer.parseInt(line, 1, 4, 8));
            }
        }
        add(root, "self", ProcEntry.SELF, Stat.S_IFLNK | 0777);
        add(root, "thread-self", ProcEntry.THREAD_SELF, Stat.S_IFLNK | 0777);
        setTarget(root, "net", "self/net");
        setTarget(root, "mounts", "self/mounts");
        sys = existing(root, "sys");
        for (String dir : "abi,debug,dev,fs,kernel,net,user,vm".split(",", -1)) {
            ProcEntry entry = add(sys, dir, ProcEntry.DIR, Stat.S_IFDIR | 0555);
            entry.isSysctl = true;
        }
    }

    private void setTarget(ProcEntry dir, String name, String target) {
        existing(dir, name).target = target;
    }

    private static ProcEntry existing(ProcEntry dir, String name) {
        ProcEntry entry = dir.child(name);
        if (entry == null) {
            throw new IllegalStateException(name);
        }
        return entry;
    }

    private void addKnown(ProcEntry dir, String name, char type, int mode) {
        int kind = kindOf(dir, name, type);
        int format = type == 'd' ? Stat.S_IFDIR : type == 'l' ? Stat.S_IFLNK : Stat.S_IFREG;
        ProcEntry entry = add(dir, name, kind, format | mode);
        if (kind == ProcEntry.NS_DIR) {
            for (String ns : NS_NAMES) {
                add(entry, ns, ProcEntry.NS_LINK, Stat.S_IFLNK | 0777);
            }
        }
    }

    private int kindOf(ProcEntry dir, String name, char type) {
        if (dir == root) {
            return type == 'd' ? ProcEntry.DIR : type == 'l' ? ProcEntry.LINK : ProcEntry.OUTSIDE;
        }
        return switch (name) {
            case "task" -> ProcEntry.TASK_DIR;
            case "fd" -> ProcEntry.FD_DIR;
            case "fdinfo" -> ProcEntry.FDINFO_DIR;
            case "ns" -> ProcEntry.NS_DIR;
            case "cwd" -> ProcEntry.CWD;
            case "root" -> ProcEntry.ROOT_LINK;
            case "exe" -> ProcEntry.EXE;
            default -> type == 'd' ? ProcEntry.DIR : ProcEntry.OUTSIDE;
        };
    }

    private ProcEntry add(@Nullable ProcEntry dir, String name, int kind, int mode) {
        ProcEntry entry = new ProcEntry(all.size() + 1, name, kind, mode);
        all.add(entry);
        if (dir != null) {
            dir.children.add(entry);
        }
        return entry;
    }

    /** Puts an entry in the place of one of the same name. */
    private ProcEntry put(ProcEntry dir, String name, int kind, int mode) {
        ProcEntry entry = new ProcEntry(all.size() + 1, name, kind, Stat.S_IFREG | mode);
        all.add(entry);
        for (int i = 0; i < dir.children.size(); i++) {
            if (dir.children.get(i) == dir.child(name)) {
                dir.children.set(i, entry);
                return entry;
            }
        }
        dir.children.add(entry);
        return entry;
    }

    /** A file of /proc itself or of a directory below it: {@code uptime}, {@code sysvipc/msg}. */
    public void global(String path, int mode, ProcShow show) {
        ProcEntry dir = root;
        int from = 0;
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
            dir = directory(dir, path.substring(from, slash));
            from = slash + 1;
        }
        put(dir, path.substring(from), ProcEntry.SEQ, mode).show = show;
    }

    /** A file of /proc itself whose length shows: so many bytes. */
    public void sized(String name, int mode, long size, ProcShow show) {
        ProcEntry entry = put(root, name, ProcEntry.SIMPLE, mode);
        entry.show = show;
        entry.size = size;
    }

    /** A file of records about the IPC namespace that its opener had when it was opened: {@code sysvipc/msg}. */
    public void globalIpcNs(String path, int mode, ProcShow show) {
        int slash = path.indexOf('/');
        ProcEntry dir = directory(root, path.substring(0, slash));
        ProcEntry entry = put(dir, path.substring(slash + 1), ProcEntry.RECORDS, mode);
        entry.show = show;
        entry.bindsIpcNs = true;
    }

    private ProcEntry directory(ProcEntry dir, String name) {
        if (name.equals("*") && dir.template != null) {
            return dir.template;
        }
        ProcEntry found = dir.child(name);
        return found != null ? found : add(dir, name, ProcEntry.DIR, Stat.S_IFDIR | 0555);
    }

    /** The directory below /proc/sys that a path's last name is in. */
    private ProcEntry sysctlDirectory(String path) {
        ProcEntry dir = sys;
        int from = 0;
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
            dir = directory(dir, path.substring(from, slash));
            dir.isSysctl = true;
            from = slash + 1;
        }
        return dir;
    }

    /**
     * A sysctl: {@code kernel/hostname}. The text that show writes is without a newline; a read adds one.
     *
     * @param rights who may do what with it, where that is not what its mode says of root and others
     */
    public void sysctl(String path, int mode, ProcShow show, @Nullable ProcStore store, @Nullable ProcMode rights) {
        ProcEntry dir = sysctlDirectory(path);
        ProcEntry entry = put(dir, path.substring(path.lastIndexOf('/') + 1), ProcEntry.SYSCTL, mode);
        entry.isSysctl = true;
        entry.show = show;
        entry.store = store;
        entry.rights = rights;
    }

    /** A sysctl of the IPC namespace that it was found in, which it does not hold. */
    public void sysctlIpcNs(
            String path, int mode, ProcShow show, @Nullable ProcStore store, @Nullable ProcMode rights) {
        sysctl(path, mode, show, store, rights);
        all.getLast().bindsIpcNs = true;
    }

    /** The rights of a sysctl that is a number: who may do what with the file, and who may set it. */
    public record NumberRights(
            @Nullable ProcMode mode, @Nullable ProcSet check) {}

    /** A sysctl that is a number; what is written beyond it is not taken, nor what is not written at the beginning. */
    public void sysctlInt(String path, int mode, ProcShow show, ProcSet set, NumberRights rights) {
        ProcSet check = rights.check;
        ProcStore store = (request, text, length) -> {
            int refused = check == null ? 0 : check.set(request, 0);
            if (refused != 0 || length == 0 || request.pos() > 0) {
                return refused != 0 ? refused : length;
            }
            long parsed = ProcNumbers.first(text, length);
            if (parsed < 0) {
                return -Errno.EINVAL;
            }
            int error = set.set(request, (int) parsed);
            return error != 0 ? error : parsed >>> 32;
        };
        sysctl(path, mode, show, store, rights.mode);
    }

    /** A sysctl that is a string: it can be read in parts. */
    public void sysctlText(String path, int mode, ProcShow show, @Nullable ProcStore store) {
        sysctl(path, mode, show, store, null);
        all.getLast().isText = true;
    }

    /** A directory of directories of sysctls, {@code net/ipv4/conf}: the path of what each name leads to has a * in it. */
    public void sysctlNames(String path, ProcNames names) {
        ProcEntry dir = sysctlDirectory(path);
        ProcEntry named = add(dir, path.substring(path.lastIndexOf('/') + 1), ProcEntry.NAMES, Stat.S_IFDIR | 0555);
        ProcEntry template = add(null, "", ProcEntry.DIR, Stat.S_IFDIR | 0555);
        template.isNamed = true;
        template.isSysctl = true;
        template.isWhole = true;
        named.isSysctl = true;
        named.isWhole = true;
        named.names = names;
        named.template = template;
    }

    /** A directory of sysctls, {@code user}, that has nothing but what it has by now. */
    public void wholeSysctls(String name) {
        existing(sys, name).isWhole = true;
    }

    /** A file of records of /proc/PID/net, about the net of the process. */
    public void net(String name, int mode, ProcShow show) {
        for (ProcEntry dir : new ProcEntry[] {pidDir, tidDir}) {
            ProcEntry entry = put(existing(dir, "net"), name, ProcEntry.RECORDS, mode);
            entry.show = show;
            entry.isNet = true;
        }
    }

    /** A file of /proc/PID and of /proc/PID/task/TID, where they have it; made once for as long as it is open. */
    public void process(String name, int mode, ProcShow show, @Nullable ProcStore store) {
        process(name, ProcEntry.SEQ, mode, show, store);
    }

    /** The same, of records that end in newlines and that a read takes whole. */
    public void processRecords(String name, int mode, ProcShow show, @Nullable ProcStore store) {
        process(name, ProcEntry.RECORDS, mode, show, store);
    }

    /** A file of records about the user namespace that the process had when the file was opened. */
    public void processUserNs(String name, int mode, ProcShow show, ProcStore store) {
        processUserNs(name, mode, show, store, -1);
    }

    /**
     * The same.
     *
     * @param writeCapability CAP_* that who opens the file for writing has in that namespace; else EACCES. -1 for none
     */
    public void processUserNs(String name, int mode, ProcShow show, ProcStore store, int writeCapability) {
        processRecords(name, mode, show, store);
        for (ProcEntry dir : new ProcEntry[] {pidDir, tidDir}) {
            existing(dir, name).bindsUserNs = true;
            existing(dir, name).writeCapability = writeCapability;
        }
    }

    /** The same, made anew for each read. */
    public void processSimple(String name, int mode, ProcShow show, @Nullable ProcStore store) {
        process(name, ProcEntry.SIMPLE, mode, show, store);
    }

    /** A file of /proc/PID/task/TID alone. */
    void thread(String name, int mode, ProcShow show) {
        put(tidDir, name, ProcEntry.SEQ, mode).show = show;
    }

    void fdInfo(ProcShow show) {
        fdInfo.show = show;
    }

    private void process(String name, int kind, int mode, ProcShow show, @Nullable ProcStore store) {
        for (ProcEntry dir : new ProcEntry[] {pidDir, tidDir}) {
            if (dir == pidDir || dir.child(name) != null) {
                ProcEntry entry = put(dir, name, kind, mode);
                entry.show = show;
                entry.store = store;
            }
        }
    }

    ProcEntry entry(int index) {
        return all.get(index - 1);
    }

    int count() {
        return all.size();
    }

    ProcEntry root() {
        return root;
    }

    ProcEntry pidDir() {
        return pidDir;
    }

    ProcEntry tidDir() {
        return tidDir;
    }

    ProcEntry fdLink() {
        return fdLink;
    }

    ProcEntry fdInfo() {
        return fdInfo;
    }
}
