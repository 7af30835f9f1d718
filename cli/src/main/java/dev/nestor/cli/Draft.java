package dev.nestor.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is written beside its place, and put there when all is in it. */
public final class Draft implements Closeable {
    private final Path file;
    private final Path draft;
    private final OutputStream out;

    private Draft(Path file, Path draft) throws IOException {
        this.file = file;
        this.draft = draft;
        this.out = Files.newOutputStream(draft);
        draft.toFile().deleteOnExit();
    }

    public static Draft open(Path file) throws IOException {
        return new Draft(
                file,
                file.resolveSibling(
                        "." + file.getFileName() + "." + ProcessHandle.current().pid()));
    }

    /** Where to write to. */
    public OutputStream out() {
        return out;
    }

    /** Puts the file in its place. */
    public void commit() throws IOException {
        out.close();
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Throws away what was not put in its place. */
    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(draft);
    }
}
