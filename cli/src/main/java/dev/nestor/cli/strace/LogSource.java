package dev.nestor.cli.strace;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The lines of a log, plain or gzip, one at a time as slices of a buffer that the next line overwrites. */
public final class LogSource implements AutoCloseable {

    private static final int FIRST_BUFFER = 1 << 18;
    private static final int STREAM_BUFFER = 1 << 16;

    private final String file;
    private final InputStream in;
    private final int maxLineBytes;

    private byte[] buffer = new byte[FIRST_BUFFER];
    private int filled; // bytes of buffer that hold log
    private int start; // of the current line
    private int end; // of the current line, its newline left out
    private int next; // where the following line starts
    private boolean terminated;
    private boolean exhausted;
    private long line;

    private LogSource(String file, InputStream in, LogLimits limits) {
        this.file = file;
        this.in = in;
        this.maxLineBytes = limits.maxLineBytes();
    }

    public static LogSource open(Path path, LogLimits limits) throws LogException {
        String file = path.toString();
        try {
            if (Files.isDirectory(path)) {
                throw new LogException(LogException.Kind.IO, file, 0, "is a directory");
            }
            return of(file, Files.newInputStream(path), limits);
        } catch (NoSuchFileException e) {
            throw new LogException(LogException.Kind.NOT_FOUND, file, 0, "no such file");
        } catch (IOException e) {
            throw new LogException(LogException.Kind.IO, file, 0, "cannot be opened: " + e.getMessage());
        }
    }

    /** A log that is not a file; the stream is closed with the source, or when it cannot be opened. */
    public static LogSource of(String file, InputStream stream, LogLimits limits) throws LogException {
        try {
            return new LogSource(file, unpacked(stream), limits);
        } catch (IOException e) {
            closeQuietly(stream);
            throw failure(file, 0, e);
        }
    }

    private static InputStream unpacked(InputStream stream) throws IOException {
        BufferedInputStream in = new BufferedInputStream(stream, STREAM_BUFFER);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip ? new GZIPInputStream(in, STREAM_BUFFER) : in;
    }

    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // The failure to open it is the one to report.
        }
    }

    private static LogException failure(String file, long line, IOException e) {
        return switch (e) {
            case EOFException eof ->
                new LogException(LogException.Kind.GZIP, file, line, "the compressed log breaks off here");
            case ZipException zip ->
                new LogException(
                        LogException.Kind.GZIP, file, line, "the compressed log is damaged: " + zip.getMessage());
            default -> new LogException(LogException.Kind.IO, file, line, "cannot be read: " + e.getMessage());
        };
    }

    /** Moves to the next line; false at the end of the log. */
    public boolean advance() throws LogException {
        start = next;
        int newline = newline();
        terminated = newline >= 0;
        end = terminated ? newline : filled;
        next = terminated ? newline + 1 : filled;
        if (!terminated && end == start) {
            return false;
        }
        line++;
        if (end > start && buffer[end - 1] == '\r') {
            end--;
        }
        return true;
    }

    /** Where the newline of the line that begins at start stands, or -1 when the log ends without one. */
    private int newline() throws LogException {
        int at = start;
        while (true) {
            for (int i = at; i < filled; i++) {
                byte b = buffer[i];
                if (b == '\n') {
                    checkLength(i - start);
                    return i;
                }
                if (b == 0) {
                    throw new LogException(
                            LogException.Kind.BINARY, file, line + 1, "a NUL byte: this is not a text log");
                }
            }
            checkLength(filled - start);
            at = filled - start;
            makeRoom();
            at += start;
            if (exhausted || !fill()) {
                return -1;
            }
        }
    }

    private void checkLength(int length) throws LogException {
        if (length > maxLineBytes) {
            throw new LogException(
                    LogException.Kind.LIMIT, file, line + 1, "a line longer than " + maxLineBytes + " bytes");
        }
    }

    private void makeRoom() {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, filled - start);
            filled -= start;
            start = 0;
        }
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    private boolean fill() throws LogException {
        try {
            int read = in.read(buffer, filled, buffer.length - filled);
            exhausted = read < 0;
            filled += Math.max(read, 0);
            return !exhausted;
        } catch (IOException e) {
            throw failure(file, line + 1, e);
        }
    }

    /** What holds the current line, from {@link #start()} to {@link #end()}, until the next {@link #advance()}. */
    byte[] bytes() {
        return buffer;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Whether the current line has its newline. Only the last one may lack it. */
    boolean terminated() {
        return terminated;
    }

    /** The current line, its newline left out. */
    public String text() {
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
    }

    /** Number of the current line, from 1. */
    public long line() {
        return line;
    }

    public String file() {
        return file;
    }

    @Override
    public void close() {
        closeQuietly(in);
    }
}
