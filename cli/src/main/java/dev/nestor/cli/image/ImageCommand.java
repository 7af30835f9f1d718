package dev.nestor.cli.image;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nestor image FILE PATH…}. */
@Command(
        name = "image",
        description = {
            "Records which files this machine has, for --image: what a log shows of them can then be computed.",
            "",
            "Of each file under the given paths its mode, owner and size are recorded, where a symlink leads,"
                    + " and its first bytes; of directories, that they are there.",
            ""
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "2:wrong usage", "3:a path can't be read", "73:the image could not be written"})
public final class ImageCommand implements Callable<Integer> {
    private static final int MAX_HEAD = 65_536;

    @Parameters(index = "0", paramLabel = "FILE", description = "The image to write, gzipped JSON lines.")
    private Path file = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PATH",
            description = "Files, and directories with all in them.")
    private List<Path> paths = List.of();

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "What the machine's root directory is here; PATHs are below it (default: /).")
    private Path root = Path.of("/");

    @Option(
            names = "--head",
            paramLabel = "BYTES",
            defaultValue = "1024",
            description = "How many bytes of each file to keep, at most 65536 (default: ${DEFAULT-VALUE}).")
    private int head;

    @Option(names = "--except", paramLabel = "PATH", description = "Leave this path out, and all in it.")
    private List<Path> except = new ArrayList<>();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        if (head < 0 || head > MAX_HEAD) {
            throw new CommandLine.ParameterException(line, "--head: from 0 to " + MAX_HEAD);
        }
        PrintWriter err = line.getErr();
        ImageRecorder recorder = new ImageRecorder(root, head, except);
        try (Progress progress = Progress.start(() -> recorder.size() + " files recorded")) {
            for (Path path : paths) {
                recorder.add(path);
            }
            progress.erase();
        } catch (NoSuchFileException e) {
            err.println("nestor: " + e.getFile() + ": no such file or directory");
            return ExitCode.UNREADABLE;
        } catch (FileSystemException e) {
            String reason = e.getReason();
            err.println("nestor: " + e.getFile() + ": " + (reason == null ? "can't be read" : reason));
            return ExitCode.UNREADABLE;
        } catch (IOException e) {
            err.println("nestor: " + e.getMessage());
            return ExitCode.UNREADABLE;
        }
        try {
            recorder.write(file);
        } catch (IOException e) {
            err.println("nestor: " + file + " can't be written: " + e.getMessage());
            return ExitCode.CANNOT_WRITE;
        }
        line.getOut().printf(Locale.ROOT, "%s: %,d files%n", file, recorder.size());
        return ExitCode.OK;
    }
}
