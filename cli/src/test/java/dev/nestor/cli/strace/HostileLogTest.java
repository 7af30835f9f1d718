package dev.nestor.cli.strace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that are made to do harm, or that were damaged: each is refused in time and space, with one message. */
class HostileLogTest {

    /** Lines made while they are read. */
    private static final class Lines extends InputStream {

        private final LongFunction<String> lines;
        private final long count;
        private long next;
        private byte[] line = new byte[0];
        private int at;

        Lines(long count, LongFunction<String> lines) {
            this.count = count;
            this.lines = lines;
        }

        @Override
        public int read(byte[] to, int start, int length) {
            int first = read();
            if (first < 0 || length == 0) {
                return length == 0 ? 0 : -1;
            }
            to[start] = (byte) first;
            int more = Math.min(length - 1, line.length - at);
            System.arraycopy(line, at, to, start + 1, more);
            at += more;
            return more + 1;
        }

        @Override
        public int read() {
            while (at == line.length) {
                if (next == count) {
                    return -1;
                }
                line = (lines.apply(next++) + "\n").getBytes(StandardCharsets.US_ASCII);
                at = 0;
            }
            return line[at++];
        }
    }

    private static LogException refusal(long count, LongFunction<String> lines) {
        return assertThrows(LogException.class, () -> {
            try (LogSource source = LogSource.of(Logs.NAME, new Lines(count, lines), LogLimits.DEFAULT)) {
                TraceSpool.read(source, LogLimits.DEFAULT, line -> {}).close();
            }
        });
    }

    @Test
    void millionClones_areTooMany() {
        LogException e = refusal(1_000_000, i -> "1 clone(flags=SIGCHLD) = " + (i + 2));
        assertEquals(LogException.Kind.LIMIT, e.kind());
        assertEquals("test.strace:32769: more than 32768 tasks are made", e.getMessage());
    }

    @Test
    void millionClonesCutInTwo_areTooMany() {
        LogException e = refusal(1_000_000, i -> "1 clone(flags=SIGCHLD <unfinished ...>");
        assertEquals(LogException.Kind.LIMIT, e.kind());
    }

    @Test
    void millionTasks_areTooMany() {
        LogException e = refusal(1_000_000, i -> (i + 1) + " read(0) = 0");
        assertEquals(LogException.Kind.LIMIT, e.kind());
        assertEquals("test.strace:32769: more than 32768 tasks", e.getMessage());
    }

    @Test
    void millionSignalsWithinCall_areTooMany() {
        LogException e =
                refusal(1_000_000, i -> i == 0 ? "1 read(0 <unfinished ...>" : "1 --- SIGALRM {si_signo=14} ---");
        assertEquals(LogException.Kind.LIMIT, e.kind());
    }

    @Test
    void failedClones_areForgotten() throws Exception {
        try (LogSource source = LogSource.of(
                        Logs.NAME, new Lines(100_000, i -> "1 fork() = -1 EAGAIN (x)"), LogLimits.DEFAULT);
                TraceSpool spool = TraceSpool.read(source, LogLimits.DEFAULT, line -> {})) {
            assertEquals(100_000, spool.calls());
        }
    }

    @Test
    void spool_hasItsLimit() {
        LogLimits tight = new LogLimits(4 << 20, 100, 64, 64, 4096, 100_000, false);
        String log = "1 read(0, \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\") = 0\n".repeat(10_000);
        LogException e = assertThrows(LogException.class, () -> Logs.spool(log, tight));
        assertEquals(LogException.Kind.LIMIT, e.kind());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[", "{a=", "[[", "f(", "{a=[f(", "1=>", "[1]=", "{inet_pton("})
    void deepNesting_isTooDeep(String open) {
        LogException e = assertThrows(LogException.class, () -> Logs.call("read(" + open.repeat(100_000) + ") = 0"));
        assertEquals(LogException.Kind.LIMIT, e.kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "~", "-", "|", "<", "(", "?", "@", "&", "1|", "1<<", "1*", "a ", "a or ", "00:", "\\", "/*", "/* ", "'",
                "\u00ff"
            })
    void longRows_neitherOverflowNorHang(String part) {
        try {
            Logs.call("read(" + part.repeat((1 << 20) / part.length()) + "1) = 0");
        } catch (LogException e) {
            assertTrue(e.getMessage().length() < 300, e::getMessage);
        }
    }

    @Test
    void manyStructures_areReadInLinearTime() throws Exception {
        TraceCall call = Logs.call("read([" + "{inet_pton(AF_INET6, \"::1\")}, ".repeat(100_000) + "]) = 0");
        assertEquals(
                100_000,
                ((Value.Array) call.args().getFirst().value()).elements().size());
    }

    @Test
    void thousandArguments_areTooMany() {
        LogException e = assertThrows(LogException.class, () -> Logs.call("read(" + "1, ".repeat(1000) + "1) = 0"));
        assertEquals(LogException.Kind.LIMIT, e.kind());
    }

    @Test
    void extremeNumbers_wrapAround() throws Exception {
        TraceCall call = Logs.call(
                "read(-9223372036854775808, 99999999999999999999999999, 0x11111111111111111, count=-1) = -2147483648");
        assertEquals(4, call.args().size());
        assertEquals(-1, call.args().get(3).value().number());
        assertEquals(Integer.MIN_VALUE, call.result().value());
    }

    /** Damage anywhere in real lines: whatever it makes of them, the reader stays in its own exception. */
    @Test
    void damagedLines_areReadOrRefused() {
        long seed = Long.decode(System.getProperty("seed", "0x51f2a9"));
        System.out.println("REPRODUCE -Dtest=HostileLogTest#damagedLines_areReadOrRefused -Dseed=" + seed);
        RecordParser parser = new RecordParser(Logs::number, LogLimits.DEFAULT);
        Random random = new Random(seed);
        String[] lines = (PlainLogTest.LOG + PlainLogTest.NET).split("\n", -1);
        String bytes = "{}[]()<>\"\\/*|~=,. \0x1aZ-";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder line = new StringBuilder(lines[random.nextInt(lines.length - 1)]);
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                int at = random.nextInt(line.length());
                switch (random.nextInt(3)) {
                    case 0 -> line.setCharAt(at, bytes.charAt(random.nextInt(bytes.length())));
                    case 1 -> line.deleteCharAt(at);
                    default -> line.insert(at, bytes.charAt(random.nextInt(bytes.length())));
                }
            }
            String log = "1 read(0) = 0\n" + line + "\n";
            try (TraceSpool spool = Logs.spool(log)) {
                for (int task = 0; task < spool.tasks(); task++) {
                    Logs.records(spool, task, parser);
                }
            } catch (LogException e) {
                assertTrue(e.getMessage().startsWith(Logs.NAME), e::getMessage);
            } catch (RuntimeException e) {
                throw new AssertionError(log, e);
            }
        }
    }
}
