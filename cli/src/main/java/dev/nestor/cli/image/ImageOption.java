package dev.nestor.cli.image;

import dev.nestor.cli.strace.LogException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The files that stood on the machine before a log began: an option of every command that replays logs. */
public final class ImageOption {
    private static final String NONE = "none";

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = {
                "Files that stood on the machine before the log began, as \"nestor image\" has recorded them;",
                "\"none\" for no file (default: files of Debian 12's packages)."
            })
    private String image = "";

    /** The image asked for. */
    public FileImage open() throws LogException {
        return switch (image) {
            case "" -> FileImage.builtIn();
            case NONE -> FileImage.NONE;
            default -> FileImage.open(Path.of(image));
        };
    }
}
