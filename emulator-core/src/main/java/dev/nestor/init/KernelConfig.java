package dev.nestor.init;

import dev.nestor.kernel.ns.UcountType;
import dev.nestor.kernel.sched.Preemption;
import dev.nestor.kernel.sched.ext.SchedExtOps;
import dev.nestor.machine.CostModel;
import dev.nestor.machine.Topology;
import dev.nestor.uapi.Resource;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a machine is started with: its names, limits and clocks. Defaults are those of the reference machine, the
 * Linux 6.18 guest that the emulator is measured against, as its own /proc, uname and ulimit showed them.
 */
public final class KernelConfig {
    private String nodename = "vm";
    private String release = "6.18.44-fc-v669";
    private String version = "#1 SMP PREEMPT_DYNAMIC @0";
    private String domainname = "(none)";
    private int maxTasks = 65_536; // threads-max; it bounds memory, too
    private int pidMax = 32_768; // kernel.pid_max of the root PID namespace
    private int nrOpen = 1_048_576; // fs.nr_open
    private int maxFrames = 65_536; // pages of user memory and files: 256 MiB
    private long memoryBytes = 24_684_084L << 10; // MemTotal: sizes that are a part of memory go by it
    private int maxFiles = 262_144; // fs.file-max: inodes, dentries and open files
    private int maxMounts = 262_144; // in all mount namespaces
    private int maxVmas = 1_048_576; // in all address spaces
    private int maxSignals = 131_072; // queued, of all users
    private int maxExtents = 65_536; // of all id maps
    private int maxIpcObjects = 131_072; // of each System V kind, in all namespaces
    private int maxMessages = 1_048_576; // in all System V queues
    private int maxMessageBytes = 1 << 28; // in all System V queues
    private int maxSemaphores = 1 << 22; // in all System V sets
    private int maxSockets = 1 << 21; // in all network namespaces, closed ones that something refers to included
    private int maxNetDevices = 1 << 18; // in all network namespaces
    private int maxPackets = 1 << 20; // messages and packets that wait
    private int maxPacketBytes = 1 << 28; // in all of them
    private long tscHz = 2_000_000_000L; // cycles a second
    private long bootRealtimeNs; // CLOCK_REALTIME at cycle 0
    private long seed;
    private Topology topology = Topology.plain(2);
    private int hz = 250; // CONFIG_HZ
    private long baseSliceNs = 700_000; // ns for one CPU: sysctl_sched_base_slice before scaling
    private long migrationCostNs = 500_000; // ns: sysctl_sched_migration_cost
    private int preemption = Preemption.NONE;
    private @Nullable Supplier<? extends SchedExtOps> schedExt; // makes a scheduler; null where the fair class is
    private boolean hrtick;
    private boolean cfs; // the fair class is that of kernels before 6.6
    private CostModel costs = CostModel.standard();
    private long boundingCaps = ((1L << 41) - 1) & ~(1L << 24); // all but CAP_SYS_RESOURCE
    private String programCgroups = // where programs run, as their /proc/PID/cgroup says
            """
            9:name=systemd:/
            8:pids:/
            7:blkio:/
            6:freezer:/
            5:devices:/
            4:memory:/init-system/f89da4581aee679a0fbea3415378e84c
            3:cpuset:/
            2:cpuacct:/
            1:cpu:/
            0::/corpus/program
            """;
    private String
            bootMounts = // id, type, place, source, flags, options: in the order in which they were put in their places
            """
            27 ext4 / /dev/vda rw,relatime discard,resv_strict,resuid=65534,resgid=65534
            28 tmpfs /mnt/sandboxing/model_tools_env/v1/python model_tools_unavailable ro,nosuid,nodev,relatime size=4k,mode=755
            22 proc /proc proc rw,relatime -
            23 sysfs /sys sysfs rw,relatime -
            24 devtmpfs /dev devtmpfs rw,relatime size=12334460k,nr_inodes=3083615,mode=755
            25 tmpfs /dev/shm tmpfs rw,relatime size=24684084k
            26 devpts /dev/pts devpts rw,relatime mode=600,ptmxmode=000
            29 devpts /dev/pts devpts rw,relatime mode=600,ptmxmode=000
            30 tmpfs /dev/shm tmpfs rw,relatime size=24684084k
            31 tmpfs /sys/fs/cgroup tmpfs rw,relatime mode=755
            32 cgroup /sys/fs/cgroup - - -
            42 tracefs /sys/kernel/tracing tracefs rw,relatime -
            43 debugfs /sys/kernel/debug debugfs rw,relatime -
            44 tracefs /sys/kernel/debug/tracing tracefs rw,relatime -
            """;
    private int firstFreeInum = (int) 4_026_532_177L; // of namespaces made after boot
    private boolean requestKeyHelper = true; // /sbin/request-key is there, and makes no key
    private final int[] ucountMax = new int[UcountType.COUNT]; // user.max_* of the initial user namespace
    private final long[] rlimits = new long[2 * Resource.RLIM_NLIMITS]; // soft, hard by resource

    public KernelConfig() {
        Arrays.fill(ucountMax, 96_365);
        ucountMax[UcountType.INOTIFY_INSTANCES] = 128;
        ucountMax[UcountType.INOTIFY_WATCHES] = 192_536;
        ucountMax[UcountType.FANOTIFY_GROUPS] = 128;
        ucountMax[UcountType.FANOTIFY_MARKS] = 205_099;
        for (int i = 0; i < Resource.RLIM_NLIMITS; i++) {
            setLimit(i, Resource.RLIM_INFINITY, Resource.RLIM_INFINITY);
        }
        setLimit(Resource.RLIMIT_STACK, 8_388_608, Resource.RLIM_INFINITY);
        setLimit(Resource.RLIMIT_CORE, 0, Resource.RLIM_INFINITY);
        setLimit(Resource.RLIMIT_NPROC, 96_365, 96_365);
        setLimit(Resource.RLIMIT_NOFILE, 20_000, 20_000);
        setLimit(Resource.RLIMIT_MEMLOCK, 8_388_608, 8_388_608);
        setLimit(Resource.RLIMIT_SIGPENDING, 96_365, 96_365);
        setLimit(Resource.RLIMIT_MSGQUEUE, 819_200, 819_200);
        setLimit(Resource.RLIMIT_NICE, 0, 0);
        setLimit(Resource.RLIMIT_RTPRIO, 0, 0);
    }

    private void setLimit(int resource, long soft, long hard) {
        rlimits[2 * resource] = soft;
        rlimits[2 * resource + 1] = hard;
    }

    /** Preemption.*: where a task that is in the kernel gives way. */
    public int preemption() {
        return preemption;
    }

    public KernelConfig preemption(int wanted) {
        preemption = wanted;
        return this;
    }

    /** Makes the scheduler of ordinary tasks, for each machine anew; null if the kernel's own is to be it. */
    public boolean hrtick() {
        return hrtick;
    }

    /** Whether slices end by a timer of their own: the scheduler's features HRTICK and HRTICK_DL. */
    public KernelConfig hrtick(boolean wanted) {
        hrtick = wanted;
        return this;
    }

    public boolean isCfs() {
        return cfs;
    }

    public KernelConfig cfs(boolean wanted) {
        cfs = wanted;
        return this;
    }

    public @Nullable Supplier<? extends SchedExtOps> schedExt() {
        return schedExt;
    }

    public KernelConfig schedExt(@Nullable Supplier<? extends SchedExtOps> wanted) {
        schedExt = wanted;
        return this;
    }

    /** Whether request_key(2) finds its helper, which answers ENOKEY; else the answer is ENOENT. */
    public boolean requestKeyHelper() {
        return requestKeyHelper;
    }

    public KernelConfig requestKeyHelper(boolean wanted) {
        requestKeyHelper = wanted;
        return this;
    }

    /** What a user may have in the initial user namespace, by UcountType. */
    public int ucountMax(int type) {
        return ucountMax[type];
    }

    public KernelConfig ucountMax(int type, int wanted) {
        ucountMax[type] = wanted;
        return this;
    }

    /** RLIMIT_*: soft limit of the first task. */
    public long rlimCur(int resource) {
        return rlimits[2 * resource];
    }

    public long rlimMax(int resource) {
        return rlimits[2 * resource + 1];
    }

    public KernelConfig rlimit(int resource, long soft, long hard) {
        setLimit(resource, soft, hard);
        return this;
    }

    public String nodename() {
        return nodename;
    }

    public String release() {
        return release;
    }

    public String version() {
        return version;
    }

    public String domainname() {
        return domainname;
    }

    /** The names that uname(2) answers. */
    public KernelConfig names(String wantedNodename, String wantedRelease, String wantedVersion) {
        nodename = wantedNodename;
        release = wantedRelease;
        version = wantedVersion;
        return this;
    }

    /**
     * The mounts that stand when the first program starts, a line each: id, type, place, source, flags, options. They stand in
     * the order in which they were put in their places; a line of type cgroup is for all hierarchies.
     */
    public String bootMounts() {
        return bootMounts;
    }

    public KernelConfig bootMounts(String wanted) {
        bootMounts = wanted;
        return this;
    }

    /** How much memory the machine says that it has, in bytes. */
    public long memoryBytes() {
        return memoryBytes;
    }

    public KernelConfig memoryBytes(long wanted) {
        memoryBytes = wanted;
        return this;
    }

    /** The most threads alive. */
    public int maxTasks() {
        return maxTasks;
    }

    public KernelConfig maxTasks(int wanted) {
        maxTasks = wanted;
        return this;
    }

    public int pidMax() {
        return pidMax;
    }

    public KernelConfig pidMax(int wanted) {
        pidMax = wanted;
        return this;
    }

    public int nrOpen() {
        return nrOpen;
    }

    /** The most pages of 4 KiB that user memory, files and pipes may fill. */
    public int maxFrames() {
        return maxFrames;
    }

    public KernelConfig maxFrames(int wanted) {
        maxFrames = wanted;
        return this;
    }

    /** The most inodes, dentries and open files. */
    public int maxFiles() {
        return maxFiles;
    }

    public KernelConfig maxFiles(int wanted) {
        maxFiles = wanted;
        return this;
    }

    public int maxMounts() {
        return maxMounts;
    }

    public int maxVmas() {
        return maxVmas;
    }

    public int maxSignals() {
        return maxSignals;
    }

    public int maxExtents() {
        return maxExtents;
    }

    public int maxIpcObjects() {
        return maxIpcObjects;
    }

    public int maxMessages() {
        return maxMessages;
    }

    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    public int maxSemaphores() {
        return maxSemaphores;
    }

    /** The most sockets. */
    public int maxSockets() {
        return maxSockets;
    }

    public KernelConfig maxSockets(int wanted) {
        maxSockets = wanted;
        return this;
    }

    /** The most network devices. */
    public int maxNetDevices() {
        return maxNetDevices;
    }

    public KernelConfig maxNetDevices(int wanted) {
        maxNetDevices = wanted;
        return this;
    }

    public int maxPackets() {
        return maxPackets;
    }

    public int maxPacketBytes() {
        return maxPacketBytes;
    }

    public long tscHz() {
        return tscHz;
    }

    public KernelConfig tscHz(long wanted) {
        tscHz = wanted;
        return this;
    }

    public long bootRealtimeNs() {
        return bootRealtimeNs;
    }

    public KernelConfig bootRealtimeNs(long wanted) {
        bootRealtimeNs = wanted;
        return this;
    }

    public long seed() {
        return seed;
    }

    public KernelConfig seed(long wanted) {
        seed = wanted;
        return this;
    }

    public Topology topology() {
        return topology;
    }

    public KernelConfig topology(Topology wanted) {
        topology = wanted;
        return this;
    }

    /** Ticks a second. */
    public int hz() {
        return hz;
    }

    public KernelConfig hz(int wanted) {
        hz = wanted;
        return this;
    }

    long baseSliceNs() {
        return baseSliceNs;
    }

    long migrationCostNs() {
        return migrationCostNs;
    }

    public CostModel costs() {
        return costs;
    }

    public KernelConfig costs(CostModel wanted) {
        costs = wanted;
        return this;
    }

    /** Capabilities of the first task. */
    public long boundingCaps() {
        return boundingCaps;
    }

    /**
     * The cgroup hierarchies, as the lines of a /proc/PID/cgroup of the programs that run. The controllers that one of
     * version 1 has, the default hierarchy has not.
     */
    public String programCgroups() {
        return programCgroups;
    }

    public KernelConfig programCgroups(String wanted) {
        programCgroups = wanted;
        return this;
    }

    public int firstFreeInum() {
        return firstFreeInum;
    }
}
