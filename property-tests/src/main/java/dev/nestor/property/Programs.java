package dev.nestor.property;

import dev.nestor.property.Operation.Kind;
import dev.nestor.uapi.Sched;
import dev.nestor.uapi.Signal;
import dev.nestor.uapi.Wait;
import java.util.ArrayList;
import java.util.List;

/** Makes programs: mostly calls that succeed, some that must fail, now and then a whole staircase of namespaces. */
public final class Programs {
    private static final int ANY = 1 << 20;
    private static final int TOO_DEEP = 34;

    private static final long[] NEW = {
        Sched.CLONE_NEWPID,
        Sched.CLONE_NEWUTS,
        Sched.CLONE_NEWIPC,
        Sched.CLONE_NEWNET,
        Sched.CLONE_NEWCGROUP,
        Sched.CLONE_NEWNS,
        Sched.CLONE_NEWUSER
    };
    private static final long[] SHARED = {
        Sched.CLONE_VM, Sched.CLONE_FILES, Sched.CLONE_FS, Sched.CLONE_SIGHAND, Sched.CLONE_PARENT, Sched.CLONE_VFORK
    };
    private static final long THREAD =
            Sched.CLONE_THREAD | Sched.CLONE_SIGHAND | Sched.CLONE_VM | Sched.CLONE_FILES | Sched.CLONE_FS;
    private static final int[] SIGNALS = {
        0, Signal.SIGKILL, Signal.SIGKILL, Signal.SIGKILL, Signal.SIGTERM, Signal.SIGCHLD, Signal.NSIG + 1
    };
    private static final int[] WAIT_OPTIONS = {
        Wait.WNOHANG, Wait.WNOHANG, 0, Wait.__WALL, Wait.__WALL | Wait.WNOHANG, Wait.__WCLONE, Wait.__WNOTHREAD
    };

    private final Seeds random;

    private Programs(Seeds random) {
        this.random = random;
    }

    /** The program of a seed, of at most so many operations and a staircase. */
    public static Program of(long seed, int length) {
        Seeds random = new Seeds(seed);
        Programs programs = new Programs(random);
        List<Operation> operations = new ArrayList<>();
        operations.add(new Operation(Kind.CLONE, 0, 0, 0, Signal.SIGCHLD));
        int stairsAt = random.oneIn(8) ? random.nextInt(length) : -1;
        int count = 1 + random.nextInt(length);
        for (int i = 0; i < count; i++) {
            operations.add(programs.next());
            if (i == stairsAt) {
                programs.addStairs(operations);
            }
        }
        return new Program(seed, operations);
    }

    /** One namespace in the other, to the level that is one too many. */
    private void addStairs(List<Operation> operations) {
        long flag = random.oneIn(3) ? Sched.CLONE_NEWUSER : Sched.CLONE_NEWPID;
        for (int level = 0; level < TOO_DEEP; level++) {
            operations.add(new Operation(Kind.CLONE, Duel.LATEST, 0, flag, Signal.SIGCHLD));
            if (flag == Sched.CLONE_NEWUSER) {
                operations.add(new Operation(Kind.MAP_IDS, Duel.LATEST, 0, 0, 0));
            }
        }
    }

    private Operation next() {
        int choice = random.nextInt(100);
        if (choice < 34) {
            return birth();
        }
        if (choice < 44) {
            return of(Kind.UNSHARE, unshareFlags(), 0);
        }
        if (choice < 52) {
            return of(Kind.SETNS, setnsFlags(), 0);
        }
        if (choice < 60) {
            return random.oneIn(2)
                    ? of(Kind.EXIT, 0, random.nextInt(256))
                    : of(Kind.EXIT_GROUP, 0, random.nextInt(256));
        }
        if (choice < 70) {
            return of(Kind.WAIT, WAIT_OPTIONS[random.nextInt(WAIT_OPTIONS.length)], random.nextInt(5));
        }
        if (choice < 78) {
            return kill();
        }
        return small();
    }

    private Operation of(Kind kind, long flags, int number) {
        int who = random.oneIn(3) ? Duel.LATEST : random.nextInt(ANY);
        return new Operation(kind, who, random.nextInt(ANY), flags, number);
    }

    private Operation birth() {
        int exitSignal = random.oneIn(6) ? 0 : Signal.SIGCHLD;
        long flags = 0;
        if (random.oneIn(5)) {
            flags = THREAD;
            exitSignal = 0;
        } else {
            flags |= random.oneIn(3) ? SHARED[random.nextInt(SHARED.length)] : 0;
            flags |= random.oneIn(6) ? SHARED[random.nextInt(SHARED.length)] : 0;
            flags |= (flags & Sched.CLONE_SIGHAND) != 0 && !random.oneIn(4) ? Sched.CLONE_VM : 0;
        }
        flags |= random.oneIn(3) ? NEW[random.nextInt(NEW.length)] : 0;
        flags |= random.oneIn(4) ? NEW[random.nextInt(NEW.length)] : 0;
        flags |= random.oneIn(4) ? Sched.CLONE_NEWPID : 0;
        flags |= random.oneIn(20) ? Sched.CLONE_SYSVSEM : 0;
        if (random.oneIn(3)) {
            flags |= random.oneIn(2) ? Sched.CLONE_NEWTIME : 0;
            flags |= random.oneIn(8) ? Sched.CLONE_CLEAR_SIGHAND : 0;
            return of(Kind.CLONE3, flags, exitSignal);
        }
        return of(Kind.CLONE, flags, exitSignal);
    }

    private long unshareFlags() {
        long flags = NEW[random.nextInt(NEW.length)];
        flags |= random.oneIn(3) ? NEW[random.nextInt(NEW.length)] : 0;
        flags |= random.oneIn(4) ? Sched.CLONE_NEWTIME : 0;
        flags |= random.oneIn(6) ? Sched.CLONE_FILES : 0;
        flags |= random.oneIn(6) ? Sched.CLONE_FS : 0;
        flags |= random.oneIn(12) ? 1L << random.nextInt(31) : 0;
        return flags;
    }

    private long setnsFlags() {
        if (random.oneIn(12)) {
            return random.oneIn(2) ? 0 : Sched.CLONE_VM;
        }
        long flags = NEW[random.nextInt(NEW.length)];
        flags |= random.oneIn(3) ? NEW[random.nextInt(NEW.length)] : 0;
        flags |= random.oneIn(6) ? Sched.CLONE_NEWTIME : 0;
        flags |= random.oneIn(4) ? Sched.CLONE_NEWPID : 0;
        return flags;
    }

    private Operation kill() {
        int signal = SIGNALS[random.nextInt(SIGNALS.length)];
        return switch (random.nextInt(12)) {
            case 0 -> of(Kind.KILL_GROUP, 0, signal);
            case 1 -> of(Kind.KILL_ALL, 0, signal);
            case 2, 3 -> of(Kind.TKILL, 0, signal);
            default -> of(Kind.KILL, 0, signal);
        };
    }

    private Operation small() {
        return switch (random.nextInt(10)) {
            case 0 -> of(Kind.SETSID, 0, 0);
            case 1, 2 -> of(Kind.SETPGID, 0, random.nextInt(3));
            case 3 -> of(Kind.SUBREAPER, 0, random.oneIn(4) ? 0 : 1);
            case 4 -> of(Kind.IGNORE_SIGCHLD, 0, random.oneIn(3) ? 0 : 1);
            case 5 -> of(Kind.SETRESUID, 0, random.oneIn(3) ? 0 : 1000 + random.nextInt(2));
            case 6 -> of(Kind.MAP_IDS, 0, 0);
            case 7 -> of(Kind.SETHOSTNAME, 0, random.nextInt(1000));
            default -> of(Kind.LOOK, 0, 0);
        };
    }
}
