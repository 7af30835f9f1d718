package dev.nestor.cli.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nestor.cli.ExitCode;
import dev.nestor.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SyscallsCommandTest {
    private final StringWriter out = new StringWriter();

    private int syscalls(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        String[] words = new String[args.length + 1];
        words[0] = "syscalls";
        System.arraycopy(args, 0, words, 1, args.length);
        return line.execute(words);
    }

    @Test
    void list_hasEveryCallWithItsLevel() {
        assertThat(syscalls()).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .hasSizeGreaterThan(380)
                .anyMatch(line -> line.matches(" *39 +getpid +full"))
                .anyMatch(line -> line.matches(" *157 +prctl +partial +\\S.*"));
    }

    @Test
    void page_isThatOfTheDocumentation() throws IOException {
        assertThat(syscalls("--markdown")).isEqualTo(ExitCode.OK);
        Path page = Path.of("../docs/syscalls.md");
        assertThat(out.toString())
                .as("./nestor syscalls --markdown > docs/syscalls.md")
                .isEqualTo(Files.readString(page));
    }
}
