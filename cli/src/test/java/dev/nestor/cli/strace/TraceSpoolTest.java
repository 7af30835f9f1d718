package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceSpoolTest {

    private static final LogLimits LITTLE_MEMORY = new LogLimits(4 << 20, 32_768, 64, 64, 4096, 1L << 30, false);

    private static List<String> order(TraceSpool spool) throws LogException {
        List<String> order = new ArrayList<>();
        for (OrderCursor cursor = spool.order(); cursor.advance(); ) {
            order.add(cursor.task() + " " + cursor.event());
        }
        return order;
    }

    @Test
    void order_isTheLogs() throws Exception {
        String log = """
                7 read(0) = 0
                7 read(1 <unfinished ...>
                9 read(2) = 0
                7 <... read resumed>) = 0
                9 --- SIGTERM {si_signo=SIGTERM} ---
                9 +++ killed by SIGTERM +++
                """;
        try (TraceSpool spool = Logs.spool(log)) {
            assertEquals(List.of("0 CALL", "0 ENTER", "1 CALL", "0 EXIT", "1 SIGNAL", "1 END"), order(spool));
            assertEquals(6, spool.lines());
            assertEquals(6, spool.events());
            assertEquals(3, spool.calls());
            assertEquals(2, spool.records(0));
            assertEquals(3, spool.records(1));
            assertEquals(7, spool.pid(0));
            assertEquals(9, spool.pid(1));
        }
    }

    @Test
    void cursors_advanceOnTheirOwn_fromDiskAsFromMemory() throws Exception {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            log.append(10 + i % 7)
                    .append(" read(")
                    .append(i)
                    .append(", \"")
                    .append("x".repeat(i % 97))
                    .append("\") = 0\n");
        }
        for (LogLimits limits : List.of(LogLimits.DEFAULT, LITTLE_MEMORY)) {
            try (TraceSpool spool = Logs.spool(log.toString(), limits)) {
                assertEquals(limits.equals(LITTLE_MEMORY), spool.isSpilled());
                for (int task = spool.tasks() - 1; task >= 0; task--) {
                    List<TraceRecord> records = Logs.records(spool, task);
                    for (int i = 0; i < records.size(); i++) {
                        TraceCall call = (TraceCall) records.get(i);
                        assertEquals(new Value.Num(i * 7L + task, null), call.arg(0));
                        assertEquals(i * 7L + task + 1, call.span().entryLine());
                    }
                }
                assertEquals(3000, order(spool).size());
            }
        }
    }

    @Test
    void signalsWithinCall_comeBehindIt() throws Exception {
        String log = """
                7 read(1 <unfinished ...>
                7 --- stopped by SIGSTOP ---
                7 --- SIGCONT {si_signo=SIGCONT} ---
                7 <... read resumed>) = 5
                7 read(2 <unfinished ...>
                7 read(3) = 0
                """;
        try (TraceSpool spool = Logs.spool(log)) {
            List<TraceRecord> records = Logs.records(spool, 0);
            assertEquals(5, records.size());
            assertEquals(5, ((TraceCall) records.get(0)).result().value());
            assertTrue(((TraceSignal) records.get(1)).isStop());
            assertEquals(18, ((TraceSignal) records.get(2)).signal());
            assertFalse(records.get(3).span().isFinished());
            assertTrue(records.get(4).span().isFinished());
        }
    }

    @Test
    void superseded_leavesItsNumberToTheOther() throws Exception {
        String log = """
                16408 read(0) = 0
                16410 execve("/bin/sleep", [], NULL <unfinished ...>
                16408 +++ superseded by execve in pid 16410 +++
                16408 <... execve resumed>) = 0
                16408 read(9) = 0
                16410 read(1) = 0
                """;
        try (TraceSpool spool = Logs.spool(log)) {
            assertEquals(List.of("0 CALL", "1 ENTER", "0 END", "1 EXIT", "1 CALL", "2 CALL"), order(spool));
            assertEquals(16410, spool.pid(1));
            assertEquals(
                    0, ((TraceCall) Logs.records(spool, 1).getFirst()).result().value());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "read(3, \"\", 1) = 0",
                "1234 read(3, \"\", 1)                         = 0",
                "[pid  1234] read(3, \"\", 1) = 0",
                "1234 12:34:56 read(3, \"\", 1) = 0",
                "12:34:56.123456 read(3, \"\", 1) = 0 <0.000001>",
                "     0.000123 read(3, \"\", 1) = 0",
                "1795297269 read(3, \"\", 1) = 0",
                "1234  1795297269.971304123 read(3, \"\", 1) = 0 <0.000001234>",
                "1234 1795297269.971304 [   0] [00007fb1ad49cad7] read(3, \"\", 1) = 0",
                "strace: Process 5 attached\n\n[ Process PID=5 runs in 32 bit mode. ]\nread(3, \"\", 1) = 0\n > /lib/x(y+1) [0x1]"
            })
    void line_isKnown_inEveryFormOfStrace(String line) throws Exception {
        try (TraceSpool spool = Logs.spool(line + "\n")) {
            TraceCall call = (TraceCall) Logs.records(spool, 0).getFirst();
            assertEquals(0, call.nr());
            assertEquals(3, call.args().size());
        }
    }

    @Test
    void times_areMicrosecondsOfWhateverClock() throws Exception {
        assertEquals(List.of(5_000_001L, 5_000_006L), entries("5.000001 read(0) = 0\n0.000005 read(0) = 0\n"));
        assertEquals(
                List.of(86_399_000_000L, 86_401_000_000L), entries("23:59:59 read(0) = 0\n00:00:01 read(0) = 0\n"));
        assertEquals(List.of(1_795_297_269_971_304L), entries("1 1795297269.971304 read(0) = 0\n"));
        assertEquals(List.of(-1L), entries("read(0) = 0\n"));
    }

    private static List<Long> entries(String log) throws LogException {
        try (TraceSpool spool = Logs.spool(log)) {
            return Logs.records(spool, 0).stream()
                    .map(record -> record.span().entryMicros())
                    .toList();
        }
    }

    @Test
    void terminalLog_findsTheFirstTasksNumber() throws Exception {
        String log = """
                execve("/bin/sh", [], NULL) = 0
                clone(child_stack=NULL, flags=SIGCHLDstrace: Process 24583 attached
                 <unfinished ...>
                [pid 24583] read(0) = 0
                [pid 24582] <... clone resumed>, child_tidptr=0x7f) = 24583
                [pid 24583] +++ exited with 0 +++
                read(1) = 0
                """;
        try (TraceSpool spool = Logs.spool(log)) {
            assertEquals(2, spool.tasks());
            assertEquals(24582, spool.pid(0));
            assertEquals(24583, spool.pid(1));
            assertEquals(0, spool.parent(1));
            List<TraceRecord> first = Logs.records(spool, 0);
            assertEquals(3, first.size());
            assertEquals(24583, ((TraceCall) first.get(1)).result().value());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7 1.000000 wait4(pid=27152",
                "7 1.000000 read(0) = 0",
                "7 1.000000 read(0) = 0 <0.00",
                "7 1.000000 read(0, \"ab",
                "7 1.0000",
                "7 1.000000 --- SIGCHLD {si_signo"
            })
    void cutLastLine_isTruncation(String last) throws Exception {
        String log = "7 1.000000 read(0) = 0 <0.000001>\n" + last;
        LogException e = assertThrows(LogException.class, () -> Logs.spool(log));
        assertEquals(LogException.Kind.TRUNCATED, e.kind());
        assertEquals("test.strace:2: the log is truncated: its last line is cut", e.getMessage());
        try (TraceSpool spool = Logs.spool(log, LogLimits.DEFAULT.leavingOut())) {
            LogException cut = spool.firstUnread();
            assertNotNull(cut);
            assertEquals(LogException.Kind.TRUNCATED, cut.kind());
            assertEquals(1, spool.events());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"7 read(0) = 0", "7 read(0 <unfinished ...>", "7 +++ exited with 0 +++"})
    void wholeLastLine_needsNoNewline(String last) throws Exception {
        try (TraceSpool spool = Logs.spool("7 read(0) = 0\n" + last)) {
            assertEquals(2, spool.events());
            assertNull(spool.firstUnread());
        }
    }

    @Test
    void gzipThatBreaksOff_isReadSoFar_whenCutsAreAccepted() throws Exception {
        byte[] whole = Logs.gzip("7 read(0) = 0\n".repeat(100_000));
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        assertEquals(
                LogException.Kind.GZIP,
                assertThrows(LogException.class, () -> Logs.spool(half, LogLimits.DEFAULT))
                        .kind());
        try (TraceSpool spool = Logs.spool(half, LogLimits.DEFAULT.leavingOut())) {
            assertNotNull(spool.firstUnread());
            assertTrue(spool.calls() > 0);
        }
    }

    @Test
    void line_thatIsNotStraces_isRefusedWithItsNumber() {
        LogException e =
                assertThrows(LogException.class, () -> Logs.spool("7 read(0) = 0\nhello\u001b world\n7 read(0) = 0\n"));
        assertEquals(LogException.Kind.SYNTAX, e.kind());
        assertEquals(2, e.line());
        assertTrue(e.getMessage().endsWith("hello? world"), e::getMessage);
    }

    @Test
    void resumedCall_thatWasNotEntered_isRefused() {
        for (String before : List.of("7 read(0) = 0\n", "7 write(0 <unfinished ...>\n")) {
            LogException e = assertThrows(LogException.class, () -> Logs.spool(before + "7 <... read resumed>) = 0\n"));
            assertEquals(LogException.Kind.SYNTAX, e.kind());
        }
    }

    @Test
    void linesThatAreNotStraces_areLeftOutAndCounted_whenLenient() throws Exception {
        String log = "7 read(0) = 0\nhello\n7 <... write resumed>) = 0\n7 read(0) = 0\n";
        try (TraceSpool spool = Logs.spool(log, LogLimits.DEFAULT.leavingOut())) {
            assertEquals(2, spool.calls());
            assertEquals(2, spool.unreadLines());
            LogException first = spool.firstUnread();
            assertNotNull(first);
            assertEquals(2, first.line());
        }
    }

    @Test
    void log_thatIsNone_isRefused() {
        assertEquals(
                LogException.Kind.SYNTAX,
                assertThrows(LogException.class, () -> Logs.spool("")).kind());
        assertEquals(
                LogException.Kind.BINARY,
                assertThrows(LogException.class, () -> Logs.spool("hello\n".repeat(100)))
                        .kind());
        assertEquals(
                LogException.Kind.BINARY,
                assertThrows(LogException.class, () -> Logs.spool("hello")).kind());
    }
}
