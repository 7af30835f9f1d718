package dev.nestor.benchmarks;

import dev.nestor.fs.MntNamespaceTable;
import dev.nestor.fs.MountChanges;
import dev.nestor.fs.Umounts;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Sched;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * mount(2) and umount2(2), by how many mounts their namespace has and how many receive them; paths across mounts; copies of
 * namespaces: {@code ./mvnw -Pbench -Dbench=MountBenchmark}.
 *
 * <p>The laws. A mount that nobody receives costs the same among 10 mounts and among 10 000: places and ids are hashed. One that
 * others receive costs a copy for each. A path costs its names, and for each mount on it one lookup more than the plain directory
 * beside it. A copy of a namespace, and its end, cost the same for each mount in it. Beyond the cache all of this costs a miss more.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx2g", "-XX:+UseSerialGC"})
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class MountBenchmark {
    private static final int TEXTS = 1; // pages of a task's memory
    private static final int SOURCE = 2;
    private static final int TARGET = 3;
    private static final int TYPE = 4;
    private static final int STAT = 5;

    /** A task in a mount namespace of its own, where nothing is shared and all that there is to see is under /mnt. */
    abstract static class Place {
        final Host host = new Host();
        int task;

        final void boot() {
            task = host.clone(host.init(), Sched.CLONE_NEWNS);
            type("/", MountChanges.MS_PRIVATE | MountChanges.MS_REC);
            for (String other : new String[] {"/proc", "/sys", "/dev", "/mnt/sandboxing/model_tools_env/v1/python"}) {
                host.call(task, Nr.NR_umount2, text(other), Umounts.MNT_DETACH, 0);
            }
            tmpfs("/mnt");
            mkdir("/mnt/from");
            mkdir("/mnt/to");
        }

        final long text(String path) {
            return host.text(task, TEXTS, path);
        }

        final void mkdir(String path) {
            Host.must(host.call(task, Nr.NR_mkdir, text(path), 0755, 0));
        }

        final void tmpfs(String path) {
            long type = host.text(task, TYPE, "tmpfs");
            Host.must(host.call(task, Nr.NR_mount, type, text(path), type, 0));
        }

        final void type(String path, long flags) {
            Host.must(host.call(task, Nr.NR_mount, 0, text(path), 0, flags));
        }

        final void bind(String from, String to) {
            long source = host.text(task, SOURCE, from);
            Host.must(host.call(task, Nr.NR_mount, source, text(to), 0, MountChanges.MS_BIND));
        }

        /** What {@link #bindAndUmount} binds, and where; the place of {@link #tmpfsAndUmount}. */
        final void setPlaces(String from, String to) {
            host.text(task, SOURCE, from);
            host.text(task, TARGET, to);
        }

        final long bindAndUmount() {
            long target = Host.page(TARGET);
            Host.must(host.call(task, Nr.NR_mount, Host.page(SOURCE), target, 0, MountChanges.MS_BIND));
            return Host.must(host.call(task, Nr.NR_umount2, target, 0, 0));
        }

        final long tmpfsAndUmount() {
            long target = Host.page(TARGET);
            Host.must(host.call(task, Nr.NR_mount, Host.page(TYPE), target, Host.page(TYPE), 0));
            return Host.must(host.call(task, Nr.NR_umount2, target, 0, 0));
        }

        final int mountsHere() {
            MntNamespaceTable table = host.kernel().vfs().tables.mntNamespaces;
            return table.nrMounts(
                    host.kernel().nsProxyTable().mntNs(host.kernel().tasks().nsproxy(task)));
        }
    }

    /** A namespace of so many mounts, all in one directory. */
    @State(Scope.Thread)
    public static class Crowd extends Place {
        @Param({"10", "100", "1000", "10000"})
        int mounts;

        int copier; // a task that has a copy of the namespace for its own

        @Setup(Level.Trial)
        public void fill() {
            boot();
            for (int i = 0; mountsHere() < mounts; i++) {
                mkdir("/mnt/to/" + i);
                bind("/mnt/from", "/mnt/to/" + i);
            }
            mkdir("/mnt/spot");
            setPlaces("/mnt/from", "/mnt/spot");
            copier = host.clone(task, Sched.CLONE_NEWNS);
        }
    }

    @Benchmark
    public long bindAmong(Crowd crowd) {
        return crowd.bindAndUmount();
    }

    /** With a new instance of a file system, whose options are texts. */
    @Benchmark
    public long tmpfsAmong(Crowd crowd) {
        return crowd.tmpfsAndUmount();
    }

    /** copy_mnt_ns() of all mounts, and the end of the copy made before. */
    @Benchmark
    public long copyNamespace(Crowd crowd) {
        return Host.must(crowd.host.call(crowd.copier, Nr.NR_unshare, Sched.CLONE_NEWNS, 0, 0));
    }

    /** A mount whose peers are so many others. */
    @State(Scope.Thread)
    public static class Peers extends Place {
        @Param({"1", "10", "100", "1000"})
        int peers;

        @Param({"namespaces", "directories"})
        String in; // each in a namespace of its own, or all in one

        @Setup(Level.Trial)
        public void fill() {
            boot();
            mkdir("/mnt/shared");
            tmpfs("/mnt/shared");
            mkdir("/mnt/shared/spot");
            type("/mnt/shared", MountChanges.MS_SHARED);
            for (int i = 0; i < peers; i++) {
                if (in.equals("namespaces")) {
                    host.clone(task, Sched.CLONE_NEWNS);
                } else {
                    mkdir("/mnt/to/" + i);
                    bind("/mnt/shared", "/mnt/to/" + i);
                }
            }
            setPlaces("/mnt/from", "/mnt/shared/spot");
        }
    }

    @Benchmark
    public long bindAndPropagate(Peers peers) {
        return peers.bindAndUmount();
    }

    /** A path of so many directories, each of them on a mount of its own, and one of as many plain ones. */
    @State(Scope.Thread)
    public static class Walk extends Place {
        @Param({"1", "2", "4", "8", "16", "32"})
        int depth;

        @Setup(Level.Trial)
        public void fill() {
            boot();
            mkdir("/mnt/p");
            mkdir("/mnt/m");
            StringBuilder below = new StringBuilder();
            for (int i = 0; i < depth; i++) {
                below.append("/d");
                mkdir("/mnt/p" + below);
                mkdir("/mnt/m" + below);
                tmpfs("/mnt/m" + below);
            }
            host.text(task, SOURCE, "/mnt/p" + below);
            host.text(task, TARGET, "/mnt/m" + below);
        }
    }

    @Benchmark
    public long walkAcross(Walk walk) {
        return Host.must(walk.host.call(walk.task, Nr.NR_stat, Host.page(TARGET), Host.page(STAT), 0));
    }

    @Benchmark
    public long walkPlain(Walk walk) {
        return Host.must(walk.host.call(walk.task, Nr.NR_stat, Host.page(SOURCE), Host.page(STAT), 0));
    }
}
