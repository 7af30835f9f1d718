package dev.nestor.cli.replay.abi;

import dev.nestor.cli.strace.LogException;
import dev.nestor.cli.strace.LogLimits;
import dev.nestor.cli.strace.LogSource;
import dev.nestor.cli.strace.RecordParser;
import dev.nestor.cli.strace.TaskCursor;
import dev.nestor.cli.strace.TraceCall;
import dev.nestor.cli.strace.TraceSpool;
import dev.nestor.kernel.task.TaskTable;
import dev.nestor.mm.AddressSpaces;
import dev.nestor.mm.Frames;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** One task with an address space, and what lies between it and a log. */
final class Machine {

    static final Signatures SIGNATURES = Signatures.load();

    final AddressSpaces spaces = new AddressSpaces(new Frames(1 << 16), 10, 1000);
    final TaskTable tasks = new TaskTable(10);
    final int mm = spaces.create();
    final int task = tasks.alloc();
    final long[] registers = new long[6];
    final Renaming renaming = new Renaming();
    final CallEncoder encoder = new CallEncoder(SIGNATURES, spaces, tasks);
    final OutcomeComparer comparer = new OutcomeComparer(SIGNATURES, spaces, renaming);

    /** The one call of a log of one line. */
    static TraceCall call(String line) throws LogException {
        byte[] text = (line + "\n").getBytes(StandardCharsets.ISO_8859_1);
        try (LogSource source = LogSource.of("test.strace", new ByteArrayInputStream(text), LogLimits.DEFAULT);
                TraceSpool spool = TraceSpool.read(source, LogLimits.DEFAULT, lines -> {})) {
            TaskCursor cursor = spool.cursor(0);
            cursor.advance();
            return (TraceCall) cursor.parse(new RecordParser(SIGNATURES::nr, LogLimits.DEFAULT));
        }
    }

    boolean encode(String line) throws LogException {
        return encoder.encode(task, mm, call(line), registers);
    }

    /** Encodes, and says what the emulator's answer would be worth after memory has been written. */
    Outcome compare(String line, long result) throws LogException {
        return comparer.compare(mm, call(line), registers, result);
    }

    long u64(long address) {
        return spaces.memory().getLong(mm, address);
    }

    int u32(long address) {
        return spaces.memory().getInt(mm, address);
    }

    int u16(long address) {
        return spaces.memory().getShort(mm, address) & 0xffff;
    }

    int u8(long address) {
        return spaces.memory().getByte(mm, address) & 0xff;
    }

    byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        spaces.memory().copyFromUser(mm, address, bytes, 0, length);
        return bytes;
    }

    String text(long address) {
        byte[] bytes = new byte[8192];
        int length = spaces.memory().strncpyFromUser(mm, address, bytes, bytes.length);
        return new String(bytes, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1);
    }

    void write(long address, byte[] bytes) {
        spaces.memory().copyToUser(mm, address, bytes, 0, bytes.length);
    }

    void write(long address, String text) {
        write(address, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The corpus lies beside the project, or beside a directory of worktrees. */
    static Optional<Path> corpus() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path corpus = at.resolve("shared/corpus");
            if (Files.isDirectory(corpus)) {
                return Optional.of(corpus);
            }
        }
        return Optional.empty();
    }
}
