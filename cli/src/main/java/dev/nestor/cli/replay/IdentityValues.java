package dev.nestor.cli.replay;

import static dev.nestor.table.Table.NULL;

import dev.nestor.cli.strace.CallResult;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.Value;
import dev.nestor.kernel.cred.CredTable;
import dev.nestor.kernel.cred.Creds;
import dev.nestor.kernel.task.SighandTable;
import dev.nestor.kernel.utsname.UtsNamespaces;
import dev.nestor.uapi.Nr;
import dev.nestor.uapi.Signal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts what a call of the log shows of a task into the emulated task. Each says whether the log shows enough. */
final class IdentityValues {
    private static final int DEFAULT_PRIO = 120;
    private static final String[] NAMES = {"sysname", "nodename", "release", "version", "machine", "domainname"};
    private static final int[] NAME_FIELDS = {
        UtsNamespaces.SYSNAME,
        UtsNamespaces.NODENAME,
        UtsNamespaces.RELEASE,
        UtsNamespaces.VERSION,
        UtsNamespaces.MACHINE,
        UtsNamespaces.DOMAINNAME
    };

    private final Machine machine;

    IdentityValues(Machine machine) {
        this.machine = machine;
    }

    /** What getuid(2) and its kind return, or getresuid(2) and getresgid(2) write. */
    boolean id(int task, TraceCall call, boolean user) {
        long[] ids = new long[3];
        boolean three = call.nr() == Nr.NR_getresuid || call.nr() == Nr.NR_getresgid;
        for (int i = 0; i < 3; i++) {
            Long shown =
                    three ? pointee(call.arg(i)) : Long.valueOf(call.result().value());
            if (shown == null) {
                return false;
            }
            ids[i] = shown;
        }
        int cred = ownCred(task);
        if (cred == NULL) {
            return false;
        }
        CredTable creds = machine.kernel().credTable();
        boolean effectiveOnly = call.nr() == Nr.NR_geteuid || call.nr() == Nr.NR_getegid;
        if (user) {
            setUids(creds, cred, ids, effectiveOnly);
            machine.kernel().creds().setCredUcounts(cred);
        } else {
            setGids(creds, cred, ids, effectiveOnly);
        }
        machine.kernel().creds().commit(task, cred);
        return true;
    }

    private static void setUids(CredTable creds, int cred, long[] ids, boolean effectiveOnly) {
        creds.setUid(cred, effectiveOnly ? creds.uid(cred) : (int) ids[0]);
        creds.setEuid(cred, (int) ids[1]);
        creds.setSuid(cred, (int) ids[2]);
        creds.setFsuid(cred, (int) ids[1]);
        if (creds.euid(cred) != 0) {
            creds.setCapEffective(cred, 0);
            creds.setCapPermitted(cred, 0);
        }
    }

    private static void setGids(CredTable creds, int cred, long[] ids, boolean effectiveOnly) {
        creds.setGid(cred, effectiveOnly ? creds.gid(cred) : (int) ids[0]);
        creds.setEgid(cred, (int) ids[1]);
        creds.setSgid(cred, (int) ids[2]);
        creds.setFsgid(cred, (int) ids[1]);
    }

    boolean groups(int task, TraceCall call) {
        long count = call.result().value();
        int[] groups = new int[(int) Math.min(count, 65_536)];
        if (call.arg(1) instanceof Value.Array list && list.elements().size() == groups.length) {
            for (int i = 0; i < groups.length; i++) {
                groups[i] = (int) list.elements().get(i).number();
            }
            Arrays.sort(groups);
        }
        int cred = ownCred(task);
        if (cred == NULL) {
            return false;
        }
        Creds creds = machine.kernel().creds();
        creds.setGroups(cred, groups, groups.length);
        creds.commit(task, cred);
        return true;
    }

    /** The sets that capget(2) writes: low and high words, as fields or as an array of two structures. */
    boolean capabilities(int task, TraceCall call) {
        Value data = call.arg(1);
        Value low = data instanceof Value.Array array && !array.elements().isEmpty()
                ? array.elements().get(0)
                : data;
        Value high = data instanceof Value.Array array && array.elements().size() > 1
                ? array.elements().get(1)
                : null;
        if (!(low instanceof Value.Struct)) {
            return false;
        }
        int cred = ownCred(task);
        if (cred == NULL) {
            return false;
        }
        CredTable creds = machine.kernel().credTable();
        creds.setCapEffective(cred, set(low, high, "effective"));
        creds.setCapPermitted(cred, set(low, high, "permitted"));
        creds.setCapInheritable(cred, set(low, high, "inheritable"));
        machine.kernel().creds().commit(task, cred);
        return true;
    }

    private static long set(Value low, @Nullable Value high, String name) {
        return (field(low, name) & 0xffff_ffffL) | field(high, name) << 32;
    }

    /** The old limit that a call shows, where it has not set another. */
    boolean limit(int task, int resource, TraceCall call) {
        boolean isNew = call.nr() == Nr.NR_prlimit64;
        Value shown = call.arg(isNew ? 3 : 1);
        Value set = isNew ? call.arg(2) : null;
        if (!(shown instanceof Value.Struct)) {
            return false;
        }
        if (set == null || set.isNull()) {
            int signal = machine.tasks().signal(task);
            machine.kernel().signalStructs().setRlimCur(signal, resource, field(shown, "rlim_cur"));
            machine.kernel().signalStructs().setRlimMax(signal, resource, field(shown, "rlim_max"));
        }
        return true;
    }

    /** The old action that rt_sigaction(2) shows, where it has not set another. */
    boolean action(int task, int signal, TraceCall call) {
        Value set = call.arg(1);
        if (!(call.arg(2) instanceof Value.Struct shown) || signal < 1) {
            return false;
        }
        if (set != null && set.isNull()) {
            SighandTable sighands = machine.kernel().sighands();
            int sighand = machine.tasks().sighand(task);
            sighands.setHandler(sighand, signal - 1, field(shown, "sa_handler"));
            sighands.setSaFlags(sighand, signal - 1, field(shown, "sa_flags"));
        }
        return true;
    }

    /** The mask before rt_sigprocmask(2): what it has blocked or unblocked is done already. */
    boolean mask(int task, TraceCall call) {
        Value old = call.arg(2);
        Long shown = old == null ? null : old.sigMask();
        if (shown == null) {
            return false;
        }
        Value how = call.arg(0);
        Value set = call.arg(1);
        Long changed = set == null ? null : set.sigMask();
        long mask = shown;
        if (changed != null && how != null && how.isNumber()) {
            mask = switch ((int) how.number()) {
                case Signal.SIG_BLOCK -> shown | changed;
                case Signal.SIG_UNBLOCK -> shown & ~changed;
                default -> changed;
            };
        }
        machine.kernel().signals().wakeups().setCurrentBlocked(task, mask);
        return true;
    }

    boolean nice(int task, long nice) {
        machine.tasks().setStaticPrio(task, DEFAULT_PRIO + Math.clamp(nice, -20, 19));
        return true;
    }

    /** The names of uname(2), of the machine that the log was recorded on. */
    boolean names(int task, TraceCall call) {
        if (!(call.arg(0) instanceof Value.Struct shown) || call.result().outcome() != CallResult.Outcome.RETURNED) {
            return false;
        }
        int ns = machine.kernel().nsProxyTable().utsNs(machine.tasks().nsproxy(task));
        for (int i = 0; i < NAMES.length; i++) {
            if (shown.field(NAMES[i]) instanceof Value.Str name) {
                machine.kernel()
                        .utsNamespaces()
                        .setName(ns, NAME_FIELDS[i], name.bytes(), Math.min(name.bytes().length, 64));
            }
        }
        return true;
    }

    private int ownCred(int task) {
        return machine.kernel().creds().prepare(task);
    }

    private static @Nullable Long pointee(@Nullable Value value) {
        if (value instanceof Value.Array array && array.elements().size() == 1) {
            Value only = array.elements().get(0);
            return only.isNumber() ? only.number() : null;
        }
        return null;
    }

    private static long field(@Nullable Value struct, String name) {
        Value value = struct instanceof Value.Struct fields ? fields.field(name) : null;
        return value != null && value.isNumber() ? value.number() : 0;
    }
}
