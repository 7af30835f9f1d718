package dev.nestor.cli.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import dev.nestor.cli.strace.LogException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileImageTest {
    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int nestor(Object... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    }

    @Test
    void image_hasWhatThisMachineHas() throws IOException, LogException {
        Path root = Files.createDirectories(dir.resolve("root"));
        Path file = Files.write(Files.createDirectories(root.resolve("a/b")).resolve("file"), new byte[3000]);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x--x"));
        Files.createSymbolicLink(root.resolve("a/link"), Path.of("b/file"));
        Files.writeString(Files.createDirectories(root.resolve("a/not")).resolve("this"), "x");
        Path written = dir.resolve("image");
        assertThat(nestor("image", "--root", root, "--head", 10, written, "/a", "--except", "/a/not"))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString()).isEqualTo(written + ": 4 files\n");

        FileImage image = FileImage.open(written);
        assertThat(image.size()).isEqualTo(4);
        int entry = image.find("/a/b/file");
        assertThat(Integer.toOctalString(image.mode(entry))).isEqualTo("100651");
        assertThat(image.length(entry)).isEqualTo(3000);
        assertThat(image.bytes(entry)).isEqualTo(new byte[10]);
        assertThat(image.nlink(entry)).isEqualTo(1);
        assertThat(image.uid(entry)).isEqualTo(Files.getAttribute(file, "unix:uid"));
        assertThat(image.bytes(image.find("/a/link"))).asString().isEqualTo("b/file");
        assertThat(image.find("/a/not")).isEqualTo(-1);
    }

    @Test
    void missingPath_writesNothing() {
        assertThat(nestor("image", dir.resolve("image"), dir.resolve("absent"))).isEqualTo(ExitCode.UNREADABLE);
        assertThat(err.toString()).isEqualTo("nestor: " + dir.resolve("absent") + ": no such file or directory\n");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void unwritableImage_isSaid() {
        Path image = dir.resolve("absent/image");
        assertThat(nestor("image", image, dir)).isEqualTo(ExitCode.CANNOT_WRITE);
        assertThat(err.toString()).startsWith("nestor: " + image + " can't be written");
    }

    @Test
    void builtIn_isThere() {
        assertThat(FileImage.builtIn().find("/usr/lib/x86_64-linux-gnu/libc.so.6"))
                .isNotNegative();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            x                                            | 1: no JSON: Unrecognized token 'x'
            {"path":"/a","mode":"100644"}NL{"path":1     | 2: no JSON
            []                                           | 1: an object was expected
            {"path":"a","mode":"100644"}                 | 1: path: an absolute path was expected
            {"path":"/a"}                                | 1: mode: a file's type was expected
            {"path":"/a","mode":"9"}                     | 1: mode: no such value: 9
            {"path":"/a","mode":"100644","size":-1}      | 1: size, nlink or head: out of range
            {"path":"/a","mode":"100644","size":"x"}     | 1: size: no such value: x
            {"path":"/a","mode":"100644","head":"AAAA"}  | 1: size, nlink or head: out of range
            {"path":"/a","mode":"120777"}                | 1: target: missing
            {"path":"/a","mode":"100644","sise":3}       | 1: unknown key sise
            """)
    void wrongImage_isSaidWithItsLine(String text, String message) throws IOException {
        Path file = Files.writeString(dir.resolve("image"), text.replace("NL", "\n"));
        assertThatThrownBy(() -> FileImage.open(file))
                .isInstanceOf(LogException.class)
                .hasMessageStartingWith(file + ":" + message);
        Path log = Files.writeString(dir.resolve("log"), "1 exit_group(0) = ?\n1 +++ exited with 0 +++\n");
        assertThat(nestor("conform", "--image", file, log)).isEqualTo(ExitCode.SYNTAX);
        assertThat(err.toString()).startsWith("nestor: " + file + ":" + message);
    }

    @Test
    void brokenOrMissingImage_isSaid() throws IOException {
        Path file = Files.write(dir.resolve("image"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        Path log = Files.writeString(dir.resolve("log"), "1 exit_group(0) = ?\n1 +++ exited with 0 +++\n");
        assertThat(nestor("run", "--image", file, log)).isEqualTo(ExitCode.TRUNCATED);
        assertThat(nestor("run", "--image", dir.resolve("absent"), log)).isEqualTo(ExitCode.UNREADABLE);
        assertThat(err.toString())
                .isEqualTo("nestor: " + file + ": breaks off or is damaged\n" + "nestor: " + dir.resolve("absent")
                        + ": no such file\n");
    }
}
