package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestor.cli.strace.CallResult.Outcome;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordParserTest {

    private static final String HEAD = "1844  1795297269.971304 ";

    @Test
    void call_hasNumberNameArgumentsAndTimes() throws Exception {
        TraceCall call =
                Logs.call(HEAD + "[ 257] openat(dirfd=-100 /* AT_FDCWD */</opt>, pathname=\"/etc/ld.so.cache\","
                        + " flags=0x80000 /* O_RDONLY|O_CLOEXEC */) = 3</etc/ld.so.cache> <0.000009>");
        assertEquals(257, call.nr());
        assertEquals("openat", call.name());
        assertEquals(3, call.args().size());
        Value path = call.arg("pathname");
        assertNotNull(path);
        assertEquals("/etc/ld.so.cache", ((Value.Str) path).text());
        assertEquals(path, call.arg(1));
        assertNull(call.arg(3));
        assertNull(call.arg("mode"));
        assertEquals(new CallResult(Outcome.RETURNED, 3, null, 0, "/etc/ld.so.cache", List.of()), call.result());
        assertEquals(new Span(1_795_297_269_971_304L, 1_795_297_269_971_313L, 9, 1, 1), call.span());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0; RETURNED; 0",
                "0x7f3cef1b7000; RETURNED; 139899686318080",
                "-1 ENOENT (No such file or directory); FAILED; -2",
                "-1 ENOSYS (Function not implemented) (INJECTED); FAILED; -38",
                "-1 (errno 530); FAILED; -530",
                "-22; RETURNED; -22",
                "? ERESTARTSYS (To be restarted if SA_RESTART is set); INTERRUPTED; -512",
                "? ERESTART_RESTARTBLOCK (Interrupted by signal); INTERRUPTED; -516",
                "?; UNKNOWN; 0",
                "? <unavailable>; UNKNOWN; 0"
            })
    void result_isWhatTheKernelReturned(String text, Outcome outcome, long value) throws Exception {
        CallResult result = Logs.call("close(3) = " + text).result();
        assertEquals(outcome, result.outcome());
        assertEquals(value, result.value());
    }

    @Test
    void result_ofClone_namesTaskAndNamespaces() throws Exception {
        CallResult result = Logs.call("clone(child_stack=NULL, flags=0) = 3 /* 32724 in strace's PID NS */"
                        + " (mnt:[4026532185], pid:[4026532401])")
                .result();
        assertEquals(3, result.value());
        assertEquals(32724, result.outer());
        assertEquals(new Value.Num(4_026_532_185L, null), result.detail("mnt"));
        assertEquals(new Value.Num(4_026_532_401L, null), result.detail("pid"));
        assertNull(result.detail("net"));
    }

    @Test
    void details_areReadAsValues() throws Exception {
        CallResult poll = Logs.call("read(0) = 1 ([{fd=3, revents=0x1 /* POLLIN */}], left {tv_sec=4, tv_nsec=5})")
                .result();
        assertEquals(
                1, ((Value.Array) poll.details().getFirst().value()).elements().size());
        assertEquals(2, ((Value.Struct) nonNull(poll.detail("left"))).fields().size());
        CallResult select = Logs.call("read(0) = 2 (in [5], out [6])").result();
        assertEquals(
                6,
                ((Value.Array) nonNull(select.detail("out")))
                        .elements()
                        .getFirst()
                        .number());
        CallResult flags =
                Logs.call("read(0) = 0x8002 (flags O_RDWR|O_LARGEFILE)").result();
        assertEquals(0x8002, nonNull(flags.detail("flags")).number());
        CallResult timeout = Logs.call("read(0) = 0 (Timeout)").result();
        assertEquals(new Value.Opaque("Timeout"), timeout.details().getFirst().value());
        CallResult personality = Logs.call("read(0) = 0 (0 /* PER_LINUX */|0x4000000 /* STICKY_TIMEOUTS */)")
                .result();
        assertEquals(0x4000000, personality.details().getFirst().value().number());
    }

    private static Value nonNull(@Nullable Value value) {
        return Objects.requireNonNull(value);
    }

    @Test
    void restart_isOpaque() throws Exception {
        TraceCall call = Logs.call("[ 219] restart_syscall(<... resuming interrupted wait4 ...>) = 0 <0.1>");
        assertEquals(219, call.nr());
        assertEquals(new Value.Opaque("<... resuming interrupted wait4 ...>"), call.arg(0));
        assertEquals(100_000, call.span().durationMicros());
    }

    @Test
    void call_withoutNumber_isLookedUp() throws Exception {
        assertEquals(470, Logs.call("listns(NULL) = 0").nr());
        assertEquals(
                0xe000,
                Logs.call("syscall_0xe000(0x1, 0x2) = -1 ENOSYS (Function not implemented)")
                        .nr());
        LogException e = assertThrows(LogException.class, () -> Logs.call("nosuchcall(0) = 0"));
        assertEquals(LogException.Kind.UNKNOWN_CALL, e.kind());
        assertEquals("test.strace:1: unknown system call nosuchcall", e.getMessage());
    }

    @Test
    void call_cutInTwo_isJoined() throws Exception {
        String log = """
                7 1795297100.000001 clone(child_stack=NULL, flags=CLONE_FILES <unfinished ...>
                8 1795297100.000100 read(0, "", 1) = 0 <0.000001>
                7 1795297100.000200 <... clone resumed>, child_tidptr=0x7f) = 8 <0.000150>
                7 1795297100.000300 read(3, <unfinished ...>
                7 1795297100.000400 <... read resumed>"abc", 3) = 3
                """;
        try (TraceSpool spool = Logs.spool(log)) {
            List<TraceRecord> records = Logs.records(spool, 0);
            TraceCall clone = (TraceCall) records.get(0);
            assertEquals(new Value.Num(0x7f, null), clone.arg("child_tidptr"));
            assertEquals(new Span(1_795_297_100_000_001L, 1_795_297_100_000_151L, 150, 1, 3), clone.span());
            TraceCall read = (TraceCall) records.get(1);
            assertEquals("abc", ((Value.Str) nonNull(read.arg(1))).text());
            assertEquals(new Span(1_795_297_100_000_300L, 1_795_297_100_000_400L, -1, 4, 5), read.span());
        }
    }

    @Test
    void call_cutWithinStructure_isJoined() throws Exception {
        String log =
                "7 ioctl(3, SIOCGIFINDEX, {ifr_name=\"lo\" <unfinished ...>\n7 <... ioctl resumed>, ifr_ifindex=1}) = 0\n";
        try (TraceSpool spool = Logs.spool(log.replace("ioctl", "read"))) {
            TraceCall call = (TraceCall) Logs.records(spool, 0).getFirst();
            assertEquals(
                    1,
                    nonNull(((Value.Struct) nonNull(call.arg(2))).field("ifr_ifindex"))
                            .number());
        }
    }

    @Test
    void argumentNamedTwice_isReadOnce() throws Exception {
        try (TraceSpool spool = Logs.spool("7 read(buf= <unfinished ...>\n7 <... read resumed>buf={a=1}) = 4\n")) {
            TraceCall call = (TraceCall) Logs.records(spool, 0).getFirst();
            assertEquals(
                    1,
                    nonNull(((Value.Struct) nonNull(call.arg("buf"))).field("a"))
                            .number());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "7 read(3,  <unfinished ...>; UNFINISHED; 1",
                "7 read( <unfinished ...>; UNFINISHED; 0",
                "7 read(3, {a=1 <unfinished ...>; UNFINISHED; 2",
                "7 read(3, \"xx; TORN; 2",
                "7 read({a=[1, \"xx; TORN; 1"
            })
    void call_withoutEnd_hasTheArgumentsShown(String line, Outcome outcome, int arguments) throws Exception {
        TraceCall call = Logs.call(line);
        assertEquals(outcome, call.result().outcome());
        assertEquals(arguments, call.args().size());
        assertEquals(outcome == Outcome.TORN, call.span().isFinished());
    }

    @Test
    void call_killedWithin_hasTheArgumentsShown() throws Exception {
        String log = """
                7 read(3,  <unfinished ...>
                7 <... read resumed> <unfinished ...>) = ?
                7 +++ exited with 0 +++
                """;
        try (TraceSpool spool = Logs.spool(log)) {
            TraceCall call = (TraceCall) Logs.records(spool, 0).getFirst();
            assertEquals(Outcome.UNKNOWN, call.result().outcome());
            assertEquals(1, call.args().size());
            assertEquals(2, call.span().exitLine());
        }
    }

    @Test
    void signal_hasItsInfo() throws Exception {
        String log = """
                7 1.000000 [  61] --- SIGCHLD {si_signo=17 /* SIGCHLD */, si_code=0x1 /* CLD_EXITED */, si_pid=8} ---
                7 1.000000 [  61] --- stopped by SIGSTOP ---
                7 1.000000 --- SIGRT_3 {si_signo=SIGRT_3, si_code=SI_QUEUE} ---
                """;
        try (TraceSpool spool = Logs.spool(log)) {
            List<TraceRecord> records = Logs.records(spool, 0);
            TraceSignal child = (TraceSignal) records.get(0);
            assertEquals(17, child.signal());
            assertEquals(
                    8,
                    nonNull(((Value.Struct) nonNull(child.info())).field("si_pid"))
                            .number());
            TraceSignal stop = (TraceSignal) records.get(1);
            assertEquals(19, stop.signal());
            assertTrue(stop.isStop());
            assertNull(stop.info());
            assertEquals(35, ((TraceSignal) records.get(2)).signal());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "exited with 3, EXITED, 3, false",
        "killed by SIGKILL, KILLED, 9, false",
        "killed by SIGSEGV (core dumped), KILLED, 11, true",
        "superseded by execve in pid 16410, SUPERSEDED, 16410, false"
    })
    void end_tellsHow(String text, TraceEnd.Kind kind, int code, boolean core) throws Exception {
        try (TraceSpool spool = Logs.spool("7 1.000000 [ 231] +++ " + text + " +++\n")) {
            TraceEnd end = (TraceEnd) Logs.records(spool, 0).getFirst();
            assertEquals(new TraceEnd(kind, code, core, end.span()), end);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "read(3 4) = 0",
                "read({a=1) = 0",
                "read([1, 2) = 0",
                "read(%) = 0",
                "read(3) = x",
                "read(3) = -1 ENEVER (Never)",
                "read(-) = 0",
                "read(1 /* never closed) = 0",
                "read(3</never) = 0"
            })
    void call_fails_whenItIsNone(String line) {
        LogException e = assertThrows(LogException.class, () -> Logs.call(line));
        assertEquals(LogException.Kind.SYNTAX, e.kind());
        assertEquals(1, e.line());
    }
}
