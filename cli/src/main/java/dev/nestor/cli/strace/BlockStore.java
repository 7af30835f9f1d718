package dev.nestor.cli.strace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Blocks of one size, the first of them in memory and the others in a file that goes when the store is closed. */
final class BlockStore implements AutoCloseable {

    static final int BLOCK_BYTES = 2048;

    private final String file; // the log, for messages
    private final int inMemory; // blocks
    private final int limit; // blocks

    private byte[][] memory = new byte[16][];
    private @Nullable FileChannel spill;
    private int allocated;

    BlockStore(String file, LogLimits limits) {
        this.file = file;
        this.inMemory = limits.memoryBytes() / BLOCK_BYTES;
        this.limit = (int) Math.min(limits.maxSpoolBytes() / BLOCK_BYTES, Integer.MAX_VALUE);
    }

    int allocate() throws LogException {
        if (allocated == limit) {
            throw new LogException(
                    LogException.Kind.LIMIT,
                    file,
                    0,
                    "needs more than " + limit + " blocks of " + BLOCK_BYTES + " bytes");
        }
        return allocated++;
    }

    /** Takes the bytes over, and gives an array to use in their place. */
    byte[] write(int block, byte[] bytes) throws LogException {
        assert block < allocated : block;
        if (block >= inMemory) {
            spill(block, bytes);
            return bytes;
        }
        if (block >= memory.length) {
            memory = Arrays.copyOf(memory, Math.max(block + 1, memory.length * 2));
        }
        memory[block] = bytes;
        return new byte[BLOCK_BYTES];
    }

    /** The bytes of a block: the store's own, or read into the scratch array. */
    byte[] read(int block, byte[] scratch) throws LogException {
        if (block < Math.min(inMemory, memory.length)) {
            return memory[block];
        }
        try {
            FileChannel channel = spill;
            if (channel == null) {
                throw new IOException("it is closed");
            }
            ByteBuffer into = ByteBuffer.wrap(scratch);
            while (into.hasRemaining()) {
                if (channel.read(into, position(block) + into.position()) < 0) {
                    throw new IOException("block " + block + " is missing");
                }
            }
            return scratch;
        } catch (IOException e) {
            throw new LogException(LogException.Kind.IO, file, 0, "its spool cannot be read: " + e.getMessage());
        }
    }

    private void spill(int block, byte[] bytes) throws LogException {
        try {
            FileChannel channel = spill;
            if (channel == null) {
                channel = temporaryFile();
                spill = channel;
            }
            ByteBuffer from = ByteBuffer.wrap(bytes);
            while (from.hasRemaining()) {
                channel.write(from, position(block) + from.position());
            }
        } catch (IOException e) {
            throw new LogException(LogException.Kind.IO, file, 0, "its spool cannot be written: " + e.getMessage());
        }
    }

    private long position(int block) {
        return (long) (block - inMemory) * BLOCK_BYTES;
    }

    private static FileChannel temporaryFile() throws IOException {
        Path path = Files.createTempFile("nestor-strace", ".spool");
        return FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    boolean isSpilled() {
        return spill != null;
    }

    @Override
    public void close() {
        FileChannel channel = spill;
        spill = null;
        memory = new byte[0][];
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // A temporary file that nobody reads any more.
            }
        }
    }
}
