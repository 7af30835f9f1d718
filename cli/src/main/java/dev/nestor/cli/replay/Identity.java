package dev.nestor.cli.replay;

import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.uapi.Nr;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who the tasks were when the log began. What the emulator assumes (the reference machine's root, with its limits and
 * names) holds until a task observes something else; then that is learned for it and for all who have it from the same
 * source, provided that nothing in the log has set it and that nobody has observed it before.
 */
final class Identity {
    private static final int NONE = -1;
    private static final int UID = 0;
    private static final int EUID = 1;
    private static final int GID = 2;
    private static final int EGID = 3;
    private static final int GROUPS = 4;
    private static final int CAPS = 5;
    private static final int UMASK = 6;
    private static final int PARENT = 7;
    private static final int PGRP = 8;
    private static final int SESSION = 9;
    private static final int NAMES = 10;
    private static final int NICE = 11;
    private static final int MASK = 12;
    private static final int PERSONALITY = 13;
    private static final int TIMER_SLACK = 14;
    private static final int LIMITS = 32; // and up: by resource
    private static final int ACTIONS = 64; // and up: by signal

    private static final String REASON = "who the task was before the log";

    private final OutsideTasks tasks;
    private final IdentityValues values;

    /** What is known of a member; looked up, and walked in the order of the crew alone. */
    private final Map<ReplayedTask, BitSet> known = new HashMap<>();

    private final Crew crew;

    Identity(Machine machine, OutsideTasks tasks, Crew crew) {
        this.tasks = tasks;
        this.crew = crew;
        this.values = new IdentityValues(machine);
    }

    void start(ReplayedTask member) {
        known.put(member, new BitSet());
    }

    void inherit(ReplayedTask maker, ReplayedTask child) {
        BitSet copy = new BitSet();
        copy.or(of(maker));
        copy.clear(PARENT);
        known.put(child, copy);
    }

    void forget(ReplayedTask member) {
        known.remove(member);
    }

    private BitSet of(ReplayedTask member) {
        return known.computeIfAbsent(member, absent -> new BitSet());
    }

    /** A call that sets or shows a property has been done. */
    void settled(ReplayedTask member, TraceCall call) {
        int property = property(call);
        if (property == NONE) {
            return;
        }
        ReplayedTask about = about(member, call);
        if (about == null) {
            return;
        }
        BitSet bits = of(about);
        bits.set(property);
        switch (call.nr()) {
            case Nr.NR_setuid, Nr.NR_setreuid, Nr.NR_setresuid, Nr.NR_getresuid -> bits.set(UID, EUID + 1);
            case Nr.NR_setgid, Nr.NR_setregid, Nr.NR_setresgid, Nr.NR_getresgid -> bits.set(GID, EGID + 1);
            case Nr.NR_setsid -> bits.set(PGRP, SESSION + 1);
            default -> {}
        }
    }

    /** The emulator shows another value than the log: the reason why that is no difference, or "". */
    String learn(ReplayedTask member, TraceCall call, long result) {
        int property = property(call);
        if (property == NONE || result < 0 || call.result().value() < 0) {
            return "";
        }
        ReplayedTask about = about(member, call);
        return about == null || of(about).get(property) ? "" : learn(about, call, property);
    }

    /** What a file of /proc shows of a task of the log: its group, session and nice value, and who traces all of them. */
    void learn(ReplayedTask reader, MeasuredTexts.Begun begun) {
        ReplayedTask about = begun.number() == 0 ? null : tasks.member(reader, begun.number());
        if (about == null || !about.isAlive()) {
            return;
        }
        for (int property : new int[] {PGRP, SESSION}) {
            int shown = property == PGRP ? begun.group() : begun.session();
            if (!of(about).get(property) && tasks.relate(about, relation(property), shown)) {
                of(about).set(property);
            }
        }
        if (begun.nice() != MeasuredTexts.Begun.UNKNOWN && !of(about).get(NICE)) {
            for (ReplayedTask other : crew.present()) {
                if (other.isAlive() && !of(other).get(NICE)) {
                    values.nice(other.task(), begun.nice());
                }
            }
            of(about).set(NICE);
        }
        if (begun.tracer() != 0) {
            tasks.setTracer(begun.tracer());
        }
    }

    /** Whom a call is about: mostly the task itself. Null when it is no task of the log. */
    private @Nullable ReplayedTask about(ReplayedTask member, TraceCall call) {
        if (call.nr() != Nr.NR_getpgid && call.nr() != Nr.NR_getsid) {
            return member;
        }
        Value number = call.arg(0);
        if (number == null || !number.isNumber()) {
            return null;
        }
        return number.number() == 0 ? member : tasks.member(member, (int) number.number());
    }

    private String learn(ReplayedTask member, TraceCall call, int property) {
        boolean learned =
                switch (property) {
                    case PARENT, PGRP, SESSION ->
                        tasks.relate(
                                member, relation(property), (int) call.result().value());
                    case NAMES -> values.names(member.task(), call);
                    default -> learnForAll(member, call, property);
                };
        if (learned) {
            of(member).set(property);
        }
        return learned ? REASON : "";
    }

    private static OutsideTasks.Relation relation(int property) {
        return switch (property) {
            case PARENT -> OutsideTasks.Relation.PARENT;
            case PGRP -> OutsideTasks.Relation.GROUP;
            default -> OutsideTasks.Relation.SESSION;
        };
    }

    private boolean learnForAll(ReplayedTask member, TraceCall call, int property) {
        boolean learned = set(member, call, property);
        for (ReplayedTask other : crew.present()) {
            if (learned && other != member && other.isAlive() && !of(other).get(property) && !isOwnResult(property)) {
                set(other, call, property);
            }
        }
        return learned;
    }

    /** What the call itself has changed for its task may not be done to the others. */
    private static boolean isOwnResult(int property) {
        return property == MASK || property == UMASK;
    }

    private boolean set(ReplayedTask member, TraceCall call, int property) {
        int task = member.task();
        long value = call.result().value();
        if (property >= ACTIONS) {
            return values.action(task, property - ACTIONS, call);
        }
        if (property >= LIMITS) {
            return values.limit(task, property - LIMITS, call);
        }
        return switch (property) {
            case UID, EUID, GID, EGID -> values.id(task, call, property == UID || property == EUID);
            case GROUPS -> values.groups(task, call);
            case CAPS -> values.capabilities(task, call);
            case UMASK, PERSONALITY, TIMER_SLACK -> true;
            case NICE -> values.nice(task, 20 - value);
            case MASK -> values.mask(task, call);
            default -> false;
        };
    }

    /** What of a task a call sets or shows. */
    private static int property(TraceCall call) {
        return switch (call.nr()) {
            case Nr.NR_getuid, Nr.NR_setuid, Nr.NR_setreuid, Nr.NR_setresuid, Nr.NR_getresuid -> UID;
            case Nr.NR_geteuid -> EUID;
            case Nr.NR_getgid, Nr.NR_setgid, Nr.NR_setregid, Nr.NR_setresgid, Nr.NR_getresgid -> GID;
            case Nr.NR_getegid -> EGID;
            case Nr.NR_getgroups, Nr.NR_setgroups -> GROUPS;
            case Nr.NR_capget, Nr.NR_capset -> CAPS;
            case Nr.NR_umask -> UMASK;
            case Nr.NR_getppid -> PARENT;
            case Nr.NR_getpgrp -> PGRP;
            case Nr.NR_getpgid -> PGRP;
            case Nr.NR_setpgid -> isSelf(call) ? PGRP : NONE;
            case Nr.NR_getsid -> SESSION;
            case Nr.NR_setsid -> SESSION;
            case Nr.NR_uname, Nr.NR_sethostname, Nr.NR_setdomainname -> NAMES;
            case Nr.NR_getpriority, Nr.NR_setpriority -> isSelf(call) ? NICE : NONE;
            case Nr.NR_personality -> PERSONALITY;
            case Nr.NR_rt_sigprocmask -> MASK;
            case Nr.NR_getrlimit, Nr.NR_setrlimit -> indexed(LIMITS, call.arg(0), 16);
            case Nr.NR_prlimit64 -> isSelf(call) ? indexed(LIMITS, call.arg(1), 16) : NONE;
            case Nr.NR_rt_sigaction -> indexed(ACTIONS, call.arg(0), 65);
            default -> NONE;
        };
    }

    private static boolean isSelf(TraceCall call) {
        Value of = call.arg(call.nr() == Nr.NR_getpriority || call.nr() == Nr.NR_setpriority ? 1 : 0);
        return of != null && of.isNumber() && of.number() == 0;
    }

    private static int indexed(int base, @Nullable Value index, int limit) {
        long number = index == null || !index.isNumber() ? -1 : index.number();
        return number >= 0 && number < limit ? base + (int) number : NONE;
    }
}
